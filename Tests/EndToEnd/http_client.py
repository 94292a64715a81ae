"""HTTP as a sender of telemetry speaks it: whole requests, and raw sockets for those that misbehave."""

import http.client
import socket
from dataclasses import dataclass

import otlp


@dataclass
class Response:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")

    @property
    def error(self) -> str:
        """The message of a refusal, decoded from whichever encoding it came in."""
        return otlp.status(self.content_type, self.body).message

    def accepted(self, path: str = "/v1/traces"):
        """The answer to accepted telemetry; fails on a refusal, and says why it was one."""
        if self.status != 200:
            raise AssertionError(f"answered {self.status}: {self.error}")
        assert self.content_type == otlp.PROTOBUF, self.headers
        return otlp.ANSWERS[path].FromString(self.body)


def request(port: int, method: str, path: str, body=None, headers: dict[str, str] | None = None, timeout: float = 30) -> Response:
    """A request on a connection of its own; `body` is bytes, or an iterator of them, which goes in chunks."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, body, headers or {})
        return _response(connection.getresponse())
    finally:
        connection.close()


def raw(port: int, data: bytes = b"", timeout: float = 30) -> socket.socket:
    """A connection on which `data` has been sent."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=timeout)
    connection.sendall(data)
    return connection


def read_response(connection: socket.socket) -> Response:
    response = http.client.HTTPResponse(connection)
    response.begin()
    return _response(response)


def closed_by_peer(connection: socket.socket) -> bool:
    """Reads to the end; true when the other side ended the connection before this side's timeout."""
    try:
        while connection.recv(65536):
            pass
        return True
    except ConnectionError:
        return True
    except TimeoutError:
        return False


def head(path: str = "/v1/traces", **headers: str) -> bytes:
    """The first bytes of a POST, up to the empty line."""
    lines = [f"POST {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name.replace('_', '-')}: {text}" for name, text in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _response(response: http.client.HTTPResponse) -> Response:
    headers = {name.lower(): text for name, text in response.getheaders()}
    return Response(response.status, headers, response.read())
