"""Lines with modifiers are priced by one snapshot of the menu."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from oms_protos.menu.v1 import (
    LineRequest,
    ModifierGroup,
    ModifierRequest,
    PriceLinesRequest,
    SetModifierAvailabilityRequest,
    SetModifierPriceRequest,
)
from oms_wire.errors import FailedPrecondition, InvalidArgument
from tests.shop import Shop, price

from .asking import ask, bowl, menu_of, pick, priced, refused


class TestPriceLines:
    async def test_a_line_costs_the_sum_of_what_is_in_it(
        self, shop: Shop, toppings: ModifierGroup, sides: ModifierGroup
    ) -> None:
        item = await bowl(shop, ask(sides), ask(toppings))
        rice = pick(sides, 0, pick(toppings, 0, quantity=2), pick(toppings, 1, quantity=0))
        line = await priced(shop, item, rice, pick(toppings, 1))
        assert (line.base_price, line.unit_price, line.total) == (price(1000), price(1600), price(3200))
        [side, nori] = line.modifiers
        assert (side.name, side.group_id, side.unit_price, side.total) == (
            "Rice",
            sides.group_id,
            price(200),
            price(500),
        )
        assert [(one.name, one.quantity, one.total) for one in side.modifiers] == [
            ("Egg", 2, price(300)),
            ("Nori", 0, price(0)),
        ]
        assert (nori.name, nori.total) == ("Nori", price(100))

    async def test_lines_of_one_item_never_merge(self, shop: Shop, toppings: ModifierGroup) -> None:
        item = await bowl(shop, ask(toppings))
        variation_id = item.variations[0].variation_id
        chosen = ([pick(toppings)], [], [pick(toppings)])
        lines = [LineRequest(variation_id=variation_id, quantity=1, modifiers=one) for one in chosen]
        answer = await shop.menu.price_lines(PriceLinesRequest(location_id=shop.pier, lines=lines))
        assert [line.total for line in answer.lines] == [price(1150), price(1000), price(1150)]

    async def test_what_is_required_is_missed_though_no_line_has_modifiers(
        self, shop: Shop, sides: ModifierGroup
    ) -> None:
        item = await bowl(shop, ask(sides))
        refusal = await refused(shop, item)
        assert isinstance(refusal, InvalidArgument)
        assert refusal.code == "MODIFIER_LIMIT"
        [violation] = refusal.violations
        assert violation.field == "lines[0].modifiers"
        assert f"at least 1 of Sides ({sides.group_id}), not 0" in violation.message

    async def test_what_is_sold_out_here_is_sold_there(self, shop: Shop, toppings: ModifierGroup) -> None:
        item = await bowl(shop, ask(toppings))
        off = SetModifierAvailabilityRequest(
            location_id=shop.pier, modifier_id=toppings.modifiers[0].modifier_id, available=False
        )
        await shop.menu.set_modifier_availability(off)
        refusal = await refused(shop, item, pick(toppings))
        assert isinstance(refusal, FailedPrecondition)
        assert refusal.code == "MODIFIER_UNAVAILABLE"
        assert await priced(shop, item, pick(toppings), location_id=shop.market)
        assert await priced(shop, item, pick(toppings, quantity=0))
        on = replace(off, available=True)
        await shop.menu.set_modifier_availability(on)
        assert await priced(shop, item, pick(toppings))

    async def test_a_modifier_of_an_item_that_asks_nothing_is_refused(
        self, shop: Shop, toppings: ModifierGroup
    ) -> None:
        refusal = await refused(shop, shop.cola, pick(toppings))
        assert refusal.code == "UNKNOWN_MODIFIER"
        assert "Egg is of Toppings" in refusal.message
        unknown = await refused(shop, shop.cola, ModifierRequest(modifier_id="mod_x"))
        assert "Cola takes no modifiers" in unknown.message

    async def test_prices_and_version_are_of_one_moment(self, shop: Shop, toppings: ModifierGroup) -> None:
        """While the price moves in step with the version, no answer has one of another."""
        item = await bowl(shop, ask(toppings))
        egg = toppings.modifiers[0].modifier_id
        start = (await menu_of(shop)).menu_version
        chosen = [pick(toppings)]
        line = LineRequest(variation_id=item.variations[0].variation_id, quantity=1, modifiers=chosen)

        async def write() -> None:
            for amount in range(1, 30):
                await shop.menu.set_modifier_price(
                    SetModifierPriceRequest(location_id=shop.pier, modifier_id=egg, price=price(amount))
                )

        async def read() -> set[tuple[int, int]]:
            seen = set()
            while not writing.done():
                request = PriceLinesRequest(location_id=shop.pier, lines=[line])
                answer = await shop.menu.price_lines(request)
                seen.add((answer.menu_version, answer.total.amount))
            return seen

        writing = asyncio.create_task(write())
        seen = set.union(*await asyncio.gather(read(), read(), read()))
        await writing
        for version, amount in seen:
            assert amount == 1000 + (version - start if version > start else 150)
