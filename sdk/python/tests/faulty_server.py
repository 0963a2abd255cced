"""An HTTP server that does what it is told, one fault a request, and remembers what it was sent."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread

Fault = Callable[[socket.socket, "FaultyServer"], None]
ORDER = {"orderId": "ord_1", "number": 7, "state": "ORDER_STATE_PLACED"}


@dataclass
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class FaultyServer:
    """Answers with ``script``, then with ORDER."""

    script: list[Fault] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    ended: Event = field(default_factory=Event)
    url: str = ""

    def sent(self, header: str) -> list[str | None]:
        return [request.headers.get(header) for request in self.requests]

    def serve(self, listening: socket.socket) -> None:
        while not self.ended.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            request = _read(connection)
            if request is None:
                return
            self.requests.append(request)
            fault = self.script.pop(0) if self.script else answer(ORDER)
            fault(connection, self)


def _read(connection: socket.socket) -> Request | None:
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65536)
        if not chunk:
            return None
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        body += connection.recv(65536)
    method, target, _ = first.split(" ")
    return Request(method, target, headers, body)


def status(code: int, body: bytes = b"", **headers: str) -> Fault:
    lines = {"content-type": "application/json", "x-request-id": "from-the-server"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    raw = (
        f"HTTP/1.1 {code} X\r\nconnection: close\r\ncontent-length: {len(body)}\r\n{head}\r\n".encode() + body
    )
    return lambda connection, _: connection.sendall(raw)


def answer(document: object) -> Fault:
    return status(200, json.dumps(document).encode())


def problem(code: int, name: str, title: str, **more: object) -> Fault:
    document = {"title": title, "status": code, "detail": "why", "code": name, "instance": "trace", **more}
    return status(code, json.dumps(document).encode(), content_type="application/problem+json")


def reset(connection: socket.socket, _: FaultyServer) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def stall(_: socket.socket, server: FaultyServer) -> None:
    server.ended.wait()


def truncated(connection: socket.socket, _: FaultyServer) -> None:
    connection.sendall(
        b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"orderId": "ord'
    )


def drip(connection: socket.socket, server: FaultyServer) -> None:
    """Send a byte now and then, so that no single wait is long."""
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n\r\n")
    while not server.ended.wait(0.02):
        try:
            connection.sendall(b" ")
        except OSError:
            return


def html(connection: socket.socket, server: FaultyServer) -> None:
    status(200, b"<html>Welcome to Cafe WiFi</html>", content_type="text/html")(connection, server)


@contextmanager
def running() -> Iterator[FaultyServer]:
    server = FaultyServer()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread = Thread(target=server.serve, args=(listening,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.ended.set()
            # close() alone does not wake a thread that accepts.
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(5)
