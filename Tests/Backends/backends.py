"""Real backends on loopback: started, asked, stopped. They are told to call nobody."""

import base64
import gzip
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

PROTOBUF = {"content-type": "application/x-protobuf"}
JSON = {"content-type": "application/json"}


def call(url: str, body: bytes | None = None, **headers: str) -> bytes:
    request = urllib.request.Request(url, data=body, headers={name.replace("_", "-"): text for name, text in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{url} answered {error.code}: {error.read()[:400]!r}") from error


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A program that listens, from its start to its end."""

    title = ""

    def __init__(self, directory: Path, arguments: list[str], environment: dict[str, str], ready: str) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.log_file = directory / "server.log"
        with self.log_file.open("wb") as log:
            quiet = {name: text for name, text in os.environ.items() if not name.startswith(("OTEL_", "PHOENIX_", "MLFLOW_"))}
            self.process = subprocess.Popen(
                arguments, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=directory, env=quiet | environment, start_new_session=True
            )
        deadline = time.monotonic() + 600
        while True:
            assert self.process.poll() is None, f"{self.title} ended:\n{self.log_file.read_text()[-2000:]}"
            try:
                call(ready)
                return
            except (OSError, AssertionError):
                assert time.monotonic() < deadline, f"{self.title} is not ready:\n{self.log_file.read_text()[-2000:]}"
                time.sleep(0.5)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, 9)


def eventually(question, what: str, timeout: float = 60):
    """What `question` gives as soon as it is something."""
    deadline = time.monotonic() + timeout
    while not (answer := question()):
        assert time.monotonic() < deadline, f"no {what} after {timeout} s"
        time.sleep(0.5)
    return answer


class Phoenix(Server):
    title = "Arize Phoenix"

    def __init__(self, directory: Path) -> None:
        port, grpc = free_port(), free_port()
        self.url = f"http://127.0.0.1:{port}"
        environment = {
            "PHOENIX_TELEMETRY_ENABLED": "false",
            "PHOENIX_ALLOW_EXTERNAL_RESOURCES": "false",
            "PHOENIX_WORKING_DIR": str(directory / "data"),
            "PHOENIX_HOST": "127.0.0.1",
            "PHOENIX_PORT": str(port),
            "PHOENIX_GRPC_PORT": str(grpc),
        }
        (directory / "data").mkdir(parents=True, exist_ok=True)
        super().__init__(directory, [str(Path(sys.executable).parent / "phoenix"), "serve"], environment, f"{self.url}/healthz")

    def send(self, body: bytes, project: str) -> None:
        call(f"{self.url}/v1/traces", body, **PROTOBUF, x_project_name=project)

    def spans(self, project: str) -> list[dict]:
        found, cursor = [], ""
        while True:
            try:
                page = json.loads(call(f"{self.url}/v1/projects/{project}/spans?limit=500{cursor}"))
            except AssertionError:
                return found
            found += page["data"]
            if not page.get("next_cursor"):
                return found
            cursor = f"&cursor={page['next_cursor']}"

    def trace(self, trace_id: str) -> dict | None:
        query = """query($id: String!) { getTraceByOtelId(traceId: $id) {
            session { sessionId } costSummary { total { tokens cost } prompt { tokens } completion { tokens } }
            spans(first: 100) { edges { node { name spanKind statusCode statusMessage parentId spanId
                input { value mimeType } output { value mimeType } tokenCountPrompt tokenCountCompletion
                cumulativeTokenCountPrompt cumulativeTokenCountCompletion } } } } }"""
        return self.ask(query, {"id": trace_id})["getTraceByOtelId"]

    def tokens(self, trace_ids: list[str]) -> dict[str, tuple[int, int]]:
        """What it shows as the tokens of whole traces."""
        asked = [f't{n}: getTraceByOtelId(traceId: "{id}") {{ costSummary {{ prompt {{ tokens }} completion {{ tokens }} }} }}'
                 for n, id in enumerate(trace_ids)]
        answer = self.ask("query { " + " ".join(asked) + " }", {})
        found = {}
        for number, id in enumerate(trace_ids):
            summary = (answer[f"t{number}"] or {}).get("costSummary") or {}
            found[id] = tuple(int((summary.get(side) or {}).get("tokens") or 0) for side in ("prompt", "completion"))
        return found

    def ask(self, query: str, variables: dict) -> dict:
        answer = json.loads(call(f"{self.url}/graphql", json.dumps({"query": query, "variables": variables}).encode(), **JSON))
        assert not answer.get("errors"), answer["errors"]
        return answer["data"]


class MLflow(Server):
    title = "MLflow"

    def __init__(self, directory: Path) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        directory.mkdir(parents=True, exist_ok=True)
        arguments = ["server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
        store = ["--backend-store-uri", f"sqlite:///{directory / 'mlflow.db'}", "--artifacts-destination", str(directory / "artifacts")]
        environment = {
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
            # It starts a program of the same environment.
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }
        program = str(Path(sys.executable).parent / "mlflow")
        super().__init__(directory, [program, *arguments, *store], environment, f"{self.url}/health")

    def experiment(self, name: str) -> str:
        body = json.dumps({"name": name}).encode()
        return json.loads(call(f"{self.url}/api/2.0/mlflow/experiments/create", body, **JSON))["experiment_id"]

    def send(self, body: bytes, experiment: str) -> None:
        call(f"{self.url}/v1/traces", body, **PROTOBUF, x_mlflow_experiment_id=experiment)

    def trace(self, trace_id: str) -> dict | None:
        """What is known about a trace, and its spans; nothing as long as it is not there."""
        try:
            info = json.loads(call(f"{self.url}/api/3.0/mlflow/traces/tr-{trace_id}"))["trace"]["trace_info"]
            spans = json.loads(call(f"{self.url}/ajax-api/2.0/mlflow/get-trace-artifact?request_id=tr-{trace_id}"))["spans"]
        except AssertionError:
            return None
        for span in spans:
            for key in ("span_id", "parent_span_id"):
                span[key] = base64.b64decode(span[key]).hex() if span[key] else None
            span["attributes"] = {key: unquoted(text) for key, text in span["attributes"].items()}
        return {"info": info, "spans": spans}

    def traces(self, experiment: str) -> dict[str, dict]:
        """What is known about all traces of an experiment, by trace id."""
        place = {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": experiment}}
        found, page = {}, {}
        while True:
            body = json.dumps({"locations": [place], "max_results": 500} | page)
            answer = json.loads(call(f"{self.url}/api/3.0/mlflow/traces/search", body.encode(), **JSON))
            found |= {trace["trace_id"].removeprefix("tr-"): trace for trace in answer.get("traces", [])}
            if not answer.get("next_page_token"):
                return found
            page = {"page_token": answer["next_page_token"]}


def unquoted(text):
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text


class Truth:
    """Keeps requests for spans as they come from the bridge, in the words of the log: what is to be shown elsewhere."""

    def __init__(self) -> None:
        bodies = self.bodies = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                bodies.append(gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body)
                self.send_response(200)
                self.send_header("content-type", PROTOBUF["content-type"])
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *arguments) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def calls(self, *kinds: str) -> dict[str, tuple[int, int, float]]:
        """Tokens in, tokens out and dollars of each trace, counted span by span: whatever is a sum or a second sight of a call is not.

        `kinds`: of these kinds of steps only.
        """
        counted = {span.trace_id.hex(): (0, 0, 0.0) for span in self._spans()}
        for span in self._spans():
            attributes = {attribute.key: attribute.value for attribute in span.attributes}
            seen = {"causeway.duplicate_of", "causeway.redelivered"} & attributes.keys()
            if seen or ("causeway.usage.rollup" in attributes and attributes["causeway.usage.rollup"].bool_value):
                continue
            kind = attributes["causeway.step.type"].string_value if "causeway.step.type" in attributes else ""
            if kinds and kind not in kinds:
                continue
            has_tokens = kind in ("model_call", "embedding", "rerank")

            def number(key: str, wanted: bool) -> float:
                if not wanted or key not in attributes:
                    return 0
                return attributes[key].int_value or attributes[key].double_value

            before = counted[span.trace_id.hex()]
            counted[span.trace_id.hex()] = (
                before[0] + int(number("gen_ai.usage.input_tokens", has_tokens)),
                before[1] + int(number("gen_ai.usage.output_tokens", has_tokens)),
                before[2] + number("causeway.cost.total", has_tokens or kind in ("tool_call", "retrieval", "guardrail")),
            )
        return counted

    def _spans(self):
        for body in self.bodies:
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in resource.scope_spans:
                    yield from scope.spans

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class VictoriaMetrics(Server):
    title = "VictoriaMetrics"

    def __init__(self, directory: Path, program: str) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        arguments = [program, f"-storageDataPath={directory / 'data'}", f"-httpListenAddr=127.0.0.1:{port}", "-retentionPeriod=100y"]
        super().__init__(directory, arguments, {}, f"{self.url}/health")

    def series(self) -> list[dict]:
        call(f"{self.url}/internal/force_flush")
        text = call(f"{self.url}/api/v1/export?match[]=%7B__name__!%3D%22%22%7D").decode()
        return [json.loads(line) for line in text.splitlines()]
