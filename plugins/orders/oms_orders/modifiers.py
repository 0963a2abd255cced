"""Modifiers on their way: asked of the menu, kept as priced, told to others."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from oms_protos.menu.v1 import ModifierRequest, PricedModifier
from oms_protos.orders.v1 import EventModifier, ModifierChoice, OrderModifier
from oms_protos.types.v1 import Money


class _Row(msgspec.Struct, frozen=True, array_like=True):
    # Totals follow from quantities and amounts; the currency is the order's.
    modifier_id: str
    group_id: str
    name: str
    quantity: int
    amount: int
    modifiers: list[_Row] = []


_decoder = msgspec.json.Decoder(list[_Row])


def requested(choices: Sequence[ModifierChoice]) -> list[ModifierRequest]:
    """Return what is asked of the menu; it has the paths of the choices, so that its refusals fit them."""
    return [
        ModifierRequest(
            modifier_id=one.modifier_id, quantity=one.quantity, modifiers=requested(one.modifiers)
        )
        for one in choices
    ]


def kept(priced: Sequence[PricedModifier]) -> list[OrderModifier]:
    """Return modifiers as an order keeps them: with names and prices of this moment."""
    return [
        OrderModifier(
            modifier_id=one.modifier_id,
            group_id=one.group_id,
            name=one.name,
            quantity=one.quantity,
            unit_price=one.unit_price,
            total=one.total,
            modifiers=kept(one.modifiers),
        )
        for one in priced
    ]


def told(modifiers: Sequence[OrderModifier]) -> list[EventModifier]:
    """Return modifiers as events tell them: without prices."""
    return [
        EventModifier(
            modifier_id=one.modifier_id, name=one.name, quantity=one.quantity, modifiers=told(one.modifiers)
        )
        for one in modifiers
    ]


def written(modifiers: Sequence[OrderModifier]) -> str | None:
    """Return a line's modifiers as its row holds them; None for none."""
    return msgspec.json.encode(_rows(modifiers)).decode() if modifiers else None


def read(row: str | None, *, currency: str) -> list[OrderModifier]:
    """Return what ``written`` wrote, with the totals."""
    return _unpacked(_decoder.decode(row), currency) if row else []


def sum_of(modifiers: Sequence[OrderModifier]) -> int:
    """Return what the modifiers add to the price of one of what they belong to, in minor units."""
    return sum(one.total.amount for one in modifiers if one.total is not None)


def _rows(modifiers: Sequence[OrderModifier]) -> list[_Row]:
    return [
        _Row(
            one.modifier_id,
            one.group_id,
            one.name,
            one.quantity,
            one.unit_price.amount if one.unit_price is not None else 0,
            _rows(one.modifiers),
        )
        for one in modifiers
    ]


def _unpacked(rows: Sequence[_Row], currency: str) -> list[OrderModifier]:
    return [_modifier(row, _unpacked(row.modifiers, currency), currency) for row in rows]


def _modifier(row: _Row, inner: list[OrderModifier], currency: str) -> OrderModifier:
    return OrderModifier(
        modifier_id=row.modifier_id,
        group_id=row.group_id,
        name=row.name,
        quantity=row.quantity,
        unit_price=Money(amount=row.amount, currency=currency),
        total=Money(amount=row.quantity * (row.amount + sum_of(inner)), currency=currency),
        modifiers=inner,
    )
