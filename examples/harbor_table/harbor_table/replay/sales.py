"""The rows as a shop knows them: a menu, and for each day the orders in the sequence they came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from harbor_table.replay.rows import Row, read_rows, refuse

CHANNEL = "pizzaplace"
CURRENCY = "USD"
ZONE = ZoneInfo("America/New_York")
"""The data set names no place; this is where its clock is read."""
_MOST_LINES = 200

Product = tuple[str, str]
"""A pizza and a size."""


@dataclass(frozen=True, slots=True)
class Sale:
    """One order: ``at`` is in the shop's zone, ``amount`` in cents, ``lines`` say how many of what."""

    external_id: str
    at: datetime
    lines: tuple[tuple[Product, int], ...]
    amount: int

    @property
    def items(self) -> int:
        """How many pizzas."""
        return sum(quantity for _, quantity in self.lines)


@dataclass(frozen=True, slots=True)
class Sales:
    """All of it. ``prices`` are in cents."""

    prices: Mapping[Product, int]
    days: Mapping[date, Sequence[Sale]]

    @property
    def orders(self) -> Sequence[Sale]:
        """Every order, day by day."""
        return [sale for day in self.days.values() for sale in day]

    def first(self, days: int | None) -> Sales:
        """Return these sales without what came after so many days; the menu stays whole."""
        return Sales(self.prices, dict(list(self.days.items())[:days]))


def read_sales(file: Path) -> Sales:
    """Return what a file says was sold; raises ReplayError with line numbers."""
    rows = read_rows(file)
    prices: dict[Product, Row] = {}
    orders: dict[str, list[Row]] = {}
    for row in rows:
        prices.setdefault((row.pizza, row.size), row)
        orders.setdefault(row.order, []).append(row)
    refuse(file, [*_contradictions(rows, prices, orders), *_too_long(orders)])
    days: dict[date, list[Sale]] = {}
    for order, sold in sorted(orders.items(), key=lambda one: one[1][0].at):
        days.setdefault(sold[0].at.date(), []).append(_sale(order, sold))
    return Sales({product: row.amount for product, row in prices.items()}, days)


def _contradictions(
    rows: Sequence[Row], prices: Mapping[Product, Row], orders: Mapping[str, Sequence[Row]]
) -> Iterator[str]:
    for row in rows:
        known, first = prices[row.pizza, row.size], orders[row.order][0]
        if row.amount != known.amount:
            yield f"line {row.line}: {row.pizza} {row.size} has another price than on line {known.line}"
        if row.at != first.at:
            yield f"line {row.line}: order {row.order} has another date or time than on line {first.line}"


def _too_long(orders: Mapping[str, Sequence[Row]]) -> Iterator[str]:
    for order, rows in orders.items():
        if (count := len({(row.pizza, row.size) for row in rows})) > _MOST_LINES:
            yield f"line {rows[0].line}: order {order} has {count} different pizzas; at most {_MOST_LINES}"


def _sale(order: str, rows: Sequence[Row]) -> Sale:
    counted = Counter((row.pizza, row.size) for row in rows)
    return Sale(
        external_id=f"{CHANNEL}-{order}",
        at=rows[0].at.replace(tzinfo=ZONE),
        lines=tuple(counted.items()),
        amount=sum(row.amount for row in rows),
    )
