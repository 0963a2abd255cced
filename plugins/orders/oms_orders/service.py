"""Orders, as the contract offers them: load, decide, store, tell."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from oms_core.auth import Seals
from oms_core.auth.pages import Pages, page_size
from oms_core.calls import new_id
from oms_core.clock import Clock
from oms_core.context import current
from oms_core.storage import Storage, Transaction
from oms_orders import rules, states, store
from oms_orders.events import event_of
from oms_orders.pricing import Pricing
from oms_orders.quotes import Quotes, hold
from oms_orders.settings import OrdersSettings
from oms_protos.identity.v1 import IdentityClient
from oms_protos.menu.v1 import MenuClient
from oms_protos.orders.v1 import (
    CancelOrderRequest,
    GetOrderRequest,
    HandOffOrderRequest,
    ListOrdersRequest,
    ListOrdersResponse,
    Order,
    OrderHooksCaller,
    OrdersServiceBase,
    PlaceOrderRequest,
    PriceOrderRequest,
    Quote,
)
from oms_wire.errors import (
    Aborted,
    AlreadyExists,
    FailedPrecondition,
    FieldViolation,
    InvalidArgument,
    NotFound,
)


class OrdersService(OrdersServiceBase):
    """Prices baskets, places orders, and leads them to the guest's hand."""

    def __init__(
        self,
        storage: Storage,
        *,
        menu: MenuClient,
        identity: IdentityClient,
        hooks: OrderHooksCaller,
        seals: Seals,
        clock: Clock,
        settings: OrdersSettings,
        log: logging.Logger,
    ) -> None:
        self._storage = storage
        self._pricing = Pricing(menu, identity, hooks, log)
        self._clock = clock
        self._quotes = Quotes(seals, clock, settings)
        self._pages = Pages(seals, "orders.orders")

    async def locate_order(self, order_id: str, /) -> str:
        """Return the location of an order."""
        async with self._storage.transaction() as tx:
            if location_id := await store.location_of(tx, order_id):
                return location_id
        raise _no_order(order_id)

    async def price_order(self, request: PriceOrderRequest, /) -> Quote:
        """Price a basket and promise the price."""
        _refuse(rules.check_basket(request))
        at = self._clock.now()
        return self._quotes.make(request, await self._pricing.price(request, at=at), at=at)

    async def place_order(self, request: PlaceOrderRequest, /) -> Order:
        """Place the order that the quote describes, if it still costs the same."""
        now = self._clock.now()
        _refuse(rules.check_placement(request, now=now))
        promise = self._quotes.open(request)
        priced = await self._pricing.price(request, at=promise.at)
        hold(promise, priced)
        location, placed_at = priced.location, request.placed_at or now
        day = rules.business_date(
            placed_at,
            zone=ZoneInfo(location.time_zone),
            cutoff=time.fromisoformat(location.business_day_cutoff),
        )
        order = Order(
            order_id=new_id("ord"),
            location_id=request.location_id,
            brand_id=location.parent_id,
            business_date=day.isoformat(),
            service_mode=request.service_mode,
            lines=[
                replace(line, line_id=new_id("lin"), note=asked.note)
                for line, asked in zip(priced.lines, request.lines, strict=True)
            ],
            total=priced.total,
            menu_version=priced.menu_version,
            channel=request.channel,
            external_id=request.external_id,
            placed_at=placed_at,
            subtotal=priced.subtotal,
            adjustments=list(priced.adjustments),
        )
        for step in (states.PLACE, states.ACCEPT):
            order = rules.take(order, step, by=current().principal.subject, at=placed_at)
        async with self._storage.transaction() as tx:
            number = await store.place(tx, order, day=day)
            if number is None:
                raise await _taken(tx, order)
            order.number = number
            _tell(tx, order, since=0)
            tx.answer(order)
        return order

    async def get_order(self, request: GetOrderRequest, /) -> Order:
        """Return an order with its timeline."""
        async with self._storage.transaction() as tx:
            order = await store.read(tx, request.order_id)
        if order is None:
            raise _no_order(request.order_id)
        return order

    async def list_orders(self, request: ListOrdersRequest, /) -> ListOrdersResponse:
        """Return one page of a location's orders, newest first."""
        _refuse(rules.check_state(request.state))
        size, filters = page_size(request.page_size), [request.location_id, request.state.name]
        last = self._pages.after(request.page_token, filters)
        after = (datetime.fromisoformat(last[0]), last[1]) if last else None
        async with self._storage.transaction() as tx:
            orders = await store.read_page(
                tx, request.location_id, state=request.state, after=after, limit=size + 1
            )
        token = ""
        if len(orders) > size:
            final = orders[size - 1]
            token = self._pages.token(filters, [str(final.placed_at), final.order_id])
        return ListOrdersResponse(orders=orders[:size], next_page_token=token)

    async def cancel_order(self, request: CancelOrderRequest, /) -> Order:
        """Cancel an order that was not handed over yet."""
        _refuse(rules.check_reason(request.reason))
        return await self._command(request.order_id, request.version, [states.CANCEL], reason=request.reason)

    async def hand_off_order(self, request: HandOffOrderRequest, /) -> Order:
        """Hand a ready order over, which completes it: two steps, two versions, two events."""
        return await self._command(request.order_id, request.version, [states.HAND_OFF, states.COMPLETE])

    async def _command(self, order_id: str, version: int, steps: Sequence[str], *, reason: str = "") -> Order:
        async with self._storage.transaction() as tx:
            order = await store.read(tx, order_id, lock=True)
            if order is None:
                raise _no_order(order_id)
            if version not in (0, order.version):
                raise _stale(order, sent=version)
            order = await advance(tx, order, steps, at=self._clock.now(), reason=reason)
            tx.answer(order)
        return order


async def advance(
    tx: Transaction, order: Order, steps: Sequence[str], *, at: datetime, reason: str = ""
) -> Order:
    """Take steps with a locked order, store them and tell of them; raises ORDER_STATE, nothing taken."""
    before = order
    for step in steps:
        try:
            order = rules.take(order, step, by=current().principal.subject, at=at, reason=reason)
        except rules.IllegalStep as error:
            raise _not_now(before, str(error)) from None
    await keep(tx, order, since=before.version)
    return order


async def keep(tx: Transaction, order: Order, *, since: int) -> None:
    """Store what a locked order has become since a version, and tell of each step."""
    await store.move(tx, order, order.timeline[since:])
    _tell(tx, order, since=since)


def _tell(tx: Transaction, order: Order, *, since: int) -> None:
    for entry in order.timeline[since:]:
        tx.emit(event_of(order, entry), version=entry.version)


async def _taken(tx: Transaction, order: Order) -> AlreadyExists:
    holder = await store.holder_of(tx, channel=order.channel, external_id=order.external_id)
    return AlreadyExists(
        "EXTERNAL_ID_TAKEN",
        f"channel {order.channel!r} has placed {order.external_id!r} before, as {holder}",
        details={"order_id": holder, "channel": order.channel, "external_id": order.external_id},
    )


def _refuse(wrong: Sequence[FieldViolation]) -> None:
    if wrong:
        raise InvalidArgument("INVALID_FIELD", f"{wrong[0].field}: {wrong[0].message}", violations=wrong)


def _no_order(order_id: str) -> NotFound:
    return NotFound("ORDER_NOT_FOUND", f"there is no order {order_id!r}")


def _not_now(order: Order, message: str) -> FailedPrecondition:
    allowed = ", ".join(states.ORDER.steps_from(order.state))
    return FailedPrecondition(
        "ORDER_STATE",
        f"{message}; allowed now: {allowed or 'nothing, it is at its end'}",
        details={"order_id": order.order_id, "state": order.state.name, "allowed": allowed},
    )


def _stale(order: Order, *, sent: int) -> Aborted:
    return Aborted(
        "VERSION_MISMATCH",
        f"{order.order_id} is at version {order.version}, not {sent}: read it again and decide again",
        details={"sent": str(sent), "current": str(order.version), "state": order.state.name},
    )
