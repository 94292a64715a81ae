"""Metrics derived from agents' spans: counted once, told to a backend since a beginning, over kills and restarts."""

import collections
import json
import os
import random
import shutil
import subprocess
import time
import urllib.parse
import urllib.request

import otlp
import pytest
from bridge import command, free_port
from conftest import to

QUICK = {"semantics": {"mode": "canonical"}, "metrics": {"interval": "1s"}}


def tool_call(tool: str, seconds: float, failed: bool = False):
    span = otlp.span(f"execute_tool {tool}")
    now = time.time_ns()
    span.start_time_unix_nano, span.end_time_unix_nano = now - int(seconds * 1e9), now
    said = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": tool}
    if failed:
        said["error.type"] = "timeout"
        span.status.code = 2
    span.attributes.extend(otlp.attributes(said))
    return span


def model_call(model: str, tokens_in: int, tokens_out: int):
    span = otlp.span(f"chat {model}")
    now = time.time_ns()
    span.start_time_unix_nano, span.end_time_unix_nano = now - 250_000_000, now
    said = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": model,
        "gen_ai.usage.input_tokens": tokens_in,
        "gen_ai.usage.output_tokens": tokens_out,
    }
    span.attributes.extend(otlp.attributes(said))
    return span


def plain(value) -> object:
    return getattr(value, value.WhichOneof("value"))


def points(sink) -> list:
    """Every point that the backend has got, in order: name, attributes, resource, temporality, the point."""
    found = []
    for request in [each.message for each in list(sink.requests) if each.path == "/v1/metrics" and each.answer.keeps]:
        for entry in request.resource_metrics:
            resource = {each.key: plain(each.value) for each in entry.resource.attributes}
            for scope in entry.scope_metrics:
                for metric in scope.metrics:
                    data = getattr(metric, metric.WhichOneof("data"))
                    for point in data.data_points:
                        said = {each.key: plain(each.value) for each in point.attributes}
                        found.append((metric.name, said, resource, data.aggregation_temporality, point))
    return found


def eventually(condition, timeout: float = 25):
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    return condition()


def calls(sink) -> dict[str, int]:
    """The newest count of each tool's calls, however they ended."""
    newest = {}
    for name, said, _, _, point in points(sink):
        if name == "causeway.tool.calls":
            newest[said["gen_ai.tool.name"], said["causeway.outcome"]] = point.as_int
    return newest


def test_what_agents_do_arrives_as_counts_since_a_beginning(make_bridge, sink):
    bridge = make_bridge(to(sink) | QUICK).start()
    bridge.send([tool_call("search", 0.1), tool_call("search", 0.2, failed=True), model_call("m1", 100, 10)])
    assert eventually(lambda: calls(sink) == {("search", "success"): 1, ("search", "failure"): 1})
    bridge.send([tool_call("search", 0.3)])
    assert eventually(lambda: calls(sink).get(("search", "success")) == 2)
    found = points(sink)
    assert {temporality for *_, temporality, _ in found} == {2}
    tokens = [point for name, said, *_, point in found if name == "gen_ai.client.token.usage" and said["gen_ai.token.type"] == "input"]
    assert tokens and tokens[-1].sum == 100 and sum(tokens[-1].bucket_counts) == tokens[-1].count == 1
    assert len(tokens[-1].explicit_bounds) == 14 and tokens[-1].exemplars
    assert all(resource["service.instance.id"] for _, _, resource, _, _ in found)
    # The same stands on /metrics.
    text = bridge.metrics().text
    assert 'causeway_tool_calls_total{causeway_outcome="success",gen_ai_tool_name="search"' in text
    assert "gen_ai_client_token_usage_bucket{" in text


def test_no_count_goes_back_over_kills_without_a_new_start(make_bridge, sink):
    bridge = make_bridge(to(sink) | QUICK).start()
    sent = collections.Counter()
    for round in range(4):
        for number in range(3):
            tool = random.choice(["a", "b"])
            bridge.send([tool_call(tool, 0.01 * number)])
            sent[tool, "success"] += 1
        time.sleep(random.uniform(0.2, 2.5))
        bridge.kill9()
        bridge.start()
    assert eventually(lambda: calls(sink) == dict(sent)), (calls(sink), sent)
    last = {}
    for name, said, resource, _, point in points(sink):
        if name != "causeway.tool.calls":
            continue
        key = tuple(sorted(said.items())), tuple(sorted(resource.items()))
        if key in last:
            before = last[key]
            # Sent again after a kill it is the same point; else it is later, and not less.
            assert point.start_time_unix_nano == before.start_time_unix_nano or point.start_time_unix_nano >= before.time_unix_nano
            if point.time_unix_nano >= before.time_unix_nano and point.start_time_unix_nano == before.start_time_unix_nano:
                assert point.as_int >= before.as_int
        last[key] = point


def test_a_destination_that_wants_deltas_gets_them_and_their_sum_is_what_was_sent(make_bridge, sink):
    bridge = make_bridge(to(sink, temporality="delta", histograms="exponential") | QUICK).start()
    for _ in range(3):
        bridge.send([tool_call("search", 0.1)])
        time.sleep(1.2)

    def total():
        return sum(point.as_int for name, *_, point in points(sink) if name == "causeway.tool.calls")

    assert eventually(lambda: total() == 3), total()
    found = points(sink)
    assert {temporality for *_, temporality, _ in found} == {1}
    assert all(point.scale <= 4 for name, *_, point in found if name == "gen_ai.execute_tool.duration")


def test_derived_metrics_may_be_scraped_alone_and_are_in_the_books(make_bridge, sink):
    bridge = make_bridge(to(sink) | {"semantics": {"mode": "canonical"}, "metrics": {"interval": "1s", "expose": ["scrape"]}}).start()
    bridge.send([tool_call("search", 0.1)])
    assert eventually(lambda: "causeway_tool_calls_total{" in bridge.metrics().text)
    assert eventually(lambda: 'rule="derived_metrics"' in bridge.metrics().text)
    assert points(sink) == []
    bridge.stop()
    audit = command("audit", "--data", bridge.data)
    assert audit.returncode == 0, audit.stdout


def test_tools_are_shown_from_the_log_alone(make_bridge):
    bridge = make_bridge(QUICK).start()
    bridge.send([tool_call("search", 0.1 * (number + 1)) for number in range(10)] + [tool_call("mail", 2, failed=True)])
    bridge.stop()
    shown = command("tools", "--data", bridge.data, "--json")
    assert shown.returncode == 0, shown.stderr
    rows = {row["tool"]: row for row in json.loads(shown.stdout)["rows"]}
    assert rows["search"]["calls"] == 10 and rows["mail"]["failed"] == 1
    assert abs(rows["search"]["p50_seconds"] - 0.5) < 0.5 * 0.05
    text = command("tools", "--data", bridge.data).stdout
    assert "search" in text and "P95" in text
    assert "nothing measured" in command("metrics", "--by", "agent", "--data", bridge.data).stdout


VICTORIA = os.environ.get("VICTORIA_BIN") or shutil.which("victoria-metrics")


class Victoria:
    """A real VictoriaMetrics on loopback that calls nobody."""

    def __init__(self, directory):
        self.port = free_port()
        self.process = subprocess.Popen(
            [
                VICTORIA,
                f"-storageDataPath={directory}",
                f"-httpListenAddr=127.0.0.1:{self.port}",
                "-opentelemetry.usePrometheusNaming=true",
                "-search.latencyOffset=0s",
                "-search.cacheTimestampOffset=0s",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.url = f"http://127.0.0.1:{self.port}"
        eventually(lambda: self.answers("/health"))

    def answers(self, path: str, **query: str):
        try:
            with urllib.request.urlopen(f"{self.url}{path}?{urllib.parse.urlencode(query)}", timeout=5) as answer:
                return answer.read()
        except OSError:
            return b""

    def ask(self, query: str) -> dict[tuple, float]:
        """What PromQL answers now, by labels."""
        self.answers("/internal/force_flush")
        body = json.loads(self.answers("/api/v1/query", query=query, time=str(time.time()), nocache="1") or b'{"data":{"result":[]}}')
        return {
            tuple(sorted((key, value) for key, value in each["metric"].items() if key != "__name__")): float(each["value"][1])
            for each in body["data"]["result"]
        }

    def export(self, match: str) -> list[dict]:
        self.answers("/internal/force_flush")
        return [json.loads(line) for line in self.answers("/api/v1/export", **{"match[]": match}).splitlines()]

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


@pytest.mark.skipif(not VICTORIA, reason="no VictoriaMetrics here; VICTORIA_BIN names one, or make backends")
def test_a_real_victoriametrics_answers_what_an_independent_count_says(make_bridge, tmp_path):
    victoria = Victoria(tmp_path / "victoria")
    try:
        bridge = make_bridge(
            QUICK | {"destinations": {"victoria": {"endpoints": {"metrics": f"{victoria.url}/opentelemetry/v1/metrics"}}}}
        ).start()
        sent, failed, tokens, slow = collections.Counter(), collections.Counter(), collections.Counter(), collections.Counter()
        seconds = collections.Counter()
        chance = random.Random(5)
        for round in range(5):
            spans = []
            for _ in range(20):
                tool, time_taken, has_failed = chance.choice("abc"), chance.uniform(0.005, 3), chance.random() < 0.2
                spans.append(tool_call(tool, time_taken, has_failed))
                sent[tool] += 1
                failed[tool] += has_failed
                length = spans[-1].end_time_unix_nano - spans[-1].start_time_unix_nano
                seconds[tool] += length / 1e9
                slow[tool] += length > 640_000_000
                model_in, model_out = chance.randrange(1, 5000), chance.randrange(1, 500)
                spans.append(model_call("m1", model_in, model_out))
                tokens["input"] += model_in
                tokens["output"] += model_out
            bridge.send(spans)
            time.sleep(1.5)
            if round == 1:
                bridge.kill9()
                bridge.start()
            if round == 3:
                bridge.stop()
                bridge.start()

        def by(label: str, query: str) -> dict[str, float]:
            return {dict(labels).get(label): value for labels, value in victoria.ask(query).items()}

        assert eventually(lambda: by("gen_ai_tool_name", "sum by (gen_ai_tool_name) (causeway_tool_calls_total)") == dict(sent)), by(
            "gen_ai_tool_name", "sum by (gen_ai_tool_name) (causeway_tool_calls_total)"
        )
        found = by("gen_ai_tool_name", 'sum by (gen_ai_tool_name) (causeway_tool_calls_total{causeway_outcome="failure"})')
        assert found == {tool: number for tool, number in failed.items() if number}
        # From the first point on: the zero at the start of each series makes the growth whole.
        found = by("gen_ai_tool_name", "sum by (gen_ai_tool_name) (increase(causeway_tool_calls_total[5m]))")
        assert found == dict(sent)
        found = by("gen_ai_token_type", "sum by (gen_ai_token_type) (causeway_tokens_total)")
        assert found == dict(tokens)
        found = by("gen_ai_tool_name", "sum by (gen_ai_tool_name) (gen_ai_execute_tool_duration_seconds_sum)")
        assert found == pytest.approx(dict(seconds), rel=1e-9)
        quick = 'sum by (gen_ai_tool_name) (gen_ai_execute_tool_duration_seconds_bucket{le="0.64"})'
        total = "sum by (gen_ai_tool_name) (gen_ai_execute_tool_duration_seconds_count)"
        quick, total = by("gen_ai_tool_name", quick), by("gen_ai_tool_name", total)
        assert {tool: total[tool] - quick.get(tool, 0) for tool in total} == dict(slow)
        # Whatever was killed and started: nothing that was told became less.
        for series in victoria.export('{__name__=~"causeway_.*_total|gen_ai_.*_(bucket|count)"}'):
            values = [value for _, value in sorted(zip(series["timestamps"], series["values"]))]
            assert values == sorted(values), series["metric"]
    finally:
        victoria.stop()
