"""A backend in a process of its own, made to be killed: what it has taken is on file before it answers.

    mortal_sink.py PORT FILE

starts one, and says its process, for each line that it is given. Each line of FILE is JSON: `{"request": …, "came": seconds, "spans": [[trace, span], …]}` before the answer, and `{"request": …,
"answered": seconds}` when that is out. Seconds are of the machine's monotonic clock, the same for all processes.
"""

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import http_client
import otlp
from bridge import free_port


@dataclass
class Taken:
    """A request that a mortal sink has taken."""

    came: float
    spans: list[tuple[str, str]]
    # Never, where no answer went out.
    answered: float = float("inf")


class MortalSink:
    """The process, seen from outside: started and killed as often as one likes, always on the same port and file.

    Each is the fork of one that has everything loaded, and so is there at once.
    """

    def __init__(self, directory: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.file = directory / "taken.jsonl"
        command = [sys.executable, __file__, str(self.port), str(self.file)]
        self._parent = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._process: int | None = None
        self._read_up_to = 0
        self._taken: dict[str, Taken] = {}

    def start(self) -> "MortalSink":
        self._parent.stdin.write("start\n")
        self._parent.stdin.flush()
        self._process = int(self._parent.stdout.readline())
        return self

    def wait_until_it_listens(self, timeout: float = 20) -> None:
        deadline = time.monotonic() + timeout
        while True:
            assert self._parent.poll() is None, "the sink ended"
            try:
                http_client.request(self.port, "GET", "/")
                return
            except OSError:
                assert time.monotonic() < deadline, f"the sink does not listen after {timeout} s"
                time.sleep(0.02)

    def send_kill9(self) -> None:
        os.kill(self._process, signal.SIGKILL)

    def kill9(self) -> None:
        """Does not return before it is gone."""
        try:
            while True:
                self.send_kill9()
                time.sleep(0.001)
        except ProcessLookupError:
            self._process = None

    def end(self) -> None:
        if self._process is not None:
            self.kill9()
        with self._parent:
            self._parent.kill()

    def taken(self) -> list[Taken]:
        """All requests so far, in the order in which they came."""
        if self.file.exists():
            with self.file.open("rb") as file:
                file.seek(self._read_up_to)
                for line in file:
                    if not line.endswith(b"\n"):
                        break
                    self._read_up_to += len(line)
                    self._note(json.loads(line))
        return list(self._taken.values())

    def _note(self, line: dict) -> None:
        if "came" in line:
            self._taken[line["request"]] = Taken(line["came"], [(trace, span) for trace, span in line["spans"]])
        else:
            self._taken[line["request"]].answered = line["answered"]


def serve(port: int, path: str) -> None:
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    guard = threading.Lock()
    numbers = itertools.count()

    def note(**line) -> None:
        with guard:
            os.write(file, json.dumps(line).encode() + b"\n")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self.answer()

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            wire = self.rfile.read(length)
            if len(wire) < length:
                self.close_connection = True
                return
            message = otlp.REQUESTS[self.path].FromString(wire)
            name = f"{os.getpid()}/{next(numbers)}"
            note(request=name, came=time.monotonic(), spans=[otlp.ids(span) for span, _, _ in otlp.items(message)])
            self.answer()
            note(request=name, answered=time.monotonic())

        def answer(self) -> None:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

        def log_message(self, *_) -> None:
            pass

    class Listener(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, request, client_address) -> None:
            # Where the bridge that was about to hear an answer has been killed, there is nothing to say.
            if not isinstance(sys.exception(), OSError):
                super().handle_error(request, client_address)

    Listener(("127.0.0.1", port), Handler).serve_forever()


def main(port: int, path: str) -> None:
    # Nobody waits for the children.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        if (child := os.fork()) == 0:
            serve(port, path)
        print(child, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
