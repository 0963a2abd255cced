"""Random menus with nested groups, random choices from them, and an oracle that decides both the long way."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from oms_menu.asking import AskedGroup
from oms_menu.options import OnOffer, Option, OptionGroup
from oms_menu.pricing import Offered, Shelf
from oms_protos.menu.v1 import LineRequest, ModifierRequest

LEVELS = 4


@dataclass(frozen=True)
class RandomMenu:
    """Groups of which the options open only later ones, and an item that asks some of them."""

    groups: dict[str, OptionGroup]
    options: dict[str, Option]
    asks: tuple[AskedGroup, ...]
    amount: int
    of_group: dict[str, list[str]] = field(default_factory=dict)

    def shelf(self) -> Shelf:
        """Return it as the location of the tests offers it."""
        offer = Offered("itm_1", "var_1", "Burger", "Single", "grill", self.amount, "USD", True, self.asks)
        return Shelf({"var_1": offer}, OnOffer("USD", self.options, self.groups))


def random_menu(dice: Random) -> RandomMenu:
    """Return some menu."""
    ids = [f"grp_{number}" for number in range(dice.randint(1, LEVELS))]
    groups, options = {}, {}
    of_group: dict[str, list[str]] = {group_id: [] for group_id in ids}
    for place, group_id in enumerate(ids):
        groups[group_id] = OptionGroup(group_id, f"Group {place}", *_limits(dice))
        for number in range(dice.randint(1, 3)):
            option = Option(
                modifier_id=f"mod_{place}_{number}",
                group_id=group_id,
                name=f"Option {number}",
                amount=dice.randint(0, 500),
                currency=dice.choice(["USD"] * 12 + ["EUR"]),
                local=dice.random() < 0.3,
                available=dice.random() < 0.95,
                max_quantity=dice.choice((0, 1, 1, 2, 3)),
                opens=tuple(later for later in ids[place + 1 :] if dice.random() < 0.4),
            )
            options[option.modifier_id] = option
            of_group[group_id].append(option.modifier_id)
    asked = dice.sample(ids, k=dice.randint(0, len(ids)))
    asks = tuple(_asked(dice, group_id, of_group[group_id]) for group_id in asked)
    return RandomMenu(groups, options, asks, dice.randint(0, 5000), of_group)


def random_line(dice: Random, menu: RandomMenu) -> LineRequest:
    """Return a line that is right as often as not."""
    modifiers = _choices(dice, menu, [group.group_id for group in menu.asks])
    return LineRequest(variation_id="var_1", quantity=dice.randint(1, 5), modifiers=modifiers)


def oracle_accepts(menu: RandomMenu, line: LineRequest) -> bool:
    """Say whether a line may be sold, by writing down every single piece of it."""
    limits = {
        own.group_id: (
            menu.groups[own.group_id].min if own.min is None else own.min,
            menu.groups[own.group_id].max if own.max is None else own.max,
        )
        for own in menu.asks
    }
    own = {modifier_id: price for asked in menu.asks for modifier_id, price in asked.prices.items()}
    return _level_is_right(menu, line.modifiers, limits, own)


def oracle_unit_price(menu: RandomMenu, line: LineRequest) -> int:
    """Return what one of a line costs, piece after piece."""
    own = {modifier_id: price for asked in menu.asks for modifier_id, price in asked.prices.items()}
    return menu.amount + sum(_piece_prices(menu, line.modifiers, own))


def _limits(dice: Random) -> tuple[int, int]:
    least = dice.choice((0, 0, 0, 1, 1, 2))
    return least, dice.choice((0, least or 1, least + 1, least + 2))


def _asked(dice: Random, group_id: str, options: list[str]) -> AskedGroup:
    prices = {one: (dice.randint(0, 500), "USD") for one in options if dice.random() < 0.3}
    least, most = _limits(dice) if dice.random() < 0.3 else (None, None)
    return AskedGroup(group_id, least, most, prices)


def _choices(dice: Random, menu: RandomMenu, asked: list[str]) -> list[ModifierRequest]:
    chosen = [
        _choice(dice, menu, modifier_id)
        for group_id in asked
        for modifier_id in menu.of_group[group_id]
        if dice.random() < 0.55
    ]
    if dice.random() < 0.08:
        chosen.append(_choice(dice, menu, dice.choice([*menu.options, "mod_unknown"])))
    dice.shuffle(chosen)
    return chosen


def _choice(dice: Random, menu: RandomMenu, modifier_id: str) -> ModifierRequest:
    quantity = dice.choice((None, None, None, 1, 1, 2, 0))
    opened = menu.options[modifier_id].opens if modifier_id in menu.options else ()
    below = _choices(dice, menu, list(opened)) if quantity != 0 else []
    return ModifierRequest(modifier_id=modifier_id, quantity=quantity, modifiers=below)


def _level_is_right(
    menu: RandomMenu,
    chosen: list[ModifierRequest],
    limits: dict[str, tuple[int, int]],
    own: dict[str, tuple[int, str]],
) -> bool:
    names = [choice.modifier_id for choice in chosen]
    if len(set(names)) < len(names) or not set(names) <= set(menu.options):
        return False
    pieces = [choice for choice in chosen for _ in range(1 if choice.quantity is None else choice.quantity)]
    for name in names:
        option, count = menu.options[name], sum(piece.modifier_id == name for piece in pieces)
        if option.group_id not in limits or (option.max_quantity and count > option.max_quantity):
            return False
        sold_in = option.currency if option.local or name not in own else own[name][1]
        if count and (not option.available or sold_in != "USD"):
            return False
    for group_id, (least, most) in limits.items():
        count = sum(menu.options[piece.modifier_id].group_id == group_id for piece in pieces)
        if count < least or (most and count > most):
            return False
    return all(
        _level_is_right(
            menu,
            piece.modifiers,
            {
                group_id: (menu.groups[group_id].min, menu.groups[group_id].max)
                for group_id in menu.options[piece.modifier_id].opens
            },
            {},
        )
        for piece in pieces
    )


def _piece_prices(
    menu: RandomMenu, chosen: list[ModifierRequest], own: dict[str, tuple[int, str]]
) -> list[int]:
    prices = []
    for choice in chosen:
        for _ in range(1 if choice.quantity is None else choice.quantity):
            option = menu.options[choice.modifier_id]
            item_has_one = not option.local and choice.modifier_id in own
            prices.append(own[choice.modifier_id][0] if item_has_one else option.amount)
            prices += _piece_prices(menu, choice.modifiers, {})
    return prices
