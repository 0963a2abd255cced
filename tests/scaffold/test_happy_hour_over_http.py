"""happy_hour in a whole `oms run`, over REST: an order at its price, and what stays when it is taken out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from oms_core.storage.embedded import remove
from tests.e2e.chains import Json, Shop, open_shop
from tests.e2e.running_server import Server, serving

pytestmark = pytest.mark.timeout(300)  # two runs of a server
ALWAYS = [
    {"weekday": weekday, "starts": starts, "ends": ends, "percentOff": 20}
    for weekday in range(1, 8)
    for starts, ends in (("00:00", "12:00"), ("12:00", "00:00"))
]
"""Every minute of the week is happy: whenever this runs, it is."""
CLAIMED = """
select (select count(*) from oms.delivery where consumer like 'happy_hour.%')
     + (select count(*) from oms.outbox where type like 'happy_hour.%')
"""


async def test_an_order_is_placed_at_its_price_and_prices_without_it_once_it_is_gone(
    happy_hour: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    try:
        async with serving(data, environ={"PYTHONPATH": str(happy_hour)}) as server, browser(server) as http:
            shop = await open_shop(server, http)
            order = await an_order_while_it_is_cheaper(shop)
        async with serving(data) as server, browser(server) as http:
            await nothing_but_its_schema_stays(replace(shop, server=server, http=http), order)
    finally:
        remove(data)


async def an_order_while_it_is_cheaper(shop: Shop) -> Json:
    for window in ALWAYS:
        await shop.owner.post("/v1/happy-hours", {"locationId": shop.here, **window})
    order = await shop.order()
    (adjustment,) = order["adjustments"]
    assert (adjustment["plugin"], adjustment["amount"]["amount"]) == ("happy_hour", "-400")
    assert (order["subtotal"]["amount"], order["total"]["amount"]) == ("2000", "1600")
    assert "/v1/happy-hours" in (await shop.http.get("/openapi.json")).json()["paths"]
    return order


async def nothing_but_its_schema_stays(shop: Shop, before: Json) -> None:
    assert (await shop.http.get("/readyz")).json() == {"status": "ready"}
    assert "happy" not in (await shop.http.get("/openapi.json")).text
    assert (await shop.owner.call("GET", f"/v1/happy-hours?locationId={shop.here}")).status_code == 404
    kept = await shop.owner.get(f"/v1/orders/{before['orderId']}")
    assert (kept["adjustments"], kept["total"]) == (before["adjustments"], before["total"])
    after = await shop.order()
    assert after.get("adjustments", []) == []
    assert (after["subtotal"]["amount"], after["total"]["amount"]) == ("2000", "2000")
    (claimed,) = await shop.server.sql(CLAIMED)
    assert claimed[0] == 0
    (rows,) = await shop.server.sql("select count(*) from happy_hour.happy_hours")
    assert rows[0] == len(ALWAYS)


def browser(server: Server) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=server.url, timeout=30.0)
