"""A year of a pizzeria from its data set into the database, and the figures out of it again."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from harbor_table.replay import figures
from harbor_table.replay.failures import refusals
from harbor_table.replay.outcome import Outcome, outcome_of
from harbor_table.replay.place import OwnServer, Site, running
from harbor_table.replay.progress import Told
from harbor_table.replay.sales import Sales
from harbor_table.replay.sending import Sending, Tally
from harbor_table.replay.shop import Shop, open_shop
from oms_sdk import Order


@dataclass(frozen=True, slots=True)
class Work:
    """What is replayed: so many orders at a time; ``resend`` also what is there already."""

    sales: Sales
    hands: int
    resend: bool
    told: Told
    tally: Tally = field(default_factory=Tally)

    async def do(self, site: Site) -> tuple[Shop, float]:
        """Send what is missing; return the shop, and the seconds that sending took."""
        with refusals("the shop could not be opened"):
            shop = await open_shop(site.oms, site.chain_id, self.sales)
        there = set() if self.resend else await self._there(site, shop)
        self.told.begin(sum(sale.external_id not in there for sale in self.sales.orders))
        began = time.monotonic()
        sending = Sending(site.oms, shop, there, self.tally, self.told.step)
        await sending.send(self.sales, hands=self.hands)
        return shop, time.monotonic() - began

    async def _there(self, site: Site, shop: Shop) -> set[str]:
        return {order.external_id for order in await _listed(site, shop)}


async def on_own_server(work: Work, data: Path, server: OwnServer) -> Outcome:
    """Replay on a server of our own and read the database; raises OmsError."""
    began = time.monotonic()
    async with server.site() as site:
        shop, sending = await work.do(site)
    # The server is gone: what is counted is what a power cut would have left.
    found = await figures.of_database(
        data, chain_id=site.chain_id, location_id=shop.location_id, sales=work.sales
    )
    seconds = time.monotonic() - began
    return outcome_of(
        found, work.tally, seconds=seconds, sending=sending, restarts=server.restarts, source="database"
    )


async def on_running_server(work: Work, url: str, token: str, chain_id: str) -> Outcome:
    """Replay on somebody else's server and list what it has then; raises OmsError."""
    began = time.monotonic()
    async with running(url, token, chain_id) as site:
        shop, sending = await work.do(site)
        found = figures.of_listed(await _listed(site, shop), work.sales)
    seconds = time.monotonic() - began
    return outcome_of(found, work.tally, seconds=seconds, sending=sending, restarts=0, source="api")


async def _listed(site: Site, shop: Shop) -> list[Order]:
    with refusals("the orders could not be listed"):
        return await figures.listed(site.oms, shop.location_id)
