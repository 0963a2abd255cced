"""The people of the campaign: guests who order, cooks and a counter; and what they were promised."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from harbor_table.counter import Counter as Till
from harbor_table.crew import Crew
from harbor_table.guests import Guest, stations_of
from harbor_table.pace import RUSHED
from harbor_table.seed import Chain
from oms_sdk import AsyncOMS

AT_ONCE = 12
"""Guests who order at the same time."""


@dataclass(frozen=True, slots=True)
class Promise:
    """An order that the system said was placed; ``total`` in minor units."""

    external_id: str
    order_id: str
    total: int
    stations: tuple[str, ...]


@dataclass
class People:
    """Everybody; ``promises`` are what was acknowledged, in memory, which nobody kills."""

    chain: Chain
    as_role: Callable[[str], AsyncOMS]
    dice: random.Random
    leg: str
    promises: list[Promise] = field(default_factory=list)
    last: float = 0.0
    """When the latest acknowledgement came, on the loop's clock."""
    _number: int = 0

    async def work(self) -> None:
        """Make and hand over what was ordered, until cancelled."""
        cook, cashier = self.as_role("cook"), self.as_role("cashier")
        async with asyncio.TaskGroup() as staff:
            for location in self.chain.locations:
                place, dice = location.location_id, random.Random(self.dice.random())
                staff.create_task(Crew(cook, place, RUSHED, dice, lambda _: None).work())
                staff.create_task(Till(cashier, place, RUSHED, dice, lambda _: None).work())

    async def order(self, *, until: Callable[[], bool]) -> None:
        """Order until ``until`` says that it is enough; whoever ordered gets an answer."""
        async with asyncio.TaskGroup() as guests:
            for _ in range(AT_ONCE):
                guests.create_task(self._orders(self.as_role("guest"), until))

    async def _orders(self, oms: AsyncOMS, until: Callable[[], bool]) -> None:
        while not until():
            self._number += 1
            location = self.dice.choice(self.chain.locations)
            guest = Guest(oms, location, self.dice, external_id=f"{self.leg}-{self._number:06d}")
            order = await guest.order()
            stations = stations_of(location.menu, guest.lines)
            self.promises.append(Promise(order.external_id, order.order_id, order.total.amount, stations))
            self.last = asyncio.get_running_loop().time()
