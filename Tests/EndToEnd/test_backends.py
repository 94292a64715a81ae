"""A profile decides how a backend is spoken to: headers, words, projects."""

import base64
import json
import signal
from pathlib import Path

import otlp
from bridge import command

CORPUS = Path(__file__).parent.parent / "Fixtures" / "corpus"
CALLS = CORPUS / "otel-genai-openai" / "agent_tools.otlp.pb"


def destination(sink, **more) -> dict:
    # The full address of the signal: the sink has no paths but the standard ones.
    return {"semantics": {"mode": "canonical"}, "destinations": {"sink": {"endpoint": f"{sink.url}/v1/traces", **more}}}


def spans(sink) -> list[dict]:
    found = [item for request in sink.requests for item, _, _ in otlp.items(request.message)]
    return [{attribute.key: attribute.value for attribute in span.attributes} for span in found]


def test_a_profile_gives_the_headers_and_the_words_of_its_backend(make_bridge, sink):
    keys = {"public_key": "pk-lf-1", "secret_key": "sk-lf-2"}
    bridge = make_bridge(destination(sink, profile="langfuse", credentials=keys)).start()
    assert bridge.post(CALLS.read_bytes()).status == 200
    sink.wait_for(lambda: sink.requests, "the request")
    headers = sink.requests[0].headers
    assert headers["authorization"] == "Basic " + base64.b64encode(b"pk-lf-1:sk-lf-2").decode()
    assert headers["x-langfuse-ingestion-version"] == "4"
    assert headers["content-type"] == "application/x-protobuf"
    for span in spans(sink):
        assert span["langfuse.observation.type"].string_value == "generation"
        assert not any(key.startswith("gen_ai.usage.") for key in span)
    usage = [json.loads(span["langfuse.observation.usage_details"].string_value) for span in spans(sink)]
    assert [buckets["total"] for buckets in usage] == [132, 107, 117]


def test_each_tenant_has_its_own_project(make_bridge, sink):
    projects = {"acme": "7", "globex": "8"}
    configuration = destination(sink, profile="mlflow", projects=projects) | {"tenants": {"from": ["header"]}}
    bridge = make_bridge(configuration).start()
    for tenant in projects:
        assert bridge.post(CALLS.read_bytes(), x_causeway_tenant=tenant).status == 200
    sink.wait_for(lambda: len(sink.requests) == 2, "a request for each tenant")
    assert sorted(request.headers["x-mlflow-experiment-id"] for request in sink.requests) == ["7", "8"]


def test_a_changed_dialect_is_taken_over_while_it_runs(make_bridge, sink):
    bridge = make_bridge(destination(sink)).start()
    assert bridge.post(CALLS.read_bytes()).status == 200
    sink.wait_for(lambda: len(sink.requests) == 1, "the first request")
    bridge.write_configuration(bridge.configuration | {"destinations": {"sink": {"endpoint": f"{sink.url}/v1/traces", "profile": "phoenix", "duplicates": "keep"}}})
    bridge.signal(signal.SIGHUP)
    bridge.wait_for_metric(lambda metrics: metrics("reloads_total", result="applied") == 1, "the reload")
    assert bridge.post(CALLS.read_bytes()).status == 200
    sink.wait_for(lambda: len(sink.requests) == 2, "the second request")
    assert "openinference.span.kind" in spans(sink)[-1] and "openinference.span.kind" not in spans(sink)[0]


def test_a_backend_that_lacks_a_key_is_named_before_anything_starts(make_bridge, sink, tmp_path):
    file = tmp_path / "c.yaml"
    file.write_text(json.dumps({"destinations": {"a": {"profile": "langfuse", "endpoint": "https://cloud.langfuse.example"}}}))
    result = command("validate", "--config", file)
    assert result.returncode == 1
    assert "destinations.a.credentials.public_key: Langfuse needs it" in result.stdout + result.stderr
