"""Bad input: the right status with a clear message, the process unharmed, neighbours kept, everything counted."""

import gzip
import json
import random
import resource
import time
import zlib

import http_client
import otlp
import pytest
import zstandard
from conftest import to
from opentelemetry.proto.common.v1.common_pb2 import AnyValue

MIB = 1 << 20
MAX_BODY = MIB

GOOD = otlp.body([otlp.span("good", attributes=otlp.attributes({"a": "ü", "b": 1}))])


@pytest.fixture
def small(make_bridge, sink):
    """A bridge with limits that are quick to reach."""
    limits = {"max_body": "1MiB", "read_timeout": "2s"}
    return make_bridge({"receivers": {"otlp": limits}, "memory": {"budget": "16MiB"}} | to(sink)).start()


def assert_unharmed(bridge, sink) -> None:
    """The very next request is served, and reaches the backend."""
    span = otlp.span("after the bad one")
    bridge.send([span])
    sink.wait_for_spans([otlp.ids(span)])


def deep_protobuf(levels: int) -> bytes:
    """A span with an attribute of arrays within arrays, written by hand: the library refuses to build it."""

    def field(number: int, content: bytes) -> bytes:
        length, prefix = len(content), bytearray([number << 3 | 2])
        while length > 127:
            prefix.append(length & 127 | 128)
            length >>= 7
        prefix.append(length)
        return bytes(prefix) + content

    value = AnyValue(string_value="bottom").SerializeToString()
    for _ in range(levels):
        value = field(5, field(1, value))
    span = otlp.span("deep").SerializeToString() + field(9, field(1, b"deep") + field(2, value))
    return field(1, field(2, field(2, span)))


def deep_json(levels: int) -> bytes:
    inside = '{"arrayValue":{"values":[' * levels + '{"boolValue":true}' + "]}}" * levels
    span = '{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","attributes":[{"key":"deep","value":%s}]}'
    return ('{"resourceSpans":[{"scopeSpans":[{"spans":[' + span % inside + "]}]}]}").encode()


def json_span(**fields) -> bytes:
    span = {"traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174", "name": "by hand"} | fields
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).encode()


def bomb(compress) -> bytes:
    """64 MiB of telemetry that compresses to next to nothing."""
    zeros = otlp.attributes({"zeros": "0" * (64 * MIB)})
    return compress(otlp.body([otlp.span("bomb", attributes=zeros)]))


def case(name, content_type, body, *words, status=400, reason="malformed", encoding=None):
    headers = {"content_encoding": encoding} if encoding else {}
    return pytest.param(content_type, body, headers, status, reason, words, id=name)


def protobuf(name, body, *words, **expected):
    return case(name, otlp.PROTOBUF, body, *words, **expected)


def in_json(name, body, *words, **expected):
    return case(name, otlp.JSON, body, *words, **expected)


TOO_LARGE = {"status": 413, "reason": "too_large"}

REFUSED = [
    protobuf("truncated", GOOD[:-3]),
    protobuf("garbage", random.Random(1).randbytes(300)),
    protobuf("text", b"hello, this is no telemetry"),
    protobuf("a field of the wrong wire type", b"\x08\x01"),
    protobuf("a group", b"\x0b\x0c"),
    protobuf("field number zero", b"\x02\x00"),
    protobuf("a length beyond the end", b"\x0a\xff\xff\xff\xff\x0f"),
    protobuf("a varint without an end", b"\xff" * 12),
    protobuf("json said to be protobuf", json_span()),
    in_json("protobuf said to be json", GOOD),
    in_json("truncated json", json_span()[:-4]),
    in_json("10,000 levels deep in json", deep_json(10_000), "deep"),
    in_json("10,000 open brackets", b"[" * 10_000),
    in_json("an array at the top", b"[]"),
    in_json("nothing at all", b""),
    in_json("two values", json_span() + json_span()),
    in_json("a trailing comma", json_span()[:-1] + b",}"),
    in_json("a negative time", json_span(startTimeUnixNano="-1"), "startTimeUnixNano"),
    in_json("a negative time as a number", json_span(endTimeUnixNano=-1), "endTimeUnixNano"),
    in_json("a time beyond 64 bits", json_span(startTimeUnixNano="18446744073709551616"), "startTimeUnixNano"),
    in_json("a time in words", json_span(startTimeUnixNano="yesterday"), "startTimeUnixNano"),
    in_json("a kind by name", json_span(kind="SPAN_KIND_CLIENT"), "kind"),
    in_json("an id that is not hexadecimal", json_span(traceId="zz8efff798038103d269b633813fc60c"), "traceId"),
    in_json("an object where a list belongs", json_span(attributes={"key": "a"}), "attributes"),
    in_json("a number where text belongs", json_span(name=5), "name"),
    protobuf("gzip that is none", GOOD, encoding="gzip", reason="compression"),
    protobuf("gzip cut short", gzip.compress(GOOD)[:-6], encoding="gzip", reason="compression"),
    protobuf("gzip with a wrong checksum", gzip.compress(GOOD)[:-8] + bytes(8), encoding="gzip", reason="compression"),
    protobuf("deflate that is none", GOOD, encoding="deflate", reason="compression"),
    protobuf("zstd that is none", GOOD, encoding="zstd", reason="compression"),
    protobuf("an unknown encoding", GOOD, "gzip", encoding="br", status=415, reason="encoding"),
    protobuf("a gzip bomb", bomb(gzip.compress), "max_body", encoding="gzip", **TOO_LARGE),
    protobuf("a deflate bomb", bomb(zlib.compress), "max_body", encoding="deflate", **TOO_LARGE),
    protobuf("a zstd bomb", bomb(zstandard.compress), "max_body", encoding="zstd", **TOO_LARGE),
    in_json("a gzip bomb in json", gzip.compress(b" " * (64 * MIB)), "max_body", encoding="gzip", **TOO_LARGE),
]


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One bridge for the whole table: that it survives every entry is part of what is shown."""
    from bridge import Bridge, free_port
    from sink import Sink

    sink = Sink(free_port()).up()
    configuration = {"receivers": {"otlp": {"max_body": "1MiB"}}, "memory": {"budget": "16MiB"}} | to(sink)
    bridge = Bridge(tmp_path_factory.mktemp("shared"), configuration).start()
    yield bridge, sink
    bridge.stop()
    sink.down()
    assert not sink.complaints


@pytest.mark.parametrize(("content_type", "body", "headers", "status", "reason", "words"), REFUSED)
def test_a_wrong_request_is_refused_in_its_own_encoding_and_counted(shared, content_type, body, headers, status, reason, words):
    bridge, sink = shared
    before, resident = bridge.metrics(), bridge.resident_bytes

    response = bridge.post(body, content_type=content_type, **headers)

    assert response.status == status, response.body
    assert response.content_type == content_type
    assert len(response.error) > 10, "the message says what is wrong"
    for word in words:
        assert word in response.error
    after = bridge.metrics()
    assert after("refused_requests_total") == before("refused_requests_total") + 1
    assert after("refused_requests_total", reason=reason) == before("refused_requests_total", reason=reason) + 1
    assert bridge.resident_bytes < resident + 16 * MIB
    assert_unharmed(bridge, sink)


@pytest.mark.parametrize("content_type", ["text/plain", "application/octet-stream", "application/x-protobuf2", ""])
def test_another_content_type_is_refused_with_the_two_that_are_known(shared, content_type):
    bridge, sink = shared
    response = bridge.post(GOOD, content_type=content_type)
    assert response.status == 415
    assert otlp.PROTOBUF in response.error and otlp.JSON in response.error
    assert_unharmed(bridge, sink)


def test_a_content_type_may_have_parameters_and_any_case(shared):
    bridge, _ = shared
    assert bridge.post(b"{}", content_type="Application/JSON; charset=utf-8").status == 200
    assert bridge.post(b"", content_type="application/X-Protobuf").status == 200


def test_another_path_or_method_is_refused(shared):
    bridge, _ = shared
    assert bridge.post(GOOD, path="/v1/profiles").status == 404
    assert bridge.post(GOOD, path="/").status == 404
    for method in ("GET", "PUT", "DELETE"):
        response = http_client.request(bridge.port, method, "/v1/traces")
        assert (response.status, response.headers.get("allow")) == (405, "POST")
    metrics = bridge.metrics()
    assert (metrics("refused_requests_total", reason="path"), metrics("refused_requests_total", reason="method")) == (2, 3)


def test_spans_with_zero_ids_are_refused_alone_and_their_neighbours_kept(bridge, sink):
    good = [otlp.span("good") for _ in range(3)]
    bad = [
        otlp.span("zero trace id", trace_id=bytes(16)),
        otlp.span("zero span id", span_id=bytes(8)),
        otlp.span("no trace id", trace_id=b""),
        otlp.span("short span id", span_id=b"1234"),
    ]
    answer = bridge.post(otlp.body([good[0], bad[0], bad[1], good[1], bad[2], bad[3], good[2]])).accepted()
    assert answer.partial_success.rejected_spans == 4
    assert "id" in answer.partial_success.error_message
    sink.wait_for_spans(map(otlp.ids, good))
    assert sink.spans == {otlp.ids(span): span for span in good}
    metrics = bridge.metrics()
    assert (metrics("refused_items_total"), metrics("appended_items_total"), metrics("decoded_items_total")) == (4, 3, 7)
    assert metrics("refused_requests_total") == 0

    spans = [{"traceId": "", "spanId": "0000000000000001"}, {"traceId": "5b8efff798038103d269b633813fc60c", "spanId": "a1" * 8}]
    response = bridge.post(json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}).encode(), content_type=otlp.JSON)
    partial = json.loads(response.body)["partialSuccess"]
    assert (response.status, partial["rejectedSpans"]) == (200, "1") and partial["errorMessage"]


def test_a_span_10000_levels_deep_is_refused_alone_and_its_neighbours_kept(bridge, sink):
    good = otlp.span("good")
    # Serialized requests, one behind the other, are one request.
    answer = bridge.post(deep_protobuf(10_000) + otlp.body([good])).accepted()
    assert answer.partial_success.rejected_spans == 1
    assert "deep" in answer.partial_success.error_message
    sink.wait_for_spans([otlp.ids(good)])
    assert sink.spans.keys() == {otlp.ids(good)}
    assert bridge.metrics()("refused_items_total", reason="too_deep") == 1


def test_text_that_is_not_utf_8_is_repaired_and_everything_else_kept(bridge, sink):
    span = otlp.span("name", attributes=otlp.attributes({"before": 1, "broken": "<<<<>>>>", "after": "ü"}))
    body = otlp.body([span]).replace(b"<<<<>>>>", b"ok\xff\xe2\x82ok!")
    assert not bridge.post(body).accepted().HasField("partial_success")
    sink.wait_for_spans([otlp.ids(span)])
    span.attributes[1].value.string_value = "ok\ufffd\ufffdok!"
    assert sink.spans == {otlp.ids(span): span}


def test_keys_that_come_twice_pass_through_in_order(bridge, sink):
    span = otlp.span("twice", attributes=otlp.attributes({"key": "first"}) + otlp.attributes({"key": 2}))
    bridge.send([span])
    sink.wait_for_spans([otlp.ids(span)])
    assert sink.spans == {otlp.ids(span): span}


@pytest.mark.parametrize("chunked", [False, True], ids=["declared", "chunked"])
def test_a_body_at_the_limit_is_taken_and_one_byte_more_is_refused(small, sink, chunked):
    def post(body: bytes) -> http_client.Response:
        # A body of pieces has no length to declare, and goes in chunks.
        pieces = iter([body[:1000], body[1000:500_000], body[500_000:]])
        return http_client.request(small.port, "POST", "/v1/traces", pieces if chunked else body, {"Content-Type": otlp.PROTOBUF})

    post(otlp.body_of_size(MAX_BODY)).accepted()
    response = post(otlp.body_of_size(MAX_BODY + 1))
    assert response.status == 413
    assert "max_body" in response.error and "OTEL_BSP_MAX_EXPORT_BATCH_SIZE" in response.error

    assert small.post(gzip.compress(otlp.body_of_size(MAX_BODY)), content_encoding="gzip").status == 200
    assert small.post(gzip.compress(otlp.body_of_size(MAX_BODY + 1)), content_encoding="gzip").status == 413
    assert small.post(zstandard.compress(otlp.body_of_size(MAX_BODY)), content_encoding="zstd").status == 200
    assert small.post(zstandard.compress(otlp.body_of_size(MAX_BODY + 1)), content_encoding="zstd").status == 413
    assert_unharmed(small, sink)


def test_a_declared_length_over_the_limit_is_refused_before_the_body_comes(small):
    head = http_client.head(Content_Type=otlp.PROTOBUF, Content_Length="1000000000")
    with http_client.raw(small.port, head, timeout=5) as connection:
        assert http_client.read_response(connection).status == 413


def test_who_asks_before_sending_is_told_to_go_on_or_not(small):
    body = otlp.body([otlp.span("asked first")])
    head = http_client.head(Content_Type=otlp.PROTOBUF, Content_Length=str(len(body)), Expect="100-continue")
    with http_client.raw(small.port, head, timeout=5) as connection:
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        connection.sendall(body)
        assert http_client.read_response(connection).status == 200
    head = http_client.head(Content_Type=otlp.PROTOBUF, Content_Length=str(MAX_BODY + 1), Expect="100-continue")
    with http_client.raw(small.port, head, timeout=5) as connection:
        assert http_client.read_response(connection).status == 413


def test_a_slow_client_is_told_and_let_go(small, sink):
    head = http_client.head(Content_Type=otlp.PROTOBUF, Content_Length=str(len(GOOD)))
    with http_client.raw(small.port, head, timeout=8) as connection:
        began = time.monotonic()
        for byte in GOOD[:3]:
            connection.sendall(bytes([byte]))
            time.sleep(0.3)
        assert http_client.read_response(connection).status == 408
        assert http_client.closed_by_peer(connection)
        assert 1.5 < time.monotonic() - began < 6
    assert small.metrics()("refused_requests_total", reason="timeout") == 1
    assert_unharmed(small, sink)


def test_a_client_that_closes_its_half_after_the_request_is_still_answered(bridge, sink):
    span = otlp.span("half-closed")
    body = otlp.body([span])
    head = http_client.head(Content_Type=otlp.PROTOBUF, Content_Length=str(len(body)))
    with http_client.raw(bridge.port, head + body) as connection:
        connection.shutdown(1)
        assert http_client.read_response(connection).status == 200
    sink.wait_for_spans([otlp.ids(span)])


def test_clients_that_leave_in_the_middle_leave_nothing_behind(bridge, sink):
    assert_unharmed(bridge, sink)
    before = bridge.descriptors
    half = http_client.head(Content_Type=otlp.PROTOBUF, Content_Length=str(len(GOOD))) + GOOD[: len(GOOD) // 2]
    chunk = http_client.head(Content_Type=otlp.PROTOBUF, Transfer_Encoding="chunked") + b"5\r\nhal"
    for data in [half, chunk, b"POST /v1/tr", b""] * 25:
        http_client.raw(bridge.port, data).close()
    deadline = time.monotonic() + 10
    while bridge.descriptors > before + 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert bridge.descriptors <= before + 2
    assert_unharmed(bridge, sink)


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),  # the hello of TLS
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\r\n\r\n\r\n\0\0\0",
        b"POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ids=["TLS", "HTTP/2", "empty lines", "a negative length", "two lengths"],
)
def test_what_is_not_http_ends_the_connection_and_nothing_else(shared, data):
    bridge, sink = shared
    with http_client.raw(bridge.port, data, timeout=10) as connection:
        connection.shutdown(1)
        assert http_client.closed_by_peer(connection)
    assert_unharmed(bridge, sink)


def test_a_flood_of_headers_is_refused(shared):
    bridge, sink = shared
    lines = b"".join(b"X-%d: %s\r\n" % (number, b"y" * 1000) for number in range(2000))
    with http_client.raw(bridge.port, timeout=10) as connection:
        try:
            connection.sendall(b"POST /v1/traces HTTP/1.1\r\nHost: x\r\n" + lines + b"\r\n")
            assert http_client.read_response(connection).status == 431
        except (BrokenPipeError, ConnectionResetError):
            pass  # the answer may be lost when the rest of the flood meets a closed connection
    assert_unharmed(bridge, sink)


def test_a_thousand_idle_connections_do_not_disturb_the_one_that_works(bridge, sink):
    # Only this end is given more descriptors: the bridge has to do with what it was started with.
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4096)), hard))
    before = bridge.resident_bytes
    idle = []
    try:
        for _ in range(1000):
            idle.append(http_client.raw(bridge.port))
        began = time.monotonic()
        for _ in range(20):
            assert_unharmed(bridge, sink)
        assert time.monotonic() - began < 15
        assert bridge.resident_bytes < before + 48 * MIB
    finally:
        for connection in idle:
            connection.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert_unharmed(bridge, sink)
