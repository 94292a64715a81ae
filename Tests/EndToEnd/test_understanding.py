"""What agents say is brought to one vocabulary before it is stored; everything else leaves as it came."""

from pathlib import Path

import otlp
from conftest import to

CORPUS = Path(__file__).parent.parent / "Fixtures" / "corpus"
CANONICAL = {"semantics": {"mode": "canonical"}}


def attributes(span) -> dict:
    return {attribute.key: attribute.value for attribute in span.attributes}


def test_a_dialect_comes_out_as_the_conventions_words_and_is_counted(make_bridge, sink):
    bridge = make_bridge(CANONICAL | to(sink)).start()
    body = (CORPUS / "openinference-openai" / "agent_tools.otlp.pb").read_bytes()
    assert bridge.post(body).status == 200
    sink.wait_for(lambda: sink.requests, "the request")
    spans = [item for request in sink.requests for item, _, _ in otlp.items(request.message)]
    assert [attributes(span)["gen_ai.usage.input_tokens"].int_value for span in spans] == [79, 80, 81]
    assert all(attributes(span)["causeway.source.dialect"].string_value == "openinference" for span in spans)
    assert not any(key.startswith("llm.") for span in spans for key in attributes(span))
    scopes = {scope.scope.name: scope for request in sink.requests for entry in request.message.resource_spans for scope in entry.scope_spans}
    assert all(any(mark.key == "causeway.understood" for mark in scope.scope.attributes) for scope in scopes.values())
    assert bridge.metrics()("understood_items_total", dialect="openinference") == 3


def test_a_span_of_no_agent_leaves_byte_for_byte_as_it_came(make_bridge, sink):
    bridge = make_bridge(CANONICAL | to(sink)).start()
    span = otlp.span("GET /", attributes=otlp.attributes({"http.request.method": "GET", "user.id": "u"}))
    bridge.send([span])
    sink.wait_for(lambda: sink.requests, "the request")
    [arrived] = [item for request in sink.requests for item, _, _ in otlp.items(request.message)]
    assert arrived.SerializeToString(deterministic=True) == span.SerializeToString(deterministic=True)
