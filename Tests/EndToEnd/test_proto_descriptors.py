"""The definitions in proto/ say what OpenTelemetry's published descriptors say, field by field."""

import importlib
import re
import subprocess
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2

ROOT = Path(__file__).resolve().parents[2]
PROTO = ROOT / "proto"

FILES = [
    "common/v1/common",
    "resource/v1/resource",
    "trace/v1/trace",
    "metrics/v1/metrics",
    "logs/v1/logs",
    "collector/trace/v1/trace_service",
    "collector/metrics/v1/metrics_service",
    "collector/logs/v1/logs_service",
]

# protoc-c 1.4 refuses proto3 `optional`. A oneof of one member is the same on the wire and keeps presence, so in
# these fields, and nowhere else, the published `optional X x` (which protoc itself turns into a oneof named `_x`)
# is our `oneof x_presence { X x; }`.
ONE_MEMBER_ONEOFS = {
    f"opentelemetry.proto.metrics.v1.{message}.{field}"
    for message in ("HistogramDataPoint", "ExponentialHistogramDataPoint")
    for field in ("sum", "min", "max")
}

# Imported for `string_as_bytes` and `c_package`, which change the C code and nothing on the wire.
OWN_IMPORT = "protobuf-c/protobuf-c.proto"

FIELD = descriptor_pb2.FieldDescriptorProto


def described(file):
    """Every fact of a file that programs on the other side rely on, by its full name."""
    facts = {("file", "syntax"): file.syntax, ("file", "package"): file.package}
    facts["file", "imports"] = sorted(name for name in file.dependency if name != OWN_IMPORT)
    for enum in file.enum_type:
        describe_enum(f"{file.package}.{enum.name}", enum, facts)
    for message in file.message_type:
        describe_message(f"{file.package}.{message.name}", message, facts)
    for service in file.service:
        for method in service.method:
            facts["method", f"{file.package}.{service.name}.{method.name}"] = (
                method.input_type,
                method.output_type,
                method.client_streaming,
                method.server_streaming,
            )
    return facts


def describe_message(name, message, facts):
    facts["message", name] = {
        "reserved": sorted((span.start, span.end) for span in message.reserved_range),
        "reserved names": sorted(message.reserved_name),
    }
    for field in message.field:
        full = f"{name}.{field.name}"
        oneof = message.oneof_decl[field.oneof_index].name if field.HasField("oneof_index") else None
        if full in ONE_MEMBER_ONEOFS and (field.proto3_optional or oneof == f"{field.name}_presence"):
            oneof = "present or not"
        facts["field", full] = {
            "number": field.number,
            "type": FIELD.Type.Name(field.type),
            "of": field.type_name,
            "label": FIELD.Label.Name(field.label),
            # Only protoc writes the usual JSON name out; the published descriptors leave it to the rule.
            "json": field.json_name or re.sub(r"_([a-z0-9])", lambda letter: letter[1].upper(), field.name),
            "oneof": oneof,
        }
    for nested in message.nested_type:
        describe_message(f"{name}.{nested.name}", nested, facts)
    for enum in message.enum_type:
        describe_enum(f"{name}.{enum.name}", enum, facts)


def describe_enum(name, enum, facts):
    facts["enum", name] = {value.name: value.number for value in enum.value}


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    output = tmp_path_factory.mktemp("descriptors") / "all.pb"
    sources = [f"opentelemetry/proto/{name}.proto" for name in FILES] + ["google/rpc/status.proto"]
    command = ["protoc", "-I", str(PROTO), "-I", "/usr/include", f"--descriptor_set_out={output}", *sources]
    subprocess.run(command, check=True)
    files = descriptor_pb2.FileDescriptorSet.FromString(output.read_bytes()).file
    return {file.name: file for file in files}


def published(name):
    module = importlib.import_module("opentelemetry.proto." + name.replace("/", ".") + "_pb2")
    file = descriptor_pb2.FileDescriptorProto()
    module.DESCRIPTOR.CopyToProto(file)
    return file


@pytest.mark.parametrize("name", FILES)
def test_definition_equals_the_published_one(ours, name):
    path = f"opentelemetry/proto/{name}.proto"
    assert described(ours[path]) == described(published(name))


def test_every_exception_still_exists(ours):
    facts = described(ours["opentelemetry/proto/metrics/v1/metrics.proto"])
    assert {full for kind, full in facts if kind == "field"} >= ONE_MEMBER_ONEOFS


def test_no_definition_is_left_uncompared():
    found = {path.relative_to(PROTO).as_posix() for path in PROTO.rglob("*.proto")}
    assert found == {f"opentelemetry/proto/{name}.proto" for name in FILES} | {"google/rpc/status.proto"}


def test_status_is_the_one_of_google_rpc(ours):
    facts = described(ours["google/rpc/status.proto"])
    fields = {full: (fact["number"], fact["type"], fact["label"]) for (kind, full), fact in facts.items() if kind == "field"}
    assert fields == {
        "google.rpc.Status.code": (1, "TYPE_INT32", "LABEL_OPTIONAL"),
        "google.rpc.Status.message": (2, "TYPE_STRING", "LABEL_OPTIONAL"),
        # Published as google.protobuf.Any; a message and its bytes are the same on the wire.
        "google.rpc.Status.details": (3, "TYPE_BYTES", "LABEL_REPEATED"),
    }


@pytest.mark.parametrize("path", sorted(PROTO.rglob("*.proto")), ids=lambda path: path.stem)
def test_no_string_is_cut_at_an_embedded_nul(path):
    plain = [
        line.strip()
        for line in path.read_text().splitlines()
        if re.match(r"\s*(repeated |optional )?string \w+ = ", line) and "string_as_bytes = true" not in line
    ]
    assert plain == []
