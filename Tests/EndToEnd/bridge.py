"""The executable under test: started with a configuration and a data directory of its own, asked, stopped, killed."""

import json
import os
import random
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import http_client
import otlp
from http_client import Response

EXECUTABLE = os.environ.get("CAUSEWAY_BIN", "")

_SAMPLE = re.compile(r'(?P<name>[a-zA-Z_:][\w:]*)(?:\{(?P<labels>[^}]*)\})? (?P<value>\S+)')
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def free_port() -> int:
    """A loopback port below those which the kernel gives to outgoing connections, so that none of them takes it in between."""
    while True:
        port = random.randint(20_000, 30_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def clean_environment(**more: str) -> dict[str, str]:
    """This process's environment without what would configure a bridge."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("OTEL_", "CAUSEWAY_"))}
    return kept | more


def command(*arguments: str, timeout: float = 60, **environment: str) -> subprocess.CompletedProcess:
    """Runs the executable to its end."""
    return subprocess.run(
        [EXECUTABLE, *map(str, arguments)], capture_output=True, text=True, timeout=timeout, env=clean_environment(**environment)
    )


def merged(base: dict, more: dict) -> dict:
    """`base` with `more` laid over it; a None removes a key."""
    result = dict(base)
    for key, content in more.items():
        if content is None:
            result.pop(key, None)
        elif isinstance(content, dict) and isinstance(result.get(key), dict):
            result[key] = merged(result[key], content)
        else:
            result[key] = content
    return result


class Bridge:
    """One data directory and the process that owns it, which may be started again and again."""

    def __init__(self, directory: Path, configuration: dict | None = None, environment: dict[str, str] | None = None) -> None:
        """`configuration` is laid over a minimal one; its ports are free ones of this machine."""
        self.directory = directory
        self.data = directory / "data"
        self.port = self.admin_port = free_port()
        # The system may name the same one twice.
        while self.admin_port == self.port:
            self.admin_port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = environment or {}
        self.file = directory / "causeway.yaml"
        self.log_file = directory / "bridge.log"
        self.configuration = merged(
            {
                "receivers": {"otlp": {"http": f"127.0.0.1:{self.port}"}},
                "admin": {"listen": f"127.0.0.1:{self.admin_port}"},
                "spool": {"directory": str(self.data)},
                # What comes out is compared with what went in, byte for byte.
                "semantics": {"mode": "passthrough"},
                # Nothing waits for traces that these tests do not end.
                "settle": {"quiet": "0s", "max": "0s"},
            },
            configuration or {},
        )
        self.arguments = ["run", "--config", str(self.file)]
        self.process: subprocess.Popen | None = None
        self.write_configuration(self.configuration)

    def write_configuration(self, configuration: dict) -> None:
        # JSON is YAML, and needs no library to write.
        self.file.write_text(json.dumps(configuration, indent=2))

    def start(self, wait: bool = True) -> "Bridge":
        assert self.process is None or self.process.poll() is not None, "it is running"
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [EXECUTABLE, *self.arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=clean_environment(**self.environment),
                cwd=self.directory,
                start_new_session=True,
            )
        if wait:
            self.wait_until_ready()
        return self

    def wait_until_ready(self, timeout: float = 20) -> None:
        deadline = time.monotonic() + timeout
        while True:
            assert self.process.poll() is None, f"it ended with {self.process.returncode} at start\n{self.log()}"
            try:
                if self.admin("/readyz").status == 200:
                    return
            except OSError:
                pass
            assert time.monotonic() < deadline, f"not ready after {timeout} s\n{self.log()}"
            time.sleep(0.02)

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def kill9(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self, timeout: float = 20) -> float:
        """Asks it to drain; fails unless it ends by itself with 0. Returns the seconds that took."""
        began = time.monotonic()
        self.signal(signal.SIGTERM)
        assert self.exit_code(timeout) == 0, f"it ended with {self.process.returncode}\n{self.log()}"
        return time.monotonic() - began

    def exit_code(self, timeout: float = 20) -> int:
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it still runs after {timeout} s\n{self.log()}") from None

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def log(self) -> str:
        """The end of what it said on stderr."""
        return self.log_file.read_text(errors="replace")[-6000:] if self.log_file.exists() else ""

    def post(self, body: bytes, path: str = "/v1/traces", content_type: str = otlp.PROTOBUF, **headers: str) -> Response:
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return http_client.request(self.port, "POST", path, body, {"Content-Type": content_type} | named)

    def send(self, spans: list) -> None:
        """Posts spans that have to be accepted, all of them."""
        answer = self.post(otlp.body(spans)).accepted()
        assert not answer.HasField("partial_success"), answer

    def admin(self, path: str) -> Response:
        return http_client.request(self.admin_port, "GET", path, timeout=5)

    def ready(self) -> dict:
        response = self.admin("/readyz")
        return {"status_code": response.status} | json.loads(response.body)

    def metrics(self) -> "Metrics":
        response = self.admin("/metrics")
        assert response.status == 200
        assert response.content_type.startswith("text/plain; version=0.0.4"), response.content_type
        return Metrics(response.body.decode())

    def wait_for_log(self, text: str, timeout: float = 20) -> None:
        deadline = time.monotonic() + timeout
        while text not in self.log():
            assert time.monotonic() < deadline, f"after {timeout} s it has not said {text!r}"
            time.sleep(0.05)

    def wait_for_metric(self, wanted, what: str, timeout: float = 20) -> "Metrics":
        """Asks until `wanted(metrics)` holds."""
        deadline = time.monotonic() + timeout
        while True:
            metrics = self.metrics()
            if wanted(metrics):
                return metrics
            assert time.monotonic() < deadline, f"after {timeout} s still waiting for {what}\n{metrics.text}"
            time.sleep(0.05)

    @property
    def resident_bytes(self) -> int:
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    @property
    def descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    @property
    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Metrics:
    """One reading of /metrics, checked as it is parsed: a line that is no sample, or has no TYPE before it, is an error."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.families: dict[str, str] = {}
        self.samples: dict[tuple[str, frozenset], float] = {}
        for line in text.splitlines():
            if line.startswith("# TYPE "):
                _, _, name, kind = line.split(" ")
                assert name not in self.families, f"{name} is described twice"
                self.families[name] = kind
            elif line and not line.startswith("# "):
                self._add(line)

    def _add(self, line: str) -> None:
        match = _SAMPLE.fullmatch(line)
        assert match, f"no sample: {line!r}"
        name = match["name"]
        family = name if name in self.families else re.sub(r"_(bucket|sum|count)$", "", name)
        assert family in self.families, f"{name} has no TYPE"
        key = name, frozenset(_LABEL.findall(match["labels"] or ""))
        assert key not in self.samples, f"{line!r} is there twice"
        self.samples[key] = float(match["value"])

    def __call__(self, name: str, **labels: str) -> float:
        """The sum of a family's samples with these labels, 0 when there are none; `name` is without the prefix."""
        wanted = set(labels.items())
        return sum(number for (full, has), number in self.samples.items() if full == f"causeway_{name}" and wanted <= has)
