"""What plugins do to a price: which of their answers count, and how far a discount goes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from oms_protos.orders.v1 import Adjustment, Adjustments, OrderLine
from oms_protos.types.v1 import Money
from oms_wire.hook import Given

MOST = 500
"""Adjustments that one plugin may make to one order."""
NAME_LENGTH = 120
HIGHEST_AMOUNT = 1_000_000_000_000
"""Minor units of one adjustment, either way; keeps every total far inside 64 bits."""
_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An answer that was left out as a whole: whose, and why."""

    plugin: str
    why: str


class _Row(msgspec.Struct, frozen=True, array_like=True):
    plugin: str
    code: str
    name: str
    amount: int
    line: int | None = None


_decoder = msgspec.json.Decoder(list[_Row])


def apply(
    answers: Iterable[Given[Adjustments]], lines: Sequence[OrderLine], subtotal: Money
) -> tuple[list[Adjustment], list[LeftOut]]:
    """Return the adjustments that hold, in plugin order, and the answers that were left out.

    The total never falls below zero: a discount is cut to what is left of the order and, if it is for a
    line, to what other discounts have left of that line. One of which nothing remains is dropped.
    """
    left, left_of, held, out = (
        subtotal.amount,
        defaultdict[int, int](int),
        list[Adjustment](),
        list[LeftOut](),
    )
    for given in answers:
        if why := find_fault(given.answer, lines=len(lines), currency=subtotal.currency):
            out.append(LeftOut(given.plugin, why))
            continue
        for one in given.answer.adjustments:
            asked = _amount(one.amount)
            amount = max(asked, -left)
            if one.line is not None and asked < 0:
                amount = max(amount, -(_amount(lines[one.line].total) + left_of[one.line]))
                left_of[one.line] += amount
            if amount:
                left += amount
                money = Money(amount=amount, currency=subtotal.currency)
                held.append(
                    Adjustment(code=one.code, name=one.name, amount=money, line=one.line, plugin=given.plugin)
                )
    return held, out


def find_fault(answer: Adjustments, *, lines: int, currency: str) -> str:
    """Say what is wrong with one plugin's answer; empty if nothing is."""
    if len(answer.adjustments) > MOST:
        return f"{len(answer.adjustments)} adjustments; at most {MOST}"
    for index, one in enumerate(answer.adjustments):
        if why := _fault(one, lines=lines, currency=currency):
            return f"adjustments[{index}].{why}"
    return ""


def _fault(one: Adjustment, *, lines: int, currency: str) -> str:
    if not _CODE.fullmatch(one.code):
        return f'code: {one.code!r} is not like "HAPPY_HOUR", 1 to 64 characters'
    if not 1 <= len(one.name) <= NAME_LENGTH or not one.name.isprintable():
        return f"name: 1 to {NAME_LENGTH} characters, none of them control characters"
    if one.amount is None or one.amount.currency != currency:
        return f"amount: {one.amount.currency if one.amount else 'nothing'!r}; the order is in {currency}"
    if abs(one.amount.amount) > HIGHEST_AMOUNT:
        return f"amount: {one.amount.amount} is more than {HIGHEST_AMOUNT} minor units"
    if one.line is not None and not 0 <= one.line < lines:
        return f"line: there is no line {one.line}; the order has {lines}"
    return ""


def sum_of(adjustments: Iterable[Adjustment]) -> int:
    """Return what adjustments change together, in minor units."""
    return sum(_amount(one.amount) for one in adjustments)


def written(adjustments: Sequence[Adjustment]) -> str | None:
    """Return an order's adjustments as its row holds them; None for none."""
    rows = [_Row(one.plugin, one.code, one.name, _amount(one.amount), one.line) for one in adjustments]
    return msgspec.json.encode(rows).decode() if rows else None


def read(row: str | None, *, currency: str) -> list[Adjustment]:
    """Return what ``written`` wrote."""
    return [
        Adjustment(
            code=one.code,
            name=one.name,
            amount=Money(amount=one.amount, currency=currency),
            line=one.line,
            plugin=one.plugin,
        )
        for one in (_decoder.decode(row) if row else [])
    ]


def _amount(money: Money | None) -> int:
    return 0 if money is None else money.amount
