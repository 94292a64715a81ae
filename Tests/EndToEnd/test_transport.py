"""How telemetry travels: TLS with certificates of its own, a proxy, HTTP/2, credentials that change; and what `check` says of each."""

import hashlib
import json
import select
import socket
import socketserver
import ssl
import threading
import time
import warnings

import h2.config
import h2.connection
import h2.events
import otlp
import pytest
from bridge import command, free_port
from certificates import Authority
from conftest import to
from sink import Answer, Sink


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


def check(bridge, *arguments: str, **environment: str):
    done = command("check", "--json", "--config", bridge.file, *arguments, **environment)
    return done.returncode, {one["destination"]: one for one in json.loads(done.stdout)["results"]}


def ca(authority: Authority) -> dict:
    return {"tls": {"ca": str(authority.certificate)}}


def test_tls_is_checked_in_every_respect_and_check_says_what_is_wrong(make_bridge, make_sink, authority, tmp_path):
    stranger = Authority(tmp_path, "stranger")
    good = make_sink(authority.server("good"))
    expired = make_sink(authority.server("expired", expired=True))
    other = make_sink(authority.server("other", alternative="DNS:other.example"))
    strict = make_sink(authority.server("strict", wants=authority))
    old = make_sink(_tls_1_1(authority))
    certificate, key = authority.issue("client", alternative="DNS:client")
    client = {"tls": {"ca": str(authority.certificate), "cert": str(certificate), "key": str(key)}}
    stray_certificate, stray_key = stranger.issue("stray", alternative="DNS:stray")
    stray = {"tls": {"ca": str(authority.certificate), "cert": str(stray_certificate), "key": str(stray_key)}}
    destinations = {
        "good": {"endpoint": good.url, **ca(authority)},
        "system": {"endpoint": good.url},
        "expired": {"endpoint": expired.url, **ca(authority)},
        "other": {"endpoint": other.url, **ca(authority)},
        "nobody": {"endpoint": strict.url, **ca(authority)},
        "stray": {"endpoint": strict.url, **stray},
        "client": {"endpoint": strict.url, **client},
        "old": {"endpoint": old.url, **ca(authority)},
        "plain": {"endpoint": good.url.replace("https", "http")},
    }
    bridge = make_bridge({"destinations": destinations, "shutdown": {"timeout": "1s"}})
    status, found = check(bridge)
    assert status == 3
    verdicts = {name: one["verdict"] for name, one in found.items()}
    assert verdicts == {
        "good": "ok",
        "system": "tls_untrusted",
        "expired": "tls_expired",
        "other": "tls_wrong_host",
        "nobody": verdicts["nobody"],
        "stray": verdicts["stray"],
        "client": "ok",
        "old": "tls",
        "plain": "connection_lost",
    }
    # With TLS 1.3 the server's alert and the end of its connection race with what we send.
    for name in ("nobody", "stray"):
        assert verdicts[name] in ("tls_client_certificate", "connection_lost") and "client certificate" in found[name]["meaning"] or (
            verdicts[name] == "tls_client_certificate" and "certificate of ours" in found[name]["meaning"]
        )
    for one in found.values():
        assert one["meaning"] and (one["verdict"] == "ok" or one["said"])

    bridge.start()
    spans = [otlp.span("secret road") for _ in range(3)]
    before = len(good.received)
    bridge.send(spans)
    good.wait_for_spans(map(otlp.ids, spans))
    strict.wait_for_spans(map(otlp.ids, spans))
    time.sleep(0.5)
    metrics = bridge.metrics()
    assert len(good.received) == before + 3
    for name in destinations:
        assert metrics("pending_items", destination=name) == (0 if name in ("good", "client") else 3), name
    assert not expired.received and not other.received


def _tls_1_1(authority: Authority) -> ssl.SSLContext:
    context = authority.server("old")
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1_1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


class Proxy:
    """An HTTP proxy that joins sockets for CONNECT and counts; one that wants a password is told by `password`."""

    def __init__(self, password: str | None = None) -> None:
        self.asked: list[str] = []
        self.port = free_port()
        proxy = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                head = [self.rfile.readline().decode()]
                while (line := self.rfile.readline().decode()).strip():
                    head.append(line)
                proxy.asked.append(head[0].strip())
                if password and not any("Basic " + password in line for line in head):
                    self.wfile.write(b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    return
                method, target, _ = head[0].split()
                host, port = target.split(":")
                assert method == "CONNECT"
                with socket.create_connection((host, int(port))) as beyond:
                    self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
                    pair = {self.connection: beyond, beyond: self.connection}
                    while True:
                        for ready in select.select(list(pair), [], [])[0]:
                            data = ready.recv(65536)
                            if not data:
                                return
                            pair[ready].sendall(data)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, *_) -> None:
                pass

        self._server = Server(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def end(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.mark.parametrize("how", ["key", "environment", "password"])
def test_a_proxy_is_gone_through(make_bridge, make_sink, authority, how):
    sink = make_sink(authority.server(f"behind-{how}"))
    proxy = Proxy(password="bWU6aHVudGVyMg==" if how == "password" else None)
    key = {
        "key": {"proxy": proxy.url},
        "environment": {},
        "password": {"proxy": f"http://me:${{env:PROXY_PASSWORD}}@127.0.0.1:{proxy.port}"},
    }[how]
    environment = {"HTTPS_PROXY": proxy.url} if how == "environment" else {"PROXY_PASSWORD": "hunter2"}
    bridge = make_bridge(to(sink, **key, **ca(authority)), environment).start()
    span = otlp.span("through")
    bridge.send([span])
    sink.wait_for_spans([otlp.ids(span)])
    assert proxy.asked == [f"CONNECT 127.0.0.1:{sink.port} HTTP/1.1"]
    printed = command("config", "print", "--config", bridge.file, **environment).stdout
    assert "hunter2" not in printed + bridge.log() and ("***@" in printed) == (how == "password")
    proxy.end()


def test_no_proxy_is_used_where_none_is_wanted(make_bridge, sink):
    bridge = make_bridge(to(sink, proxy="none"), {"http_proxy": "http://127.0.0.1:1", "ALL_PROXY": "http://127.0.0.1:1"}).start()
    span = otlp.span("straight")
    bridge.send([span])
    sink.wait_for_spans([otlp.ids(span)])


def test_a_token_file_that_changes_is_taken_over_without_being_told(make_bridge, sink, tmp_path):
    token = tmp_path / "token"
    token.write_text("first-hunter2\n")
    wanted = ["Bearer first-hunter2"]
    bridge = make_bridge(to(sink, headers={"authorization": f"Bearer ${{file:{token}}}"})).start()
    refused = Answer(status=401, keep=False)
    inner = sink.take

    def take(path, headers, wire):
        sink.judge = lambda _: None if headers.get("authorization") == wanted[0] else refused
        return inner(path, headers, wire)

    sink.take = take
    spans = [otlp.span("before"), otlp.span("after")]
    bridge.send(spans[:1])
    sink.wait_for_spans([otlp.ids(spans[0])])
    wanted[0] = "Bearer second-hunter2"
    bridge.send(spans[1:])
    sink.wait_for_requests(2)
    token.write_text("second-hunter2\n")
    sink.wait_for_spans([otlp.ids(spans[1])], timeout=15)
    assert "hunter2" not in bridge.log() + bridge.admin("/readyz").body.decode()
    bridge.wait_for_log("reloaded")


class Http2Sink:
    """A backend that speaks HTTP/2 alone, decodes what comes with the strict sink, and counts connections and streams."""

    def __init__(self, sink: Sink, context: ssl.SSLContext) -> None:
        self.connections, self.streams = 0, 0
        self.port = free_port()
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                outer.connections += 1
                connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
                connection.initiate_connection()
                self.request.sendall(connection.data_to_send())
                heads, bodies = {}, {}
                while data := self.request.recv(65536):
                    for event in connection.receive_data(data):
                        match event:
                            case h2.events.RequestReceived():
                                heads[event.stream_id], bodies[event.stream_id] = dict(event.headers), b""
                            case h2.events.DataReceived():
                                bodies[event.stream_id] += event.data
                                connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                            case h2.events.StreamEnded():
                                outer.streams += 1
                                head = heads[event.stream_id]
                                answer = sink.take(head[":path"], head, bodies[event.stream_id]).answer
                                connection.send_headers(event.stream_id, [(":status", str(answer.status))], end_stream=True)
                    self.request.sendall(connection.data_to_send())

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

            def get_request(self):
                plain, address = super().get_request()
                return context.wrap_socket(plain, server_side=True), address

            def handle_error(self, *_) -> None:
                pass

        self._server = Server(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def end(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def test_http2_uses_one_connection_again_and_again(make_bridge, make_sink, authority):
    sink = make_sink()
    http2 = Http2Sink(sink, authority.server("http2", alpn=["h2"]))
    url = f"https://127.0.0.1:{http2.port}"
    bridge = make_bridge({"destinations": {"sink": {"endpoint": url, "http2": True, "batch": {"linger": "0ms"}, **ca(authority)}}}).start()
    spans = [otlp.span("stream") for _ in range(40)]
    for span in spans:
        bridge.send([span])
        sink.wait_for_spans([otlp.ids(span)])
    assert http2.streams == 40 and len(sink.spans) == 40
    assert http2.connections == 1
    bridge.stop()
    http2.end()


def test_a_connection_is_used_again_but_not_for_ever(make_bridge, sink):
    bridge = make_bridge(to(sink, connection_life="1s", batch={"linger": "0ms"})).start()
    for _ in range(10):
        span = otlp.span("again")
        bridge.send([span])
        sink.wait_for_spans([otlp.ids(span)])
    assert sink.connections == 1
    time.sleep(2.1)
    span = otlp.span("later")
    bridge.send([span])
    sink.wait_for_spans([otlp.ids(span)])
    assert sink.connections == 2


@pytest.mark.parametrize(("compression", "level"), [("gzip", 1), ("gzip", 12), ("zstd", 1), ("zstd", 19)])
def test_a_compression_level_is_honoured(make_bridge, sink, compression, level):
    bridge = make_bridge(to(sink, compression=compression, compression_level=level)).start()
    words = [hashlib.sha256(bytes([number])).hexdigest()[:6] for number in range(200)]
    text = " ".join(words[int(hashlib.sha256(str(number).encode()).hexdigest(), 16) % 200] for number in range(8000))
    spans = [otlp.span("packed", attributes=otlp.attributes({"text": text}))]
    bridge.send(spans)
    sink.wait_for_spans(map(otlp.ids, spans))
    _sizes[compression, level] = sink.requests[0].wire_bytes
    if level > 1 and (compression, 1) in _sizes:
        assert _sizes[compression, level] < _sizes[compression, 1]


_sizes: dict = {}

VERDICTS = {
    "ok": (Answer(), "ok"),
    "accepted": (Answer(status=202), "ok"),
    "page": (Answer(body=b"<!doctype html><html>", content_type="text/html"), "not_otlp"),
    "token": (Answer(status=401), "unauthorized"),
    "rights": (Answer(status=403), "forbidden"),
    "path": (Answer(status=404, body=b"<html>no</html>", content_type="text/html"), "not_found"),
    "method": (Answer(status=405), "method"),
    "type": (Answer(status=415), "media_type"),
    "large": (Answer(status=413), "too_large"),
    "content": (Answer(status=422, body=b"experiment header is missing", content_type="text/plain"), "rejected"),
    "busy": (Answer(status=503), "busy"),
    "broken": (Answer(status=500), "broken"),
    "moved": (Answer(status=308, headers={"Location": "https://elsewhere.example/v1/traces"}), "moved"),
    "reset": (Answer(reset=True), "connection_lost"),
    "silent": (Answer(silent=True), "timeout"),
}


def test_check_says_what_came_back_of_every_destination(make_bridge, make_sink):
    sinks = {name: make_sink() for name in VERDICTS}
    for name, (answer, _) in VERDICTS.items():
        sinks[name].default = answer
    destinations = {name: {"endpoint": sink.url, "timeout": "1s"} for name, sink in sinks.items()}
    destinations["nobody"] = {"endpoint": f"http://127.0.0.1:{free_port()}"}
    destinations["nowhere"] = {"endpoint": "http://no-such-host.invalid"}
    bridge = make_bridge({"destinations": destinations})
    status, found = check(bridge)
    assert status == 3
    wanted = {name: verdict for name, (_, verdict) in VERDICTS.items()} | {"nobody": "refused", "nowhere": "name_not_found"}
    assert {name: one["verdict"] for name, one in found.items()} == wanted
    assert found["content"]["said"] == "experiment header is missing"
    assert "(a web page answered)" in found["path"]["meaning"]
    assert not bridge.data.exists(), "no spool is touched"
    for name, sink in sinks.items():
        assert len(sink.requests) == 1
        (span, _, _), = list(otlp.items(sink.requests[0].message))
        assert {one.key: one.value.bool_value for one in span.attributes}["causeway.check"], "it says that it is a test"

    status, _ = check(bridge, "ok", "accepted")
    assert status == 0
    status, _ = check(bridge, "ok", "token")
    assert status == 1
    text = command("check", "token", "ok", "--config", bridge.file)
    assert text.returncode == 1 and "check the token" in text.stdout and text.stdout.startswith("ok   ok traces")
    assert command("check", "--config", bridge.file, "nothing").returncode == 1
    status, _ = check(bridge, "ok", "--every-signal")
    assert status == 0
    assert [request.path for request in sinks["ok"].requests[-3:]] == ["/v1/traces", "/v1/logs", "/v1/metrics"] or len(sinks["ok"].requests) >= 6
