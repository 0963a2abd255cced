"""The SDK against a running server: a whole order, from an empty chain to the hand-over."""

from __future__ import annotations

import asyncio

import pytest

from oms_sdk import (
    OMS,
    AlreadyExistsError,
    APIError,
    AsyncOMS,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    Line,
    Money,
    NewVariation,
    NotFoundError,
    OrderState,
    PermissionDeniedError,
    ServiceMode,
    recorded,
)
from tests.e2e.chains import Shop, fresh
from tests.e2e.running_server import Server


async def test_a_chain_from_nothing_to_a_completed_order(server: Server) -> None:
    async with AsyncOMS(base_url=server.url, token=server.token("operator", "*")) as operator:
        chain = await operator.identity.create_chain(name=fresh("Chain"))
        oms = operator.with_options(token=lambda: server.token("owner", chain.node_id))
        brand = await oms.identity.create_brand(chain_id=chain.node_id, name="Brand")
        location = await oms.identity.create_location(
            brand_id=brand.node_id, name="Here", time_zone="Europe/Vienna", currency="EUR"
        )
        here = location.node_id
        item = await oms.menu.create_item(
            brand_id=brand.node_id,
            name="Schnitzel",
            station="grill",
            variations=[NewVariation(name="One", price=Money(amount=1000, currency="EUR"))],
        )
        variation_id = item.variations[0].variation_id
        await oms.menu.set_price(here, variation_id, price=Money(amount=1100, currency="EUR"))
        menu = await oms.menu.get(here)
        assert menu.items[0].variations[0].price == Money(amount=1100, currency="EUR")

        mode, lines = ServiceMode.EAT_IN, [Line(variation_id=variation_id, quantity=3)]
        quote = await oms.orders.price(location_id=here, service_mode=mode, lines=lines)
        order = await oms.orders.place(
            location_id=here, service_mode=mode, lines=lines, quote_token=quote.quote_token, channel="web"
        )
        assert order.total == Money(amount=3300, currency="EUR")
        async with asyncio.timeout(20):
            while not (tickets := await oms.tickets.list(location_id=here).to_list(limit=10)):
                await asyncio.sleep(0.02)
            (ticket,) = tickets
            started = await oms.tickets.start(ticket.ticket_id, version=ticket.version)
            await oms.tickets.done(ticket.ticket_id, version=started.version)
            while (await oms.orders.get(order.order_id)).state != OrderState.READY:
                await asyncio.sleep(0.02)
        done = await oms.orders.hand_off(order.order_id)
        assert done.state == OrderState.COMPLETED


async def test_pages_keys_and_refusals(shop: Shop) -> None:
    placed = {(await shop.order())["orderId"] for _ in range(5)}
    await asyncio.to_thread(_use, shop, placed)


def _use(shop: Shop, placed: set[str]) -> None:
    token = shop.server.token("owner", shop.chain)
    with OMS(base_url=shop.server.url, token=token) as oms:
        listed = oms.orders.list(location_id=shop.here, page_size=2)
        assert {order.order_id for order in listed} == placed
        assert [len(page.items) for page in listed.pages()] == [2, 2, 1]

        first = min(placed)
        with recorded() as answers:
            once = oms.orders.cancel(first, reason="GUEST_REQUEST", idempotency_key="sdk-cancel")
            again = oms.orders.cancel(first, reason="GUEST_REQUEST", idempotency_key="sdk-cancel")
        assert once == again
        assert answers[0].request_id != answers[1].request_id
        with pytest.raises((AlreadyExistsError, ConflictError, APIError)) as reused:
            oms.orders.cancel(max(placed), idempotency_key="sdk-cancel")
        assert reused.value.code.startswith("IDEMPOTENCY_")
        assert reused.value.idempotency_key == "sdk-cancel"

        with pytest.raises(NotFoundError):
            oms.orders.get("ord_01h455vb4pex5vsknk084sn02q")
        with pytest.raises(APIError):
            oms.orders.get("a/../b:cancel")
        with pytest.raises(BadRequestError) as wrong:
            oms.orders.price(location_id=shop.here, service_mode=ServiceMode.EAT_IN, lines=[Line(quantity=1)])
        assert wrong.value.violations
        assert oms.request("GET", f"/v1/orders/{first}").status == 200

        cook = oms.with_options(token=shop.server.token("cook", shop.here, tenant=shop.chain))
        with pytest.raises(PermissionDeniedError) as denied:
            cook.orders.cancel(first)
        assert denied.value.request_id
        with pytest.raises(AuthenticationError):
            oms.with_options(token="nonsense").orders.get(first)
