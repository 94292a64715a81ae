"""Start, reload and stop; backends that are away, slow or choosy; an environment instead of a file."""

import signal
import socket
import time
from email.utils import formatdate

import http_client
import otlp
import pytest
from bridge import clean_environment, command, free_port, merged
from conftest import to
from sink import Answer


def test_without_any_configuration_it_listens_on_the_default_ports(make_bridge):
    bridge = make_bridge()
    bridge.port, bridge.admin_port = 4318, 4380
    for port in (bridge.port, bridge.admin_port):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))  # fails here, and not in the bridge, when another program has the port
    bridge.arguments = ["run"]
    bridge.start()
    span = otlp.span("kept")
    bridge.send([span])
    assert bridge.metrics()("appended_items_total") == 1
    data = bridge.directory / "causeway-data"
    assert sorted(path.name for path in (data / "log").glob("*.seg"))
    assert (data.stat().st_mode & 0o777, (data / "log").stat().st_mode & 0o777) == (0o700, 0o700)
    shown = command("spool", "cat", "--data", data)
    assert shown.returncode == 0 and span.span_id.hex() in shown.stdout


def test_an_endpoint_in_the_environment_is_a_destination(make_bridge, sink):
    environment = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": sink.url,
        "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20token,x-team=a",
        "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
    }
    bridge = make_bridge(environment=environment).start()
    span = otlp.span("by environment")
    bridge.send([span])
    sink.wait_for_spans([otlp.ids(span)])
    headers = sink.requests[0].headers
    assert (headers["authorization"], headers["x-team"], headers["content-encoding"]) == ("Bearer token", "a", "gzip")


def test_an_endpoint_for_one_signal_takes_that_signal_only(make_bridge, sink):
    bridge = make_bridge(environment={"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": sink.url + "/v1/traces"}).start()
    bridge.post(b'{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"a"}}]}]}]}', "/v1/logs", otlp.JSON)
    span = otlp.span("by environment")
    bridge.send([span])
    sink.wait_for_spans([otlp.ids(span)])
    bridge.stop()
    assert {request.path for request in sink.requests} == {"/v1/traces"}


def test_sigterm_sends_what_is_there_and_ends_with_0(bridge, sink):
    spans = [otlp.span("last words") for _ in range(100)]
    bridge.send(spans)
    took = bridge.stop()
    assert took < 5
    assert set(map(otlp.ids, spans)) == sink.spans.keys()


def test_sigterm_with_a_backend_that_hangs_ends_within_the_timeout_and_keeps_the_rest(make_bridge, sink):
    sink.default = Answer(delay=30, keep=False)
    bridge = make_bridge(to(sink) | {"shutdown": {"timeout": "2s"}}).start()
    span = otlp.span("unanswered")
    bridge.send([span])
    sink.wait_for_requests(1)
    assert bridge.stop() < 4
    sink.default = Answer()
    bridge.start()
    sink.wait_for_spans([otlp.ids(span)])


def test_a_second_sigterm_ends_it_at_once_and_loses_nothing(make_bridge, sink):
    sink.default = Answer(delay=30, keep=False)
    bridge = make_bridge(to(sink) | {"shutdown": {"timeout": "20s"}}).start()
    span = otlp.span("unanswered")
    bridge.send([span])
    sink.wait_for_requests(1)
    bridge.signal(signal.SIGTERM)
    time.sleep(0.5)
    assert bridge.running
    bridge.signal(signal.SIGTERM)
    bridge.exit_code(timeout=3)
    sink.default = Answer()
    bridge.start()
    sink.wait_for_spans([otlp.ids(span)])


def test_while_draining_new_requests_are_not_taken(make_bridge, sink):
    sink.default = Answer(delay=3, keep=True)
    bridge = make_bridge(to(sink) | {"shutdown": {"timeout": "10s"}}).start()
    bridge.send([otlp.span("slow")])
    sink.wait_for_requests(1)
    bridge.signal(signal.SIGTERM)
    time.sleep(0.5)
    with pytest.raises(OSError):
        bridge.post(otlp.body([otlp.span("too late")]))
    assert bridge.exit_code() == 0


def test_reload_takes_a_good_file(bridge, make_sink, sink):
    other = make_sink()
    bridge.write_configuration(merged(bridge.configuration, {"destinations": {"sink": None, "other": {"endpoint": other.url}}}))
    bridge.signal(signal.SIGHUP)
    bridge.wait_for_metric(lambda metrics: metrics("reloads_total", result="applied") == 1, "the reload")
    span = otlp.span("for the new one")
    bridge.send([span])
    other.wait_for_spans([otlp.ids(span)])
    assert not sink.requests


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"destinations": {"sink": {"endpiont": "http://127.0.0.1:1"}}}, ["endpiont", "endpoint"]),
        ({"memory": {"budget": "1MiB"}}, ["memory.budget", "max_body"]),
    ],
    ids=["an unknown key", "a budget that is too small"],
)
def test_reload_keeps_the_old_configuration_when_the_file_is_wrong(bridge, sink, change, words):
    bridge.write_configuration(merged(bridge.configuration, change))
    bridge.signal(signal.SIGHUP)
    bridge.wait_for_metric(lambda metrics: metrics("reloads_total", result="refused") == 1, "the reload")
    for word in words:
        assert word in bridge.log()
    ready = bridge.admin("/readyz")
    assert ready.status == 200 and words[0] in ready.body.decode()
    span = otlp.span("still here")
    bridge.send([span])
    sink.wait_for_spans([otlp.ids(span)])


def test_reload_names_what_needs_a_restart(bridge, sink):
    bridge.write_configuration(merged(bridge.configuration, {"receivers": {"otlp": {"http": f"127.0.0.1:{free_port()}"}}}))
    bridge.signal(signal.SIGHUP)
    bridge.wait_for_metric(lambda metrics: metrics("reloads_total") == 1, "the reload")
    assert "needs a restart" in bridge.log() and "receivers.otlp.http" in bridge.log()
    span = otlp.span("on the old port")
    bridge.send([span])
    sink.wait_for_spans([otlp.ids(span)])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_destination_that_is_our_own_listener_is_an_error_at_start(make_bridge, host):
    bridge = make_bridge()
    bridge.write_configuration(merged(bridge.configuration, {"destinations": {"self": {"endpoint": f"http://{host}:{bridge.port}"}}}))
    bridge.start(wait=False)
    assert bridge.exit_code() == 1
    assert "self" in bridge.log() and str(bridge.port) in bridge.log()


def test_telemetry_that_has_been_here_already_is_sent_back_with_508(bridge, make_bridge, sink):
    span = otlp.span("once")
    bridge.send([span])
    sink.wait_for_spans([otlp.ids(span)])
    via = sink.requests[0].headers["causeway-via"]
    response = bridge.post(otlp.body([otlp.span("in circles")]), Causeway_Via=f"another-bridge, {via}")
    assert response.status == 508 and "loop" in response.error.lower()
    assert bridge.post(otlp.body([otlp.span("of others")]), Causeway_Via="another-bridge").status == 200


def test_two_bridges_that_send_to_each_other_do_not_send_in_circles(make_bridge, sink):
    first, second = make_bridge(), make_bridge()
    first.write_configuration(
        merged(first.configuration, to(sink) | {"destinations": {"second": {"endpoint": second.url}, "sink": {"endpoint": sink.url}}})
    )
    second.write_configuration(merged(second.configuration, {"destinations": {"first": {"endpoint": first.url}}}))
    second.start()
    first.start()
    span = otlp.span("once")
    first.send([span])
    sink.wait_for_spans([otlp.ids(span)])
    first.wait_for_metric(lambda metrics: metrics("refused_requests_total", reason="loop") >= 1, "the loop to be noticed")
    time.sleep(1)
    assert first.metrics()("appended_items_total") == second.metrics()("appended_items_total") == 1
    assert "508" in second.admin("/readyz").body.decode()


def test_a_dead_backend_leaves_the_bridge_ready(make_bridge, sink):
    sink.down()
    bridge = make_bridge(to(sink)).start()
    spans = [otlp.span("waiting") for _ in range(50)]
    bridge.send(spans)
    bridge.wait_for_metric(lambda metrics: metrics("send_retries_total", destination="sink") >= 1, "a retry")
    assert bridge.admin("/readyz").status == 200
    assert bridge.admin("/healthz").status == 200
    metrics = bridge.metrics()
    assert (metrics("pending_items", destination="sink"), metrics("delivered_items_total")) == (50, 0)

    sink.up()
    sink.wait_for_spans(map(otlp.ids, spans), timeout=60)
    metrics = bridge.wait_for_metric(lambda metrics: metrics("delivered_items_total", destination="sink") == 50, "the count")
    assert metrics("pending_items", destination="sink") == 0
    assert len(sink.spans) == 50


def test_a_dead_backend_does_not_stop_the_other_one(make_bridge, make_sink):
    alive, dead = make_sink(), make_sink()
    dead.down()
    bridge = make_bridge({"destinations": {"alive": {"endpoint": alive.url}, "dead": {"endpoint": dead.url}}}).start()
    for _ in range(10):
        span = otlp.span("for both")
        bridge.send([span])
        alive.wait_for_spans([otlp.ids(span)], timeout=5)
    dead.up()
    dead.wait_for_spans(alive.spans, timeout=60)
    assert dead.spans == alive.spans


def test_what_was_left_over_is_sent_after_a_restart_and_nothing_twice(make_bridge, sink):
    bridge = make_bridge(to(sink)).start()
    early = [otlp.span("early") for _ in range(10)]
    bridge.send(early)
    sink.wait_for_spans(map(otlp.ids, early))
    bridge.wait_for_metric(lambda metrics: metrics("delivered_items_total") == 10, "the count")
    sink.down()
    late = [otlp.span("late") for _ in range(10)]
    bridge.send(late)
    bridge.stop()
    sink.up()
    bridge.start()
    sink.wait_for_spans(map(otlp.ids, late))
    assert len(sink.spans) == 20


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_honoured(bridge, sink, form):
    # A date has no fractions: two seconds from now may be little more than one.
    after = "2" if form == "seconds" else formatdate(time.time() + 3, usegmt=True)
    sink.answer_next(Answer(status=503, headers={"Retry-After": after}))
    span = otlp.span("later")
    bridge.send([span])
    sink.wait_for_spans([otlp.ids(span)])
    first, second = sink.requests[:2]
    assert 1.9 <= second.when - first.when < 8


@pytest.mark.parametrize("answer", [429, 502, 503, 504, "reset"])
def test_an_answer_that_may_pass_is_tried_again(bridge, sink, answer):
    sink.answer_next(Answer(reset=True) if answer == "reset" else Answer(status=answer))
    span = otlp.span("again")
    bridge.send([span])
    sink.wait_for_spans([otlp.ids(span)])
    assert len(sink.requests) == 2
    assert bridge.metrics()("send_retries_total", destination="sink") == 1


def test_a_partial_success_is_counted_and_never_sent_again(bridge, sink):
    partial = otlp.ANSWERS["/v1/traces"]()
    partial.partial_success.rejected_spans = 3
    partial.partial_success.error_message = "three were too old"
    sink.answer_next(Answer(body=partial.SerializeToString()))
    bridge.send([otlp.span("some too old") for _ in range(10)])
    metrics = bridge.wait_for_metric(lambda metrics: metrics("rejected_items_total", destination="sink") == 3, "the count")
    assert metrics("delivered_items_total", destination="sink") == 7
    assert "three were too old" in bridge.log()
    span = otlp.span("next")
    bridge.send([span])
    sink.wait_for_spans([otlp.ids(span)])
    assert len(sink.spans) == 11


def test_one_span_that_the_backend_refuses_does_not_take_the_others_with_it(bridge, sink):
    spans = [otlp.span("poison" if number == 5 else "fine") for number in range(8)]

    # Refuses any request that holds the bad span, as strict backends do.
    poisoned = Answer(status=400, body=b"a span is called poison", content_type="text/plain")
    sink.judge = lambda message: poisoned if any(span.name == "poison" for span, _, _ in otlp.items(message)) else None
    bridge.send(spans)
    good = {otlp.ids(span) for span in spans if span.name == "fine"}
    sink.wait_for_spans(good)
    metrics = bridge.wait_for_metric(lambda metrics: metrics("pending_items", destination="sink") == 0, "nothing to be pending")
    counts = metrics("delivered_items_total", destination="sink"), metrics("quarantined_items", destination="sink")
    assert counts == (7, 1)
    assert sink.spans.keys() == good


def test_a_backend_that_does_not_know_us_is_waited_for(bridge, sink):
    sink.default = Answer(status=401)
    span = otlp.span("kept")
    bridge.send([span])
    sink.wait_for_requests(1)
    time.sleep(1)
    assert bridge.metrics()("rejected_items_total") == 0
    assert len(sink.requests) < 5, "a backend that said no is not hammered"
    sink.default = Answer()
    bridge.stop()
    bridge.start()
    sink.wait_for_spans([otlp.ids(span)])


def test_the_books_balance_after_all_kinds_of_answers(bridge, sink):
    sink.answer_next(Answer(status=503), Answer(status=429), Answer(reset=True, keep=False))
    for _ in range(20):
        bridge.send([otlp.span("counted") for _ in range(5)])
    bridge.post(otlp.body([otlp.span("bad", span_id=bytes(8)), otlp.span("good")])).accepted()
    metrics = bridge.wait_for_metric(lambda metrics: metrics("pending_items") == 0, "nothing to be pending", timeout=40)
    assert metrics("decoded_items_total") == metrics("appended_items_total") + metrics("refused_items_total") == 102
    terms = ["delivered_items_total", "evicted_items_total", "rejected_items_total", "quarantined_items", "filtered_items_total"]
    assert metrics("appended_items_total") == sum(metrics(term, destination="sink") for term in terms)
    assert len(sink.spans) == 101


def test_at_rest_it_uses_no_processor(bridge, sink):
    bridge.send([otlp.span("before the rest")])
    sink.wait_for_requests(1)
    time.sleep(1)
    before = bridge.cpu_seconds
    time.sleep(3)
    assert bridge.cpu_seconds - before <= 0.06


def test_a_port_that_is_taken_is_a_clear_error(bridge, make_bridge):
    other = make_bridge({"receivers": {"otlp": {"http": f"127.0.0.1:{bridge.port}"}}})
    other.start(wait=False)
    assert other.exit_code() == 3
    assert str(bridge.port) in other.log()


def test_a_data_directory_that_is_in_use_is_a_clear_error(bridge, make_bridge):
    other = make_bridge({"spool": {"directory": str(bridge.data)}})
    other.start(wait=False)
    assert other.exit_code() == 3
    assert str(bridge.data) in other.log()


def test_unknown_pages_of_the_admin_port_are_404_and_posts_405(bridge):
    assert bridge.admin("/nothing").status == 404
    assert http_client.request(bridge.admin_port, "POST", "/metrics", b"").status == 405


def test_nothing_of_what_passes_through_is_in_the_log_output(make_bridge, sink):
    secret = "the-content-of-a-message"
    bridge = make_bridge(to(sink) | {"log": {"level": "debug"}}).start()
    bridge.send([otlp.span(secret, attributes=otlp.attributes({"gen_ai.output.messages": secret}))])
    bridge.post(otlp.body([otlp.span(secret)])[:-1])
    bridge.stop()
    assert secret not in bridge.log()


def test_send_plays_files_into_a_running_bridge(bridge, sink, tmp_path):
    spans = [otlp.span("from a file") for _ in range(3)]
    binary = tmp_path / "traces.pb"
    binary.write_bytes(otlp.body(spans))
    done = command("send", "--to", bridge.url, binary)
    assert done.returncode == 0, done.stderr
    sink.wait_for_spans(map(otlp.ids, spans))
    gone = command("send", "--to", f"http://127.0.0.1:{free_port()}", binary)
    assert gone.returncode == 3 and len(gone.stderr.splitlines()) == 1


def test_the_environment_of_the_tests_configures_no_bridge(monkeypatch):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://somewhere.example")
    monkeypatch.setenv("CAUSEWAY_DATA", "/nowhere")
    assert not {name for name in clean_environment() if name.startswith(("OTEL_", "CAUSEWAY_"))}
