"""The socket of a running bridge: commands that change its directory are done by it."""

import json
import os
import socket
import stat

import otlp
from bridge import command
from conftest import to


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
