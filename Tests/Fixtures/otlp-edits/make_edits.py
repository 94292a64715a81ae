"""Makes the edits of EditTests.swift with the protobuf library of PyPI, and writes down what comes out.

    make_edits.py                 writes expected.txt: for each captured request its path and the FNV-1a 64 of the edited one
    make_edits.py --check         exit 1 if expected.txt is not what would be written
    make_edits.py --compare DIR   compares with requests edited by EditTests.swift (CAUSEWAY_EDITS=DIR) message by message

What comes out is written deterministically: fields by number, nothing that is zero.
"""

import sys
from pathlib import Path

from google.protobuf import text_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

HERE = Path(__file__).resolve().parent
CORPUS = HERE.parent / "corpus"
EXPECTED = HERE / "expected.txt"
REQUESTS = {
    ".otlp.pb": ExportTraceServiceRequest,
    ".metrics.pb": ExportMetricsServiceRequest,
    ".logs.pb": ExportLogsServiceRequest,
}


def edit_attributes(attributes, changes):
    """Changes in place: of several attributes with one key one is left, and new ones are added in order."""
    kept, done = [], set()
    present = {attribute.key for attribute in attributes}
    for attribute in attributes:
        change = changes.get(attribute.key)
        if change is None:
            kept.append(attribute)
            continue
        kind, argument = change
        if kind == "remove" or attribute.key in done:
            continue
        done.add(attribute.key)
        if kind == "set":
            attribute.value.Clear()
            argument(attribute.value)
        else:
            attribute.key = argument
        kept.append(attribute)
    copies = [type(attribute).FromString(attribute.SerializeToString()) for attribute in kept]
    del attributes[:]
    attributes.extend(copies)
    for key, (kind, argument) in changes.items():
        if kind == "set" and key not in present:
            new = attributes.add()
            new.key = key
            argument(new.value)


def edited_text(value):
    value.string_value = "edited \u00e9\0"


def new_value(value):
    entries = value.kvlist_value.values
    entry = entries.add(key="list")
    elements = entry.value.array_value.values
    elements.add(int_value=1)
    elements.add(double_value=2.5)
    elements.add(bool_value=True)
    elements.add(bytes_value=b"\0\xff")
    elements.add(string_value="")
    elements.add()
    entries.add(key="zero").value.int_value = 0


def of_item(attributes):
    """The first key goes, the second gets another name, the third another value, and one key is new."""
    changes = {}
    keys = [attribute.key for attribute in attributes]
    for key, change in zip(keys, [("remove", None), ("rename", "causeway.renamed"), ("set", edited_text)]):
        changes[key] = change
    changes["causeway.new"] = ("set", new_value)
    edit_attributes(attributes, changes)


def edit_span(span, ordinal):
    of_item(span.attributes)
    span.name += " (edited)"
    span.kind = Span.SPAN_KIND_CLIENT
    if ordinal % 2 == 0:
        span.status.CopyFrom(Status(code=Status.STATUS_CODE_ERROR, message="why"))
    if span.events:
        edit_attributes(span.events[-1].attributes, {"causeway.event": ("set", lambda value: setattr(value, "int_value", -1))})
        if len(span.events) > 1:
            del span.events[0]
    event = span.events.add(name="noted", time_unix_nano=1)
    event.attributes.add(key="k").value.string_value = "v"
    span.links.add(trace_id=bytes(range(1, 17)), span_id=bytes(range(21, 29)))


def edit_log_record(record, ordinal):
    of_item(record.attributes)
    if ordinal % 2 == 0:
        record.body.Clear()
        record.body.string_value = "edited body"


def points_of(metric):
    data = metric.WhichOneof("data")
    return getattr(metric, data).data_points if data else []


def edit(request):
    """Every seventh item goes, from the seventh on; every other is edited."""
    ordinal = 0
    for entry in request.ListFields()[0][1] if request.ListFields() else []:
        resource = {
            "service.name": ("set", lambda value: setattr(value, "string_value", "edited")),
            "telemetry.sdk.language": ("remove", None),
        }
        edit_attributes(entry.resource.attributes, resource)
        scopes = next(value for field, value in entry.ListFields() if field.name.startswith("scope_"))
        for scope_entry in scopes:
            understood = {"causeway.understood": ("set", lambda value: setattr(value, "int_value", 1))}
            edit_attributes(scope_entry.scope.attributes, understood)
            if hasattr(scope_entry, "metrics"):
                lists = [points_of(metric) for metric in scope_entry.metrics]
            else:
                lists = [getattr(scope_entry, "spans", None) or getattr(scope_entry, "log_records", [])]
            for items in lists:
                gone = []
                for index, item in enumerate(items):
                    if ordinal % 7 == 6:
                        gone.append(index)
                    elif isinstance(item, Span):
                        edit_span(item, ordinal)
                    elif hasattr(item, "severity_number"):
                        edit_log_record(item, ordinal)
                    else:
                        of_item(item.attributes)
                    ordinal += 1
                for index in reversed(gone):
                    del items[index]


def captures():
    for path in sorted(CORPUS.rglob("*.pb")):
        for ending, request in REQUESTS.items():
            if path.name.endswith(ending):
                yield path, request


def edited(path, request):
    message = request.FromString(path.read_bytes())
    edit(message)
    return message


def fnv(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return value


def expected():
    lines = []
    for path, request in captures():
        data = edited(path, request).SerializeToString(deterministic=True)
        lines.append(f"{fnv(data):016x} {len(data)} {path.relative_to(CORPUS).as_posix()}\n")
    return "".join(lines)


def compare(folder):
    different = 0
    for path, request in captures():
        wanted = edited(path, request)
        name = path.relative_to(CORPUS).as_posix()
        found = request.FromString((folder / name.replace("/", "~")).read_bytes())
        if found != wanted:
            different += 1
            pair = [text_format.MessageToString(message).splitlines() for message in (found, wanted)]
            line = next((line for line in zip(*pair) if line[0] != line[1]), "one ends early")
            print(f"{name}: {line}")
    return different


if __name__ == "__main__":
    if sys.argv[1:2] == ["--compare"]:
        sys.exit(1 if compare(Path(sys.argv[2])) else 0)
    if sys.argv[1:] == ["--check"]:
        sys.exit(0 if EXPECTED.read_text() == expected() else 1)
    EXPECTED.write_text(expected())
