"""Listening sockets, which nobody shares but the workers of one server."""

from __future__ import annotations

import errno
import socket

from oms_core.errors import OmsError

BACKLOG = 2048


class ServerError(OmsError):
    """A server cannot listen where it was told to."""


def listen(host: str, port: int, *, setting: str, shared: bool = False) -> socket.socket:
    """Return a socket that listens on ``host`` and ``port``; raises ServerError naming ``setting``.

    ``shared``: other workers of the same server listen there too, and the system deals out the connections.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        sock = socket.socket(family, kind, protocol)
    except OSError as error:
        raise refused(host, port, setting=setting, reason=error.strerror or str(error)) from error
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.bind(address)
        # At once: until somebody listens, Linux lets another process bind the same port.
        sock.listen(BACKLOG)
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRINUSE:
            raise busy(host, port, setting=setting) from error
        raise refused(host, port, setting=setting, reason=error.strerror or str(error)) from error
    sock.setblocking(False)
    return sock


def claim(host: str, port: int, *, setting: str) -> socket.socket:
    """Return a socket that keeps a port for the workers of this process's children while it is open.

    It does not listen itself. Raises ServerError naming ``setting`` when somebody else has the port.
    """
    listen(host, port, setting=setting).close()
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    sock = socket.socket(family, kind, protocol)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind(address)
    return sock


def busy(host: str, port: int, *, setting: str) -> ServerError:
    """Return the error for a port that somebody else listens on."""
    return ServerError(
        "PORT_BUSY",
        f"port {port} on {host} is taken by another process",
        hint=f"stop that process (`ss -ltnp` shows it), or choose another port with {setting}",
    )


def refused(host: str, port: int, *, setting: str, reason: str) -> ServerError:
    """Return the error for an address that cannot be listened on at all."""
    return ServerError(
        "ADDRESS_UNUSABLE",
        f"cannot listen on {host} port {port}: {reason}",
        hint=f"choose an address of this machine and a free port with {setting}",
    )
