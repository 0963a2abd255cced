"""Quotes: a price that the guest carries, signed, until the order is placed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from oms_core.auth import SealBroken, SealExpired, Seals
from oms_core.clock import Clock
from oms_orders.fingerprints import content_hash, price_hash
from oms_orders.pricing import Priced
from oms_orders.settings import OrdersSettings
from oms_protos.orders.v1 import PlaceOrderRequest, PriceOrderRequest, Quote
from oms_wire.errors import FailedPrecondition, FieldViolation, InvalidArgument

PURPOSE = "orders.quote"


class Promise(msgspec.Struct, frozen=True, array_like=True):
    """What a quote token says: of which content, at which prices, and at which moment it was asked for."""

    content: str
    prices: str
    amount: int
    currency: str
    menu_version: int
    at: datetime


class Quotes:
    """Seals promises and holds orders against them."""

    def __init__(self, seals: Seals, clock: Clock, settings: OrdersSettings) -> None:
        self._seals = seals
        self._clock = clock
        self._lifetime = timedelta(seconds=settings.quote_seconds)

    def make(self, request: PriceOrderRequest, priced: Priced, *, at: datetime) -> Quote:
        """Return the signed quote for a basket that was priced at ``at``."""
        total = priced.total
        content = content_hash(request.location_id, request.service_mode, request.lines)
        prices = price_hash(priced.lines, priced.adjustments)
        promise = Promise(content, prices, total.amount, total.currency, priced.menu_version, at)
        # The seal counts whole seconds.
        sealed_at = self._clock.now().replace(microsecond=0)
        return Quote(
            quote_token=self._seals.seal(PURPOSE, msgspec.json.encode(promise)),
            lines=[
                replace(line, note=asked.note) if asked.note else line
                for line, asked in zip(priced.lines, request.lines, strict=True)
            ],
            total=total,
            menu_version=priced.menu_version,
            content_hash=content,
            expires_at=sealed_at + self._lifetime,
            subtotal=priced.subtotal,
            adjustments=list(priced.adjustments),
        )

    def open(self, request: PlaceOrderRequest) -> Promise:
        """Return what the request's quote promises; raises QUOTE_INVALID, _EXPIRED or _MISMATCH."""
        try:
            sealed = self._seals.open(PURPOSE, request.quote_token, max_age=self._lifetime)
            promise = msgspec.json.decode(sealed, type=Promise)
        except SealExpired:
            raise _expired() from None
        except SealBroken:
            raise InvalidArgument(
                "QUOTE_INVALID", "quote_token: it was not issued here, or was changed", violations=[_AT_TOKEN]
            ) from None
        except msgspec.ValidationError:
            # Ours, but of a release whose promises said something else.
            raise _expired() from None
        if promise.content != content_hash(request.location_id, request.service_mode, request.lines):
            raise FailedPrecondition(
                "QUOTE_MISMATCH",
                "the quote was made for another location, mode or lines: price this order",
                violations=[_AT_TOKEN],
            )
        return promise


_AT_TOKEN = FieldViolation("quote_token", "send the quote_token that PriceOrder gave for this very order")


def _expired() -> FailedPrecondition:
    return FailedPrecondition(
        "QUOTE_EXPIRED", "the quote is too old: price the order again", violations=[_AT_TOKEN]
    )


def hold(promise: Promise, priced: Priced) -> None:
    """Return if everything still costs what was promised; raises PRICE_CHANGED with both amounts."""
    if promise.prices == price_hash(priced.lines, priced.adjustments):
        return
    current = priced.total
    raise FailedPrecondition(
        "PRICE_CHANGED",
        f"the order was quoted at {promise.amount} and now costs {current.amount} {current.currency}"
        " (minor units): price it again and ask the guest",
        details={
            "quoted_amount": str(promise.amount),
            "current_amount": str(current.amount),
            "currency": current.currency,
            "quoted_menu_version": str(promise.menu_version),
            "current_menu_version": str(priced.menu_version),
        },
    )
