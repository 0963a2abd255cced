"""What a basket costs at one moment: the menu's prices, and what other plugins make of them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from oms_orders import adjustments, modifiers
from oms_protos.identity.v1 import GetNodeRequest, IdentityClient, Node
from oms_protos.menu.v1 import LineRequest, MenuClient, PricedLine, PriceLinesRequest
from oms_protos.orders.v1 import (
    Adjustment,
    Line,
    OrderHooks,
    OrderHooksCaller,
    OrderLine,
    PlaceOrderRequest,
    PriceOrderRequest,
    PriceQuestion,
)
from oms_protos.types.v1 import Money


@dataclass(frozen=True, slots=True)
class Priced:
    """A basket with its prices; the lines have no notes, for plugins that were asked have seen them."""

    location: Node
    lines: Sequence[OrderLine]
    subtotal: Money
    adjustments: Sequence[Adjustment]
    menu_version: int

    @property
    def total(self) -> Money:
        """What the guest pays: never below zero."""
        amount = self.subtotal.amount + adjustments.sum_of(self.adjustments)
        return Money(amount=amount, currency=self.subtotal.currency)


class Pricing:
    """Asks for prices, without a transaction and without storing anything."""

    def __init__(
        self, menu: MenuClient, identity: IdentityClient, hooks: OrderHooksCaller, log: logging.Logger
    ) -> None:
        self._menu = menu
        self._identity = identity
        self._hooks = hooks
        self._log = log

    async def price(self, request: PriceOrderRequest | PlaceOrderRequest, *, at: datetime) -> Priced:
        """Return what a basket costs: on the menu now, adjusted as plugins adjust it at ``at``.

        Raises what the menu raises, whose field paths are those of the basket.
        """
        lines = [_requested(line) for line in request.lines]
        menu = await self._menu.price_lines(PriceLinesRequest(location_id=request.location_id, lines=lines))
        location = await self._identity.get_node(GetNodeRequest(node_id=request.location_id))
        question = PriceQuestion(
            location_id=request.location_id,
            brand_id=location.parent_id,
            service_mode=request.service_mode,
            lines=[kept(line) for line in menu.lines],
            subtotal=menu.total or Money(),
            at=at,
        )
        changes = await self._adjust(question)
        return Priced(location, question.lines, menu.total or Money(), changes, menu.menu_version)

    async def _adjust(self, question: PriceQuestion) -> list[Adjustment]:
        answers = await self._hooks.adjust_price(question)
        held, left_out = adjustments.apply(answers, question.lines, question.subtotal or Money())
        for one in left_out:
            hook = OrderHooks.adjust_price.full_name
            self._log.warning("%s: the answer of plugin %r is left out: %s", hook, one.plugin, one.why)
        return held


def kept(line: PricedLine) -> OrderLine:
    """Return a line as an order keeps it, with names and prices of this moment, and without its note."""
    return OrderLine(
        item_id=line.item_id,
        variation_id=line.variation_id,
        name=line.name,
        variation_name=line.variation_name,
        quantity=line.quantity,
        unit_price=line.unit_price,
        total=line.total,
        base_price=line.base_price,
        modifiers=modifiers.kept(line.modifiers),
    )


def _requested(line: Line) -> LineRequest:
    return LineRequest(
        variation_id=line.variation_id,
        quantity=line.quantity,
        modifiers=modifiers.requested(line.modifiers),
    )
