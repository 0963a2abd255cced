"""Many hands that send orders, each its own day: the numbers of a day follow the clock of that day."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass

from harbor_table.replay.failures import ReplayError, refusals
from harbor_table.replay.sales import CHANNEL, CURRENCY, Sale, Sales
from harbor_table.replay.shop import Shop
from oms_sdk import AlreadyExistsError, AsyncOMS, Line, ServiceMode

TAKEN = "EXTERNAL_ID_TAKEN"


@dataclass(slots=True)
class Tally:
    """What became of the orders so far; ``sent`` are those that went to the server at all."""

    added: int = 0
    already_there: int = 0
    sent: int = 0

    @property
    def done(self) -> int:
        """How many are in the database for certain."""
        return self.added + self.already_there


@dataclass(frozen=True, slots=True)
class Sending:
    """Sends what is not ``there``, and counts in ``tally``; ``told`` is called after each that went out."""

    oms: AsyncOMS
    shop: Shop
    there: Container[str]
    tally: Tally
    told: Callable[[], None]

    async def send(self, sales: Sales, *, hands: int) -> None:
        """Send all, so many at a time; raises ReplayError for the first that cannot be placed.

        Cancelled in between, what was acknowledged stays, and another run goes on from there.
        """
        days = iter(sales.days.values())
        async with asyncio.TaskGroup() as group:
            for _ in range(hands):
                group.create_task(self._days(days))

    async def _days(self, days: Iterator[Sequence[Sale]]) -> None:
        for day in days:
            for sale in day:
                await self._one(sale)

    async def _one(self, sale: Sale) -> None:
        if sale.external_id in self.there:
            self.tally.already_there += 1
            return
        self.tally.sent += 1
        with refusals(f"{sale.external_id} could not be placed"):
            added = await self._place(sale)
        self.tally.added += added
        self.tally.already_there += not added
        self.told()

    async def _place(self, sale: Sale) -> bool:
        """Price and place one order; say whether it is new."""
        lines = [
            Line(variation_id=self.shop.variations[product], quantity=quantity)
            for product, quantity in sale.lines
        ]
        location_id, mode = self.shop.location_id, ServiceMode.TAKEOUT
        quote = await self.oms.orders.price(location_id=location_id, service_mode=mode, lines=lines)
        total = quote.total
        if total is None or (total.amount, total.currency) != (sale.amount, CURRENCY):
            raise _priced_otherwise(sale, f"{total.amount} {total.currency}" if total else "nothing")
        try:
            await self.oms.orders.place(
                location_id=location_id,
                service_mode=mode,
                lines=lines,
                quote_token=quote.quote_token,
                channel=CHANNEL,
                external_id=sale.external_id,
                placed_at=sale.at,
            )
        except AlreadyExistsError as error:
            if error.code == TAKEN:
                return False
            raise
        return True


def _priced_otherwise(sale: Sale, total: str) -> ReplayError:
    return ReplayError(
        "PRICE_DIFFERS",
        f"{sale.external_id} was sold for {sale.amount} {CURRENCY} (minor units), and costs {total} here",
        hint="a plugin adjusts prices: replay where none does",
    )
