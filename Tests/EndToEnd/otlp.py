"""OTLP messages as the tests make and compare them, with the protobuf classes that OpenTelemetry publishes."""

import itertools
import json
from collections.abc import Iterator

from google.protobuf.message import Message
from google.protobuf.unknown_fields import UnknownFieldSet
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2 as logs
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2 as metrics
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as traces
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

PROTOBUF = "application/x-protobuf"
JSON = "application/json"

REQUESTS = {
    "/v1/traces": traces.ExportTraceServiceRequest,
    "/v1/metrics": metrics.ExportMetricsServiceRequest,
    "/v1/logs": logs.ExportLogsServiceRequest,
}
ANSWERS = {
    "/v1/traces": traces.ExportTraceServiceResponse,
    "/v1/metrics": metrics.ExportMetricsServiceResponse,
    "/v1/logs": logs.ExportLogsServiceResponse,
}

# 2026-01-01T00:00:00Z; fixed, so that a run can be repeated byte for byte.
EPOCH = 1_767_225_600_000_000_000

_serial = itertools.count(1)


def value(plain) -> AnyValue:
    match plain:
        case None:
            return AnyValue()
        case bool():
            return AnyValue(bool_value=plain)
        case int():
            return AnyValue(int_value=plain)
        case float():
            return AnyValue(double_value=plain)
        case str():
            return AnyValue(string_value=plain)
        case bytes():
            return AnyValue(bytes_value=plain)
        case list():
            array = AnyValue()
            array.array_value.SetInParent()
            array.array_value.values.extend(value(element) for element in plain)
            return array
        case dict():
            table = AnyValue()
            table.kvlist_value.SetInParent()
            table.kvlist_value.values.extend(attributes(plain))
            return table
        case _:
            raise TypeError(f"no attribute is a {type(plain)}")


def attributes(plain: dict) -> list[KeyValue]:
    return [KeyValue(key=key, value=value(element)) for key, element in plain.items()]


def span(name: str = "step", *, trace_id: bytes | None = None, span_id: bytes | None = None, **fields) -> Span:
    """A span with ids that no other span of this run has."""
    serial = next(_serial)
    return Span(
        trace_id=serial.to_bytes(16, "big") if trace_id is None else trace_id,
        span_id=serial.to_bytes(8, "big") if span_id is None else span_id,
        name=name,
        start_time_unix_nano=EPOCH + serial,
        end_time_unix_nano=EPOCH + serial + 1_000_000,
        **fields,
    )


def trace_request(spans: list[Span], service: str = "end-to-end") -> traces.ExportTraceServiceRequest:
    request = traces.ExportTraceServiceRequest()
    resource = request.resource_spans.add()
    resource.resource.attributes.extend(attributes({"service.name": service}))
    scope = resource.scope_spans.add()
    scope.scope.name = "end-to-end"
    scope.spans.extend(spans)
    return request


def body(spans: list[Span]) -> bytes:
    return trace_request(spans).SerializeToString()


def body_of_size(size: int) -> bytes:
    """A request with one span that is exactly `size` bytes long."""
    one = span("padded")
    padding = size
    for _ in range(8):
        del one.attributes[:]
        one.attributes.append(KeyValue(key="padding", value=AnyValue(string_value="x" * padding)))
        length = len(body([one]))
        if length == size:
            return body([one])
        padding += size - length
    raise ValueError(f"no request is exactly {size} bytes long: the lengths inside it grow by a byte just there")


def ids(one: Span) -> tuple[str, str]:
    return one.trace_id.hex(), one.span_id.hex()


def items(request: Message) -> Iterator[tuple[Message, Message, Message]]:
    """Every span, data point or log record of a request, with its scope and resource.

    A data point comes inside a copy of its metric which holds that point alone, so that it can be compared by itself.
    """
    match request:
        case traces.ExportTraceServiceRequest():
            for resource in request.resource_spans:
                for scope in resource.scope_spans:
                    for one in scope.spans:
                        yield one, scope.scope, resource.resource
        case logs.ExportLogsServiceRequest():
            for resource in request.resource_logs:
                for scope in resource.scope_logs:
                    for one in scope.log_records:
                        yield one, scope.scope, resource.resource
        case metrics.ExportMetricsServiceRequest():
            for resource in request.resource_metrics:
                for scope in resource.scope_metrics:
                    for metric in scope.metrics:
                        yield from ((one, scope.scope, resource.resource) for one in _points(metric))
        case _:
            raise TypeError(f"{type(request)} is no request")


def _points(metric) -> Iterator[Message]:
    kind = metric.WhichOneof("data")
    if kind is None:
        return
    for index in range(len(getattr(metric, kind).data_points)):
        single = type(metric)()
        single.CopyFrom(metric)
        points = getattr(single, kind).data_points
        kept = type(points[0])()
        kept.CopyFrom(points[index])
        del points[:]
        points.append(kept)
        yield single


def unknown_fields(message: Message, path: str = "") -> Iterator[str]:
    """Paths of fields that the published definitions do not have."""
    for field in UnknownFieldSet(message):
        yield f"{path}.#{field.field_number}"
    for descriptor, content in message.ListFields():
        if descriptor.message_type is None:
            continue
        for inner in content if descriptor.is_repeated else [content]:
            yield from unknown_fields(inner, f"{path}.{descriptor.name}")


def status(content_type: str, answer: bytes) -> Status:
    """The error of a refusal, in whichever of the two encodings it came."""
    if content_type == JSON:
        decoded = json.loads(answer)
        return Status(code=decoded.get("code", 0), message=decoded.get("message", ""))
    assert content_type == PROTOBUF, f"an error came as {content_type!r}"
    return Status.FromString(answer)
