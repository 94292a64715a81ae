"""When the spool is full the sender is told to wait, and nothing that was acknowledged is given up."""

import threading
import time

import http_client
import otlp
import pytest
from bridge import Bridge
from conftest import to
from http_client import Response

MIB = 1 << 20
LOAD = otlp.attributes({"load": "z" * 2000})


@pytest.fixture
def small(make_bridge, sink) -> Bridge:
    """A bridge with as little room as may be configured, whose backend is away."""
    sink.down()
    room = {"receivers": {"otlp": {"max_body": "512KiB"}}, "spool": {"max_bytes": "16MiB", "segment_bytes": "1MiB"}}
    return make_bridge(to(sink) | room).start()


def fill(bridge: Bridge) -> tuple[list, Response]:
    """Posts until it is refused: the spans that were acknowledged, and the refusal."""
    acknowledged: list = []
    for _ in range(400):
        spans = [otlp.span("load", attributes=LOAD) for _ in range(50)]
        response = bridge.post(otlp.body(spans))
        if response.status != 200:
            return acknowledged, response
        acknowledged += spans
    raise AssertionError("40 MB were taken by a spool of 16 MiB")


def test_a_full_spool_refuses_until_the_backend_has_taken_something(small, sink):
    acknowledged, refusal = fill(small)
    assert refusal.status == 503
    assert int(refusal.headers["retry-after"]) >= 1
    assert "spool" in refusal.error
    assert len(acknowledged) * 2000 > 10 * MIB, "refused long before the limit"
    metrics = small.metrics()
    assert metrics("refused_requests_total") == 1
    assert metrics("spool_bytes") <= 16 * MIB
    assert sum(file.stat().st_size for file in (small.data / "log").iterdir()) <= 17 * MIB

    sink.up()
    sink.wait_for_spans(map(otlp.ids, acknowledged), timeout=60)
    span = otlp.span("after the jam")
    small.wait_for_metric(lambda _: small.post(otlp.body([span])).status == 200, "room in the spool")
    sink.wait_for_spans([otlp.ids(span)])
    assert {otlp.ids(one) for one in acknowledged} <= sink.spans.keys()


def test_a_full_spool_is_ready_again_after_a_restart_and_loses_nothing(small, sink):
    acknowledged, _ = fill(small)
    small.stop()
    small.start()
    sink.up()
    sink.wait_for_spans(map(otlp.ids, acknowledged), timeout=60)
    assert len(sink.spans) == len(acknowledged)


def test_a_budget_of_memory_that_is_spent_is_a_503_and_comes_back(make_bridge, sink):
    """Requests that arrive together and do not fit are told to come again; afterwards everything fits once more."""
    bridge = make_bridge(to(sink) | {"receivers": {"otlp": {"max_body": "1MiB"}}, "memory": {"budget": "3MiB"}}).start()
    body = otlp.body_of_size(MIB)
    head = http_client.head(Content_Type=otlp.PROTOBUF, Content_Length=str(len(body)))
    open_, statuses = [], []
    try:
        for _ in range(8):
            connection = http_client.raw(bridge.port, head, timeout=10)
            thread = threading.Thread(target=_send_most, args=(connection, body))
            thread.start()
            open_.append((connection, thread))
        for connection, thread in open_:
            thread.join()
        for connection, _ in open_:
            try:
                connection.sendall(body[-1000:])
            except OSError:
                pass  # it was refused already; the answer is there to be read
        statuses = [http_client.read_response(connection) for connection, _ in open_]
    finally:
        for connection, _ in open_:
            connection.close()
    refused = [response for response in statuses if response.status == 503]
    assert {response.status for response in statuses} == {200, 503}
    assert all(int(response.headers["retry-after"]) >= 1 for response in refused)
    # What is on its way to the backend holds memory too, so a sender may have to come twice; as senders do.
    for _ in range(5):
        _post_until_taken(bridge, otlp.body_of_size(MIB))
    bridge.wait_for_metric(lambda metrics: metrics("memory_bytes") == 0, "all memory to be given back")


def _send_most(connection, body: bytes) -> None:
    try:
        connection.sendall(body[:-1000])
    except OSError:
        pass


def _post_until_taken(bridge: Bridge, body: bytes) -> None:
    deadline = time.monotonic() + 20
    while (response := bridge.post(body)).status == 503:
        assert time.monotonic() < deadline, "refused for 20 s"
        time.sleep(0.2)
    response.accepted()
