"""Destinations share a bridge and nothing else: outages, dead ones beside healthy ones, thin links, what each of them wants."""

import os
import statistics
import threading
import time

import otlp
import pytest
from books import audit, settled
from conftest import to
from sink import Answer


# How long the long outages last; `make outages` says it.
SECONDS = int(os.environ.get("OUTAGE_SECONDS", "0"))


class Traffic:
    """Sends a span every few milliseconds until it is told to stop; remembers when each was accepted."""

    def __init__(self, bridge, interval: float = 0.02, load: int = 0) -> None:
        self.sent: dict[tuple[str, str], float] = {}
        self._end = threading.Event()
        attributes = otlp.attributes({"load": "x" * load}) if load else []

        def run() -> None:
            while not self._end.wait(interval):
                span = otlp.span("traffic", attributes=attributes)
                bridge.send([span])
                self.sent[otlp.ids(span)] = time.monotonic()

        self._thread = threading.Thread(target=run)
        self._thread.start()

    def stop(self) -> None:
        self._end.set()
        self._thread.join()

    def latencies(self, sink) -> list[float]:
        """Seconds from acceptance to arrival, of what has arrived."""
        return [sink.arrivals[key][0].when - when for key, when in list(self.sent.items()) if key in sink.arrivals]


OUTAGES = {
    "refused": None,
    "blackholed": Answer(silent=True, keep=False),
    "503": Answer(status=503),
    "reset": Answer(reset=True),
    "slow": Answer(delay=3, keep=False, status=504),
}


@pytest.mark.parametrize("how", OUTAGES)
def test_an_outage_with_traffic_on_loses_nothing_and_takes_no_memory(make_bridge, sink, how):
    bridge = make_bridge(to(sink, timeout="1s")).start()
    traffic = Traffic(bridge)
    sink.wait_for(lambda: len(sink.received) > 10, "traffic")
    before = bridge.resident_bytes
    if OUTAGES[how] is None:
        sink.down()
    else:
        sink.default = OUTAGES[how]
    time.sleep(3)
    held = len(sink.received)
    sink.default = Answer()
    if how == "blackholed":
        sink.down()
    sink.up()
    back = time.monotonic()
    sink.wait_for(lambda: len(sink.received) > held + 100, "what waited", timeout=30)
    caught_up = time.monotonic() - back
    traffic.stop()
    sink.wait_for_spans(traffic.sent)
    assert bridge.resident_bytes < before + (12 << 20)
    assert settled(bridge) == {"delivered": len(traffic.sent)}
    assert caught_up < 6, "at the latest with the next try"
    # What was recorded, and not answered when its connection was cut, comes again.
    if how in ("503", "slow"):
        assert len(sink.spans) == len(traffic.sent)


@pytest.mark.parametrize("how", ["refused", "blackholed"])
def test_a_dead_destination_does_not_cost_a_healthy_one_its_time(make_bridge, make_sink, how):
    healthy, dead = make_sink(), make_sink()
    batch = {"linger": "5ms"}
    destinations = {"healthy": {"endpoint": healthy.url, "batch": batch}, "dead": {"endpoint": dead.url, "timeout": "1s", "batch": batch}}
    bridge = make_bridge({"destinations": destinations, "shutdown": {"timeout": "1s"}}).start()
    alone = Traffic(bridge, interval=0.01)
    time.sleep(1.5)
    alone.stop()
    healthy.wait_for_spans(alone.sent)
    dead.wait_for_spans(alone.sent)
    # Answered, too: what is not when its connection is cut would come again.
    bridge.wait_for_metric(lambda metrics: metrics("pending_items", destination="dead") == 0, "all that came to be answered")
    if how == "refused":
        dead.down()
    else:
        dead.default = Answer(silent=True, keep=False)
    beside = Traffic(bridge, interval=0.01)
    time.sleep(3)
    beside.stop()
    healthy.wait_for_spans(beside.sent)
    one, other = (statistics.median(traffic.latencies(healthy)) for traffic in (alone, beside))
    slowest = max(beside.latencies(healthy))
    print(f"{how}: median {one * 1000:.1f} ms alone, {other * 1000:.1f} ms beside a dead one, slowest {slowest * 1000:.0f} ms")
    assert other < one + 0.03 and slowest < 1
    assert audit(bridge, "healthy") == {"delivered": len(alone.sent) + len(beside.sent)}
    assert audit(bridge, "dead") == {"delivered": len(alone.sent), "pending": len(beside.sent)}


@pytest.mark.skipif(not SECONDS, reason="half a minute and more: `make outages`")
def test_after_an_outage_new_telemetry_has_its_share_beside_the_backlog(make_bridge, sink):
    sink.down()
    bridge = make_bridge(to(sink, max_in_flight=1, batch={"max_bytes": "16KiB", "linger": "5ms"})).start()
    old = [otlp.span("old", attributes=otlp.attributes({"load": "x" * 2000})) for _ in range(400)]
    for start in range(0, 400, 10):
        bridge.send(old[start : start + 10])
    # What has waited for half a minute is a backlog.
    time.sleep(31)
    sink.default = Answer(delay=0.05)
    sink.up()
    sink.wait_for_requests(8, timeout=60)
    new = [otlp.span("new") for _ in range(20)]
    for span in new:
        bridge.send([span])
        time.sleep(0.02)
    sink.wait_for_spans(map(otlp.ids, new), timeout=10)
    missing = {otlp.ids(span) for span in old} - sink.received.keys()
    assert missing, "the new ones came before the last of the old"
    sink.wait_for_spans(map(otlp.ids, old), timeout=60)
    assert settled(bridge) == {"delivered": 420}
    assert len(sink.spans) == 420, "each once"


def test_a_thin_link_is_not_filled_beyond_its_rate(make_bridge, sink):
    bridge = make_bridge(to(sink, bytes_per_second="20KiB", compression="none", timeout="10s")).start()
    spans = [otlp.span("thin", attributes=otlp.attributes({"load": "x" * 1000})) for _ in range(80)]
    began = time.monotonic()
    for start in range(0, 80, 10):
        bridge.send(spans[start : start + 10])
    sink.wait_for_spans(map(otlp.ids, spans), timeout=30)
    took = time.monotonic() - began
    sent = sum(request.wire_bytes for request in sink.requests)
    # The last request is out before its time is over.
    assert sent / (20 << 10) * 0.6 < took < sent / (20 << 10) * 2 + 1, f"{sent} bytes in {took:.1f} s"
    assert len(sink.spans) == 80


def test_each_destination_gets_what_it_wants_and_the_rest_is_on_the_books_by_rule(make_bridge, make_sink):
    names = ["all", "traces", "acme", "default", "production", "unnamed"]
    sinks = {name: make_sink() for name in names}
    wants = {
        "all": {},
        "traces": {"signals": ["traces"]},
        "acme": {"tenants": ["acme"]},
        "default": {"tenants": [""]},
        "production": {"environments": ["production"], "signals": ["traces"]},
        "unnamed": {"environments": [""], "signals": ["traces"]},
    }
    destinations = {name: {"endpoint": sinks[name].url, **wants[name]} for name in names}
    bridge = make_bridge({"destinations": destinations, "tenants": {"from": ["header"]}}).start()

    spans = {}
    request = None
    for environment in ("production", "staging", None):
        part = otlp.trace_request([otlp.span("in " + str(environment)) for _ in range(3)])
        if environment:
            part.resource_spans[0].resource.attributes.extend(otlp.attributes({"deployment.environment.name": environment}))
        spans[environment] = {otlp.ids(span) for span, _, _ in otlp.items(part)}
        request = part if request is None else request
        if request is not part:
            request.MergeFrom(part)
    assert bridge.post(request.SerializeToString()).status == 200
    acme = [otlp.span("of acme") for _ in range(2)]
    assert bridge.post(otlp.body(acme), X_Causeway_Tenant="acme").status == 200
    log = b'{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1","body":{"stringValue":"hello"}}]}]}]}'
    assert bridge.post(log, path="/v1/logs", content_type=otlp.JSON).status == 200

    everything = {*spans["production"], *spans["staging"], *spans[None], *map(otlp.ids, acme)}
    wanted = {
        "all": everything,
        "traces": everything,
        "acme": set(map(otlp.ids, acme)),
        "default": everything - set(map(otlp.ids, acme)),
        "production": spans["production"],
        "unnamed": spans[None] | set(map(otlp.ids, acme)),
    }
    expected = {
        "all": {"delivered": 12},
        "traces": {"delivered": 11, "filtered": 1},
        "acme": {"delivered": 2, "filtered": 10},
        "default": {"delivered": 10, "filtered": 2},
        "production": {"delivered": 3, "filtered": 9},
        "unnamed": {"delivered": 5, "filtered": 7},
    }
    for name in names:
        sinks[name].wait_for_spans(wanted[name])
        assert settled(bridge, name) == expected[name], name
        assert sinks[name].spans.keys() == wanted[name], name
    assert sinks["all"].logs.total() == 1 and sinks["traces"].logs.total() == 0
    metrics = bridge.metrics()
    assert metrics("filtered_items_total", destination="production", rule="environment") == 8
    assert metrics("filtered_items_total", destination="production", rule="signal") == 1
    assert metrics("filtered_items_total", destination="acme", rule="tenant") == 10


@pytest.mark.skipif(not SECONDS, reason="minutes long: `make outages`")
@pytest.mark.parametrize("how", OUTAGES)
def test_a_long_outage_beside_a_healthy_destination(make_bridge, make_sink, how):
    healthy, away = make_sink(), make_sink()
    batch = {"linger": "20ms"}
    destinations = {"healthy": {"endpoint": healthy.url, "batch": batch}, "away": {"endpoint": away.url, "timeout": "2s", "batch": batch}}
    bridge = make_bridge({"destinations": destinations}).start()
    traffic = Traffic(bridge, interval=0.005, load=2000)
    time.sleep(5)
    before, usual = bridge.resident_bytes, statistics.median(traffic.latencies(healthy))
    if OUTAGES[how] is None:
        away.down()
    else:
        away.default = OUTAGES[how]
    began, seen = time.monotonic(), len(traffic.sent)
    most = before
    while time.monotonic() < began + SECONDS:
        time.sleep(0.5)
        most = max(most, bridge.resident_bytes)
    meanwhile = statistics.median(traffic.latencies(healthy)[seen:])
    waiting = bridge.metrics()("pending_items", destination="away")
    if how == "blackholed":
        away.down()
    away.default = Answer()
    away.up()
    back = time.monotonic()
    bridge.wait_for_metric(lambda metrics: metrics("pending_items", destination="away") < 20, "the backlog to be gone", timeout=SECONDS + 120)
    caught_up = time.monotonic() - back
    traffic.stop()
    for sink in (healthy, away):
        sink.wait_for_spans(traffic.sent, timeout=60)
    for name in ("healthy", "away"):
        assert settled(bridge, name) == {"delivered": len(traffic.sent)}
    print(
        f"{how} for {SECONDS} s: {waiting:.0f} spans waited, caught up in {caught_up:.1f} s; resident {before >> 20} MiB before,"
        f" {most >> 20} MiB at most; the healthy one's median latency {usual * 1000:.1f} ms before, {meanwhile * 1000:.1f} ms meanwhile"
    )
    assert most < before + (16 << 20)
    assert meanwhile < usual + 0.05
