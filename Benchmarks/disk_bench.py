"""Measures the log on a real disk and, in the same run, what the disk does by itself.

    disk_bench.py DISKBENCH DIRECTORY [--runs 3] [--seconds 3] [--drain 5] [--only append,drain,open]

Prints Markdown tables of medians; the single runs go to DIRECTORY/../results.json. What it wrote is removed.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
from collections.abc import Callable
from pathlib import Path

from bench import machine

WRITERS = [1, 4, 16, 64, 256]
FRAMES = [4 << 10, 400 << 10]
BACKLOGS = [1, 10, 100]


class DiskBench:
    def __init__(self, arguments: argparse.Namespace) -> None:
        self.arguments = arguments
        self.directory: Path = arguments.directory.resolve()
        self.runs: list[dict] = []

    def empty(self) -> Path:
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        return self.directory

    def log(self, *words) -> dict:
        done = subprocess.run([str(self.arguments.executable), *map(str, words)], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    def fio(self, jobs: int, size: int) -> dict:
        """As many processes, each writing a file of its own and syncing after each write."""
        command = ["fio", "--name=limit", f"--directory={self.empty()}", "--rw=write", f"--bs={size}", "--fdatasync=1"]
        command += [f"--numjobs={jobs}", "--group_reporting", "--size=256m", f"--runtime={self.arguments.seconds}", "--time_based"]
        command += ["--fallocate=none", "--thread", "--output-format=json"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        job = json.loads(done.stdout[done.stdout.index("{") :])["jobs"][0]
        # A write that has returned is not durable: what a writer waits for is the write and the sync.
        sync, write = job["sync"]["lat_ns"]["percentile"], job["write"]["clat_ns"]["percentile"]
        return {
            "frames_per_second": job["write"]["iops"],
            "mb_per_second": job["write"]["bw_bytes"] / 1e6,
            "p50_ms": (sync["50.000000"] + write["50.000000"]) / 1e6,
            "p99_ms": (sync["99.000000"] + write["99.000000"]) / 1e6,
        }

    def measure(self, what: str, key: tuple, body: Callable[[], dict]) -> None:
        figures = body()
        self.runs.append({"what": what, "key": key, **figures})
        print(what, *key, {name: round(number, 2) for name, number in figures.items()}, flush=True)

    def append(self) -> None:
        for _ in range(self.arguments.runs):
            for size in FRAMES:
                for writers in WRITERS:
                    words = ("append", self.directory, writers, size, self.arguments.seconds)
                    self.empty()
                    self.measure("the log", (writers, size), lambda words=words: self.log(*words))
                    # More processes than that tell nothing new about the disk, and much about the machine.
                    if writers <= 16 and shutil.which("fio"):
                        self.measure("fio", (writers, size), lambda writers=writers, size=size: self.fio(writers, size))

    def drain(self) -> None:
        for _ in range(self.arguments.runs):
            self.empty()
            self.measure("drain", (), lambda: self.log("drain", self.directory, self.arguments.drain))

    def open(self) -> None:
        for gigabytes in BACKLOGS:
            self.empty()
            self.log("backlog", self.directory, gigabytes)
            for _ in range(self.arguments.runs):
                for file in filter(Path.is_file, self.directory.rglob("*")):
                    with file.open("rb") as opened:
                        os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
                self.measure("open", (gigabytes,), lambda: self.log("open", self.directory))

    def tables(self) -> str:
        groups: dict[tuple, list[dict]] = {}
        for run in self.runs:
            groups.setdefault((run["what"], run["key"]), []).append(run)

        def median(key: tuple, field: str) -> float:
            return statistics.median(run[field] for run in groups[key])

        lines: list[str] = []
        appends = sorted((key for key in groups if key[0] in ("the log", "fio")), key=lambda key: (key[1][1], key[0] == "fio", key[1][0]))
        if appends:
            lines += ["| | KiB a frame | writers | frames/s | MB/s | p50 ms | p99 ms |", "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"]
            for key in appends:
                figures = f"{median(key, 'frames_per_second'):,.0f} | {median(key, 'mb_per_second'):,.1f}"
                figures += f" | {median(key, 'p50_ms'):.2f} | {median(key, 'p99_ms'):.2f}"
                lines.append(f"| {key[0]} | {key[1][1] >> 10} | {key[1][0]} | {figures} |")
        if drains := [key for key in groups if key[0] == "drain"]:
            key = drains[0]
            lines += ["", "| drained GB | MB/s | MiB resident, least | most |", "| ---: | ---: | ---: | ---: |"]
            lines.append(f"| {median(key, 'gb'):.1f} | {median(key, 'mb_per_second'):,.0f} | {median(key, 'mib_least'):.1f} | {median(key, 'mib_most'):.1f} |")
        if opens := [key for key in groups if key[0] == "open"]:
            lines += ["", "| backlog GiB | ready after ms | first frame after ms more | peak MiB |", "| ---: | ---: | ---: | ---: |"]
            for key in opens:
                lines.append(f"| {key[1][0]} | {median(key, 'ready_ms'):.1f} | {median(key, 'first_frame_ms'):.1f} | {median(key, 'peak_mib'):.1f} |")
        return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("executable", type=Path)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--drain", type=int, default=5)
    parser.add_argument("--only", default="append,drain,open")
    arguments = parser.parse_args()
    bench = DiskBench(arguments)
    try:
        for name in arguments.only.split(","):
            getattr(bench, name)()
    finally:
        shutil.rmtree(bench.directory, ignore_errors=True)
    (bench.directory.parent / "results.json").write_text(json.dumps({"machine": machine(), "runs": bench.runs}, indent=2))
    print(f"\n{machine()}; medians of {arguments.runs} runs of {arguments.seconds} s\n\n{bench.tables()}")


if __name__ == "__main__":
    main()
