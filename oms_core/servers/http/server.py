"""uvicorn around the application: our socket, our signals, our drain."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

import uvicorn
from litestar import Litestar

from oms_core.servers.http.protocol import LimitedProtocol
from oms_core.servers.ports import BACKLOG, listen

SETTING = "server.http_port"


class _Server(uvicorn.Server):
    """A uvicorn server that leaves signals to the runtime and says when it has started."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none: uvicorn's own handler raises the signal again and skips our drain."""
        yield

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Start, then say so."""
        await super().startup(sockets)  # type: ignore[arg-type]
        self.ready.set()


class HttpServer:
    """Serves ``app`` on ``host`` and ``port``; the port is claimed when the object is made.

    ``shares_port``: other workers of the same server listen there too.
    Raises ServerError (PORT_BUSY, ADDRESS_UNUSABLE) from the constructor.
    """

    def __init__(
        self, app: Litestar, *, host: str = "127.0.0.1", port: int = 8080, shares_port: bool = False
    ) -> None:
        self._socket = listen(host, port, setting=SETTING, shared=shares_port)
        self.port: int = self._socket.getsockname()[1]
        self._config = uvicorn.Config(
            app,
            loop="none",
            http=LimitedProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            backlog=BACKLOG,
        )
        self._server = _Server(self._config)
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Return when requests are taken."""
        self._running = asyncio.create_task(self._server.serve(sockets=[self._socket]), name="oms-http")
        started = asyncio.create_task(self._server.ready.wait())
        await asyncio.wait([self._running, started], return_when=asyncio.FIRST_COMPLETED)
        if not self._server.ready.is_set():
            started.cancel()
            await self._running

    async def stop(self, *, drain: float = 20.0) -> None:
        """Take no more requests and return when the running ones are answered, or after ``drain`` seconds."""
        if self._running is None:
            self._socket.close()
            return
        self._config.timeout_graceful_shutdown = max(1, round(drain))
        self._server.should_exit = True
        await self._running
        self._running = None
