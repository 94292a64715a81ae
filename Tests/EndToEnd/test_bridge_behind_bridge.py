"""One bridge delivers to another: what is sent again because an answer was lost is stored once, and the books say so."""

import json

import otlp
import pytest
from bridge import command
from conftest import to
from road import Road


@pytest.fixture
def chain(make_bridge, sink):
    """An agent's bridge, a road to the next bridge, and that bridge with a backend behind it."""
    far = make_bridge(to(sink)).start()
    road = Road(far.port)
    near = make_bridge({"destinations": {"far": {"profile": "causeway", "endpoint": road.url, "batch": {"linger": "20ms"}}}}).start()
    yield near, road, far
    road.close()


def audit(bridge) -> dict:
    done = command("audit", "--data", bridge.data, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def items(list_: list[dict], term: str) -> int:
    return sum(entry["items"] for entry in list_ if entry["term"] == term)


def send(near, count: int) -> list[tuple[str, str]]:
    keys = []
    for number in range(count):
        spans = [otlp.span(f"step {number}.{part}") for part in range(1 + number % 4)]
        near.send(spans)
        keys += [otlp.ids(span) for span in spans]
    return keys


def test_what_is_sent_again_is_stored_once(chain, sink):
    near, road, far = chain
    keys = []
    for turn in range(3):
        road.losing = True
        keys += send(near, 8)
        far.wait_for_metric(lambda metrics: metrics("appended_items_total") >= len(keys), "the far log to have it")
        road.losing = False
        keys += send(near, 5)
        near.wait_for_metric(lambda metrics: metrics("pending_items") == 0, "delivery over the road", 40)
    sink.wait_for_spans(keys)
    assert road.lost >= 3
    assert set(sink.spans) == set(keys)
    metrics = far.metrics()
    assert metrics("appended_items_total") == len(keys)
    assert metrics("repeated_items_total") > 0
    assert metrics("decoded_items_total") == len(keys) + metrics("repeated_items_total")
    far.stop()
    told = audit(far)
    assert items(told["appended"], "from_receivers") == len(keys)
    (traces,) = told["intake"]
    assert traces["repeated"] == metrics("repeated_items_total") and traces["unanswered"] == 0 and traces["balanced"]


def test_the_far_bridge_remembers_over_kill_9(chain, sink):
    near, road, far = chain
    keys = []
    for turn in range(3):
        road.losing = True
        keys += send(near, 6)
        far.wait_for_metric(lambda metrics: metrics("appended_items_total") >= len(keys), "the far log to have it")
        far.kill9()
        far.start()
        road.losing = False
        near.wait_for_metric(lambda metrics: metrics("pending_items") == 0, "delivery over the road", 40)
    sink.wait_for_spans(keys)
    # The backend may get again what the far bridge had no time to note; its log has it once.
    assert set(sink.received) == set(keys)
    assert far.metrics()("appended_items_total") == len(keys)
    far.stop()
    told = audit(far)
    assert items(told["appended"], "from_receivers") == len(keys)


def test_the_near_bridge_may_be_killed_as_well(chain, sink):
    near, road, far = chain
    keys = []
    for turn in range(3):
        keys += send(near, 6)
        far.wait_for_metric(lambda metrics: metrics("appended_items_total") >= len(keys), "the far log to have it")
        # Before its cursor is saved, as far as that can be caught.
        near.kill9()
        near.start()
    near.wait_for_metric(lambda metrics: metrics("pending_items") == 0, "delivery over the road", 40)
    sink.wait_for_spans(keys)
    assert set(sink.spans) == set(keys) and far.metrics()("appended_items_total") == len(keys)


@pytest.mark.parametrize("header", ["nonsense", "0123456789abcdef:1[0-7]", "0123456789abcdef:1[0-0],x", "0000000000000000:1[0-0]"])
def test_a_header_that_cannot_be_so_costs_nothing_but_the_memory(chain, sink, header):
    _, _, far = chain
    spans = [otlp.span("one")]
    for _ in range(2):
        answer = far.post(otlp.body(spans), Causeway_Frames=header).accepted()
        assert answer.partial_success.rejected_spans == 0 and "Causeway-Frames" in answer.partial_success.error_message
    sink.wait_for(lambda: len(sink.received.get(otlp.ids(spans[0]), [])) == 2, "the span, twice")


def test_parts_of_a_frame_are_told_apart(chain, sink):
    _, _, far = chain
    spans = [otlp.span(f"part {number}") for number in range(6)]
    log = "0123456789abcdef"
    far.post(otlp.body(spans[0:3]), Causeway_Frames=f"{log}:7[0-2]").accepted()
    far.post(otlp.body(spans[2:5]), Causeway_Frames=f"{log}:7[2-4]").accepted()
    far.post(otlp.body(spans), Causeway_Frames=f"{log}:7[0-5]").accepted()
    sink.wait_for_spans([otlp.ids(span) for span in spans])
    assert len(sink.spans) == 6 and far.metrics()("repeated_items_total", signal="traces") == 1 + 5
