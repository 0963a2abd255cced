from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from oms_core.auth import Seals
from oms_core.clock import FixedClock
from oms_orders.pricing import Priced
from oms_orders.quotes import PURPOSE, Promise, Quotes, hold
from oms_orders.settings import OrdersSettings
from oms_protos.identity.v1 import Node
from oms_protos.orders.v1 import (
    Adjustment,
    Line,
    OrderLine,
    PlaceOrderRequest,
    PriceOrderRequest,
    ServiceMode,
)
from oms_protos.types.v1 import Money
from oms_wire.errors import FailedPrecondition

NOON = datetime(2026, 6, 1, 12, 0, 0, 999_999, tzinfo=UTC)
LINES = [Line(variation_id="var_1", quantity=2), Line(variation_id="var_2", quantity=1)]
BASKET = PriceOrderRequest(location_id="loc_1", service_mode=ServiceMode.EAT_IN, lines=LINES)


def usd(amount: int) -> Money:
    return Money(amount=amount, currency="USD")


def priced(*amounts: int, menu_version: int = 1, off: int = 0, plugin: str = "happy_hour") -> Priced:
    lines = [
        OrderLine(
            variation_id=line.variation_id,
            quantity=line.quantity,
            unit_price=usd(amount),
            total=usd(amount * line.quantity),
        )
        for line, amount in zip(LINES, amounts, strict=True)
    ]
    subtotal = usd(sum(line.total.amount for line in lines if line.total is not None))
    changes = [Adjustment(code="LESS", name="Less", amount=usd(-off), plugin=plugin)] if off else []
    return Priced(Node(), lines, subtotal, changes, menu_version)


class Counter:
    """A counter at noon, and the guest who comes back."""

    def __init__(self) -> None:
        self.clock = FixedClock(NOON)
        self.quotes = Quotes(Seals(b"secret", clock=self.clock), self.clock, OrdersSettings())
        self.quote = self.quotes.make(BASKET, priced(500, 300, off=100), at=NOON)

    def come_back(self, after: timedelta) -> Promise:
        self.clock.set(NOON + after)
        return self.quotes.open(
            PlaceOrderRequest(
                location_id="loc_1",
                service_mode=ServiceMode.EAT_IN,
                lines=LINES,
                quote_token=self.quote.quote_token,
            )
        )


def test_a_quote_holds_until_it_expires() -> None:
    counter = Counter()
    assert counter.quote.expires_at is not None
    promise = counter.come_back(counter.quote.expires_at - NOON)
    assert (promise.amount, promise.currency, promise.menu_version) == (1200, "USD", 1)
    assert promise.at == NOON


def test_and_not_longer() -> None:
    counter = Counter()
    assert counter.quote.expires_at is not None
    with pytest.raises(FailedPrecondition) as caught:
        counter.come_back(counter.quote.expires_at - NOON + timedelta(seconds=1))
    assert caught.value.code == "QUOTE_EXPIRED"


def test_a_quote_of_an_earlier_release_is_asked_for_again() -> None:
    counter = Counter()
    earlier = Seals(b"secret", clock=counter.clock).seal(PURPOSE, b'["content","prices",1200,"USD",1]')
    counter.quote.quote_token = earlier
    with pytest.raises(FailedPrecondition) as caught:
        counter.come_back(timedelta(0))
    assert caught.value.code == "QUOTE_EXPIRED"


def test_prices_that_swap_within_one_total_are_a_change() -> None:
    counter = Counter()
    swapped = priced(400, 500, menu_version=2, off=100)
    with pytest.raises(FailedPrecondition) as caught:
        hold(counter.come_back(timedelta(0)), swapped)
    assert caught.value.details == {
        "quoted_amount": "1200",
        "current_amount": "1200",
        "currency": "USD",
        "quoted_menu_version": "1",
        "current_menu_version": "2",
    }


def test_a_menu_that_changed_elsewhere_is_no_change() -> None:
    counter = Counter()
    hold(counter.come_back(timedelta(0)), priced(500, 300, menu_version=9, off=100))


@pytest.mark.parametrize("now", [{}, {"off": 99}, {"off": 100, "plugin": "other"}])
def test_an_adjustment_that_is_another_one_is_a_change(now: dict[str, Any]) -> None:
    counter = Counter()
    with pytest.raises(FailedPrecondition) as caught:
        hold(counter.come_back(timedelta(0)), priced(500, 300, **now))
    assert caught.value.code == "PRICE_CHANGED"


def test_a_quote_tells_what_the_lines_cost_and_what_was_changed() -> None:
    quote = Counter().quote
    assert (quote.subtotal, quote.total) == (usd(1300), usd(1200))
    assert [(one.code, one.amount, one.plugin) for one in quote.adjustments] == [
        ("LESS", usd(-100), "happy_hour")
    ]
