"""A backend that forgives nothing: an OTLP/HTTP server which decodes what arrives strictly and remembers it."""

import gzip
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import otlp
import zstandard


@dataclass
class Answer:
    """What the sink says to one request."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    content_type: str = otlp.PROTOBUF
    # Keeps the telemetry of the request; by default what is answered with 2xx.
    keep: bool | None = None
    # The connection is cut without an answer.
    reset: bool = False
    delay: float = 0
    # Nothing is ever said; the connection stays open until the sink goes down.
    silent: bool = False
    # So many bytes are promised, the body is sent, and the connection is closed.
    promised: int | None = None
    # Seconds between the bytes of the body.
    drip: float = 0

    @property
    def keeps(self) -> bool:
        return self.keep if self.keep is not None else not self.reset and 200 <= self.status < 300


@dataclass
class Request:
    """A request as it arrived."""

    when: float
    path: str
    headers: dict[str, str]
    wire_bytes: int
    message: object
    answer: Answer
    # When the answer was out; later than `when` by as long as it took to decode, and never where it was not given.
    answered: float = float("inf")


class Sink:
    """Listens on a loopback port of its own; what it dislikes is in `complaints` and fails the test at its end."""

    def __init__(self, port: int, tls: ssl.SSLContext | None = None) -> None:
        self.port = port
        self.tls = tls
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
        # Seconds between two pieces of a body that it reads.
        self.pause_between_reads = 0.0
        self.connections = 0
        self.complaints: list[str] = []
        self.requests: list[Request] = []
        self.received: dict[tuple[str, str], list] = {}
        self.points: Counter[bytes] = Counter()
        self.logs: Counter[bytes] = Counter()
        # The requests each span arrived and was kept with, for those that may come twice.
        self.arrivals: dict[tuple[str, str], list[Request]] = {}
        self.default = Answer()
        # Looks at a request before script and default do, and may answer it.
        self.judge: Callable[[object], Answer | None] = lambda message: None
        self._script: list[Answer] = []
        self._changed = threading.Condition()
        self._server: _Server | None = None

    def up(self) -> "Sink":
        if self._server is None:
            self._server = _Server(self)
        return self

    def down(self) -> None:
        """From now on connections are refused; open ones are cut."""
        if self._server is not None:
            self._server.end()
            self._server = None

    def answer_next(self, *answers: Answer) -> None:
        """Answers to the next requests, in order; after them `default` holds again."""
        with self._changed:
            self._script.extend(answers)

    @property
    def spans(self) -> dict[tuple[str, str], object]:
        """Every span by its ids. Fails when one came twice: use `received` where that may be."""
        with self._changed:
            twice = [key for key, copies in self.received.items() if len(copies) > 1]
            assert not twice, f"{len(twice)} spans came more than once, such as {twice[0]}"
            return {key: copies[0][0] for key, copies in self.received.items()}

    def wait_for(self, condition: Callable[[], bool], what: str, timeout: float = 20) -> None:
        deadline = time.monotonic() + timeout
        with self._changed:
            while not condition():
                left = deadline - time.monotonic()
                assert left > 0, f"after {timeout} s still waiting for {what}; {len(self.received)} spans came"
                self._changed.wait(min(left, 0.1))

    def wait_for_spans(self, keys, timeout: float = 20) -> None:
        keys = set(keys)
        self.wait_for(lambda: keys <= self.received.keys(), f"{len(keys)} spans", timeout)

    def wait_for_requests(self, count: int, timeout: float = 20) -> None:
        self.wait_for(lambda: len(self.requests) >= count, f"{count} requests", timeout)

    def take(self, path: str, headers: dict[str, str], wire: bytes) -> Request:
        when = time.monotonic()
        try:
            message = self._decoded(path, headers, wire)
        except Exception as error:
            with self._changed:
                self.complaints.append(f"{path}: {error}")
                self._changed.notify_all()
            return Request(when, path, headers, len(wire), None, Answer(status=400))
        with self._changed:
            answer = self.judge(message) or (self._script.pop(0) if self._script else self.default)
            request = Request(when, path, headers, len(wire), message, answer)
            self.requests.append(request)
            if answer.keeps:
                self._keep(request)
            self._changed.notify_all()
        return request

    def _decoded(self, path: str, headers: dict[str, str], wire: bytes):
        assert path in otlp.REQUESTS, "no such path"
        assert headers.get("content-type") == otlp.PROTOBUF, f"content type {headers.get('content-type')!r}"
        assert headers.get("user-agent", "").startswith("causeway/"), f"user agent {headers.get('user-agent')!r}"
        assert "expect" not in headers, "Expect was sent"
        match headers.get("content-encoding", "identity"):
            case "identity":
                plain = wire
            case "gzip":
                plain = gzip.decompress(wire)
            case "zstd":
                plain = zstandard.ZstdDecompressor().decompress(wire, max_output_size=64 << 20)
            case encoding:
                raise AssertionError(f"content encoding {encoding!r}")
        message = otlp.REQUESTS[path].FromString(plain)
        unknown = list(otlp.unknown_fields(message))
        assert not unknown, f"unknown fields {unknown[:5]}"
        found = list(otlp.items(message))
        assert found, "a request without telemetry"
        if path == "/v1/traces":
            for span, _, _ in found:
                assert len(span.trace_id) == 16 and any(span.trace_id), f"trace id {span.trace_id.hex()!r}"
                assert len(span.span_id) == 8 and any(span.span_id), f"span id {span.span_id.hex()!r}"
                assert len(span.parent_span_id) in (0, 8), f"parent id {span.parent_span_id.hex()!r}"
        return message

    def _keep(self, request: Request) -> None:
        for item, scope, resource in otlp.items(request.message):
            match type(item).__name__:
                case "Span":
                    self.received.setdefault(otlp.ids(item), []).append((item, scope, resource))
                    self.arrivals.setdefault(otlp.ids(item), []).append(request)
                case "Metric":
                    self.points[together(item, scope, resource)] += 1
                case "LogRecord":
                    self.logs[together(item, scope, resource)] += 1


def together(item, scope, resource) -> bytes:
    """An item with what it belongs to, as bytes that are equal when the items are."""
    return b"|".join(part.SerializeToString(deterministic=True) for part in (item, scope, resource))


class _Server:
    """One listening socket of a sink and the connections made to it."""

    def __init__(self, sink: Sink) -> None:
        connections: set[socket.socket] = set()
        guard = threading.Lock()
        closed = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Head and body of an answer are two writes; without this the second waits for the client's delayed acknowledgement.
            disable_nagle_algorithm = True

            def setup(self) -> None:
                with guard:
                    connections.add(self.request)
                    sink.connections += 1
                super().setup()

            def finish(self) -> None:
                with guard:
                    connections.discard(self.request)
                try:
                    super().finish()
                except OSError:
                    pass

            def handle(self) -> None:
                try:
                    super().handle()
                except OSError:
                    pass

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                wire = self._read(length)
                if len(wire) < length:
                    # The sender went away in the middle, as one does that is killed.
                    self.close_connection = True
                    return
                request = sink.take(self.path, {name.lower(): text for name, text in self.headers.items()}, wire)
                answer = request.answer
                time.sleep(answer.delay)
                if answer.reset:
                    # No lingering: the kernel sends RST instead of FIN.
                    self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.close_connection = True
                    return
                if answer.silent:
                    closed.wait()
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                for name, text in answer.headers.items():
                    self.send_header(name, text)
                if answer.body:
                    self.send_header("Content-Type", answer.content_type)
                self.send_header("Content-Length", str(len(answer.body) if answer.promised is None else answer.promised))
                self.end_headers()
                if answer.drip:
                    for byte in answer.body:
                        self.wfile.write(bytes([byte]))
                        time.sleep(answer.drip)
                else:
                    self.wfile.write(answer.body)
                if answer.promised is not None:
                    self.close_connection = True
                request.answered = time.monotonic()

            def _read(self, length: int) -> bytes:
                if not sink.pause_between_reads:
                    return self.rfile.read(length)
                pieces = []
                while length > 0 and (piece := self.rfile.read(min(length, 4096))):
                    pieces.append(piece)
                    length -= len(piece)
                    time.sleep(sink.pause_between_reads)
                return b"".join(pieces)

            def log_message(self, *_) -> None:
                pass

        class Listener(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_) -> None:
                pass

            def shutdown_request(self, request) -> None:
                # The base class shuts down gently first, which would turn a reset into an orderly end.
                self.close_request(request)

        self._connections, self._guard, self._closed = connections, guard, closed
        self._listener = Listener(("127.0.0.1", sink.port), Handler)
        if sink.tls is not None:
            # The handshake happens with the first read, on the connection's own thread.
            self._listener.socket = sink.tls.wrap_socket(
                self._listener.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._listener.shutdown()
        self._listener.socket.close()
        self._closed.set()
        with self._guard:
            for connection in self._connections:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
        self._thread.join()
