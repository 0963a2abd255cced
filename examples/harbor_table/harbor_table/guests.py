"""Guests: they choose from the menu, ask for the price, and place the order."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from harbor_table.choosing import Chooser, options_of, stations
from harbor_table.seed import Location
from oms_sdk import APIError, AsyncOMS, Line, Menu, MenuVariation, Order, Quote, ServiceMode

CHANNELS = ("web", "kiosk", "pos")
NOTES = ("no onions", "extra crispy", "sauce on the side", "allergic to sesame")
SHARE_WITH_A_NOTE = 0.1
_PRICE_AGAIN = frozenset({"PRICE_CHANGED", "QUOTE_EXPIRED"})
_PLACED_BEFORE = "EXTERNAL_ID_TAKEN"


def choose(menu: Menu, dice: random.Random) -> list[Line]:
    """Return a basket of one to five lines from what is there to buy."""
    offered = [(item, variation) for item in menu.items for variation in on_offer(item.variations)]
    chooser = Chooser(menu, dice)
    wanted = dice.sample(offered, k=min(len(offered), dice.choice((1, 2, 2, 3, 3, 4, 5))))
    return [
        Line(
            variation_id=variation.variation_id,
            quantity=dice.choice((1, 1, 1, 1, 2, 2, 3)),
            note=dice.choice(NOTES) if dice.random() < SHARE_WITH_A_NOTE else "",
            modifiers=chooser.answer(item.modifier_groups),
        )
        for item, variation in wanted
    ]


def on_offer(variations: Iterable[MenuVariation]) -> list[MenuVariation]:
    """Return those that are not sold out."""
    return [variation for variation in variations if variation.available]


def stations_of(menu: Menu, lines: Sequence[Line]) -> tuple[str, ...]:
    """Return the stations that have something to make for these lines, by name."""
    options = options_of(menu.modifier_groups)
    home = {variation.variation_id: item.station for item in menu.items for variation in item.variations}
    work = {home[line.variation_id] for line in lines}
    for line in lines:
        work |= set(stations(line.modifiers, options, home=home[line.variation_id]))
    return tuple(sorted(work - {""}))


class Guest:
    """Somebody who orders once, at one location, through one channel."""

    def __init__(self, oms: AsyncOMS, location: Location, dice: random.Random, *, external_id: str) -> None:
        self._oms = oms
        self._location = location
        self._external_id = external_id
        self._channel = dice.choice(CHANNELS)
        self._mode = dice.choice((ServiceMode.EAT_IN, ServiceMode.TAKEOUT))
        self.lines = choose(location.menu, dice)

    async def order(self) -> Order:
        """Ask for the price and place the order; a price that changed meanwhile is accepted."""
        for attempt in range(1, 4):
            quote = await self._ask_price()
            try:
                return await self._place(quote, attempt)
            except APIError as refusal:
                if refusal.code == _PLACED_BEFORE:
                    return await self._oms.orders.get(refusal.details["order_id"])
                if refusal.code not in _PRICE_AGAIN:
                    raise
        return await self._place(await self._ask_price(), 4)

    async def _ask_price(self) -> Quote:
        return await self._oms.orders.price(
            location_id=self._location.location_id, service_mode=self._mode, lines=self.lines
        )

    async def _place(self, quote: Quote, attempt: int) -> Order:
        return await self._oms.orders.place(
            location_id=self._location.location_id,
            service_mode=self._mode,
            lines=self.lines,
            quote_token=quote.quote_token,
            channel=self._channel,
            external_id=self._external_id,
            # Another quote is another body and needs another key; the external id forbids a second order.
            idempotency_key=f"{self._external_id}/{attempt}",
        )
