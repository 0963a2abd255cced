"""A small chain, made through the API: one brand, sixteen locations, a menu, and quoted baskets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import httpx
import msgspec

from benchmarks.load import MARK
from benchmarks.requests import request
from oms_core.auth import PLATFORM, PLATFORM_NODE, Issuer, KeyRing
from oms_core.context import Grant
from oms_protos.identity.v1 import CreateBrandRequest, CreateChainRequest, CreateLocationRequest, Node
from oms_protos.menu.v1 import CreateItemRequest, Item, NewVariation
from oms_protos.orders.v1 import Line, PlaceOrderRequest, PriceOrderRequest, Quote, ServiceMode
from oms_protos.types.v1 import Money
from oms_wire.method import WireMessage

LOCATIONS = 16
"""Orders of one location and day take their numbers in turn: a load on one counter would measure that."""
ITEMS = 40
LINES = 3
"""Lines of each order; guests order between two and three things."""
SUBJECT = "user:bench"

A = TypeVar("A", bound=WireMessage)


class Chain(msgspec.Struct, frozen=True, kw_only=True):
    """The ids that were given, and a token that may do everything in the chain."""

    token: str
    chain_id: str
    brand_id: str
    location_ids: list[str]
    variation_ids: list[str]
    """What every basket holds, one line each."""
    orders: list[bytes]
    """A complete request for each location; every one becomes an order of its own through ``MARK``."""


class _Api:
    def __init__(self, http: httpx.AsyncClient, token: str) -> None:
        self._http = http
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._keys = 0

    async def post(self, path: str, message: WireMessage, answer: type[A]) -> A:
        self._keys += 1
        headers = self._headers | {"Idempotency-Key": f"chain-{self._keys}"}
        response = await self._http.post(path, content=message.encode_json(), headers=headers)
        if not response.is_success:
            raise RuntimeError(f"POST {path}: {response.status_code} {response.text}")
        return answer.decode_json(response.content)


async def make_chain(url: str, keys: Path) -> Chain:
    """Make the chain on the server at ``url``, whose keys are in ``keys``."""
    issuer = Issuer(KeyRing.open(keys), issuer="oms", audience="oms")
    ttl = timedelta(hours=2)
    operator = issuer.issue(SUBJECT, tenant=PLATFORM, grants=[Grant("operator", PLATFORM_NODE)], ttl=ttl)
    async with httpx.AsyncClient(base_url=url, timeout=30) as http:
        chain = await _Api(http, operator).post("/v1/chains", CreateChainRequest(name="Bench"), Node)
        owner = issuer.issue(SUBJECT, tenant=chain.node_id, grants=[Grant("owner", chain.node_id)], ttl=ttl)
        api = _Api(http, owner)
        brand = await api.post(
            "/v1/brands", CreateBrandRequest(chain_id=chain.node_id, name="Bench Pizza"), Node
        )
        locations = [await api.post("/v1/locations", _location(brand, n), Node) for n in range(LOCATIONS)]
        items = [await api.post("/v1/items", _item(brand, n), Item) for n in range(ITEMS)]
        basket = [item.variations[0].variation_id for item in items[:LINES]]
        location_ids = [location.node_id for location in locations]
        return Chain(
            token=owner,
            chain_id=chain.node_id,
            brand_id=brand.node_id,
            location_ids=location_ids,
            variation_ids=basket,
            orders=[await _order(api, owner, location_id, basket) for location_id in location_ids],
        )


def _location(brand: Node, n: int) -> CreateLocationRequest:
    return CreateLocationRequest(
        brand_id=brand.node_id,
        name=f"Bench {n}",
        time_zone="America/New_York",
        currency="USD",
        business_day_cutoff="04:00",
    )


def _item(brand: Node, n: int) -> CreateItemRequest:
    prices = {"Small": 1200 + 25 * n, "Large": 1900 + 25 * n}
    return CreateItemRequest(
        brand_id=brand.node_id,
        name=f"Pizza {n}",
        station="pizza_oven" if n % 2 else "fryer",
        variations=[
            NewVariation(name=name, price=Money(amount=amount, currency="USD"))
            for name, amount in prices.items()
        ],
    )


async def _order(api: _Api, token: str, location_id: str, basket: Sequence[str]) -> bytes:
    """Return the request that places the basket at a location, with a quote that holds for the run."""
    mode = ServiceMode.TAKEOUT
    lines = [Line(variation_id=variation_id, quantity=1 + n % 2) for n, variation_id in enumerate(basket)]
    quote = await api.post(
        "/v1/orders:price", PriceOrderRequest(location_id=location_id, service_mode=mode, lines=lines), Quote
    )
    place = PlaceOrderRequest(
        location_id=location_id,
        service_mode=mode,
        lines=lines,
        quote_token=quote.quote_token,
        channel="web",
        external_id=MARK.decode(),
    )
    key = {"Idempotency-Key": f"order-{MARK.decode()}"}
    return request("POST", "/v1/orders", token=token, body=place.encode_json(), headers=key)
