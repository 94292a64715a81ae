"""The commands on a data directory: of a running bridge and of a stopped one, whole, damaged, and not there at all."""

import json
from pathlib import Path

import otlp
import pytest
from bridge import command
from conftest import to
from sink import Answer


def report(*arguments, status: int = 0) -> dict:
    """What a command tells programs."""
    done = command(*arguments, "--json")
    assert done.returncode == status, done.stderr + done.stdout
    return json.loads(done.stdout)


def summed(totals: list[dict], term: str | None = None) -> int:
    return sum(entry["items"] for entry in totals if term is None or entry["term"] == term)


@pytest.fixture
def stopped(make_bridge, sink):
    """A stopped bridge whose destination has everything: two runs, so two segments, of five spans each."""
    bridge = make_bridge(to(sink, start="oldest"))
    for _ in range(2):
        bridge.start()
        for number in range(5):
            bridge.send([otlp.span(f"step {number}")])
        bridge.wait_for_metric(lambda metrics: metrics("pending_items") == 0, "delivery")
        bridge.stop()
    return bridge


def segments(bridge) -> list[Path]:
    return sorted((bridge.data / "log").glob("*.seg"))


def flip(path: Path, offset: int) -> None:
    content = bytearray(path.read_bytes())
    content[offset] ^= 1
    path.write_bytes(content)


def test_status_ls_and_cursors_tell_the_same_of_a_running_and_a_stopped_bridge(stopped):
    for _ in range(2):
        told = report("spool", "status", "--data", stopped.data)
        assert summed(told["held"]) == 10 and summed(told["appended"], "from_receivers") == 10
        assert [cursor["name"] for cursor in told["cursors"]] == ["sink"]
        listed = report("spool", "ls", "--data", stopped.data)["segments"]
        assert sum(summed(segment["items"]) for segment in listed) == 10
        assert all(segment["frames"]["otlp"] == 5 for segment in listed[:2])
        (cursor,) = report("spool", "cursors", "--data", stopped.data)["cursors"]
        assert summed(cursor["outcomes"], "delivered") == 10 and cursor["pending_items"] == 0
        if not stopped.running:
            stopped.start()
    assert len(listed) <= 3


@pytest.mark.parametrize("words", ["spool status", "spool ls", "spool verify", "spool cursors", "audit"])
def test_people_get_tables_without_control_characters(stopped, words):
    done = command(*words.split(), "--data", stopped.data)
    assert done.returncode == 0 and not done.stderr
    assert done.stdout and all(line.isprintable() for line in done.stdout.splitlines())
    assert len(done.stdout) < 4000


def test_the_books_balance_while_a_bridge_works_and_after(make_bridge, sink):
    bridge = make_bridge(to(sink)).start()
    for number in range(30):
        bridge.send([otlp.span(f"step {number}")] * 1)
        if number % 10 == 5:
            assert report("audit", "--data", bridge.data)["balanced"]
    bridge.stop()
    told = report("audit", "--data", bridge.data)
    (reader,) = told["readers"]
    assert summed(told["appended"]) == 30 == summed(reader["terms"]) and reader["unaccounted"] == []


def test_the_ledger_is_listed_with_what_whose_and_why(make_bridge, sink):
    partial = otlp.ANSWERS["/v1/traces"]()
    partial.partial_success.rejected_spans = 1
    partial.partial_success.error_message = "too old"
    sink.answer_next(Answer(body=partial.SerializeToString()))
    bridge = make_bridge(to(sink)).start()
    bridge.send([otlp.span("bad")])
    bridge.wait_for_metric(lambda metrics: metrics("rejected_items_total") == 1, "rejection")
    bridge.stop()
    (entry,) = report("audit", "--data", bridge.data)["ledger"]
    assert (entry["destination"], entry["term"], summed(entry["items"])) == ("sink", "rejected", 1)
    assert "too old" in entry["reason"]


def test_damage_is_found_told_repaired_and_in_the_books(stopped):
    first = segments(stopped)[0]
    offset = first.read_bytes().index(b"step 2")
    flip(first, offset)
    told = report("spool", "verify", "--data", stopped.data, status=1)
    assert not told["is_fine"] and told["findings"][0]["place"] == f"log/{first.name}"
    done = command("spool", "repair", "--data", stopped.data)
    assert done.returncode == 0, done.stderr + done.stdout
    assert "put on the ledger: 1 item" in done.stdout
    assert any((stopped.data / "quarantine" / "damaged").iterdir())
    assert report("spool", "verify", "--data", stopped.data)["is_fine"]
    audit = report("audit", "--data", stopped.data)
    assert [entry["reason"] for entry in audit["ledger"]] == ["damaged"]
    again = command("spool", "repair", "--data", stopped.data)
    assert (again.returncode, again.stdout) == (0, "nothing had to be repaired\n")
    names = [line for line in command("spool", "cat", "--data", stopped.data).stdout.splitlines() if "step" in line]
    assert len(names) == 9
    stopped.start()
    assert stopped.metrics()("pending_items") == 0


def test_books_that_do_not_balance_end_with_1_and_the_line(stopped):
    segments(stopped)[0].unlink()
    done = command("audit", "--data", stopped.data)
    # Everything had been delivered: the segment was history, and its going is nobody's loss.
    assert done.returncode == 0 and "the books balance" in done.stdout
    flip(segments(stopped)[0], segments(stopped)[0].read_bytes().index(b"step 2"))
    done = command("audit", "--data", stopped.data)
    assert done.returncode == 1
    assert "does not balance" in done.stdout


def test_what_changes_a_spool_is_refused_while_a_bridge_works_there(bridge):
    bridge.send([otlp.span()])
    done = command("spool", "repair", "--data", bridge.data)
    assert done.returncode == 3 and not done.stdout
    assert "another bridge works in this directory; stop it" in done.stderr and len(done.stderr.splitlines()) == 1
    done = command("spool", "cursors", "rm", "sink", "--data", bridge.data)
    assert done.returncode == 1 and not done.stdout
    assert "the destination sink is configured" in done.stderr and len(done.stderr.splitlines()) == 1


def test_a_cursor_can_be_forgotten(stopped):
    assert command("spool", "cursors", "rm", "sink", "--data", stopped.data).returncode == 0
    assert report("spool", "cursors", "--data", stopped.data)["cursors"] == []
    done = command("spool", "cursors", "rm", "sink", "--data", stopped.data)
    assert done.returncode == 1 and "there is no cursor sink" in done.stderr


COMMANDS = ["status", "ls", "verify", "repair", "cursors", "cursors rm x"]


@pytest.mark.parametrize("words", [f"spool {words}" for words in COMMANDS] + ["audit"])
def test_a_directory_that_is_no_spool_is_said_to_be_none_and_left_alone(tmp_path, words):
    for directory in (tmp_path, tmp_path / "missing"):
        done = command(*words.split(), "--data", directory)
        assert done.returncode == 3 and not done.stdout
        assert len(done.stderr.splitlines()) == 1 and "there is no spool" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", ["spool", "spool cursors rm", "spool status extra", "spool verify --jsn", "audit now"])
def test_wrong_usage_is_2_or_help(words):
    done = command(*words.split())
    assert done.returncode == (0 if words == "spool" else 2)


@pytest.mark.parametrize("name", ["../lock", "a/b", "", "x" * 65])
def test_a_cursor_s_name_never_leads_out_of_its_directory(stopped, name):
    done = command("spool", "cursors", "rm", name, "--data", stopped.data)
    assert done.returncode == 1 and "there is no cursor" in done.stderr
    assert (stopped.data / "lock").exists()


def test_a_disk_that_cannot_be_read_is_3(tmp_path):
    data = tmp_path / "data"
    (data / "log").mkdir(parents=True)
    (data / "log" / "00000000000000000001.seg").mkdir()
    done = command("spool", "verify", "--data", data)
    assert done.returncode == 3 and "directory" in done.stderr


def tenants(bridge) -> dict[str, int]:
    items: dict[str, int] = {}
    for entry in report("spool", "status", "--data", bridge.data)["held"]:
        items[entry["tenant"]] = items.get(entry["tenant"], 0) + entry["items"]
    return items


def request(*owners: str | None) -> bytes:
    message = otlp.traces.ExportTraceServiceRequest()
    for owner in owners:
        entry = message.resource_spans.add()
        if owner is not None:
            entry.resource.attributes.extend(otlp.attributes({"tenant.id": owner}))
        entry.scope_spans.add().spans.append(otlp.span())
    return message.SerializeToString()


def test_tenants_are_told_apart_by_token_header_and_resource(make_bridge, sink):
    settings = {"from": ["token", "header", "resource"], "tokens": {"acme": "${env:ACME}"}}
    bridge = make_bridge({**to(sink), "tenants": settings}, {"ACME": "geheim"}).start()
    assert bridge.post(request(None), Authorization="Bearer geheim").status == 200
    assert bridge.post(request("other"), X_Causeway_Tenant="beta").status == 200
    assert bridge.post(request("red", "blue", None, "red")).status == 200
    assert tenants(bridge) == {"acme": 1, "beta": 1, "red": 2, "blue": 1, "": 1}
    wrong = bridge.post(request(None), Authorization="Bearer wrong")
    assert wrong.status == 401 and wrong.headers["www-authenticate"] == "Bearer"
    assert bridge.post(request(None), X_Causeway_Tenant="x" * 129).status == 400
    assert bridge.post(request("ok", "")).status == 400
    assert sum(tenants(bridge).values()) == 6
    assert bridge.metrics()("refused_requests_total", reason="unauthorized") == 1
    bridge.wait_for_metric(lambda metrics: metrics("pending_items") == 0, "delivery")
    assert report("audit", "--data", bridge.data)["balanced"]


def test_with_nothing_configured_a_header_chooses_no_tenant(bridge):
    assert bridge.post(request("red"), X_Causeway_Tenant="beta", Authorization="Bearer x").status == 200
    assert tenants(bridge) == {"": 1}
