"""What a whole trace means is known before destinations get it: content, calls, tries and outcome, sampling, spans that come again."""

import time
from pathlib import Path

import otlp
from books import settled
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

CORPUS = Path(__file__).parent.parent / "Fixtures" / "corpus"
# What is derived is counted in the books like anything else.
CANONICAL = {"metrics": {"derive": "off"}, "semantics": {"mode": "canonical"}, "settle": {"quiet": "300ms", "max": "1s", "abandon_after": "2s"}}
LONG = CANONICAL | {"settle": {"quiet": "300ms", "max": "1s", "abandon_after": "15m"}}


def spans(sink) -> list[Span]:
    return [item for request in sink.requests if request.path == "/v1/traces" for item, _, _ in otlp.items(request.message)]


def attributes(span) -> dict:
    return {attribute.key: getattr(attribute.value, attribute.value.WhichOneof("value")) for attribute in span.attributes}


def to(**sinks) -> dict:
    return {"destinations": {name: {"endpoint": sink.url, **more} for name, (sink, more) in sinks.items()}}


def run(bridge, name: str) -> None:
    """Plays a captured run, each request as it came."""
    files = sorted((CORPUS / name).parent.glob(Path(name).name + "*.pb"))
    for file in files:
        if ".metrics." in file.name:
            continue
        path = "/v1/logs" if ".logs." in file.name else "/v1/traces"
        assert bridge.post(file.read_bytes(), path).status == 200


def agent_run(failing: bool = False) -> list[Span]:
    root = otlp.span("invoke_agent a", attributes=otlp.attributes({"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "a"}))
    root.ClearField("parent_span_id")
    tool = otlp.span("execute_tool t", attributes=otlp.attributes({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "t"}))
    tool.trace_id, tool.parent_span_id = root.trace_id, root.span_id
    if failing:
        tool.status.code = Status.STATUS_CODE_ERROR
    return [tool, root]


def test_the_root_says_what_the_request_came_to_and_every_span_for_whom(make_bridge, sink):
    bridge = make_bridge(LONG | to(sink=(sink, {}))).start()
    run(bridge, "strands-agents/agent_tools")
    sink.wait_for(lambda: len(spans(sink)) == 10, "the run")
    arrived = {span.name: attributes(span) for span in spans(sink)}
    root = arrived["invoke_agent travel_agent"]
    assert root["causeway.outcome"] == "partial"
    assert (root["causeway.request.model_calls"], root["causeway.request.tool_calls"], root["causeway.request.failures"]) == (3, 3, 1)
    assert (root["causeway.request.tokens.input"], root["causeway.request.tokens.output"]) == (240, 116)
    assert all(found["gen_ai.conversation.id"] == "sess-42" for found in arrived.values())
    assert all(found["gen_ai.agent.name"] == "travel_agent" for found in arrived.values())


def test_with_passthrough_agents_spans_are_sent_as_they_came_and_wait_for_nothing(make_bridge, sink):
    waiting = {"quiet": "5m", "max": "5m", "abandon_after": "15m"}
    bridge = make_bridge({"semantics": {"mode": "passthrough"}, "settle": waiting} | to(sink=(sink, {}))).start()
    sent = agent_run(failing=True)
    bridge.send(sent)
    sink.wait_for_spans(map(otlp.ids, sent), timeout=10)
    assert sorted(spans(sink), key=otlp.ids) == sorted(sent, key=otlp.ids)
    assert bridge.metrics()("settle_traces") == 0 and bridge.metrics()("derived_series") == 0


def test_content_of_log_records_is_on_the_spans_where_both_go_and_stays_a_log_where_only_logs_go(make_bridge, make_sink):
    both, logs = make_sink(), make_sink()
    bridge = make_bridge(LONG | to(both=(both, {}), logs=(logs, {"signals": ["logs"]}))).start()
    run(bridge, "otel-openai-v2/agent_tools")
    both.wait_for(lambda: len(spans(both)) == 3, "the spans")
    assert all("gen_ai.input.messages" in attributes(span) and "gen_ai.output.messages" in attributes(span) for span in spans(both))
    books = settled(bridge, "both")
    assert books["folded"] > 0 and books["delivered"] == 3, books
    assert settled(bridge, "logs") == {"delivered": books["folded"], "filtered": 3}


def test_a_span_that_comes_again_goes_once_unless_all_are_asked_for(make_bridge, make_sink):
    once, all_of_them = make_sink(), make_sink()
    bridge = make_bridge(LONG | to(once=(once, {}), all=(all_of_them, {"duplicates": "keep"}))).start()
    body = otlp.body(agent_run())
    for _ in range(3):
        assert bridge.post(body).status == 200
    all_of_them.wait_for(lambda: len(spans(all_of_them)) == 6, "all")
    assert settled(bridge, "once") == {"delivered": 2, "filtered": 4}
    assert settled(bridge, "all") == {"delivered": 6}
    assert sum("causeway.redelivered" in attributes(span) for span in spans(all_of_them)) == 4


def test_sampling_keeps_what_it_is_told_as_whole_traces_and_the_rest_is_on_the_books(make_bridge, make_sink):
    failures, everything, raw = make_sink(), make_sink(), make_sink()
    sample = {"sample": {"percent": 0, "keep": ["failures"]}}
    bridge = make_bridge(LONG | to(failures=(failures, sample), everything=(everything, {}), raw=(raw, {"wait": "none"}))).start()
    for number in range(10):
        bridge.send(agent_run(failing=number % 5 == 0))
    everything.wait_for(lambda: len(spans(everything)) == 20, "everything")
    assert settled(bridge, "failures") == {"delivered": 4, "filtered": 16}
    assert settled(bridge, "everything") == settled(bridge, "raw") == {"delivered": 20}
    kept = spans(failures)
    assert len({span.trace_id for span in kept}) == 2
    assert not any("causeway.outcome" in attributes(span) for span in spans(raw)), "nothing is added to what does not wait"


def test_what_does_not_wait_is_there_before_the_trace_is_settled(make_bridge, make_sink):
    waiting, raw = make_sink(), make_sink()
    slow = CANONICAL | {"settle": {"quiet": "2s", "max": "4s"}}
    bridge = make_bridge(slow | to(waiting=(waiting, {}), raw=(raw, {"wait": "none"}))).start()
    bridge.send(agent_run())
    raw.wait_for(lambda: len(spans(raw)) == 2, "the spans", 1.5)
    assert not waiting.requests
    waiting.wait_for(lambda: len(spans(waiting)) == 2, "the settled spans")


def test_a_stop_settles_what_is_open(make_bridge, sink):
    slow = CANONICAL | {"settle": {"quiet": "60s", "max": "60s"}}
    bridge = make_bridge(slow | to(sink=(sink, {}))).start()
    bridge.send(agent_run())
    bridge.stop()
    assert [attributes(span).get("causeway.outcome") for span in spans(sink)] == [None, "success"]


def test_a_root_that_never_comes_is_made_up_for_those_who_take_it(make_bridge, make_sink):
    taking, other = make_sink(), make_sink()
    bridge = make_bridge(CANONICAL | to(taking=(taking, {"synthetic_roots": True}), other=(other, {}))).start()
    tool, root = agent_run()
    bridge.send([tool])
    taking.wait_for(lambda: len(spans(taking)) == 2, "the root", 10)
    made = spans(taking)[1]
    assert made.span_id == root.span_id and not made.parent_span_id
    assert attributes(made)["causeway.outcome"] == "abandoned" and attributes(made)["causeway.synthetic"] is True
    assert settled(bridge, "taking") == {"delivered": 2}
    assert settled(bridge, "other") == {"delivered": 1, "filtered": 1}


def test_a_killed_bridge_settles_once_what_it_had_not_settled(make_bridge, sink):
    bridge = make_bridge(LONG | to(sink=(sink, {}))).start()
    for number in range(30):
        bridge.send(agent_run(failing=number % 3 == 0))
        if number % 10 == 5:
            time.sleep(0.4)
        if number % 10 == 9:
            bridge.kill9()
            bridge.start()
    sink.wait_for(lambda: len({(span.trace_id, span.span_id) for span in spans(sink)}) == 60, "all of them")
    roots = {span.trace_id: attributes(span) for span in spans(sink) if not span.parent_span_id}
    assert len(roots) == 30
    assert sum(root["causeway.outcome"] == "partial" for root in roots.values()) == 10
    books = settled(bridge)
    assert books["delivered"] == 60, books


def test_destinations_that_sample_and_wait_each_in_its_way_have_books_that_balance_also_after_a_kill(make_bridge, make_sink):
    ways = {
        "tenth": {"sample": {"percent": 30}},
        "failures": {"sample": {"percent": 0, "keep": ["failures"]}, "duplicates": "keep"},
        "raw": {"wait": "none", "duplicates": "keep"},
        "all": {},
    }
    sinks = {name: make_sink() for name in ways}
    bridge = make_bridge(LONG | to(**{name: (sinks[name], more) for name, more in ways.items()})).start()
    runs = [agent_run(failing=number % 4 == 0) for number in range(40)]
    for number, run in enumerate(runs):
        bridge.send(run)
        if number % 10 == 3:
            bridge.send(run)
        if number == 25:
            bridge.kill9()
            bridge.start()
    everything = {(span.trace_id, span.span_id) for run in runs for span in run}
    assert len(everything) == 80
    for name in ("raw", "all"):
        sinks[name].wait_for(lambda: {(span.trace_id, span.span_id) for span in spans(sinks[name])} == everything, f"all of them at {name}")
    books = {name: settled(bridge, name) for name in ways}
    for name, terms in books.items():
        # Four runs came twice.
        assert sum(terms.values()) == 88, (name, terms)
    assert books["raw"] == {"delivered": 88}
    assert books["all"] == {"delivered": 80, "filtered": 8}
    assert books["failures"]["delivered"] == len([span for number, run in enumerate(runs) for span in run if number % 4 == 0]), books
    kept = {span.trace_id for span in spans(sinks["tenth"])}
    assert 0 < len(kept) < 40
    assert {(span.trace_id, span.span_id) for span in spans(sinks["tenth"])} == {pair for pair in everything if pair[0] in kept}, "whole traces"
    assert books["tenth"]["delivered"] == 2 * len(kept)


def test_a_root_that_comes_after_one_was_made_up_is_delivered_and_its_request_counted_once(make_bridge, make_sink):
    taking, other = make_sink(), make_sink()
    derived = CANONICAL | {"metrics": {"interval": "1s"}}
    bridge = make_bridge(derived | to(taking=(taking, {"synthetic_roots": True}), other=(other, {}))).start()
    tool, root = agent_run()
    bridge.send([tool])
    taking.wait_for(lambda: len(spans(taking)) == 2, "the root that is made up", 15)
    bridge.send([root])
    other.wait_for(lambda: len(spans(other)) == 2, "the root")
    taking.wait_for(lambda: len(spans(taking)) == 3, "the root beside the one that was made up")
    late = [span for span in spans(other) if not span.parent_span_id]
    assert [attributes(span).get("causeway.request.counted") for span in late] == [True]

    def requests() -> list[int]:
        found = {}
        for request in other.requests:
            if request.path == "/v1/metrics":
                for metric, _, _ in otlp.items(request.message):
                    if metric.name == "causeway.agent.requests":
                        for point in metric.sum.data_points:
                            found[str(point.attributes)] = point.as_int or int(point.as_double)
        return sorted(found.values())

    other.wait_for(lambda: requests() != [], "the request to be counted")
    time.sleep(2.5)
    assert requests() == [1]
