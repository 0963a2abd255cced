"""What a quote promises, as two fingerprints: what was asked for, and what it costs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import msgspec

from oms_protos.orders.v1 import Adjustment, Line, ModifierChoice, OrderLine, OrderModifier, ServiceMode
from oms_protos.types.v1 import Money

Texts = list[object]


def content_hash(location_id: str, mode: ServiceMode, lines: Iterable[Line]) -> str:
    """Return the fingerprint of what was asked for; another sequence of lines or choices is another content.

    A choice without a quantity is the same as one of it.
    """
    asked = [
        (line.variation_id, line.quantity, line.note, _choices(line.modifiers) if line.modifiers else [])
        for line in lines
    ]
    return _fingerprint([location_id, mode.value, asked])


def price_hash(lines: Iterable[OrderLine], adjustments: Iterable[Adjustment] = ()) -> str:
    """Return the fingerprint of what each line, each modifier and each adjustment costs by itself."""
    costs = [
        (line.variation_id, *_amount(line.unit_price), _modifiers(line.modifiers) if line.modifiers else [])
        for line in lines
    ]
    changes = [(one.plugin, one.code, one.line, *_amount(one.amount)) for one in adjustments]
    return _fingerprint([costs, changes])


def _choices(choices: Sequence[ModifierChoice]) -> Texts:
    return [
        (one.modifier_id, 1 if one.quantity is None else one.quantity, _choices(one.modifiers))
        for one in choices
    ]


def _modifiers(modifiers: Sequence[OrderModifier]) -> Texts:
    return [
        (one.modifier_id, one.quantity, *_amount(one.unit_price), _modifiers(one.modifiers))
        for one in modifiers
    ]


def _amount(money: Money | None) -> tuple[int, str]:
    return (0, "") if money is None else (money.amount, money.currency)


def _fingerprint(value: object) -> str:
    # JSON, unlike a joined text, has one spelling for each list of texts and numbers.
    return hashlib.blake2b(msgspec.json.encode(value), digest_size=16).hexdigest()
