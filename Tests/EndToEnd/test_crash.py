"""kill -9 under load, again and again, of the bridge, of the backend and of both: no acknowledged span is missing, and few come twice."""

import json
import os
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import http_client
import otlp
import pytest
from bridge import Bridge, command
from conftest import to
from mortal_sink import MortalSink, Taken

# Kills for each of the three cases.
ROUNDS = int(os.environ.get("CRASH_ROUNDS", "10"))
# The moments of the kills, and the sizes of the requests.
SEED = int(os.environ.get("CRASH_SEED", "20260101"))
SENDERS = 4

# Which answers of the backend were noted is written every 100 ms; what was answered since then, and what was under way, comes again
# after a crash. The rest is room for a machine that is busy with other things.
FORGOTTEN_SECONDS = 0.1 + 0.9

Key = tuple[str, str]


@dataclass
class Sent:
    """What the senders know, as agents would: which requests were acknowledged."""

    acknowledged: list[list[Key]] = field(default_factory=list)
    unanswered: list[list[Key]] = field(default_factory=list)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def note(self, keys: list[Key], accepted: bool) -> None:
        with self.guard:
            (self.acknowledged if accepted else self.unanswered).append(keys)


class Load:
    """Agents that send one request after another, whatever becomes of the bridge, until they are stopped."""

    def __init__(self, port: int, dice: random.Random) -> None:
        self.sent = Sent()
        self._port = port
        self._stop = threading.Event()
        self._agents = [threading.Thread(target=self._run, args=(random.Random(dice.random()),)) for _ in range(SENDERS)]
        for agent in self._agents:
            agent.start()

    def stop(self) -> None:
        self._stop.set()
        for agent in self._agents:
            agent.join()

    def _run(self, dice: random.Random) -> None:
        while not self._stop.is_set():
            spans = [otlp.span("under load", attributes=otlp.attributes({"text": "x" * 300})) for _ in range(dice.choice([1, 2, 5, 50]))]
            keys = [otlp.ids(span) for span in spans]
            try:
                response = http_client.request(self._port, "POST", "/v1/traces", otlp.body(spans), {"Content-Type": otlp.PROTOBUF}, timeout=10)
            except (OSError, http_client.http.client.HTTPException):
                self.sent.note(keys, False)
                self._stop.wait(0.02)
                continue
            assert response.status == 200, response.body
            self.sent.note(keys, True)


@dataclass
class Kills:
    """When what was killed, in seconds of the monotonic clock: from just before the signal until the process was gone."""

    bridge: list[tuple[float, float]] = field(default_factory=list)
    sink: list[tuple[float, float]] = field(default_factory=list)

    def kill(self, *, bridge: Bridge | None = None, sink: MortalSink | None = None) -> None:
        began = time.monotonic()
        # Both signals are out before either is waited for.
        if bridge is not None:
            bridge.process.kill()
        if sink is not None:
            sink.send_kill9()
        if bridge is not None:
            bridge.kill9()
            self.bridge.append((began, time.monotonic()))
        if sink is not None:
            sink.kill9()
            self.sink.append((began, time.monotonic()))

    def explain(self, earlier: Taken) -> bool:
        """Whether what came with this request may come again: a crash followed before its answer was noted for certain."""
        if any(gone > earlier.came and earlier.answered > began - FORGOTTEN_SECONDS for began, gone in self.bridge):
            return True
        return earlier.answered == float("inf") and any(gone > earlier.came for _, gone in self.sink)


@pytest.fixture
def mortal_sink(tmp_path: Path) -> Iterator[MortalSink]:
    sink = MortalSink(tmp_path).start()
    sink.wait_until_it_listens()
    yield sink
    sink.end()


@pytest.mark.parametrize("victim", ["bridge", "sink", "both"])
def test_no_acknowledged_span_is_missing_after_kill_9(make_bridge, mortal_sink, victim):
    sink = mortal_sink
    bridge = make_bridge(to(sink, compression="none") | {"semantics": {"mode": "canonical"}}).start()
    kills = Kills()
    dice = random.Random(f"{SEED} {victim}")
    load = Load(bridge.port, dice)
    began = time.monotonic()
    try:
        for number in range(ROUNDS):
            # Mostly long enough that something has been answered and noted before the kill; now and then in the middle of a start.
            time.sleep(dice.uniform(0, 0.05) if number % 5 == 4 else dice.uniform(0.05, 0.6))
            match victim:
                case "bridge":
                    kills.kill(bridge=bridge)
                    bridge.start(wait=number % 5 != 3)
                case "sink":
                    kills.kill(sink=sink)
                    # The log runs ahead of the cursor meanwhile, so there is something to send again.
                    time.sleep(dice.uniform(0, 0.2))
                    sink.start()
                    sink.wait_until_it_listens()
                case "both":
                    kills.kill(bridge=bridge, sink=sink)
                    sink.start()
                    bridge.start()
                    sink.wait_until_it_listens()
            if number % 50 == 49:
                assert load.sent.acknowledged, "nobody is heard any more"
    finally:
        load.stop()
    seconds = time.monotonic() - began

    bridge.wait_until_ready()
    sent = load.sent
    acknowledged = {key for keys in sent.acknowledged for key in keys}
    assert len(acknowledged) > 5 * ROUNDS, "the load was too small to mean anything"
    deadline = time.monotonic() + 120
    while missing := acknowledged - {key for request in sink.taken() for key in request.spans}:
        assert time.monotonic() < deadline, f"{len(missing)} of {len(acknowledged)} acknowledged spans are missing"
        time.sleep(0.1)
    bridge.wait_for_metric(lambda metrics: metrics("pending_items", destination="sink") == 0, "nothing to be pending")
    bridge.stop()
    audit = command("audit", "--json", "--data", bridge.data)
    assert audit.returncode == 0, audit.stdout

    taken = sink.taken()
    arrived = {key for request in taken for key in request.spans}
    for keys in sent.unanswered:
        there = arrived & set(keys)
        assert not there or len(there) == len(keys), "a request is kept whole or not at all"
    assert arrived <= acknowledged | {key for keys in sent.unanswered for key in keys}, "nothing comes that was not sent"
    books = json.loads(audit.stdout)
    assert sum(entry["items"] for entry in books["appended"]) == len(arrived), "the books count each span once"

    arrivals: dict[Key, list[Taken]] = {}
    for request in taken:
        for key in request.spans:
            arrivals.setdefault(key, []).append(request)
    twice = [requests for requests in arrivals.values() if len(requests) > 1]
    unexplained = [request for requests in twice for request in requests[:-1] if not kills.explain(request)]
    assert not unexplained, f"{len(unexplained)} spans came again, though their answer was noted long before any crash: {unexplained[0]}"
    print(
        f"\n{ROUNDS} kills of {victim} in {seconds:.0f} s: {len(acknowledged)} acknowledged spans in {len(sent.acknowledged)} requests, 0 missing; "
        f"{len(sent.unanswered)} requests without an answer; {len(twice)} of {len(arrived)} spans came more than once, all of them within "
        "what was under way or not yet noted"
    )


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
