"""Where a year is replayed: on a server of our own, or on one that runs already."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from harbor_table.api import connect
from harbor_table.badges import BadgeOffice
from harbor_table.replay.failures import refusals
from harbor_table.replay.sending import Tally
from harbor_table.replay.shop import open_chain
from harbor_table.server_process import ServerFailed, ServerProcess
from oms_sdk import AsyncOMS

PLUGINS = ("identity", "menu", "orders", "kitchen")
_CONFIG = "replay.toml"


@dataclass(frozen=True, slots=True)
class Site:
    """A server that is ready, the chain on it, and a client in the name of the chain's owner."""

    oms: AsyncOMS
    chain_id: str


@asynccontextmanager
async def running(url: str, token: str, chain_id: str) -> AsyncIterator[Site]:
    """Use a server that somebody else runs."""
    async with connect(url) as oms:
        yield Site(oms.with_options(token=token), chain_id)


class OwnServer:
    """``oms run`` as our child on a data folder that stays; killed in between, it is started again."""

    def __init__(
        self, data: Path, ports: tuple[int, int], *, tally: Tally, told: Callable[[str], None]
    ) -> None:
        data.mkdir(parents=True, exist_ok=True)
        config = data / _CONFIG
        # Settings of its own: the ones lying here may name other plugins, which adjust prices.
        config.write_text(f"plugins = {list(PLUGINS)}\n", encoding="utf-8")
        self.restarts = 0
        self._data = data
        self._server = ServerProcess(data, *ports, config=config)
        self._tally = tally
        self._told = told

    def hurry(self) -> None:
        """End a server that is still draining; harmless otherwise."""
        self._server.hurry()

    @asynccontextmanager
    async def site(self) -> AsyncIterator[Site]:
        """Run the server for the length of the block; raises ServerFailed when it does not stay up.

        The end does not wait for its events: they are in the outbox, and go on with the next start.
        """
        self._told(f"Starting a server on {self._data} …")
        try:
            await self._server.start()
            office = BadgeOffice(self._data)
            async with connect(self._server.url) as oms, asyncio.TaskGroup() as group:
                keeper = group.create_task(self._keep())
                with refusals("the chain could not be opened"):
                    chain_id = await open_chain(oms.with_options(token=office.operator()), self._data)
                owner = office.badge("owner", chain_id, tenant=chain_id)
                yield Site(oms.with_options(token=owner), chain_id)
                keeper.cancel()
        finally:
            await self._server.stop()

    async def _keep(self) -> None:
        done = -1
        while True:
            try:
                await self._server.watch()
            except ServerFailed:
                if self._tally.done == done:  # the last start has brought nothing
                    raise
            done = self._tally.done
            self.restarts += 1
            self._told("The server has ended; starting it again …")
            await self._server.start()
