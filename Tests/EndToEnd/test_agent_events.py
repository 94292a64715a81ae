"""Agent events: every way in, what bad lines cost, and spans in parts over restarts and kills."""

import gzip
import hashlib
import http.client
import json
import os
import random
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import books
import jsonschema
import pytest
from bridge import EXECUTABLE, clean_environment, command
from conftest import to

PATH = "/v1/agent-events"
ROOT = Path(__file__).parent.parent.parent


def ndjson(*events: dict) -> bytes:
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def post(bridge, *events: dict, **headers: str) -> dict:
    response = bridge.post(ndjson(*events), PATH, "application/x-ndjson", **headers)
    return {"status": response.status} | json.loads(response.body)


def stored(bridge, signal: str = "traces") -> list[dict]:
    """The spans, or log records, in the log."""
    shown = command("spool", "cat", "--signal", signal, "--data", bridge.data)
    assert shown.returncode == 0, shown.stderr
    outer, scopes, items = {
        "traces": ("resourceSpans", "scopeSpans", "spans"),
        "logs": ("resourceLogs", "scopeLogs", "logRecords"),
    }[signal]
    return [
        item
        for line in shown.stdout.splitlines()
        for resource in json.loads(line)[outer]
        for scope in resource[scopes]
        for item in scope[items]
    ]


def attributes(item: dict) -> dict:
    return {entry["key"]: next(iter(entry["value"].values()), None) for entry in item.get("attributes", [])}


def wait_for(bridge, wanted, what: str, timeout: float = 20):
    deadline = time.monotonic() + timeout
    while not (found := wanted(stored(bridge))):
        assert time.monotonic() < deadline, f"still waiting for {what}: {stored(bridge)}\n{bridge.log()}"
        time.sleep(0.1)
    return found


def names(spans: list[dict]) -> list[str]:
    return sorted(span["name"] for span in spans)


def event(kind: str, identifier: str, /, **more) -> dict:
    return {"type": kind, "trace_id": "t", "id": identifier, **more}


def test_good_lines_are_kept_and_bad_ones_told_by_number(make_bridge):
    bridge = make_bridge().start()
    body = ndjson(event("step", "a")) + b"not json\n\n" + ndjson({"type": "stpe"}, event("step", "b", modle="m"))
    response = bridge.post(body, PATH, "application/x-ndjson")
    answer = json.loads(response.body)
    assert (response.status, answer["accepted"], answer["rejected"]) == (200, 2, 2)
    assert [error["line"] for error in answer["errors"]] == [2, 4]
    assert "stpe" in answer["errors"][1]["reason"]
    assert [warning["line"] for warning in answer["warnings"]] == [5]
    refused = bridge.post(b"one\ntwo\n", PATH, "application/x-ndjson")
    assert (refused.status, json.loads(refused.body)["rejected"]) == (400, 2)
    assert bridge.post(b"", PATH, "application/x-ndjson").status == 200
    assert bridge.metrics()("refused_items_total", reason="event_json") == 3
    bridge.stop()
    assert len(stored(bridge)) == 2


@pytest.mark.parametrize("kind", ["application/x-ndjson", "application/json", "application/x-www-form-urlencoded", "text/plain"])
def test_lines_may_come_under_any_content_type_and_compressed(make_bridge, kind):
    bridge = make_bridge().start()
    body = ndjson(*(event("step", f"s{number}") for number in range(1000)))
    answer = bridge.post(gzip.compress(body), PATH, kind, content_encoding="gzip")
    assert json.loads(answer.body)["accepted"] == 1000
    assert json.loads(bridge.post(body, PATH, kind).body)["accepted"] == 1000


def test_a_line_of_100_MB_costs_neither_its_neighbours_nor_memory(make_bridge):
    bridge = make_bridge().start()
    before = bridge.resident_bytes
    peak = before
    with socket.create_connection(("127.0.0.1", bridge.port)) as client:
        client.sendall(b"POST /v1/agent-events HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")

        def send(part: bytes) -> None:
            client.sendall(f"{len(part):x}\r\n".encode() + part + b"\r\n")

        send(ndjson(event("step", "before")))
        send(b'{"type":"step","name":"')
        for _ in range(100):
            send(b"x" * 1_000_000)
            peak = max(peak, bridge.resident_bytes)
        send(b'"}\n' + ndjson(event("step", "after")))
        client.sendall(b"0\r\n\r\n")
        answer = client.recv(65536).decode()
    assert answer.startswith("HTTP/1.1 200"), answer
    said = json.loads(answer.partition("\r\n\r\n")[2])
    assert (said["accepted"], said["rejected"], said["errors"][0]["line"]) == (2, 1, 2)
    assert "longer" in said["errors"][0]["reason"]
    assert peak - before < 40 << 20
    bridge.stop()
    assert len(stored(bridge)) == 2


def test_a_body_that_breaks_off_costs_only_the_line_that_is_not_whole(make_bridge):
    bridge = make_bridge().start()
    with socket.create_connection(("127.0.0.1", bridge.port)) as client:
        client.sendall(b"POST /v1/agent-events HTTP/1.1\r\nHost: a\r\nContent-Length: 10000\r\n\r\n")
        client.sendall(ndjson(event("step", "whole")) + b'{"type":"step","id":"ha')
        time.sleep(0.3)
    wait_for(bridge, lambda spans: len(spans) == 1, "the line that came whole")


def test_parts_are_one_span_at_every_destination_and_the_books_say_so(make_bridge, sink):
    bridge = make_bridge(to(sink) | {"metrics": {"derive": "off"}}).start()
    post(bridge, event("request", "r", phase="start", agent="bot", user="u"))
    post(bridge, event("tool_call", "x", parent_id="r", phase="start", tool="orders", arguments={"a": 1}))
    post(bridge, event("retry", "x", attempt=1, reason="429"))
    post(bridge, event("tool_call", "x", phase="end", result="found"), event("request", "r", phase="end", outcome="success"))
    wait_for(bridge, lambda spans: len(spans) == 2, "both spans")
    books.settled(bridge)
    bridge.stop()
    assert names(stored(bridge)) == ["execute_tool orders", "invoke_agent bot"]
    tool = next(span for span in stored(bridge) if span["name"] == "execute_tool orders")
    assert attributes(tool)["causeway.retry.count"] == "1"
    assert attributes(tool)["causeway.source.dialect"] == "agent_events"
    assert len(sink.spans) == 2
    terms = books.audit(bridge)
    assert terms["folded"] == 5
    assert terms["delivered"] == 2


def test_ends_without_starts_and_twice_are_refused(make_bridge):
    bridge = make_bridge().start()
    deadline = time.monotonic() + 10
    while post(bridge, event("step", f"none-{time.monotonic()}", phase="end"))["status"] != 400:
        assert time.monotonic() < deadline
    assert post(bridge, event("step", "a", phase="start"))["status"] == 200
    assert "open already" in post(bridge, event("step", "a", phase="start"))["errors"][0]["reason"]
    assert post(bridge, event("step", "a", phase="end"))["status"] == 200
    assert "no span" in post(bridge, event("step", "a", phase="end"))["errors"][0]["reason"]


def test_open_spans_survive_restarts_and_kills_and_are_appended_once(make_bridge):
    bridge = make_bridge({"spool": {"segment_bytes": "1MiB"}, "receivers": {"otlp": {"max_body": "256KiB"}}}).start()
    dice = random.Random(7)
    open_spans: list[str] = []
    ended: set[str] = set()
    number = 0
    for round_ in range(6):
        for _ in range(40):
            if open_spans and dice.random() < 0.45:
                name = open_spans.pop(dice.randrange(len(open_spans)))
                answer = post(bridge, event("step", name, phase="end", name=name))
                assert answer["accepted"] == 1, answer
                ended.add(name)
            else:
                number += 1
                name = f"span-{number}"
                assert post(bridge, event("step", name, phase="start", attributes={"n": number, "filler": "x" * 2000}))["accepted"] == 1
                open_spans.append(name)
        if dice.random() < 0.7:
            bridge.kill9()
        else:
            bridge.stop()
        bridge.start()
    for name in open_spans:
        assert post(bridge, event("step", name, phase="end", name=name))["accepted"] == 1
    wait_for(bridge, lambda spans: len(spans) >= number, "every span")
    bridge.stop()
    spans = stored(bridge)
    assert names(spans) == sorted(f"span-{n}" for n in range(1, number + 1))
    assert all(attributes(span)["n"] == span["name"].removeprefix("span-") for span in spans)
    assert command("audit", "--data", bridge.data).returncode == 0


def test_a_span_whose_end_never_comes_is_abandoned(make_bridge):
    bridge = make_bridge({"receivers": {"events": {"abandon_after": "1s"}}}).start()
    post(bridge, event("request", "r", phase="start", agent="bot"))
    (span,) = wait_for(bridge, lambda spans: spans, "the request to be given up")
    said = attributes(span)
    assert said["causeway.synthetic"] is True
    assert (said["causeway.failure.category"], said["causeway.failure.code"]) == ("orchestration", "abandoned")
    assert said["causeway.outcome"] == "abandoned"


def test_the_socket_takes_lines_and_tells_of_bad_ones(make_bridge, tmp_path):
    path = tmp_path / "events.sock"
    bridge = make_bridge({"receivers": {"events": {"socket": str(path), "disconnect_grace": "1s"}}}).start()
    assert path.stat().st_mode & 0o777 == 0o600
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))
        client.sendall(ndjson(event("step", "a")) + b"nonsense\n" + ndjson(event("step", "b", phase="start")) + b'{"type":"st')
        client.shutdown(socket.SHUT_WR)
        said = b""
        while part := client.recv(4096):
            said += part
    lines = [json.loads(line) for line in said.splitlines()]
    assert [line["line"] for line in lines if "line" in line] == [2, 4]
    assert (lines[-1]["accepted"], lines[-1]["rejected"]) == (2, 2)
    # Whoever opened it has gone.
    spans = wait_for(bridge, lambda spans: len(spans) == 2 and spans, "the open span to be given up")
    assert sorted("causeway.synthetic" in attributes(span) for span in spans) == [False, True]


def test_standard_input_is_read_to_its_end_and_the_bridge_goes_on(make_bridge):
    bridge = make_bridge({"receivers": {"events": {"stdin": True}}})
    with bridge.log_file.open("ab") as log:
        bridge.process = subprocess.Popen(
            [EXECUTABLE, *bridge.arguments], stdin=subprocess.PIPE, stdout=log, stderr=log, env=clean_environment(), cwd=bridge.directory
        )
    bridge.wait_until_ready()
    bridge.process.stdin.write(ndjson(event("step", "a")) + b"nonsense\n" + ndjson(event("step", "b")))
    bridge.process.stdin.close()
    wait_for(bridge, lambda spans: len(spans) == 2, "both lines")
    assert post(bridge, event("step", "c"))["status"] == 200
    assert "line 2" in bridge.log()


def test_a_followed_file_loses_and_doubles_nothing_over_rotation_truncation_and_kills(make_bridge, tmp_path):
    path = tmp_path / "events.jsonl"
    bridge = make_bridge({"receivers": {"events": {"files": [str(path)]}}}).start()
    written: list[str] = []
    dice = random.Random(11)
    file = path.open("ab")

    def add(count: int) -> None:
        for _ in range(count):
            name = f"line-{len(written)}"
            file.write(ndjson(event("step", name, name=name)))
            written.append(name)
        file.flush()

    def caught_up() -> None:
        wait_for(bridge, lambda spans: len(spans) >= len(written), f"{len(written)} lines", 30)

    for round_ in range(8):
        add(dice.randrange(1, 400))
        what = ["kill", "rotate", "truncate", "kill and rotate"][round_ % 4]
        if what == "truncate":
            caught_up()
            os.truncate(path, 0)
        if "rotate" in what:
            if "kill" in what:
                bridge.kill9()
            file.close()
            path.rename(path.with_suffix(f".jsonl.{round_}"))
            file = path.open("ab")
            add(3)
            if "kill" in what:
                bridge.start()
            else:
                caught_up()
        elif what == "kill":
            time.sleep(dice.random() * 0.3)
            bridge.kill9()
            bridge.start()
    file.close()
    caught_up()
    bridge.stop()
    assert names(stored(bridge)) == sorted(written)


def test_late_feedback_and_scores_come_from_other_programs(make_bridge, tmp_path):
    bridge = make_bridge().start()
    post(bridge, event("request", "r", agent="bot"))
    late = tmp_path / "late.jsonl"
    late.write_bytes(ndjson({"type": "feedback", "trace_id": "t", "id": "r", "kind": "thumbs", "value": 1})
                     + ndjson({"type": "evaluation", "trace_id": "t", "parent_id": "r", "metric": "good", "score": 0.5}))
    sent = command("send", "--to", bridge.url, str(late))
    assert sent.returncode == 0, sent.stderr
    bridge.stop()
    trace = hashlib.sha256(b"t").hexdigest()[:32]
    records = stored(bridge, "logs")
    assert [record["eventName"] for record in records] == ["causeway.feedback", "gen_ai.evaluation.result"]
    assert {record["traceId"] for record in records} == {trace} == {span["traceId"] for span in stored(bridge)}
    assert {record["spanId"] for record in records} == {hashlib.sha256(b"r").hexdigest()[:16]}


def test_send_tells_of_bad_lines_and_works_without_a_bridge(make_bridge, tmp_path):
    bridge = make_bridge()
    file = tmp_path / "events.jsonl"
    file.write_bytes(ndjson(event("step", "a"), event("step", "b", phase="start")) + b"nonsense\n")
    sent = command("send", "--data", bridge.data, str(file))
    assert (sent.returncode, len(stored(bridge))) == (1, 1), sent.stderr
    assert f"{file}:3:" in sent.stderr
    bridge.start()
    sent = command("send", "--to", bridge.url, str(file))
    assert sent.returncode == 1 and f"{file}:2:" in sent.stderr and f"{file}:3:" in sent.stderr, sent.stderr
    assert post(bridge, event("step", "b", phase="end"))["status"] == 200
    wait_for(bridge, lambda spans: len(spans) == 3, "the span that was begun in the file")


def test_a_tenants_token_says_whose_lines_are(make_bridge):
    bridge = make_bridge({"tenants": {"from": ["token"], "tokens": {"acme": "s3cret"}}}).start()
    assert post(bridge, event("step", "a", phase="start"), authorization="Bearer s3cret")["status"] == 200
    assert post(bridge, event("step", "a", phase="start"))["status"] == 200
    assert post(bridge, event("step", "a"), authorization="Bearer wrong")["status"] == 401
    assert post(bridge, event("step", "a", phase="end"), authorization="Bearer s3cret")["status"] == 200
    wait_for(bridge, lambda spans: len(spans) == 1, "one tenant's span")


# The schema.


@pytest.fixture(scope="module")
def schema() -> dict:
    shown = command("schema")
    assert shown.returncode == 0, shown.stderr
    return json.loads(shown.stdout)


@pytest.fixture(scope="module")
def validator(schema):
    kind = jsonschema.validators.validator_for(schema)
    assert kind is jsonschema.Draft202012Validator
    kind.check_schema(schema)
    return kind(schema)


def mutations(line: dict, dice: random.Random):
    """Lines that are a little different, good or bad."""
    odd = [None, True, 7, -7, 1.5, "", "word", [], ["a"], [{}], {}, {"a": 1}, "2026-01-01T12:00:00Z", 1767268800000000000, "tool.timeout"]
    keys = list(line) + ["parent_id", "phase", "status", "failure", "links", "usage", "cost", "agent", "duration_ms", "id", "trace_id"]
    for _ in range(30):
        changed = json.loads(json.dumps(line))
        key = dice.choice(keys)
        if key == "type":
            changed["type"] = dice.choice(["step", "retry", "log", "other", 7])
        elif dice.random() < 0.3:
            changed.pop(key, None)
        elif isinstance(changed.get(key), dict) and changed[key] and dice.random() < 0.6:
            changed[key][dice.choice(list(changed[key]))] = dice.choice(odd)
        else:
            changed[key] = dice.choice(odd)
        yield changed


def test_what_the_schema_allows_is_taken_and_nothing_else(make_bridge, schema, validator):
    bridge = make_bridge().start()
    dice = random.Random(3)
    examples = [example for kind in schema["$defs"].values() for example in kind.get("examples", []) if isinstance(example, dict)]
    assert len(examples) == 22
    lines = examples + [changed for example in examples for changed in mutations(example, dice)]
    wrong = []
    valid = 0
    connection = http.client.HTTPConnection("127.0.0.1", bridge.port)
    connection.connect()
    for number, line in enumerate(lines):
        # What only the receiver can know is left out of it: which spans are open, which parents lead where.
        if line.get("phase") in ("update", "end"):
            line["phase"] = "start"
        if line.get("phase") and isinstance(line.get("id"), str) and line["id"]:
            line["id"] += f"-{number}"
        allowed = validator.is_valid(line)
        valid += allowed
        connection.request("POST", PATH, ndjson(line), {"Content-Type": "application/x-ndjson"})
        answer = connection.getresponse()
        said = answer.read()
        if allowed != (answer.status == 200):
            wrong.append((allowed, line, said))
    connection.close()
    assert not wrong, f"{len(wrong)} of {len(lines)}, such as {wrong[:3]}"
    assert 100 < valid < len(lines) - 100


def test_every_example_in_the_documentation_is_valid_and_taken(make_bridge, validator):
    bridge = make_bridge().start()
    text = (ROOT / "docs" / "agent-events.md").read_text()
    blocks = re.findall(r"```json\n(.*?)```", text, re.S) + re.findall(r"--data-binary '(.*?)'", text)
    lines = [line for block in blocks for line in block.splitlines() if '"type"' in line]
    assert len(lines) >= 8
    for line in lines:
        validator.validate(json.loads(line))
        answer = bridge.post(line.encode(), PATH, "application/x-ndjson")
        assert answer.status == 200, (line, answer.body)


# The examples.


def tree(bridge) -> str:
    shown = command("spool", "cat", "--tree", "--data", bridge.data)
    assert shown.returncode == 0, shown.stderr
    return shown.stdout


def test_the_example_in_python_shows_its_steps(make_bridge):
    bridge = make_bridge().start()
    done = subprocess.run([sys.executable, ROOT / "examples/agent-events/agent.py", bridge.url], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0 and "refused" in done.stdout and " 0 refused" in done.stdout, done.stdout + done.stderr
    wait_for(bridge, lambda spans: len(spans) == 4, "the run")
    shown = tree(bridge)
    assert all(word in shown for word in ["order-desk", "gpt-4o-mini", "orders"]), shown


def test_the_example_with_curl_shows_its_steps(make_bridge):
    bridge = make_bridge().start()
    done = subprocess.run(["sh", ROOT / "examples/agent-events/agent.sh", bridge.url], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stdout + done.stderr
    wait_for(bridge, lambda spans: len(spans) == 3, "the run")
    shown = tree(bridge)
    assert all(word in shown for word in ["nightly-report", "planning", "count-rows"]), shown


def test_the_example_with_a_log_shows_its_steps(make_bridge, tmp_path):
    path = tmp_path / "events.jsonl"
    bridge = make_bridge({"receivers": {"events": {"files": [str(path)]}}}).start()
    folder = ROOT / "examples" / "agent-events"
    with path.open("wb") as file:
        subprocess.run(["awk", "-f", folder / "from-log.awk", folder / "agent.log"], stdout=file, check=True, timeout=30)
    spans = wait_for(bridge, lambda spans: len(spans) == 4 and spans, "the run")
    shown = tree(bridge)
    assert all(word in shown for word in ["support", "gpt-4o-mini", "orders"]), shown
    assert sum("causeway.failure.category" in attributes(span) for span in spans) == 1
