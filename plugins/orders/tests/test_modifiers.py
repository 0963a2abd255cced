from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_orders import modifiers
from oms_protos.menu.v1 import (
    CreateItemRequest,
    CreateModifierGroupRequest,
    ItemModifierGroup,
    NewModifier,
    NewVariation,
    SetModifierPriceRequest,
)
from oms_protos.orders.v1 import (
    GetOrderRequest,
    Line,
    ListOrdersRequest,
    ModifierChoice,
    OrderAccepted,
    OrderModifier,
)
from oms_protos.types.v1 import Money
from oms_wire.errors import FailedPrecondition, InvalidArgument, RpcError
from tests.shop import Shop, price


@dataclass(frozen=True, slots=True)
class Burger:
    """Grilled; takes extras (onions 0, bacon 150), and a side: fries 300 with dips (mayo 50)."""

    shop: Shop
    variation_id: str
    onions: str
    bacon: str
    fries: str
    mayo: str

    def line(self, *choices: ModifierChoice, quantity: int = 1) -> Line:
        return Line(variation_id=self.variation_id, quantity=quantity, modifiers=list(choices))

    def everything(self) -> Line:
        return self.line(
            ModifierChoice(modifier_id=self.onions, quantity=0),
            ModifierChoice(modifier_id=self.bacon, quantity=2),
            ModifierChoice(
                modifier_id=self.fries, modifiers=[ModifierChoice(modifier_id=self.mayo, quantity=2)]
            ),
            quantity=2,
        )


@pytest.fixture
async def burger(shop: Shop) -> Burger:
    async def group(name: str, *options: NewModifier) -> tuple[str, list[str]]:
        request = CreateModifierGroupRequest(brand_id=shop.noodles, name=name, modifiers=list(options))
        made = await shop.menu.create_modifier_group(request)
        return made.group_id, [one.modifier_id for one in made.modifiers]

    def option(name: str, amount: int, *opens: str, station: str = "") -> NewModifier:
        return NewModifier(
            name=name, price=price(amount), max_quantity=3, group_ids=list(opens), station=station
        )

    dips, [mayo] = await group("Dips", option("Mayo", 50))
    sides, [fries] = await group("Sides", option("Fries", 300, dips, station="fryer"))
    extras, [onions, bacon] = await group("Extras", option("Onions", 0), option("Bacon", 150))
    item = await shop.menu.create_item(
        CreateItemRequest(
            brand_id=shop.noodles,
            name="Burger",
            station="grill",
            variations=[NewVariation(name="Single", price=price(1000))],
            modifier_groups=[ItemModifierGroup(group_id=extras), ItemModifierGroup(group_id=sides)],
        )
    )
    return Burger(shop, item.variations[0].variation_id, onions, bacon, fries, mayo)


async def test_modifiers_are_kept_as_priced_to_any_depth(shop: Shop, burger: Burger) -> None:
    order = await shop.place(burger.everything(), shop.line(shop.cola))
    line, cola = order.lines
    assert (line.base_price, line.unit_price, line.total) == (price(1000), price(1700), price(3400))
    assert [(one.name, one.quantity, one.unit_price, one.total) for one in line.modifiers] == [
        ("Onions", 0, price(0), price(0)),
        ("Bacon", 2, price(150), price(300)),
        ("Fries", 1, price(300), price(400)),
    ]
    [mayo] = line.modifiers[2].modifiers
    assert (mayo.modifier_id, mayo.quantity, mayo.total) == (burger.mayo, 2, price(100))
    assert (cola.base_price, cola.modifiers, order.subtotal, order.adjustments) == (
        price(250),
        [],
        price(3650),
        [],
    )
    await shop.menu.set_modifier_price(
        SetModifierPriceRequest(location_id=shop.pier, modifier_id=burger.bacon, price=price(1))
    )
    stored = await shop.orders.get_order(GetOrderRequest(order_id=order.order_id))
    [listed] = (await shop.orders.list_orders(ListOrdersRequest(location_id=shop.pier))).orders
    assert stored.lines == listed.lines == order.lines


async def test_lines_of_one_item_never_merge(shop: Shop, burger: Burger) -> None:
    plain, topped = burger.line(), burger.line(ModifierChoice(modifier_id=burger.bacon))
    order = await shop.place(plain, topped, topped, plain)
    assert [[one.name for one in line.modifiers] for line in order.lines] == [[], ["Bacon"], ["Bacon"], []]
    assert len({line.line_id for line in order.lines}) == 4


async def test_events_tell_modifiers_without_prices(shop: Shop, burger: Burger) -> None:
    order = await shop.place(burger.everything())
    [row] = await shop.running.sql(
        "select payload from oms.event_log where type = 'orders.order_accepted' and aggregate_id = $1",
        order.order_id,
    )
    [line] = OrderAccepted.parse(row["payload"]).lines
    assert [(one.modifier_id, one.quantity) for one in line.modifiers] == [
        (burger.onions, 0),
        (burger.bacon, 2),
        (burger.fries, 1),
    ]
    assert [one.name for one in line.modifiers[2].modifiers] == ["Mayo"]


async def test_another_price_of_a_modifier_is_a_changed_price(shop: Shop, burger: Burger) -> None:
    request = await shop.quoted(burger.everything())
    await shop.menu.set_modifier_price(
        SetModifierPriceRequest(location_id=shop.pier, modifier_id=burger.mayo, price=price(60))
    )
    with pytest.raises(FailedPrecondition) as caught:
        await shop.orders.place_order(request)
    assert caught.value.code == "PRICE_CHANGED"
    assert (caught.value.details["quoted_amount"], caught.value.details["current_amount"]) == ("3400", "3440")


async def test_a_quote_is_for_one_choice(shop: Shop, burger: Burger) -> None:
    request = await shop.quoted(burger.line())
    with pytest.raises(FailedPrecondition) as caught:
        await shop.orders.place_order(replace(request, lines=[burger.everything()]))
    assert caught.value.code == "QUOTE_MISMATCH"


async def test_the_menu_s_refusal_names_the_choice_by_its_path(shop: Shop, burger: Burger) -> None:
    wrong = ModifierChoice(modifier_id=burger.fries, modifiers=[ModifierChoice(modifier_id=burger.bacon)])
    with pytest.raises(RpcError) as caught:
        await shop.quoted(shop.line(shop.cola), burger.line(wrong))
    fields = [violation.field for violation in caught.value.violations]
    assert fields == ["lines[1].modifiers[0].modifiers[0].modifier_id"]


async def test_modifiers_without_end_are_refused_before_anybody_reads_them(
    shop: Shop, burger: Burger
) -> None:
    request = await shop.quoted(burger.line())
    choices: list[ModifierChoice] = []
    for _ in range(300):
        choices = [ModifierChoice(modifier_id=burger.fries, modifiers=choices)]
    with pytest.raises(InvalidArgument) as caught:
        await shop.orders.place_order(replace(request, lines=[burger.line(*choices)]))
    assert [violation.field for violation in caught.value.violations] == ["lines[0].modifiers"]


def usd(amount: int) -> Money:
    return Money(amount=amount, currency="USD")


def made(name: str, quantity: int, amount: int, inner: list[OrderModifier]) -> OrderModifier:
    return OrderModifier(
        modifier_id=f"mod_{name}",
        group_id=f"grp_{name}",
        name=name,
        quantity=quantity,
        unit_price=usd(amount),
        total=usd(quantity * (amount + modifiers.sum_of(inner))),
        modifiers=inner,
    )


MODIFIERS = st.recursive(
    st.just([]),
    lambda inner: st.lists(
        st.builds(made, st.text(max_size=5), st.integers(0, 5), st.integers(0, 999), inner), max_size=3
    ),
    max_leaves=8,
)


@given(MODIFIERS)
def test_what_is_written_is_read(chosen: list[OrderModifier]) -> None:
    assert modifiers.read(modifiers.written(chosen), currency="USD") == chosen
