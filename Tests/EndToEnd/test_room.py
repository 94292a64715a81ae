"""Who gives way when there is no room, seen from outside: what is delivered, what is on the books, what is said."""

import json

import otlp
import pytest
from bridge import command
from test_limits import LOAD, MIB

ROOM = {"receivers": {"otlp": {"max_body": "512KiB"}}, "spool": {"max_bytes": "16MiB", "segment_bytes": "1MiB", "min_free": "1MiB"}}


def post_many(bridge, count: int) -> list:
    """Posts batches of 50 spans of 2 kB, each until it is taken."""
    posted: list = []
    for _ in range(count):
        spans = [otlp.span("load", attributes=LOAD) for _ in range(50)]
        bridge.wait_for_metric(lambda _, spans=spans: bridge.post(otlp.body(spans)).status == 200, "room")
        posted += spans
    return posted


def evicted(bridge, destination: str, reason: str) -> int:
    return bridge.metrics()("evicted_items_total", destination=destination, reason=reason, signal="traces")


def audit(bridge) -> dict:
    found = command("audit", "--data", bridge.data, "--json")
    assert found.returncode == 0, found.stdout + found.stderr
    return json.loads(found.stdout)


@pytest.mark.parametrize("required", [False, True])
def test_a_dead_destination_gives_way_to_a_healthy_one_unless_it_is_required(make_bridge, make_sink, required):
    healthy, dead = make_sink(), make_sink()
    dead.down()
    destinations = {
        "healthy": {"endpoint": healthy.url, "batch": {"linger": "10ms"}},
        "dead": {"endpoint": dead.url, "required": required, "max_backlog": "4MiB"},
    }
    bridge = make_bridge(ROOM | {"destinations": destinations}).start()
    if required:
        with pytest.raises(AssertionError):
            post_many(bridge, 300)
        assert evicted(bridge, "dead", "backlog") == 0
        return
    posted = post_many(bridge, 300)
    assert len(posted) * 2000 > 24 * MIB
    healthy.wait_for_spans(map(otlp.ids, posted), timeout=60)
    gone = evicted(bridge, "dead", "backlog")
    assert gone > 0
    dead.up()
    bridge.wait_for_metric(lambda metrics: metrics("pending_items", destination="dead") == 0, "nothing pending", timeout=60)
    assert len(dead.spans) + gone == len(posted)
    bridge.stop()
    books = audit(bridge)
    assert "backlog" in json.dumps(books), "the ledger names the reason"


def test_drop_oldest_keeps_the_newest(make_bridge, make_sink):
    sink = make_sink()
    sink.down()
    room = {**ROOM, "spool": {**ROOM["spool"], "when_full": "drop_oldest"}}
    bridge = make_bridge(room | {"destinations": {"backend": {"endpoint": sink.url}}}).start()
    posted = post_many(bridge, 250)
    gone = evicted(bridge, "backend", "full")
    assert gone > 0
    sink.up()
    bridge.wait_for_metric(lambda metrics: metrics("pending_items", destination="backend") == 0, "nothing pending", timeout=60)
    delivered = int(bridge.metrics()("delivered_items_total", destination="backend", signal="traces"))
    assert delivered + gone == len(posted)
    newest = {otlp.ids(span) for span in posted[len(posted) - delivered :]}
    # What was on its way when it had to go counts as gone, and may arrive all the same.
    assert newest <= sink.spans.keys(), "what is missing is the oldest"
    bridge.stop()
    audit(bridge)


def test_os_cache_is_said_wherever_somebody_may_look(make_bridge):
    bridge = make_bridge({"spool": {"durability": "os_cache"}}).start()
    response = bridge.post(otlp.body([otlp.span("fast")]))
    assert response.status == 200
    assert response.headers["causeway-durability"] == "os_cache"
    assert json.loads(bridge.admin("/readyz").body)["spool"]["durability"] == "os_cache"
    assert "spool.durability: os_cache" in bridge.log()
    bridge.kill9()
    cat = command("spool", "cat", "--data", bridge.data)
    assert "fast" in cat.stdout, "a killed bridge loses nothing"


def test_a_destination_that_is_gone_is_named_as_parked(make_bridge, make_sink):
    sink = make_sink()
    bridge = make_bridge({"destinations": {"old": {"endpoint": sink.url}}}).start()
    bridge.stop()
    bridge.write_configuration({**bridge.configuration, "destinations": {}})
    bridge.start()
    assert json.loads(bridge.admin("/readyz").body)["spool"]["parkedCursors"] == ["old"]
    assert "old" in bridge.log()
