"""Measures a bridge from outside: what it costs, how quick it answers, what memory it takes. Durability is on.

    bench.py EXECUTABLE BUILD [--runs 3] [--seconds 5] [--connections 4]

BUILD holds `load`, `backend` and the payloads, and is where the data go, so it has to be on a disk. Everything is read from /proc, from the
sender and from the backend. Prints a Markdown table of medians; the single runs go to BUILD/results.json.

The last rows are a limit to compare with: a C program that reads a request, writes it, syncs it and answers, and does nothing else.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import time
import urllib.request
from dataclasses import asdict, dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
MIB = 1 << 20
# As it is by default: understood, settled, measured, priced.
BRIDGE = "causeway"
# Carried, and nothing more.
PASSTHROUGH = "causeway, passthrough"
LIMIT = "limit in C"
PORTS = {"bridge": 24318, "admin": 24380, "backend": 24319, "limit": 24320}


@dataclass
class Run:
    what: str
    spans_per_request: int
    compression: str
    spans_per_second: float
    cpu_seconds_per_million: float
    p50_ms: float
    p99_ms: float
    peak_mib: float
    idle_mib: float | None
    refused: int


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mib(pid: int, field: str) -> float:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith(field + ":"))
    return int(line.split()[1]) * 1024 / MIB


def get(port: int, path: str = "/") -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
        return response.read()


def wait_for(port: int, path: str, process: subprocess.Popen) -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise SystemExit(f"{process.args[0]} ended with {process.returncode}")
        try:
            get(port, path)
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"{process.args[0]} does not answer on port {port}")


class Bench:
    def __init__(self, arguments: argparse.Namespace) -> None:
        self.arguments = arguments
        self.build: Path = arguments.build.resolve()
        self.data = self.build / "data"
        self.processes: list[subprocess.Popen] = []

    def start(self, *command) -> subprocess.Popen:
        clean = {name: text for name, text in os.environ.items() if not name.startswith(("OTEL_", "CAUSEWAY_"))}
        self.processes.append(subprocess.Popen(list(map(str, command)), env=clean, stderr=subprocess.DEVNULL))
        return self.processes[-1]

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()

    def load(self, port: int, size: int) -> dict:
        payload = self.build / "payloads"
        command = [self.build / "load", port, payload / f"{size}.otlp", payload / f"{size}.ids"]
        command += [self.arguments.connections, self.arguments.seconds]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    def measure_bridge(self, size: int, compression: str, what: str) -> Run:
        shutil.rmtree(self.data, ignore_errors=True)
        configuration = {
            "receivers": {"otlp": {"http": f"127.0.0.1:{PORTS['bridge']}"}},
            "admin": {"listen": f"127.0.0.1:{PORTS['admin']}"},
            "spool": {"directory": str(self.data), "max_bytes": "8GiB"},
            "destinations": {"backend": {"endpoint": f"http://127.0.0.1:{PORTS['backend']}", "compression": compression}},
        }
        if what == PASSTHROUGH:
            configuration |= {"semantics": {"mode": "passthrough"}, "metrics": {"derive": "off"}}
        file = self.build / "causeway.yaml"
        file.write_text(json.dumps(configuration))
        backend = self.start(self.build / "backend", PORTS["backend"])
        wait_for(PORTS["backend"], "/", backend)
        bridge = self.start(self.arguments.executable, "run", "--config", file)
        wait_for(PORTS["admin"], "/readyz", bridge)
        time.sleep(2)
        idle = memory_mib(bridge.pid, "VmRSS")

        before, began = cpu_seconds(bridge.pid), time.monotonic()
        sent = self.load(PORTS["bridge"], size)
        spans = sent["requests"] * size
        while (arrived := json.loads(get(PORTS["backend"]))["spans"]) < spans:
            if time.monotonic() - began > 20 * self.arguments.seconds + 60:
                raise SystemExit(f"only {arrived} of {spans} acknowledged spans arrived")
            time.sleep(0.02)
        if arrived != spans or sent["failed"]:
            raise SystemExit(f"{spans} spans acknowledged, {arrived} arrived, {sent['failed']} requests failed: nothing to measure")
        seconds, cpu = time.monotonic() - began, cpu_seconds(bridge.pid) - before
        peak = memory_mib(bridge.pid, "VmHWM")
        self.stop()
        return Run(
            what, size, compression, spans / seconds, cpu / spans * 1e6, sent["p50_ms"], sent["p99_ms"], peak, idle, sent["refused"]
        )

    def measure_limit(self, size: int) -> Run:
        file = self.build / "limit.log"
        limit = self.start(self.build / "backend", PORTS["limit"], file)
        wait_for(PORTS["limit"], "/", limit)
        before = cpu_seconds(limit.pid)
        sent = self.load(PORTS["limit"], size)
        spans = sent["requests"] * size
        cpu = cpu_seconds(limit.pid) - before
        peak = memory_mib(limit.pid, "VmHWM")
        self.stop()
        file.unlink()
        return Run(LIMIT, size, "none", spans / sent["seconds"], cpu / spans * 1e6, sent["p50_ms"], sent["p99_ms"], peak, None, 0)

    def measure(self) -> list[Run]:
        cases = [(BRIDGE, size, "none") for size in (8, 100, 1000)] + [(BRIDGE, 100, "gzip"), (BRIDGE, 100, "zstd")]
        cases += [(PASSTHROUGH, size, "none") for size in (8, 100, 1000)]
        cases += [(LIMIT, size, "none") for size in (8, 100, 1000)]
        runs = []
        # Round by round, so that a machine that is busy for a minute does not decide about one row alone.
        for number in range(self.arguments.runs):
            for what, size, compression in cases:
                run = self.measure_limit(size) if what == LIMIT else self.measure_bridge(size, compression, what)
                runs.append(run)
                print(f"run {number + 1}: {run.what}, {size} spans, {compression}: {run.cpu_seconds_per_million:.2f} CPU-s", flush=True)
        return runs


def table(runs: list[Run]) -> str:
    columns = ["", "spans a request", "compression", "CPU-s per million spans", "spans/s", "p50 ms", "p99 ms", "peak MiB", "idle MiB"]
    lines = ["| " + " | ".join(columns) + " |", "| --- " * 3 + "| ---: " * 6 + "|"]
    rows: dict[tuple, list[Run]] = {}
    for run in runs:
        rows.setdefault((run.what, run.spans_per_request, run.compression), []).append(run)
    for key, group in rows.items():

        def median(field: str) -> float | None:
            values = [value for run in group if (value := getattr(run, field)) is not None]
            return statistics.median(values) if values else None

        idle = median("idle_mib")
        cells = [*map(str, key), f"{median('cpu_seconds_per_million'):.2f}", f"{median('spans_per_second'):,.0f}"]
        cells += [f"{median('p50_ms'):.2f}", f"{median('p99_ms'):.2f}", f"{median('peak_mib'):.1f}", f"{idle:.1f}" if idle else ""]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def machine() -> str:
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "?")
    return f"{os.cpu_count()} processors ({model}), Linux {platform.release()}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("executable", type=Path)
    parser.add_argument("build", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--connections", type=int, default=4)
    arguments = parser.parse_args()
    bench = Bench(arguments)
    try:
        runs = bench.measure()
    finally:
        bench.stop()
        shutil.rmtree(bench.data, ignore_errors=True)
    results = {"machine": machine(), "connections": arguments.connections, "seconds": arguments.seconds, "runs": [asdict(run) for run in runs]}
    (bench.build / "results.json").write_text(json.dumps(results, indent=2))
    print(f"\n{machine()}; {arguments.connections} connections, medians of {arguments.runs} runs of {arguments.seconds:g} s\n\n{table(runs)}")


if __name__ == "__main__":
    main()
