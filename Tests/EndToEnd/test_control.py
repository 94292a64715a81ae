"""The socket of a running bridge: commands that change its directory are done by it."""

import json
import os
import socket
import stat
import time

import otlp
from books import audit, settled
from bridge import command
from conftest import to
from sink import Answer


def ask(bridge, line: bytes) -> dict:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stream:
        stream.settimeout(10)
        stream.connect(str(bridge.data / "control"))
        stream.sendall(line + b"\n")
        return json.loads(stream.makefile().readline())


def test_a_cursor_is_removed_in_a_running_bridge_when_nobody_uses_it(make_bridge, sink):
    bridge = make_bridge({"destinations": {"old": {"endpoint": sink.url}, "kept": {"endpoint": sink.url}}}).start()
    bridge.send([otlp.span("one")])
    bridge.wait_for_metric(lambda metrics: metrics("pending_items") == 0, "delivery")
    used = command("spool", "cursors", "rm", "old", "--data", bridge.data)
    assert used.returncode == 1 and "configured" in used.stderr, used
    del bridge.configuration["destinations"]["old"]
    bridge.write_configuration(bridge.configuration)
    bridge.signal(1)
    bridge.wait_for_metric(lambda metrics: metrics("reloads_total", result="applied") == 1, "the reload")
    bridge.wait_for_metric(lambda metrics: metrics("delivered_items_total", destination="old") == 0, "the destination to be let go")
    gone = command("spool", "cursors", "rm", "old", "--data", bridge.data)
    assert gone.returncode == 0 and not (bridge.data / "cursors" / "old").exists(), gone
    missing = command("spool", "cursors", "rm", "old", "--data", bridge.data)
    assert missing.returncode == 1 and "no cursor" in missing.stderr
    bridge.send([otlp.span("two")])
    bridge.wait_for_metric(lambda metrics: metrics("pending_items", destination="kept") == 0, "delivery")


def test_the_socket_is_private_and_answers_whatever_it_is_told(make_bridge, sink):
    bridge = make_bridge(to(sink)).start()
    mode = os.stat(bridge.data / "control")
    assert stat.S_ISSOCK(mode.st_mode) and stat.S_IMODE(mode.st_mode) == 0o600
    assert ask(bridge, b"garbage")["ok"] is False
    assert ask(bridge, b'{"command": "explode"}')["ok"] is False
    status = json.loads(ask(bridge, b'{"command": "status"}')["text"])
    assert [reader["name"] for reader in status["destinations"]] == ["sink"]
    live = command("spool", "status", "--live", "--data", bridge.data)
    assert live.returncode == 0 and json.loads(live.stdout)["log"] == status["log"]


def test_what_is_set_aside_is_sent_again_or_dropped_by_the_running_bridge(make_bridge, sink):
    bridge = make_bridge(to(sink)).start()
    bridge.send([otlp.span("before")])
    sink.wait_for(lambda: sink.received, "the first")
    refusal = Answer(status=422, body=b"a span is called bad", content_type="text/plain", keep=False)
    sink.judge = lambda message: refusal if any(span.name == "bad" for span, _, _ in otlp.items(message)) else None
    bad = [otlp.span("bad") for _ in range(4)]
    bridge.send([*bad, otlp.span("fine")])
    assert settled(bridge) == {"delivered": 2, "quarantined": 4}

    def change(*arguments):
        return command("spool", "quarantine", *arguments, "--config", bridge.file)

    missing = change("drop", "99")
    assert missing.returncode == 1 and "99" in missing.stderr
    dropped = change("drop", "1")
    assert dropped.returncode == 0 and "dropped" in dropped.stdout, dropped
    # The bridge's own numbers, not those of a file that somebody else has changed.
    metrics = bridge.metrics()
    assert (metrics("quarantined_items", destination="sink"), metrics("rejected_items_total", destination="sink")) == (3, 1)
    again = change("retry", "--all", "--json")
    said = json.loads(again.stdout)["entries"]
    assert again.returncode == 1 and [line["done"] for line in said] == [False] * 3
    assert all("a span is called bad" in line["said"] for line in said)
    sink.judge = lambda message: None
    again = change("retry", "2", "3")
    assert again.returncode == 0 and again.stdout.count("delivered") == 2, again
    assert len({otlp.ids(span) for span in bad} & sink.spans.keys()) == 2
    assert bridge.metrics()("quarantined_items", destination="sink") == 1
    assert settled(bridge) == {"delivered": 4, "quarantined": 1, "rejected": 1}
    sink.down()
    unreachable = change("retry", "--all")
    assert unreachable.returncode == 1 and "stays" in unreachable.stdout
    sink.up()
    assert change("retry", "--all", "--destination", "sink").returncode == 0
    assert "nothing is set aside" in change("retry", "--all").stdout
    bridge.send([otlp.span("after")])
    assert settled(bridge) == {"delivered": 6, "rejected": 1}
    bridge.stop()
    assert audit(bridge) == {"delivered": 6, "rejected": 1}
    assert not list((bridge.data / "quarantine").glob("*.item"))


def test_a_stop_does_not_wait_for_a_retry_that_gets_no_answer(make_bridge, sink):
    bridge = make_bridge(to(sink)).start()
    bridge.send([otlp.span("before")])
    sink.wait_for(lambda: sink.received, "the first")
    refusal = Answer(status=422, keep=False)
    sink.judge = lambda message: refusal if any(span.name == "bad" for span, _, _ in otlp.items(message)) else None
    bridge.send([otlp.span("bad")])
    assert settled(bridge) == {"delivered": 1, "quarantined": 1}
    sink.judge = lambda message: Answer(silent=True)
    asked = len(sink.requests)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stream:
        stream.connect(str(bridge.data / "control"))
        stream.sendall(b'{"command": "quarantine retry", "numbers": [1]}\n')
        sink.wait_for_requests(asked + 1)
        began = time.monotonic()
        bridge.stop()
        assert time.monotonic() - began < 5
    assert audit(bridge) == {"delivered": 1, "quarantined": 1}


def test_the_start_names_only_cursors_of_destinations_that_are_not_configured(make_bridge, sink):
    bridge = make_bridge({"destinations": {"old": {"endpoint": sink.url}, "kept": {"endpoint": sink.url}}}).start()
    bridge.stop()
    bridge.start()
    assert "not configured" not in bridge.log()
    bridge.stop()
    del bridge.configuration["destinations"]["old"]
    bridge.write_configuration(bridge.configuration)
    bridge.start()
    (line,) = [line for line in bridge.log().splitlines() if "not configured" in line]
    assert "old" in line and "kept" not in line


def test_a_socket_left_by_a_killed_bridge_is_in_nobodys_way(make_bridge, sink):
    bridge = make_bridge(to(sink)).start()
    bridge.kill9()
    assert (bridge.data / "control").exists()
    dead = command("spool", "status", "--live", "--data", bridge.data)
    assert dead.returncode == 3 and "no bridge" in dead.stderr
    removed = command("spool", "cursors", "rm", "sink", "--data", bridge.data)
    assert removed.returncode == 0, removed
    bridge.start()
    assert ask(bridge, b'{"command": "status"}')["ok"] is True


def test_what_was_refused_is_still_known_after_a_restart(make_bridge, sink):
    bridge = make_bridge(to(sink)).start()
    good, bad = otlp.span("good"), otlp.span("bad")
    bad.trace_id = b"short"
    answer = bridge.post(otlp.body([good, bad])).accepted()
    assert answer.partial_success.rejected_spans == 1
    bridge.stop()
    told = json.loads(command("audit", "--data", bridge.data, "--json").stdout)
    assert told["balanced"] and [(line["decoded"], line["from_receivers"], line["refused"]) for line in told["intake"]] == [(2, 1, 1)]
    metrics = bridge.start().metrics()
    assert metrics("decoded_items_total", signal="traces") == 2 and metrics("refused_items_total", signal="traces") == 1
