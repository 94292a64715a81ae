"""Sends an agent's run of nine steps and the captured corpus through the bridge to real backends, and looks at what they show.

    run.py SCRATCH VICTORIA_METRICS ITS_VERSION RECORD

What the same backends show of the same run without the bridge stands beside it in the record.
"""

import importlib.metadata
import json
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "EndToEnd"))

import nine_steps  # noqa: E402
from backends import MLflow, Phoenix, Truth, VictoriaMetrics, eventually, unquoted  # noqa: E402
from bridge import Bridge  # noqa: E402
from google.protobuf import json_format  # noqa: E402
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest  # noqa: E402

CORPUS = HERE.parent / "Fixtures" / "corpus"

PHOENIX_KINDS = {
    "plan": "chain", "retrieval": "retriever", "guardrail": "guardrail", "execute_tool": "tool", "chat": "llm", "evaluate": "evaluator"
}
MLFLOW_TYPES = {
    "plan": "CHAIN", "retrieval": "RETRIEVER", "guardrail": "GUARDRAIL", "execute_tool": "TOOL", "chat": "CHAT_MODEL",
    "evaluate": "EVALUATOR",
}


def protobuf(request: dict) -> bytes:
    """The request as its SDK would send it; ids are hexadecimal in OTLP's JSON, which protobuf's own reader does not know."""
    copy = json.loads(json.dumps(request))
    message = ExportTraceServiceRequest()
    for resource in copy["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                ids = {key: span.pop(key) for key in ("traceId", "spanId", "parentSpanId") if key in span}
                span["traceState"] = json.dumps(ids)
    json_format.ParseDict(copy, message)
    for resource in message.resource_spans:
        for scope in resource.scope_spans:
            for span in scope.spans:
                ids = json.loads(span.trace_state)
                span.trace_state = ""
                span.trace_id, span.span_id = bytes.fromhex(ids["traceId"]), bytes.fromhex(ids["spanId"])
                span.parent_span_id = bytes.fromhex(ids.get("parentSpanId", ""))
    return message.SerializeToString()


def by_step(spans: list[dict], name) -> list[dict]:
    """The nine steps in the order of the run, without the root."""
    ordered = sorted(spans, key=lambda span: span["start"])
    return [span for span in ordered if name(span) != "invoke_agent support"]


def tags_of(trace: dict) -> dict:
    """Tags of a trace of MLflow, which older interfaces answer as a list."""
    tags = trace["info"].get("tags") or {}
    return tags if isinstance(tags, dict) else {tag["key"]: tag["value"] for tag in tags}


def metadata_of(span: dict, name: str):
    """What the metadata of a span of Phoenix say, by which its pages search; its interface takes them apart."""
    metadata = unquoted(span["attributes"].get("metadata") or "{}")
    return metadata.get(name) if name in metadata else span["attributes"].get(f"metadata.{name}")


def phoenix_facts(phoenix: Phoenix, trace_id: str, project: str) -> dict:
    trace = eventually(lambda: found if (found := phoenix.trace(trace_id)) and len(found["spans"]["edges"]) == 10 else None, "trace")
    nodes = {edge["node"]["spanId"]: edge["node"] for edge in trace["spans"]["edges"]}
    spans = [span for span in phoenix.spans(project) if span["context"]["trace_id"] == trace_id]
    root = next(span for span in spans if span["name"] == "invoke_agent support")
    steps = by_step([span | {"start": span["start_time"], "node": nodes[span["context"]["span_id"]]} for span in spans], lambda s: s["name"])

    def shown(span: dict, side: str) -> bool:
        documents = side == "output" and any(key.startswith("retrieval.documents.") for key in span["attributes"])
        return documents or bool((span["node"][side] or {}).get("value"))

    failed = [span for span in steps if span["status_code"] == "ERROR"]
    tries = [span for span in steps if span["name"] == "execute_tool refund_status"]
    top = nodes[root["context"]["span_id"]]

    return {
        "kinds": sum(
            span["node"]["spanKind"] == PHOENIX_KINDS[kind] for span, kind in zip(steps, nine_steps.KINDS, strict=True)
        ),
        "parents": sum(span["parent_id"] == root["context"]["span_id"] for span in steps),
        "inputs": sum(shown(span, "input") for span in steps),
        "outputs": sum(shown(span, "output") for span in steps if span not in failed),
        "root_input": (top["input"] or {}).get("value"),
        "root_output": (top["output"] or {}).get("value"),
        # Of the run with all that lies below it.
        "summed_tokens": int(top["cumulativeTokenCountPrompt"] or 0) + int(top["cumulativeTokenCountCompletion"] or 0),
        "input_tokens": int(trace["costSummary"]["prompt"]["tokens"] or 0),
        "output_tokens": int(trace["costSummary"]["completion"]["tokens"] or 0),
        "cached_tokens": sum(span["attributes"].get("llm.token_count.prompt_details.cache_read", 0) for span in steps),
        "cost": round(sum(span["attributes"].get("llm.cost.total", 0) for span in steps), 9),
        # What it makes of the tokens with its own prices.
        "own_price": round(trace["costSummary"]["total"]["cost"] or 0, 9),
        "session": (trace["session"] or {}).get("sessionId"),
        "users": sum(span["attributes"].get("user.id") == nine_steps.USER for span in steps),
        "errors": [span["status_message"] for span in failed],
        "attempts": len(tries),
        "numbered": [number for span in tries if (number := metadata_of(span, "retry_attempt"))],
        "retries": [event["name"] for span in tries for event in span["events"] if event["name"] == "causeway.retry"],
        "failure_codes": [code for span in failed if (code := metadata_of(span, "failure_code"))],
        "outcome": metadata_of(root, "outcome"),
    }


def mlflow_facts(mlflow: MLflow, trace_id: str) -> dict:
    def whole():
        found = mlflow.trace(trace_id)
        return found if found and len(found["spans"]) == 10 and found["info"]["state"] != "IN_PROGRESS" else None

    trace = eventually(whole, "trace")
    metadata = {key: json.loads(text) if text[:1] == "{" else text for key, text in trace["info"]["trace_metadata"].items()}
    root = next(span for span in trace["spans"] if not span["parent_span_id"])
    steps = by_step([span | {"start": span["start_time_unix_nano"]} for span in trace["spans"]], lambda span: span["name"])
    failed = [span for span in steps if "ERROR" in span["status"]["code"]]
    tries = [span for span in steps if span["name"] == "execute_tool refund_status"]
    usage, cost = metadata.get("mlflow.trace.tokenUsage", {}), metadata.get("mlflow.trace.cost", {})
    chats = [span["attributes"] for span, kind in zip(steps, nine_steps.KINDS, strict=True) if kind == "chat"]
    return {
        "kinds": sum(
            span["attributes"].get("mlflow.spanType") == MLFLOW_TYPES[kind] for span, kind in zip(steps, nine_steps.KINDS, strict=True)
        ),
        "parents": sum(span["parent_span_id"] == root["span_id"] for span in steps),
        "inputs": sum(bool(span["attributes"].get("mlflow.spanInputs")) for span in steps),
        "outputs": sum(bool(span["attributes"].get("mlflow.spanOutputs")) for span in steps if span not in failed),
        "root_input": root["attributes"].get("mlflow.spanInputs"),
        "root_output": root["attributes"].get("mlflow.spanOutputs"),
        "system_texts": sum("Answer briefly." in json.dumps(chat.get("mlflow.spanInputs")) for chat in chats),
        "input_tokens": usage.get("input_tokens", 0),
        "output_tokens": usage.get("output_tokens", 0),
        "summed_tokens": usage.get("total_tokens", 0),
        "cached_tokens": usage.get("cache_read_input_tokens", 0),
        "cost": round(cost.get("total_cost", 0), 9),
        "session": metadata.get("mlflow.trace.session"),
        "users": 9 if metadata.get("mlflow.trace.user") == nine_steps.USER else 0,
        "errors": [span["status"]["message"] for span in failed],
        "attempts": len(tries),
        "numbered": [number for span in tries if (number := span["attributes"].get("causeway.retry.attempt"))],
        "retries": [event["name"] for span in tries for event in span.get("events", []) if event["name"] == "causeway.retry"],
        "failure_codes": [code for span in failed if (code := span["attributes"].get("causeway.failure.code"))],
        "outcome": tags_of(trace).get("outcome"),
        "state": trace["info"]["state"],
    }


def dead_facts(phoenix: Phoenix, mlflow: MLflow, trace_id: str, project: str, count: int) -> dict:
    """What is shown of a run whose root never came; `count`: how many spans MLflow gets of it."""
    trace = eventually(lambda: found if (found := mlflow.trace(trace_id)) and len(found["spans"]) == count else None, "trace")

    def arrived() -> list[dict] | None:
        spans = [span for span in phoenix.spans(project) if span["context"]["trace_id"] == trace_id]
        return spans if len(spans) == 2 else None

    spans = sorted(eventually(arrived, "spans of the run that died"), key=lambda span: span["start_time"])
    by_start = sorted(trace["spans"], key=lambda span: (bool(span["parent_span_id"]), span["start_time_unix_nano"]))
    fallbacks = [event["name"] for span in by_start for event in span.get("events", []) if event["name"] == "causeway.fallback"]
    return {
        "phoenix": {
            "spans": len(spans),
            "fallbacks": [event["name"] for span in spans for event in span["events"] if event["name"] == "causeway.fallback"],
            "fell_back_to": metadata_of(spans[0], "fallback"),
        },
        "mlflow": {
            "spans": len(trace["spans"]),
            "state": trace["info"]["state"],
            "outcome": tags_of(trace).get("outcome"),
            "fallbacks": fallbacks,
            "fell_back_to": next((to for span in by_start if (to := span["attributes"].get("causeway.failure.fallback"))), None),
        },
    }


def derived_tokens(metrics: VictoriaMetrics) -> tuple[int, int]:
    """Tokens in and out of the corpus, as metrics that were derived from its spans count them."""
    totals = {"input": 0, "output": 0}
    for series in metrics.series():
        labels = series["metric"]
        if labels["__name__"] not in ("causeway.tokens", "causeway_tokens_total") or "support-agent" in labels.values():
            continue
        kind = labels.get("gen_ai.token.type") or labels.get("gen_ai_token_type")
        if kind in totals:
            totals[kind] += int(max(series["values"]))
    return totals["input"], totals["output"]


def check(facts: dict, backend: str) -> None:
    expected = {
        "kinds": 9,
        "parents": 9,
        "inputs": 9,
        "outputs": 8,
        "input_tokens": nine_steps.INPUT_TOKENS,
        "output_tokens": nine_steps.OUTPUT_TOKENS,
        "cached_tokens": nine_steps.CACHED_TOKENS,
        "cost": nine_steps.COST,
        "session": nine_steps.SESSION,
        "users": 9,
        "errors": ["the refund service does not answer"],
        "attempts": 2,
        "numbered": [1, 2],
        "retries": ["causeway.retry"],
        "failure_codes": ["server_error"],
        "outcome": "success",
        # The run itself says its tokens, too: nowhere are they added to those of its calls.
        "summed_tokens": nine_steps.INPUT_TOKENS + nine_steps.OUTPUT_TOKENS,
        "root_input": "How long does a refund take?",
        "root_output": "Three more days.",
    }
    wrong = {key: (facts[key], value) for key, value in expected.items() if facts[key] != value}
    assert not wrong, f"{backend} shows (and should): {wrong}"
    assert facts.get("state", "OK") == "OK", f"{backend} shows the run as {facts['state']}"
    assert facts.get("system_texts", 2) == 2, f"{backend} does not show what the system said"


def send_corpus(bridge: Bridge, path: str, kind: str) -> int:
    """Every captured request of a signal, one after the other; how many of them."""
    count = 0
    for file in sorted(CORPUS.glob(f"*/*.{kind}.*")):
        if file.suffix == ".pb":
            answer = bridge.post(file.read_bytes(), path)
        else:
            answer = bridge.post(file.read_bytes(), path, content_type="application/json")
        assert answer.status == 200, f"{file}: {answer.status} {answer.body[:200]}"
        count += 1
    return count


def main(scratch: Path, victoria: str, victoria_version: str, record_file: Path) -> None:
    directory = Path(tempfile.mkdtemp(prefix="run-", dir=scratch))
    running = []
    try:
        running += [phoenix := Phoenix(directory / "phoenix"), mlflow := MLflow(directory / "mlflow")]
        running += [metrics := VictoriaMetrics(directory / "victoria", victoria), truth := Truth()]
        ways = {way: mlflow.experiment(way) for way in ("plain", "bridge", "corpus", "dead")}
        record = {
            "versions": {
                "phoenix": importlib.metadata.version("arize-phoenix"),
                "mlflow": importlib.metadata.version("mlflow"),
                # It was built without saying which version it is; its package says it.
                "victoriametrics": victoria_version,
            }
        }

        # Without the bridge: what people get who point their agent at the backend.
        trace_id, request = nine_steps.request()
        phoenix.send(protobuf(request), "plain")
        mlflow.send(protobuf(request), ways["plain"])
        record["plain"] = {"phoenix": phoenix_facts(phoenix, trace_id, "plain"), "mlflow": mlflow_facts(mlflow, trace_id)}
        trace_id, request = nine_steps.dead_request()
        phoenix.send(protobuf(request), "plain")
        mlflow.send(protobuf(request), ways["plain"])
        died = {"plain": dead_facts(phoenix, mlflow, trace_id, "plain", 2)}

        def bridged(name: str, **settle: str) -> Bridge:
            folder = directory / name
            folder.mkdir()
            return Bridge(
                folder,
                {
                    "semantics": {"mode": "canonical"},
                    "settle": {"quiet": "1s", "max": "10s"} | settle,
                    "metrics": {"interval": "1s"},
                    "destinations": {
                        "phoenix": {"profile": "phoenix", "endpoint": phoenix.url, "project": name},
                        "mlflow": {"profile": "mlflow", "endpoint": mlflow.url, "project": ways[name]},
                        "victoria": {"endpoints": {"metrics": f"{metrics.url}/opentelemetry/v1/metrics"}},
                        "truth": {"endpoints": {"traces": f"{truth.url}/v1/traces"}, "dialect": "as_stored"},
                    },
                },
            ).start()

        def settled(bridge: Bridge) -> None:
            names = ("phoenix", "mlflow", "victoria", "truth")

            def done() -> bool:
                sample = bridge.metrics()
                return all(sample("pending_items", destination=name) == 0 for name in names)

            eventually(done, "end of the backlog", 180)
            sample = bridge.metrics()
            for name in names:
                for term in ("rejected_items_total", "quarantined_items_total", "evicted_items_total"):
                    assert not sample(term, destination=name), f"{name}: {term} {sample(term, destination=name)}"

        # Through the bridge.
        bridge = bridged("bridge")
        trace_id, request = nine_steps.request()
        assert bridge.post(protobuf(request)).status == 200
        settled(bridge)
        record["bridge"] = {"phoenix": phoenix_facts(phoenix, trace_id, "bridge"), "mlflow": mlflow_facts(mlflow, trace_id)}
        bridge.stop()
        for backend, facts in record["bridge"].items():
            check(facts, backend)

        # One that dies on the way: its trace is closed in the place of the root that never comes.
        bridge = bridged("dead", max="2s", abandon_after="3s")
        trace_id, request = nine_steps.dead_request()
        assert bridge.post(protobuf(request)).status == 200
        died["bridge"] = dead_facts(phoenix, mlflow, trace_id, "dead", 3)
        bridge.stop()
        record["dead"] = died
        fallen = {"fallbacks": ["causeway.fallback"], "fell_back_to": "gpt-4o-mini"}
        expected = {
            "phoenix": {"spans": 2} | fallen,
            "mlflow": {"spans": 3, "state": "ERROR", "outcome": "abandoned"} | fallen,
        }
        assert died["bridge"] == expected, f"of a run that died is shown {died['bridge']}"
        truth.bodies.clear()

        # Everything that was ever captured: nothing refused, every span there.
        bridge = bridged("corpus")
        requests = send_corpus(bridge, "/v1/traces", "otlp")
        settled(bridge)
        calls = truth.calls()
        counted = tuple(sum(call[place] for call in calls.values()) for place in (0, 1))
        eventually(lambda: derived_tokens(metrics) == counted, f"{counted} tokens in VictoriaMetrics", 60)
        send_corpus(bridge, "/v1/metrics", "metrics")
        settled(bridge)
        sample = bridge.metrics()
        sent = int(sample("delivered_items_total", destination="phoenix"))
        bridge.stop()
        arrived = eventually(lambda: found if len(found := phoenix.spans("corpus")) == sent else None, f"{sent} spans of the corpus", 120)
        known = sum(span["span_kind"] not in ("UNKNOWN", "") for span in arrived)
        traces = mlflow.traces(ways["corpus"])
        # Neither the sums on agents and runs nor a second sight of a call may be added to the calls.
        # Phoenix adds up what models took and gave, embeddings not.
        tokens = {id: call[:2] for id, call in truth.calls("model_call").items()}

        def unlike() -> dict:
            shown: dict = {}
            for first in range(0, len(tokens), 40):
                shown |= phoenix.tokens(list(tokens)[first : first + 40])
            return {id: (shown[id], tokens[id]) for id in tokens if shown[id] != tokens[id]}

        # It adds up some time after it took a span.
        deadline = time.monotonic() + 90
        while (wrong := unlike()) and time.monotonic() < deadline:
            time.sleep(1)
        assert not wrong, f"Phoenix shows (and should): {dict(list(wrong.items())[:5])}"
        wrong = {}
        for id, (taken, given, dollars) in calls.items():
            metadata = traces[id].get("trace_metadata", {})
            usage = json.loads(metadata.get("mlflow.trace.tokenUsage", "{}"))
            cost = json.loads(metadata.get("mlflow.trace.cost", "{}")).get("total_cost", 0)
            shown = (usage.get("input_tokens", 0), usage.get("output_tokens", 0))
            if shown != (taken, given) or abs(cost - dollars) > 1e-9:
                wrong[id] = (*shown, cost), (taken, given, dollars)
        assert not wrong, f"MLflow shows (and should): {dict(list(wrong.items())[:5])}"
        series = metrics.series()
        names = {one["metric"]["__name__"] for one in series}
        record["corpus"] = {
            "requests": requests,
            "spans": sent,
            "spans_of_a_kind": known,
            "mlflow_traces": len(traces),
            "input_tokens": counted[0],
            "output_tokens": counted[1],
            "cost": round(sum(call[2] for call in calls.values()), 9),
            "metric_series": len(series),
            "metric_names": len(names),
        }
        assert len(traces) == len({span["context"]["trace_id"] for span in arrived}), f"MLflow has {len(traces)} traces"
        assert any(name.startswith("gen_ai_client_token_usage") or name.startswith("gen_ai.client.token.usage") for name in names), names
        record_file.write_text(json.dumps(record, indent=2) + "\n")
        print(json.dumps(record, indent=2))
    finally:
        for server in running:
            server.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], Path(sys.argv[4]))
