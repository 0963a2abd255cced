"""``oms demo --orders``: so many orders under fire, and a verdict on whether one was lost or doubled."""

from __future__ import annotations

import asyncio
import random
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from harbor_table.api import connect
from harbor_table.badges import BadgeOffice
from harbor_table.counter import Counter
from harbor_table.crew import Crew
from harbor_table.guests import Guest, stations_of
from harbor_table.journal import Acknowledged, Journal
from harbor_table.ledger import read_ledger
from harbor_table.outcome import Outcome
from harbor_table.pace import RUSHED
from harbor_table.progress import Progress
from harbor_table.seed import Chain, Location, open_chain, seed
from harbor_table.server_process import ServerProcess, free_ports
from harbor_table.verdict import judge
from oms_core.storage.embedded import remove
from oms_sdk import AsyncOMS

AT_ONCE = 16
"""Guests who order at the same time."""


class Campaign:
    """One run, on a temporary folder and free ports of its own."""

    def __init__(self, *, orders: int, kills: int, seed: int, progress: Progress) -> None:
        self._orders, self._kills, self._seed = orders, kills, seed
        self._dice = random.Random(seed)  # noqa: S311 - to be repeatable, not secret
        self._progress = progress
        self._waiting_guests = iter(range(1, orders + 1))
        self.data = Path(tempfile.mkdtemp(prefix="oms-demo-"))
        self._journal = Journal(self.data / "acknowledged.jsonl")
        self.server = ServerProcess(self.data, *free_ports(2))

    async def run(self) -> Outcome:
        """Serve every guest, then judge; raises OmsError when the server fails or stays silent."""
        began = time.monotonic()
        try:
            await self.server.start()
            async with connect(self.server.url) as oms:
                await self._open(oms)
            orders, tickets = await read_ledger(self.data)
        finally:
            await self.server.stop()
        verdict = judge(self._journal.entries(), orders, tickets)
        return Outcome(verdict, self._orders, self._kills, time.monotonic() - began, self._seed)

    def clear(self) -> None:
        """Remove the folder and its database for ever."""
        remove(self.data)
        shutil.rmtree(self.data)

    async def _open(self, oms: AsyncOMS) -> None:
        office = BadgeOffice(self.data)
        chain_id = await open_chain(oms.with_options(token=office.operator()), self.data)

        def as_role(role: str) -> AsyncOMS:
            return oms.with_options(token=office.badge(role, chain_id, tenant=chain_id))

        chain = await seed(as_role("owner"), chain_id)
        with self._journal:
            async with asyncio.TaskGroup() as people:
                staff = people.create_task(self._staff(chain, as_role))
                for _ in range(AT_ONCE):
                    people.create_task(self._guests(as_role("guest"), chain))
                people.create_task(self._kill_at_random())
                await self._progress.reach(2 * self._orders)
                staff.cancel()

    async def _staff(self, chain: Chain, as_role: Callable[[str], AsyncOMS]) -> None:
        cook, cashier = as_role("cook"), as_role("cashier")
        async with asyncio.TaskGroup() as staff:
            for location in chain.locations:
                place, dice = location.location_id, random.Random(self._dice.random())  # noqa: S311
                staff.create_task(Crew(cook, place, RUSHED, dice, lambda _: None).work())
                staff.create_task(Counter(cashier, place, RUSHED, dice, self._progress.saw).work())

    async def _guests(self, oms: AsyncOMS, chain: Chain) -> None:
        for number in self._waiting_guests:
            location = self._dice.choice(chain.locations)
            await self._serve(Guest(oms, location, self._dice, external_id=f"demo-{number:05d}"), location)

    async def _serve(self, guest: Guest, location: Location) -> None:
        order = await guest.order()
        stations = stations_of(location.menu, guest.lines)
        self._journal.add(Acknowledged(order.external_id, order.order_id, order.location_id, stations))
        self._progress.acknowledged(order)

    async def _kill_at_random(self) -> None:
        moments = sorted(self._dice.sample(range(1, 2 * self._orders), self._kills))
        for moment in moments:
            await self._progress.reach(moment)
            await asyncio.sleep(self._dice.uniform(0.0, 0.3))
            await self.server.kill()
            await self.server.start()
