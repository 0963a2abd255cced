"""How an item asks groups: with its own limits and prices, where they differ."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from oms_menu.fields import check_price, check_twice
from oms_menu.modifiers import OPTIONS, check_limits, check_satisfiable
from oms_protos.menu.v1 import ItemModifierGroup, ModifierGroup, ModifierPrice
from oms_protos.types.v1 import Money
from oms_wire.errors import FieldViolation

GROUPS_OF_ITEM = 50


class AskedGroup(msgspec.Struct, frozen=True, omit_defaults=True):
    """A group as an item asks it: None where the group's own limit holds; prices in minor units."""

    group_id: str
    min: int | None = None
    max: int | None = None
    prices: dict[str, tuple[int, str]] = {}


def asked(groups: Iterable[ItemModifierGroup]) -> tuple[AskedGroup, ...]:
    """Return groups as they are stored with their item; their prices have been checked."""
    return tuple(
        AskedGroup(
            group.group_id,
            group.min,
            group.max,
            {
                own.modifier_id: (own.price.amount, own.price.currency)
                for own in group.prices
                if own.price is not None
            },
        )
        for group in groups
    )


def as_written(groups: Iterable[AskedGroup]) -> list[ItemModifierGroup]:
    """Return stored groups as the item's brand wrote them."""
    return [
        ItemModifierGroup(group_id=group.group_id, min=group.min, max=group.max, prices=prices_of(group))
        for group in groups
    ]


def prices_of(group: AskedGroup) -> list[ModifierPrice]:
    """Return the item's own prices."""
    return [
        ModifierPrice(modifier_id=modifier_id, price=Money(amount=amount, currency=currency))
        for modifier_id, (amount, currency) in group.prices.items()
    ]


def without_prices(group: AskedGroup, modifier_ids: Collection[str]) -> AskedGroup:
    """Return a group without an item's own prices of some options."""
    kept = {one: own for one, own in group.prices.items() if one not in modifier_ids}
    return msgspec.structs.replace(group, prices=kept)


def check_asked(groups: Sequence[ItemModifierGroup], *, field: str) -> list[FieldViolation]:
    """Say what is wrong with the groups of an item, as far as it can be seen without them."""
    if len(groups) > GROUPS_OF_ITEM:
        return [FieldViolation(field, f"{len(groups)} groups; at most {GROUPS_OF_ITEM}")]
    wrong = check_twice((group.group_id for group in groups), f"{field}[{{}}].group_id")
    for index, group in enumerate(groups):
        at = f"{field}[{index}]"
        least, most = group.min or 0, group.max or 0
        # A limit that is not sent is the group's, which is looked at with the group.
        both = group.min is not None and group.max is not None
        wrong += check_limits(least, most if both or most < 0 else max(most, least), field=f"{at}.")
        if len(group.prices) > OPTIONS:
            wrong.append(FieldViolation(f"{at}.prices", f"{len(group.prices)} prices; at most {OPTIONS}"))
            continue
        wrong += check_twice((own.modifier_id for own in group.prices), f"{at}.prices[{{}}].modifier_id")
        for place, own in enumerate(group.prices):
            wrong += check_price(own.price, field=f"{at}.prices[{place}].price")
    return wrong


def check_asked_with_groups(
    groups: Sequence[ItemModifierGroup], known: Mapping[str, ModifierGroup], *, field: str
) -> list[FieldViolation]:
    """Say what is wrong with groups of an item when one looks at the groups; all of them are ``known``."""
    return [
        violation
        for index, group in enumerate(groups)
        for violation in check_override(group, known[group.group_id], at=f"{field}[{index}]")
    ]


def check_override(own: ItemModifierGroup, group: ModifierGroup, *, at: str) -> list[FieldViolation]:
    """Say where an item's limits or prices do not go with its group."""
    least = group.min if own.min is None else own.min
    most = group.max if own.max is None else own.max
    who = f"{group.name} ({group.group_id}) with this item"
    wrong = check_limits(least, most, field=f"{at}.")
    wrong = wrong or check_satisfiable(least, group.modifiers, field=f"{at}.min", who=who)
    options = {option.modifier_id: option for option in group.modifiers}
    for place, priced in enumerate(own.prices):
        option, price = options.get(priced.modifier_id), priced.price
        name = f"{at}.prices[{place}]"
        if option is None:
            message = f"{priced.modifier_id!r} is not an option of {group.name} ({group.group_id})"
            wrong.append(FieldViolation(f"{name}.modifier_id", message))
        elif price and option.price and price.currency != option.price.currency:
            message = f"{option.name} of {group.name} ({group.group_id}) costs {option.price.currency}"
            wrong.append(FieldViolation(f"{name}.price.currency", f"{message}, not {price.currency}"))
    return wrong
