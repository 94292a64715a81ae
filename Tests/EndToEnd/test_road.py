"""The road itself: what a real SDK sends, and what somebody posts by hand, is what the backend gets."""

import subprocess
import sys
from pathlib import Path

import otlp
import pytest
from bridge import clean_environment
from conftest import to
from opentelemetry.proto.trace.v1.trace_pb2 import Span

AGENT = Path(__file__).with_name("sdk_agent.py")
RUNS = 120  # 5 spans each


@pytest.mark.parametrize("compression", ["none", "gzip", "zstd"])
def test_what_the_python_sdk_sends_is_what_the_backend_gets(make_bridge, make_sink, compression):
    sink, direct = make_sink(), make_sink()
    bridge = make_bridge(to(sink, compression=compression)).start()

    agent = subprocess.run(
        [sys.executable, AGENT, "--bridge", bridge.url, "--direct", direct.url, "--runs", str(RUNS)],
        capture_output=True,
        text=True,
        timeout=120,
        env=clean_environment(),
    )
    assert agent.returncode == 0, agent.stderr
    assert len(direct.spans) == 5 * RUNS
    sink.wait_for_spans(direct.spans)
    sink.wait_for(lambda: sink.logs.total() >= RUNS, "the log records")
    sink.wait_for(lambda: sink.points.total() >= direct.points.total(), "the data points")

    assert sink.spans == direct.spans, "every span once, and field by field the same"
    assert {key: scopes(sink, key) for key in sink.spans} == {key: scopes(direct, key) for key in direct.spans}
    assert direct.points.total() == 6 and sink.points == direct.points
    assert direct.logs.total() == RUNS and sink.logs == direct.logs
    assert_tree(sink.spans)
    encodings = {request.headers.get("content-encoding", "none") for request in sink.requests}
    assert encodings == {compression}


def scopes(sink, key):
    ((_, scope, resource),) = sink.received[key]
    return scope, resource


def assert_tree(spans: dict[tuple[str, str], Span]) -> None:
    """The shape that sdk_agent.py makes, said once more without looking at what it sent."""
    parents = {
        "invoke_agent support": None,
        "plan": "invoke_agent support",
        "chat model": "invoke_agent support",
        "loose": "invoke_agent support",
        "execute_tool lookup": "chat model",
    }
    for (trace_id, _), span in spans.items():
        parent = spans[trace_id, span.parent_span_id.hex()].name if span.parent_span_id else None
        assert parent == parents[span.name]
    plan = next(span for span in spans.values() if span.name == "plan")
    found = {attribute.key: attribute.value for attribute in plan.attributes}
    assert found["control\tcharacters"].string_value == "a\x00b\nc\x7f"
    assert found["empty text"].WhichOneof("value") == "string_value"
    assert found["zero"].WhichOneof("value") == "int_value"
    assert found["largest"].int_value == 2**63 - 1


BY_HAND = """{
  "resourceSpans": [{
    "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "by hand"}}]},
    "scopeSpans": [{
      "scope": {"name": "hand", "version": "1"},
      "spans": [
        {
          "traceId": "5B8EFFF798038103D269B633813FC60C", "spanId": "eee19b7ec3c1b174",
          "name": "root \\u00fc \\ud83d\\udc69", "kind": 2,
          "startTimeUnixNano": "1767225600000000001", "endTimeUnixNano": 1767225600500000000,
          "attributes": [
            {"key": "text", "value": {"stringValue": ""}},
            {"key": "whole", "value": {"intValue": "-9223372036854775808"}},
            {"key": "zero", "value": {"intValue": 0}},
            {"key": "no", "value": {"boolValue": false}},
            {"key": "half", "value": {"doubleValue": 0.5}},
            {"key": "endless", "value": {"doubleValue": "-Infinity"}},
            {"key": "bytes", "value": {"bytesValue": "AAH/"}},
            {"key": "list", "value": {"arrayValue": {"values": [{"intValue": "1"}, {"stringValue": "two"}, {}]}}},
            {"key": "table", "value": {"kvlistValue": {"values": [{"key": "k", "value": {"boolValue": true}}]}}}
          ],
          "status": {"code": 2, "message": "it failed"},
          "aFieldOfTomorrow": {"nested": [1, 2, {"deep": null}]}
        },
        {
          "traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b175", "parentSpanId": "EEE19B7EC3C1B174",
          "name": "child", "startTimeUnixNano": "1767225600100000000", "endTimeUnixNano": "1767225600200000000",
          "events": [{"timeUnixNano": "1767225600150000000", "name": "event", "attributes": []}],
          "links": [{"traceId": "00000000000000000000000000000001", "spanId": "0000000000000002"}]
        }
      ]
    }]
  }]
}"""


def test_json_posted_by_hand_arrives_as_the_same_spans(bridge, sink):
    trace = "5b8efff798038103d269b633813fc60c"
    response = bridge.post(BY_HAND.encode(), content_type=otlp.JSON)
    assert (response.status, response.content_type) == (200, otlp.JSON)
    assert response.body.strip() in (b"{}", b'{"partialSuccess":{}}'), response.body

    root = Span(
        trace_id=bytes.fromhex(trace),
        span_id=bytes.fromhex("eee19b7ec3c1b174"),
        name="root ü 👩",
        kind=Span.SPAN_KIND_SERVER,
        start_time_unix_nano=1767225600000000001,
        end_time_unix_nano=1767225600500000000,
        attributes=otlp.attributes(
            {
                "text": "",
                "whole": -(2**63),
                "zero": 0,
                "no": False,
                "half": 0.5,
                "endless": float("-inf"),
                "bytes": b"\x00\x01\xff",
                "list": [1, "two", None],
                "table": {"k": True},
            }
        ),
    )
    root.status.code, root.status.message = 2, "it failed"
    child = Span(
        trace_id=bytes.fromhex(trace),
        span_id=bytes.fromhex("eee19b7ec3c1b175"),
        parent_span_id=bytes.fromhex("eee19b7ec3c1b174"),
        name="child",
        start_time_unix_nano=1767225600100000000,
        end_time_unix_nano=1767225600200000000,
        events=[Span.Event(time_unix_nano=1767225600150000000, name="event")],
        links=[Span.Link(trace_id=(1).to_bytes(16, "big"), span_id=(2).to_bytes(8, "big"))],
    )
    sink.wait_for_spans([otlp.ids(root), otlp.ids(child)])
    assert sink.spans == {otlp.ids(root): root, otlp.ids(child): child}


LOG_BY_HAND = """{"resourceLogs": [{"scopeLogs": [{"logRecords": [
  {"timeUnixNano": "1767225600000000000", "severityNumber": 9, "body": {"stringValue": "hello"}, "eventName": "greeting"}
]}]}]}"""
METRICS_BY_HAND = """{"resourceMetrics": [{"scopeMetrics": [{"metrics": [
  {"name": "calls", "sum": {"aggregationTemporality": 2, "isMonotonic": true, "dataPoints": [
    {"asInt": "0", "timeUnixNano": "1767225600000000000"}, {"asDouble": 1.5, "timeUnixNano": "1767225600000000000"}]}},
  {"name": "time", "histogram": {"aggregationTemporality": 1, "dataPoints": [
    {"count": "3", "sum": 0, "bucketCounts": ["1", 2], "explicitBounds": [0.5], "timeUnixNano": "1767225600000000000"}]}}
]}]}]}"""


def test_logs_and_metrics_posted_by_hand_arrive_with_zeros_that_were_said(bridge, sink):
    for path, text in (("/v1/logs", LOG_BY_HAND), ("/v1/metrics", METRICS_BY_HAND)):
        response = bridge.post(text.encode(), path=path, content_type=otlp.JSON)
        assert response.status == 200, response.body
    sink.wait_for(lambda: sink.logs.total() == 1 and sink.points.total() == 3, "a log record and three points")

    (log,) = [item for request in sink.requests if request.path == "/v1/logs" for item, _, _ in otlp.items(request.message)]
    assert (log.body.string_value, log.event_name, log.severity_number) == ("hello", "greeting", 9)
    metrics = [item for request in sink.requests if request.path == "/v1/metrics" for item, _, _ in otlp.items(request.message)]
    zero, fraction, histogram = sorted(metrics, key=lambda metric: (metric.name, metric.SerializeToString()))
    points = [metric.sum.data_points[0] for metric in (zero, fraction)]
    assert sorted(point.WhichOneof("value") for point in points) == ["as_double", "as_int"]
    point = histogram.histogram.data_points[0]
    assert point.HasField("sum") and not point.HasField("min")
    assert (list(point.bucket_counts), list(point.explicit_bounds), point.count) == ([1, 2], [0.5], 3)


def test_a_field_that_nobody_knows_yet_is_carried_to_the_backend(bridge, sink):
    span = otlp.span("from tomorrow")
    request = otlp.trace_request([span])
    tomorrow = b"\xfa\x3f\x05hello"  # field 1023, five bytes
    inner = request.resource_spans[0].scope_spans[0].spans[0]
    inner.MergeFromString(tomorrow)
    assert bridge.post(request.SerializeToString()).status == 200

    sink.wait_for(lambda: bool(sink.complaints), "the strict backend to see the unknown field")
    assert "unknown fields ['.resource_spans.scope_spans.spans.#1023']" in sink.complaints.pop(), sink.complaints
    sink.complaints.clear()


def test_a_request_without_telemetry_is_a_success_and_sends_nothing(bridge, sink):
    for path in otlp.REQUESTS:
        response = bridge.post(b"", path=path)
        assert (response.status, response.accepted(path).ByteSize()) == (200, 0)
    bridge.stop()
    assert not sink.requests


def test_every_captured_request_of_a_real_instrumentation_arrives_unchanged(bridge, sink):
    corpus = Path(__file__).parent.parent / "Fixtures" / "corpus"
    kinds = {"*.otlp.pb": "/v1/traces", "*.metrics.pb": "/v1/metrics", "*.logs.pb": "/v1/logs"}
    files = [(path, file) for pattern, path in kinds.items() for file in sorted(corpus.rglob(pattern))]
    assert len(files) > 100, f"the captured requests are missing in {corpus}"

    expected: list[bytes] = []
    for path, file in files:
        bytes_ = file.read_bytes()
        expected += [item.SerializeToString(deterministic=True) for item, _, _ in otlp.items(otlp.REQUESTS[path].FromString(bytes_))]
        response = bridge.post(bytes_, path=path)
        assert response.status == 200, f"{file.name}: {response.error}"
        assert not response.accepted(path).HasField("partial_success"), file.name

    def arrived() -> list[bytes]:
        return [item.SerializeToString(deterministic=True) for request in sink.requests for item, _, _ in otlp.items(request.message)]

    sink.wait_for(lambda: len(arrived()) >= len(expected), f"{len(expected)} items")
    assert sorted(arrived()) == sorted(expected)
