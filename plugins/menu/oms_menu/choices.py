"""What a guest chose for one line: whether it may be chosen, and what it costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from oms_menu.fields import QUANTITY
from oms_menu.options import NO_PRICES, Asking, OnOffer, Option, Prices
from oms_protos.menu.v1 import ModifierRequest, PricedModifier
from oms_protos.types.v1 import Money
from oms_wire.errors import FieldViolation

CHOICES = 100
DEPTH = 8

UNKNOWN_MODIFIER = "UNKNOWN_MODIFIER"
MODIFIER_REPEATED = "MODIFIER_REPEATED"
MODIFIER_LIMIT = "MODIFIER_LIMIT"
MODIFIER_UNAVAILABLE = "MODIFIER_UNAVAILABLE"


class Finding(NamedTuple):
    """Something that cannot be sold as it was asked for."""

    code: str
    field: str
    why: str

    def violation(self) -> FieldViolation:
        """Return it as the caller gets it."""
        return FieldViolation(self.field, f"{self.code}: {self.why}")


def check_shape(chosen: Sequence[ModifierRequest], *, at: str) -> list[FieldViolation]:
    """Say what is wrong with choices whatever the menu is: count, depth, quantities, choices of nothing.

    What passes is small enough for everything that follows.
    """
    wrong: list[FieldViolation] = []
    count, level = 0, [(at, chosen)]
    for depth in range(DEPTH + 1):
        if not level:
            return wrong
        if depth == DEPTH:
            return [
                *wrong,
                FieldViolation(f"{level[0][0]}.modifiers", f"at most {DEPTH} levels of modifiers"),
            ]
        count += sum(len(under) for _, under in level)
        if count > CHOICES:
            return [*wrong, FieldViolation(f"{at}.modifiers", f"more than {CHOICES} modifiers in one line")]
        level = [below for path, under in level for below in _check_level(under, path, wrong)]
    return wrong


def chosen_ids(lines: Iterable[Sequence[ModifierRequest]]) -> set[str]:
    """Return the id of everything that was chosen, at any level."""
    ids: set[str] = set()
    ahead = [choice for chosen in lines for choice in chosen]
    while ahead:
        choice = ahead.pop()
        ids.add(choice.modifier_id)
        ahead += choice.modifiers
    return ids


def find_wrong(
    chosen: Sequence[ModifierRequest], asking: Asking, on_offer: OnOffer, *, at: str
) -> list[Finding]:
    """Name every choice that breaks a rule, and every group of which too few or too many were chosen."""
    found: list[Finding] = []
    taken: Counter[str] = Counter()
    seen: set[str] = set()
    for index, choice in enumerate(chosen):
        here, option = f"{at}.modifiers[{index}]", on_offer.options.get(choice.modifier_id)
        if option is None or option.group_id not in asking.groups:
            found.append(_misplaced(choice, option, asking, on_offer, here))
            continue
        if choice.modifier_id in seen:
            group = on_offer.groups[option.group_id]
            why = f"{option.name} of {group} is there twice: send its quantity instead"
            found.append(Finding(MODIFIER_REPEATED, f"{here}.modifier_id", why))
        seen.add(choice.modifier_id)
        quantity = quantity_of(choice)
        taken[option.group_id] += quantity
        if quantity == 0:
            continue
        found += _check_choice(option, quantity, asking, here, on_offer.currency)
        if option.opens or choice.modifiers:
            below = Asking(option.name, {opened: on_offer.groups[opened] for opened in option.opens})
            found += find_wrong(choice.modifiers, below, on_offer, at=here)
    return [*found, *_check_counts(asking, taken, at)]


def price(
    chosen: Sequence[ModifierRequest], on_offer: OnOffer, *, own: Prices = NO_PRICES
) -> list[PricedModifier]:
    """Return choices, all of which are allowed, with their prices; none of something costs nothing."""
    return [_priced(choice, on_offer, own) for choice in chosen]


def total(modifiers: Iterable[PricedModifier]) -> int:
    """Return what priced modifiers cost together, in minor units."""
    return sum(one.total.amount for one in modifiers if one.total is not None)


def quantity_of(choice: ModifierRequest) -> int:
    """Return how many of it, for one of what it belongs to."""
    return 1 if choice.quantity is None else choice.quantity


def _check_level(
    chosen: Sequence[ModifierRequest], at: str, wrong: list[FieldViolation]
) -> list[tuple[str, Sequence[ModifierRequest]]]:
    below: list[tuple[str, Sequence[ModifierRequest]]] = []
    for index, choice in enumerate(chosen):
        here, quantity = f"{at}.modifiers[{index}]", quantity_of(choice)
        if not 0 <= quantity <= QUANTITY:
            wrong.append(FieldViolation(f"{here}.quantity", f"{quantity} is not in 0 to {QUANTITY}"))
        if choice.modifiers and not quantity:
            wrong.append(
                FieldViolation(f"{here}.modifiers", "none of it was chosen, so nothing can go with it")
            )
        if choice.modifiers:
            below.append((here, choice.modifiers))
    return below


def _misplaced(
    choice: ModifierRequest,
    option: Option | None,
    asking: Asking,
    on_offer: OnOffer,
    at: str,
) -> Finding:
    if option is None:
        asked = ", ".join(map(str, asking.groups.values())) or "no modifiers"
        why = f"{choice.modifier_id!r} is not on this menu; {asking.name} takes {asked}"
    else:
        why = f"{option.name} is of {on_offer.groups[option.group_id]}, which {asking.name} does not ask"
    return Finding(UNKNOWN_MODIFIER, f"{at}.modifier_id", why)


def _check_choice(option: Option, quantity: int, asking: Asking, at: str, currency: str) -> Iterable[Finding]:
    group = asking.groups[option.group_id]
    if option.max_quantity and quantity > option.max_quantity:
        why = f"{option.name} of {group} can be had {option.max_quantity} times at most, not {quantity}"
        yield Finding(MODIFIER_LIMIT, f"{at}.quantity", why)
    _, priced_in = option.price(asking.own)
    if not option.available or priced_in != currency:
        why = "is sold out" if not option.available else f"has no price in {currency}"
        yield Finding(MODIFIER_UNAVAILABLE, f"{at}.modifier_id", f"{option.name} of {group} {why} here")


def _check_counts(asking: Asking, taken: Mapping[str, int], at: str) -> Iterable[Finding]:
    for group_id, group in asking.groups.items():
        chosen = taken.get(group_id, 0)
        if chosen < group.min or (group.max and chosen > group.max):
            limit = f"at least {group.min}" if chosen < group.min else f"at most {group.max}"
            why = f"{asking.name} takes {limit} of {group}, not {chosen}"
            yield Finding(MODIFIER_LIMIT, f"{at}.modifiers", why)


def _priced(choice: ModifierRequest, on_offer: OnOffer, own: Prices) -> PricedModifier:
    option, quantity, currency = on_offer.options[choice.modifier_id], quantity_of(choice), on_offer.currency
    amount = option.price(own)[0] if quantity else 0
    below = price(choice.modifiers, on_offer)
    return PricedModifier(
        modifier_id=option.modifier_id,
        group_id=option.group_id,
        name=option.name,
        quantity=quantity,
        unit_price=Money(amount=amount, currency=currency),
        total=Money(amount=quantity * (amount + total(below)), currency=currency),
        modifiers=below,
    )
