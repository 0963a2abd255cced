"""What Schemathesis loads: half of the requests speak of things that are there; each answer is counted.

It runs in an environment of its own and knows the facts from a file.
"""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import strategies as st

FACTS: dict[str, Any] = json.loads(Path(os.environ["OMS_FUZZ_FACTS"]).read_text())
COUNTS = Path(os.environ["OMS_FUZZ_COUNTS"])

PATHS: dict[tuple[str, str], str] = {
    ("IdentityService_GetNode", "node_id"): "nodes",
    ("OrdersService_GetOrder", "order_id"): "orders",
    ("OrdersService_CancelOrder", "order_id"): "cancelled",
    ("OrdersService_HandOffOrder", "order_id"): "ready",
    ("TicketsService_GetTicket", "ticket_id"): "start",
    ("TicketsService_StartTicket", "ticket_id"): "start",
    ("TicketsService_DoneTicket", "ticket_id"): "done",
    ("TicketsService_RecallTicket", "ticket_id"): "recall",
    ("MenuService_UpdateItem", "item_id"): "patched_items",
    ("MenuService_UpdateModifierGroup", "group_id"): "patched_groups",
}
"""Where the value of a path variable comes from, for an operation that needs one in a certain state."""

ANYWHERE = {
    "location_id": "locations",
    "item_id": "items",
    "variation_id": "variations",
    "group_id": "groups",
    "modifier_id": "modifiers",
}
QUERIES = {
    "locationId": "locations",
    "orderId": "orders",
    "itemIds": "items",
    "rootId": "nodes",
}
_PRICE = {"amount": "700", "currency": "EUR"}
_VERSIONED = {
    "OrdersService_CancelOrder",
    "OrdersService_HandOffOrder",
    "TicketsService_StartTicket",
    "TicketsService_DoneTicket",
    "TicketsService_RecallTicket",
}


def _bodies(operation: str) -> list[Any]:
    """Return good bodies of an operation; none where any will do."""
    name = uuid.uuid4().hex[:12]
    option = {"name": "One", "price": _PRICE}
    place = {"timeZone": "Europe/Vienna", "currency": "EUR"}
    known: dict[str, list[Any]] = {
        "IdentityService_CreateChain": [{"name": name}],
        "IdentityService_CreateBrand": [{"chainId": FACTS["chain"], "name": name}],
        "IdentityService_CreateLocation": [{"brandId": FACTS["brand"], "name": name, **place}],
        "IdentityService_CreateRole": [
            {"chainId": FACTS["chain"], "name": f"role_{name}", "permissions": ["menu.items.read"]}
        ],
        "MenuService_CreateItem": [{"brandId": FACTS["brand"], "name": name, "variations": [option]}],
        "MenuService_CreateModifierGroup": [{"brandId": FACTS["brand"], "name": name, "modifiers": [option]}],
        "MenuService_UpdateItem": [{"version": "1", "name": name}],
        "MenuService_UpdateModifierGroup": [{"version": "1", "name": name}],
        "MenuService_PriceLines": [{"lines": [{"variationId": FACTS["variations"][0], "quantity": 2}]}],
        "MenuService_SetPrice": [{"price": _PRICE}],
        "MenuService_SetModifierPrice": [{"price": _PRICE}],
        "OrdersService_PlaceOrder": FACTS["placements"],
        "OrdersService_PriceOrder": FACTS["baskets"],
    }
    return [{}] if operation in _VERSIONED else known.get(operation, [])


def _name(context: Any) -> str:
    return str(context.operation.definition.raw.get("operationId", ""))


def _or(value: Any, better: list[Any]) -> st.SearchStrategy[Any]:
    """Return ``value`` or, two times out of three, one of the better ones."""
    return st.one_of(st.just(value), st.sampled_from(better), st.sampled_from(better))


def _replaced(value: Any, sources: dict[str, list[Any]]) -> st.SearchStrategy[Any]:
    if not isinstance(value, dict):
        return st.just(value)
    return st.fixed_dictionaries(
        {
            name: _or(given, sources[name]) if name in sources else st.just(given)
            for name, given in value.items()
        }
    )


@schemathesis.hook
def flatmap_path_parameters(context: Any, value: Any) -> st.SearchStrategy[Any]:
    """Name things that are there."""
    operation = _name(context)
    names = {name: PATHS.get((operation, name)) or ANYWHERE.get(name) for name in value or {}}
    return _replaced(value, {name: FACTS[source] for name, source in names.items() if source})


@schemathesis.hook
def flatmap_query(context: Any, value: Any) -> st.SearchStrategy[Any]:
    """Name things that are there, also where the query would be left out."""
    operation = context.operation
    wanted = {one.name for one in operation.query} & {*QUERIES, "chainId"}
    sources = {name: [FACTS["chain"]] if name == "chainId" else FACTS[QUERIES[name]] for name in wanted}
    if not sources:
        return st.just(value)
    better = {name: choices[0] for name, choices in sources.items() if name not in {"orderId"}}
    return _or(value, [better, {**better, "pageSize": 3}] if "locationId" in sources else [better])


@schemathesis.hook
def flatmap_body(context: Any, value: Any) -> st.SearchStrategy[Any]:
    """Send what can go through."""
    better = _bodies(_name(context))
    return _or(value, better) if better else st.just(value)


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Sign in, with a key of its own for each write."""
    token = FACTS["operator" if _name(context) == "IdentityService_CreateChain" else "owner"]
    case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}
    if case.method.upper() != "GET":
        case.headers["Idempotency-Key"] = uuid.uuid4().hex


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Note operation and status."""
    with COUNTS.open("a") as counts:
        counts.write(f"{_name(context)} {response.status_code}\n")
