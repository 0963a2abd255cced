"""How the generated binders turn a path, a query and a body into a request."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from acme_protos.shop.v1 import Color, GetItemRequest, Item, PutItemRequest, SearchItemsRequest
from acme_protos.shop.v1.routes import ROUTES

from oms_wire.errors import InvalidArgument
from oms_wire.route import Route

GET, GET_BY_ID, SEARCH, PUT, *_ = ROUTES


def search(*pairs: tuple[str, str]) -> Any:
    return SEARCH.bind({}, pairs, b"")


def test_routes_say_what_the_contract_says() -> None:
    assert [(r.http_method, r.template, r.has_body) for r in ROUTES] == [
        ("GET", "/v1/shop/{shelf}/items/{item_id}", False),
        ("GET", "/v1/items/{item_id}", False),
        ("GET", "/v1/items", False),
        ("PUT", "/v1/items/{item_id}:put", True),
        ("GET", "/v1/find/{item_id}", False),
    ]
    assert (PUT.path, PUT.verb) == ("/v1/items/{item_id}", "put")


def test_path_variables_have_the_type_of_their_field() -> None:
    assert GET.bind({"shelf": "7", "item_id": "a b"}, (), b"") == GetItemRequest(shelf=7, item_id="a b")


def test_what_one_binding_has_in_its_path_another_has_in_its_query() -> None:
    bound = GET_BY_ID.bind({"item_id": "x"}, [("shelf", "-7"), ("withParts", "False")], b"")
    assert bound == GetItemRequest(shelf=-7, item_id="x", with_parts=False)


def test_queries_take_both_spellings_numbers_and_repetition() -> None:
    assert search() == SearchItemsRequest()
    assert search(
        ("text", "ä&b"),
        ("colors", "COLOR_RED"),
        ("colors", "7"),
        ("color", "-3"),
        ("maxPrice", "0"),
        ("in_stock", "true"),
        ("made_after", "2026-01-31T12:00:00+01:00"),
        ("masks", "4294967295"),
    ) == SearchItemsRequest(
        text="ä&b",
        colors=[Color.RED, Color.DARK_BLUE],
        color=Color.NEGATIVE,
        max_price=0,
        in_stock=True,
        made_after=datetime(2026, 1, 31, 11, tzinfo=UTC),
        masks=[4294967295],
    )


def test_the_path_overrides_the_body() -> None:
    bound = PUT.bind({"item_id": "mine"}, (), b'{"itemId": "yours", "item": {"weight": 3}}')
    assert bound == PutItemRequest(item_id="mine", item=Item(weight=3))
    assert PUT.bind({"item_id": "mine"}, (), b"") == PutItemRequest(item_id="mine")


Case = tuple[Route[Any, Any], dict[str, str], list[tuple[str, str]], bytes, str, str]
BAD: list[Case] = [
    (SEARCH, {}, [("colour", "red")], b"", "UNKNOWN_FIELD", "colour"),
    (SEARCH, {}, [("COLOR", "1")], b"", "UNKNOWN_FIELD", "COLOR"),
    (SEARCH, {}, [("text", "a"), ("text", "b")], b"", "INVALID_FIELD", "text"),
    (SEARCH, {}, [("max_price", "1"), ("maxPrice", "2")], b"", "INVALID_FIELD", "maxPrice"),
    (SEARCH, {}, [("maxPrice", "cheap")], b"", "INVALID_FIELD", "maxPrice"),
    (SEARCH, {}, [("max_price", "")], b"", "INVALID_FIELD", "max_price"),
    (SEARCH, {}, [("masks", "1"), ("masks", "-1")], b"", "INVALID_FIELD", "masks"),
    (SEARCH, {}, [("inStock", "yes")], b"", "INVALID_FIELD", "inStock"),
    (SEARCH, {}, [("color", "RED")], b"", "INVALID_FIELD", "color"),
    (SEARCH, {}, [("color", "--1")], b"", "INVALID_FIELD", "color"),
    (SEARCH, {}, [("color", "9" * 19)], b"", "INVALID_FIELD", "color"),
    (SEARCH, {}, [("made_after", "yesterday")], b"", "INVALID_FIELD", "made_after"),
    (GET, {"shelf": "top", "item_id": "x"}, [], b"", "INVALID_FIELD", "shelf"),
    (PUT, {"item_id": "x"}, [("dry_run", "1")], b"{}", "UNKNOWN_FIELD", "dry_run"),
    (PUT, {"item_id": "x"}, [], b'{"item": {"weight": "heavy"}}', "INVALID_FIELD", "item.weight"),
]


@pytest.mark.parametrize("case", BAD, ids=[str(case[2:4]) for case in BAD])
def test_what_is_wrong_is_named_as_the_caller_wrote_it(case: Case) -> None:
    route, path, query, body, code, field = case
    with pytest.raises(InvalidArgument) as caught:
        route.bind(path, query, body)
    assert (caught.value.code, [v.field for v in caught.value.violations]) == (code, [field])


def test_a_route_without_a_body_refuses_one() -> None:
    with pytest.raises(InvalidArgument, match="UNEXPECTED_BODY"):
        SEARCH.bind({}, (), b"{}")
