"""Writes the expectations beside this file with the protobuf library and the OTLP definitions of PyPI.

    pip install opentelemetry-proto==1.45.2 protobuf==7.36.2
    python3 Tests/Fixtures/otlp-json/generate.py

schema.txt            every field of every OTLP message
everything.*.pb/json  one request a signal in which every field of every message is set, and every kind of value occurs
expected/*.json       requests of the corpus as OTLP/JSON
"""

import base64
import json
import pathlib

from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

HERE = pathlib.Path(__file__).resolve().parent
REQUESTS = {
    "traces": trace_service_pb2.ExportTraceServiceRequest,
    "metrics": metrics_service_pb2.ExportMetricsServiceRequest,
    "logs": logs_service_pb2.ExportLogsServiceRequest,
}
CORPUS = {
    "ag2/agent_tools.otlp.pb": "traces",
    "claude-code/agent_tools.2.logs.pb": "logs",
    "claude-code/agent_tools.3.metrics.pb": "metrics",
    "fastmcp/mcp_tools.otlp.pb": "traces",
    "openinference-langchain/agent_tools.otlp.pb": "traces",
    "strands-agents/agent_tools.metrics.pb": "metrics",
    "strands-agents/agent_tools.otlp.pb": "traces",
}
TYPES = {1: "double", 3: "int64", 4: "uint64", 5: "int32", 6: "fixed64", 7: "fixed32", 8: "bool", 9: "string", 11: "message",
         12: "bytes", 13: "uint32", 14: "enumeration", 16: "sfixed64", 17: "sint32"}
IDS = {"trace_id", "span_id", "parent_span_id"}


def schema_lines():
    seen, lines = set(), []

    def walk(descriptor):
        if descriptor.full_name in seen:
            return
        seen.add(descriptor.full_name)
        for field in descriptor.fields:
            kind = field.message_type.name if field.message_type else TYPES[field.type]
            if field.name in IDS:
                kind = "id"
            label = "many" if field.is_repeated else "one"
            oneof = field.containing_oneof
            presence = "implicit" if oneof is None else "optional" if oneof.name.startswith("_") else "oneof"
            lines.append(f"{descriptor.name} {field.number} {field.json_name} {kind} {label} {presence}")
            if field.message_type:
                walk(field.message_type)

    for request in REQUESTS.values():
        walk(request.DESCRIPTOR)
    return sorted(lines)


class Filler:
    """Sets every field; values and the members of oneofs take turns, so that all of them occur."""

    TEXTS = ["plain", "", "quotes \" and \\ and / and \u0000 \u001f \u007f \u0085 \t\n", "Zürich 東京 🚂 \u2028", "<&'>"]
    DOUBLES = [0.1, 0.0, -0.0, 1e300, 5e-324, float("inf"), float("-inf"), float("nan"), 123456789012345680.0, 2.5]
    LIMITS = {
        "int64": [2**63 - 1, -(2**63), 0, -1], "uint64": [2**64 - 1, 0, 1], "fixed64": [2**64 - 1, 1795335529476464896, 1],
        "sfixed64": [2**63 - 1, -(2**63), 0], "int32": [2**31 - 1, -1, 0], "sint32": [2**31 - 1, -(2**31), -1, 7],
        "uint32": [2**32 - 1, 7, 1], "fixed32": [2**32 - 1, 257, 1], "enumeration": [1, 2, 3], "bool": [True, False],
        "string": TEXTS, "double": DOUBLES, "bytes": [b"\x00\xff\xfe", b"", b"\x01", b"\x01\x02", bytes(range(250, 256))],
    }

    def __init__(self):
        self.turns = {}

    def turn(self, name, choices):
        index = self.turns.get(name, 0)
        self.turns[name] = index + 1
        return choices[index % len(choices)]

    def value(self, field):
        if field.name in IDS:
            return bytes((self.turn("id", list(range(200))) + step) % 256 for step in range(16 if field.name == "trace_id" else 8))
        return self.turn(TYPES[field.type], self.LIMITS[TYPES[field.type]])

    def fill(self, message, depth=0):
        descriptor = message.DESCRIPTOR
        for field in descriptor.fields:
            if field.containing_oneof and not field.containing_oneof.name.startswith("_"):
                continue
            self.set(message, field, depth)
        for oneof in descriptor.oneofs:
            if not oneof.name.startswith("_"):
                flat = [field for field in oneof.fields if depth < 12 or not field.message_type]
                self.set(message, self.turn(oneof.full_name, flat), depth)
        return message

    def set(self, message, field, depth):
        if field.message_type and depth > 12:
            return
        if field.is_repeated:
            counts = {"KeyValue": 9, "AnyValue": 3, "NumberDataPoint": 3, "Metric": 5}
            count = counts.get(field.message_type.name, 2) if field.message_type and depth < 8 else 2
            target = getattr(message, field.name)
            for _ in range(count):
                if field.message_type:
                    self.fill(target.add(), depth + 1)
                else:
                    target.append(self.value(field))
        elif field.message_type:
            target = getattr(message, field.name)
            target.SetInParent()
            self.fill(target, depth + 1)
        else:
            setattr(message, field.name, self.value(field))


def otlp_json(message):
    """The proto3 JSON mapping with OTLP's exceptions: numbers for enumerations, hexadecimal for ids."""
    tree = json_format.MessageToDict(message, use_integers_for_enums=True)

    def ids(value):
        if isinstance(value, list):
            return [ids(element) for element in value]
        if isinstance(value, dict):
            return {
                key: base64.b64decode(member).hex() if key in ("traceId", "spanId", "parentSpanId") else ids(member)
                for key, member in value.items()
            }
        return value

    return ids(tree)


def write_json(path, message):
    path.write_text(json.dumps(otlp_json(message), ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def main():
    (HERE / "schema.txt").write_text("\n".join(schema_lines()) + "\n", encoding="utf-8")
    for signal, request in REQUESTS.items():
        message = Filler().fill(request())
        (HERE / f"everything.{signal}.pb").write_bytes(message.SerializeToString(deterministic=True))
        write_json(HERE / f"everything.{signal}.json", message)
    for path, signal in CORPUS.items():
        message = REQUESTS[signal].FromString((HERE.parent / "corpus" / path).read_bytes())
        write_json(HERE / "expected" / (path.replace("/", ".").removesuffix(".pb") + ".json"), message)


if __name__ == "__main__":
    main()
