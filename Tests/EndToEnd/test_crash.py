"""kill -9 under load, again and again: no acknowledged span is missing, and few come twice."""

import os
import random
import threading
import time
from dataclasses import dataclass, field

import http_client
import otlp
import pytest
from conftest import to

ROUNDS = int(os.environ.get("CRASH_ROUNDS", "10"))
SENDERS = 4

# Which answers of the backend were noted is written every 100 ms; what was answered since then, and what was under way, comes again
# after a crash. The rest is room for a machine that is busy with other things.
FORGOTTEN_SECONDS = 0.1 + 0.9


@dataclass
class Sent:
    """What the senders know, as agents would: which requests were acknowledged."""

    acknowledged: list[list[tuple[str, str]]] = field(default_factory=list)
    unanswered: list[list[tuple[str, str]]] = field(default_factory=list)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def note(self, keys: list[tuple[str, str]], accepted: bool) -> None:
        with self.guard:
            (self.acknowledged if accepted else self.unanswered).append(keys)


def send_until(stop: threading.Event, port: int, sent: Sent, seed: int) -> None:
    """One agent: requests of several sizes, one after another, until the bridge is gone."""
    dice = random.Random(seed)
    while not stop.is_set():
        spans = [otlp.span("under load", attributes=otlp.attributes({"text": "x" * 300})) for _ in range(dice.choice([1, 5, 50, 200]))]
        keys = [otlp.ids(span) for span in spans]
        try:
            response = http_client.request(port, "POST", "/v1/traces", otlp.body(spans), {"Content-Type": otlp.PROTOBUF}, timeout=10)
        except (OSError, http_client.http.client.HTTPException):
            sent.note(keys, False)
            return
        assert response.status in (200, 503), response.body
        sent.note(keys, response.status == 200)


@pytest.mark.parametrize("backend", ["up", "flaky"])
def test_no_acknowledged_span_is_missing_after_kill_9(make_bridge, sink, backend):
    bridge = make_bridge(to(sink))
    sent = Sent()
    starts: list[float] = []
    kills: list[float] = []
    dice = random.Random(20260101)
    for round_ in range(ROUNDS):
        if backend == "flaky":
            # The log runs ahead of the cursor every other time, so there is something to send again.
            sink.down() if round_ % 2 else sink.up()
        bridge.start()
        starts.append(time.monotonic())
        stop = threading.Event()
        senders = [threading.Thread(target=send_until, args=(stop, bridge.port, sent, dice.random())) for _ in range(SENDERS)]
        for sender in senders:
            sender.start()
        # Long enough, most times, that much has been answered and noted well before the kill.
        time.sleep(dice.uniform(0.05, 1.6))
        bridge.kill9()
        kills.append(time.monotonic())
        stop.set()
        for sender in senders:
            sender.join()

    sink.up()
    bridge.start()
    starts.append(time.monotonic())
    acknowledged = {key for keys in sent.acknowledged for key in keys}
    assert len(acknowledged) > 100 * ROUNDS, "the load was too small to mean anything"
    sink.wait_for_spans(acknowledged, timeout=60)
    bridge.wait_for_metric(lambda metrics: metrics("pending_items", destination="sink") == 0, "nothing to be pending")
    bridge.stop()

    arrived = sink.received.keys()
    for keys in sent.unanswered:
        there = arrived & set(keys)
        assert not there or len(there) == len(keys), "a request is kept whole or not at all"
    known = acknowledged | {key for keys in sent.unanswered for key in keys}
    assert arrived <= known, "nothing comes that was not sent"

    twice = {key: requests for key, requests in sink.arrivals.items() if len(requests) > 1}
    for earlier in {id(request): request for requests in twice.values() for request in requests[:-1]}.values():
        # What is read after a kill and before the next start was under way when its sender died.
        if any(kill < earlier.when < start for kill, start in zip(kills, starts[1:])):
            continue
        killed = min((kill for kill in kills if kill > earlier.when), default=None)
        assert killed is not None, "sent again without a crash"
        assert earlier.answered > killed - FORGOTTEN_SECONDS, "sent again though its answer was noted long ago"
    print(f"\n{ROUNDS} kills, {len(acknowledged)} acknowledged spans, 0 missing, {len(twice)} came more than once")


def test_a_log_with_a_torn_tail_is_opened_and_used(make_bridge, sink):
    sink.down()
    bridge = make_bridge(to(sink)).start()
    before = [otlp.span("before") for _ in range(20)]
    bridge.send(before)
    bridge.kill9()
    newest = max((bridge.data / "log").glob("*.seg"))
    whole = newest.read_bytes()
    end = len(whole.rstrip(b"\0"))
    with newest.open("r+b") as file:
        # Half a frame's worth of rubbish where the next one would have begun.
        file.seek((end + 7) // 8 * 8)
        file.write(random.Random(7).randbytes(100))

    sink.up()
    bridge.start()
    after = [otlp.span("after") for _ in range(20)]
    bridge.send(after)
    sink.wait_for_spans(map(otlp.ids, before + after))
    assert len(sink.spans) == 40
