from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from oms_core.auth import Seals
from oms_core.clock import FixedClock
from oms_orders.quotes import Promise, Quotes, hold, priced_lines
from oms_orders.settings import OrdersSettings
from oms_protos.menu.v1 import PricedLine, PriceLinesResponse
from oms_protos.orders.v1 import Line, PlaceOrderRequest, PriceOrderRequest, ServiceMode
from oms_protos.types.v1 import Money
from oms_wire.errors import FailedPrecondition

NOON = datetime(2026, 6, 1, 12, 0, 0, 999_999, tzinfo=UTC)
LINES = [Line(variation_id="var_1", quantity=2), Line(variation_id="var_2", quantity=1)]
BASKET = PriceOrderRequest(location_id="loc_1", service_mode=ServiceMode.EAT_IN, lines=LINES)


def priced(*amounts: int, menu_version: int = 1) -> PriceLinesResponse:
    lines = [
        PricedLine(
            variation_id=line.variation_id,
            quantity=line.quantity,
            unit_price=Money(amount=amount, currency="USD"),
            total=Money(amount=amount * line.quantity, currency="USD"),
        )
        for line, amount in zip(LINES, amounts, strict=True)
    ]
    total = sum(line.total.amount for line in lines if line.total is not None)
    return PriceLinesResponse(
        lines=lines, total=Money(amount=total, currency="USD"), menu_version=menu_version
    )


class Counter:
    """A counter at noon, and the guest who comes back."""

    def __init__(self) -> None:
        self.clock = FixedClock(NOON)
        self.quotes = Quotes(Seals(b"secret", clock=self.clock), self.clock, OrdersSettings())
        self.quote = self.quotes.make(BASKET, priced(500, 300))

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
    assert (promise.amount, promise.currency, promise.menu_version) == (1300, "USD", 1)


def test_and_not_longer() -> None:
    counter = Counter()
    assert counter.quote.expires_at is not None
    with pytest.raises(FailedPrecondition) as caught:
        counter.come_back(counter.quote.expires_at - NOON + timedelta(seconds=1))
    assert caught.value.code == "QUOTE_EXPIRED"


def test_prices_that_swap_within_one_total_are_a_change() -> None:
    counter = Counter()
    swapped = priced(400, 500, menu_version=2)
    with pytest.raises(FailedPrecondition) as caught:
        hold(counter.come_back(timedelta(0)), priced_lines(LINES, swapped), swapped)
    assert caught.value.details == {
        "quoted_amount": "1300",
        "current_amount": "1300",
        "currency": "USD",
        "quoted_menu_version": "1",
        "current_menu_version": "2",
    }


def test_a_menu_that_changed_elsewhere_is_no_change() -> None:
    counter = Counter()
    same = priced(500, 300, menu_version=9)
    hold(counter.come_back(timedelta(0)), priced_lines(LINES, same), same)
