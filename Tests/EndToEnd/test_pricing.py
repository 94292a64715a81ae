"""What calls cost stands on their spans, by prices that may change while the bridge runs."""

import json
import os
import time
from pathlib import Path

import otlp
from bridge import command
from conftest import to

FIXTURES = Path(__file__).parent.parent / "Fixtures"


def priced(sink, pricing: dict | None = None, **more) -> dict:
    """A bridge that understands what it gets."""
    return {"semantics": {"mode": "canonical"} | ({"pricing": pricing} if pricing else {})} | more | to(sink)


def call(model: str, provider: str = "openai", **more):
    attributes = {
        "gen_ai.operation.name": "chat", "gen_ai.provider.name": provider, "gen_ai.request.model": model,
        "gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 500,
    }
    return otlp.span(f"chat {model}", attributes=otlp.attributes(attributes | more))


def costs(sink) -> list[tuple[float | None, str | None]]:
    found = []
    for request in sink.requests:
        for item, _, _ in otlp.items(request.message):
            values = {attribute.key: attribute.value for attribute in item.attributes}
            total, source = values.get("causeway.cost.total"), values.get("causeway.cost.source")
            found.append((total.double_value if total else None, source.string_value if source else None))
    return found


def table(price: str) -> str:
    return json.dumps({"our-model": {"litellm_provider": "openai", "input_cost_per_token": float(price), "output_cost_per_token": 0}})


def test_with_nothing_configured_common_models_have_a_price_and_others_none(make_bridge, sink):
    bridge = make_bridge(priced(sink)).start()
    bridge.send([call("gpt-4o"), call("nobody-knows")])
    sink.wait_for(lambda: len(costs(sink)) == 2, "both spans")
    [(total, source), unknown] = costs(sink)
    assert total == 0.0075 and source.startswith("table:builtin@")
    assert unknown == (None, None)
    metrics = bridge.metrics()
    assert metrics("priced_calls_total") == 1
    assert metrics("calls_without_price_total", provider="openai", model="nobody-knows", reason="model") == 1
    bridge.stop()
    listed = command("pricing", "unpriced", "--data", str(bridge.data), "--json")
    assert listed.returncode == 1
    assert [row["model"] for row in json.loads(listed.stdout)["unpriced"]] == ["nobody-knows"]


def test_a_changed_file_is_taken_over_and_a_broken_one_is_not(make_bridge, sink, tmp_path):
    prices = tmp_path / "prices.json"
    prices.write_text(table("1e-6"))
    bridge = make_bridge(priced(sink, {"file": str(prices)})).start()

    def put(text: str) -> None:
        other = tmp_path / "prices.new"
        other.write_text(text)
        os.replace(other, prices)

    def ask(expected: float) -> None:
        deadline = time.monotonic() + 30
        while True:
            before = len(costs(sink))
            bridge.send([call("our-model")])
            sink.wait_for(lambda: len(costs(sink)) > before, "the span")
            if costs(sink)[-1][0] == expected:
                return
            assert time.monotonic() < deadline, costs(sink)[-1]
            time.sleep(0.5)

    ask(0.001)
    put(table("2e-6"))
    ask(0.002)
    put(table("3e-6")[:-5])
    deadline = time.monotonic() + 30
    while bridge.metrics()("price_table_loads_total", result="refused") == 0:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    ask(0.002)
    assert "the table in force stays" in bridge.log()


def test_tenants_have_prices_of_their_own_and_tools_their_fees(make_bridge, sink):
    pricing = {
        "overrides": [
            {"model": "gpt-4o", "tenant": "acme", "discount": "20%"},
            {"model": "house-model", "provider": "vllm", "input": 0.1, "output": 0.2},
        ],
        "tools": [{"tool": "web_search", "per_call": 0.01}],
    }
    bridge = make_bridge(priced(sink, pricing, tenants={"from": ["header"]})).start()
    tool = otlp.span(
        "execute_tool web_search",
        attributes=otlp.attributes({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "web_search"}),
    )
    body = otlp.body([call("gpt-4o"), call("house-model", "vllm"), tool])
    assert bridge.post(body, X_Causeway_Tenant="acme").status == 200
    sink.wait_for(lambda: len(costs(sink)) == 3, "the spans")
    assert costs(sink) == [(0.006, "override"), (0.0002, "override"), (0.01, "override")]


def test_explain_and_check_tell_where_prices_come_from(tmp_path):
    fixture = FIXTURES / "prices" / "litellm.json"
    explained = command(
        "pricing", "explain", "--model", "gpt-4o", "--provider", "openai", "--usage", "input=1000,cache_read=400,output=200",
        "--prices", str(fixture), "--json",
    )
    assert explained.returncode == 0, explained.stderr
    answer = json.loads(explained.stdout)
    assert answer["total"] == "0.004000000" and answer["rule"] == "request_model.exact:gpt-4o"
    shown = command("pricing", "explain", "--model", "nobody", "--usage", '{"prompt_tokens": 5}')
    assert shown.returncode == 1 and "no price: no table knows the model" in shown.stdout
    assert command("pricing", "explain", "--model", "gpt-4o", "--usage", "lots").returncode == 1

    checked = command("pricing", "check", str(fixture))
    assert checked.returncode == 0 and "models, table:litellm@" in checked.stdout
    broken = tmp_path / "broken.json"
    broken.write_bytes(fixture.read_bytes()[:-20])
    refused = command("pricing", "check", str(broken))
    assert refused.returncode == 1 and "cut off" in refused.stderr
    odd = tmp_path / "odd.json"
    odd.write_text('{"a": {"litellm_provider": "x", "input_cost_per_token": 1, "output_cost_per_token": "free"}}')
    told = command("pricing", "check", str(odd))
    assert told.returncode == 1 and "left out: a: output_cost_per_token is not a number" in told.stdout
