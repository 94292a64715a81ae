"""Requests as agents send them: spans of about 1.4 kB with GenAI attributes. The same bytes every time.

    payload.py DIRECTORY    writes 8.otlp, 100.otlp, 1000.otlp, and beside each .ids: where its trace ids are (u32, little-endian)
"""

import random
import struct
import sys
from pathlib import Path

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

SIZES = (8, 100, 1000)
EPOCH = 1_767_225_600_000_000_000
WORDS = "the order was sent on monday and has not arrived yet so a tool looked it up and found that it waits at the depot".split()


def request(count: int) -> tuple[ExportTraceServiceRequest, list[bytes]]:
    dice = random.Random(count)

    def text(words: int) -> str:
        return " ".join(dice.choice(WORDS) for _ in range(words))

    def attribute(key: str, value) -> KeyValue:
        match value:
            case int():
                return KeyValue(key=key, value=AnyValue(int_value=value))
            case float():
                return KeyValue(key=key, value=AnyValue(double_value=value))
            case _:
                return KeyValue(key=key, value=AnyValue(string_value=value))

    result = ExportTraceServiceRequest()
    resource = result.resource_spans.add()
    resource.resource.attributes.extend([attribute("service.name", "support-agent"), attribute("service.instance.id", "a-1")])
    scope = resource.scope_spans.add()
    scope.scope.name = "agent"
    traces: list[bytes] = []
    parent = b""
    for number in range(count):
        if number % 8 == 0:
            traces.append(dice.randbytes(16))
            parent = b""
        span = scope.spans.add(trace_id=traces[-1], span_id=dice.randbytes(8), parent_span_id=parent, kind=3)
        parent = parent or span.span_id
        span.name = "chat gpt-4o-mini" if number % 2 else "execute_tool order_lookup"
        span.start_time_unix_nano = EPOCH + number * 1_000_000
        span.end_time_unix_nano = span.start_time_unix_nano + dice.randrange(10**9)
        span.attributes.extend(
            [
                attribute("gen_ai.operation.name", "chat"),
                attribute("gen_ai.provider.name", "openai"),
                attribute("gen_ai.request.model", "gpt-4o-mini"),
                attribute("gen_ai.response.model", "gpt-4o-mini-2024-07-18"),
                attribute("gen_ai.response.id", f"chatcmpl-{dice.randbytes(12).hex()}"),
                attribute("gen_ai.conversation.id", f"conv-{dice.randbytes(8).hex()}"),
                attribute("gen_ai.usage.input_tokens", dice.randrange(4000)),
                attribute("gen_ai.usage.output_tokens", dice.randrange(800)),
                attribute("gen_ai.request.temperature", 0.2),
                attribute("server.address", "api.example.com"),
                attribute("server.port", 443),
                attribute("gen_ai.input.messages", f'[{{"role":"user","parts":[{{"type":"text","content":"{text(85)}"}}]}}]'),
                attribute("gen_ai.output.messages", f'[{{"role":"assistant","parts":[{{"type":"text","content":"{text(70)}"}}]}}]'),
            ]
        )
    return result, traces


def main() -> None:
    directory = Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    for count in SIZES:
        message, traces = request(count)
        body = message.SerializeToString(deterministic=True)
        places = []
        for trace in traces:
            at = body.find(trace)
            while at >= 0:
                places.append(at)
                at = body.find(trace, at + 1)
        assert len(places) == count
        (directory / f"{count}.otlp").write_bytes(body)
        (directory / f"{count}.ids").write_bytes(struct.pack(f"<{count}I", *sorted(places)))
        print(f"{count} spans, {len(body)} bytes, {len(body) // count} a span")


if __name__ == "__main__":
    main()
