"""Generated routes in a Litestar application of somebody else's: what its user expects of routes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from acme_protos.shop.v1 import (
    GetItemRequest,
    Item,
    PutItemRequest,
    SearchItemsRequest,
    SearchItemsResponse,
    ShopServiceBase,
)
from acme_protos.stock.v1 import Item as Stock
from click.testing import CliRunner
from litestar import Litestar, get
from litestar.cli.main import litestar_group
from litestar.connection import ASGIConnection
from litestar.exceptions import ImproperlyConfiguredException, NotAuthorizedException
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.testing import TestClient
from litestar.types import ASGIApp, Receive, Scope, Send

from oms_core.servers.http import contract_openapi, route_handlers


class Shop(ShopServiceBase):
    async def get_item(self, request: GetItemRequest) -> Item:
        return Item(item_id=request.item_id)

    async def find_item(self, request: GetItemRequest) -> Item:
        return Item(item_id=request.item_id)

    async def search_items(self, request: SearchItemsRequest) -> SearchItemsResponse:
        return SearchItemsResponse(items=[Item(item_id=request.text)])

    async def put_item(self, request: PutItemRequest) -> Item:
        return Item(item_id=request.item_id)

    async def locate_item(self, item_id: str) -> str:
        return item_id

    async def count_items(self, request: Any) -> Stock:
        return Stock()

    async def close_shops(self, request: Any) -> Any:
        raise AssertionError(request)


def signed_in(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Let in who has the permission that the contract names."""
    needed = handler.opt["permission"]
    if needed and connection.headers.get("x-permission") != needed:
        raise NotAuthorizedException(f"needs {needed}, in {connection.path_params}")


@get("/v1/items/special")
async def special() -> dict[str, str]:
    """Return something special."""
    return {"from": "hand"}


def counting(app: ASGIApp) -> ASGIApp:
    async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append((scope["path"], scope["path_params"]))  # type: ignore[typeddict-item]
        await app(scope, receive, send)

    return middleware


seen: list[tuple[str, Any]] = []


def application() -> Litestar:
    return Litestar(
        [*route_handlers(Shop(), guards=[signed_in]), special],
        middleware=[counting],
        openapi_config=contract_openapi([Shop], title="Shop", version="1"),
    )


@pytest.fixture
def client() -> Iterator[TestClient[Litestar]]:
    seen.clear()
    with TestClient(application()) as client:
        yield client


def test_routes_answer_beside_those_made_by_hand(client: TestClient[Litestar]) -> None:
    assert client.get("/v1/items/a").json() == {"itemId": "a"}
    assert client.get("/v1/items/special").json() == {"from": "hand"}
    assert client.get("/v1/shop/7/items/a%2Fb").json() == {"itemId": "a/b"}


def test_guards_see_the_contract_and_the_path(client: TestClient[Litestar]) -> None:
    refused = client.put("/v1/items/a:put", json={})
    assert (refused.status_code, refused.json()["detail"]) == (
        401,
        "needs shop.items.put, in {'item_id': 'a'}",
    )
    allowed = client.put("/v1/items/a:put", json={}, headers={"x-permission": "shop.items.put"})
    assert allowed.json() == {"itemId": "a"}
    assert client.get("/v1/items", headers={"x-permission": "shop.items.put"}).status_code == 401


def test_middleware_runs_around_them(client: TestClient[Litestar]) -> None:
    client.get("/v1/items/a")
    assert seen == [("/v1/items/a", {"item_id": "a"})]


def test_wrong_methods_verbs_and_paths_are_litestars_own_errors(client: TestClient[Litestar]) -> None:
    assert client.delete("/v1/items/a").status_code == 405
    assert client.get("/v1/items/a:put").status_code == 405
    assert client.put("/v1/items/a:take", json={}).status_code == 404
    assert client.get("/v1/nothing").status_code == 404


def test_a_failure_of_the_contract_is_problem_json(client: TestClient[Litestar]) -> None:
    answer = client.get("/v1/items?colour=red", headers={"x-permission": "shop.items.search"})
    assert (answer.status_code, answer.json()["code"]) == (400, "UNKNOWN_FIELD")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_route_is_found_by_its_name_and_listed() -> None:
    app = application()
    listed = {route.path: set(route.methods) - {"OPTIONS"} for route in app.routes}
    assert listed["/v1/items/{item_id:str}/:put"] == {"PUT"}
    assert listed["/v1/items/{item_id:str}"] == {"GET"}
    assert app.route_reverse("PUT /v1/items/{item_id}:put", item_id="a") == "/v1/items/a/:put"


def test_litestar_routes_shows_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2]))
    monkeypatch.setenv("LITESTAR_APP", f"{__name__}:application")
    monkeypatch.setenv("COLUMNS", "200")
    shown = CliRunner().invoke(litestar_group, ["routes"], catch_exceptions=False).output
    assert "/v1/items/{item_id:str}/:put" in shown
    assert "/v1/items/special" in shown


def test_the_api_page_has_both(client: TestClient[Litestar]) -> None:
    document = client.get("/schema/openapi.json").json()
    assert set(document["paths"]) == {
        "/v1/items",
        "/v1/items/special",
        "/v1/find/{item_id}",
        "/v1/items/{item_id}",
        "/v1/items/{item_id}:put",
        "/v1/shop/{shelf}/items/{item_id}",
    }
    assert document["info"] == {"title": "Shop", "version": "1"}
    assert "acme.shop.v1.Item" in document["components"]["schemas"]
    assert "/v1/items/{item_id}:put" in client.get("/schema/swagger").text


def test_one_route_twice_is_refused() -> None:
    with pytest.raises(ImproperlyConfiguredException, match=r"ShopService2/GetItem .* are one route"):
        Litestar([*route_handlers(Shop()), *_again()], openapi_config=None)


def _again() -> list[HTTPRouteHandler]:
    handlers = route_handlers(Shop())
    for handler in handlers:
        handler.opt["method"] = handler.opt["method"].replace("ShopService", "ShopService2")
    return handlers


def test_a_route_may_be_registered_later() -> None:
    app = Litestar([special], openapi_config=None)
    for handler in route_handlers(Shop()):
        app.register(handler)
    with TestClient(app) as client:
        assert client.put("/v1/items/a:put", json={}).json() == {"itemId": "a"}
