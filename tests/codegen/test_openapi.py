"""The OpenAPI document: what it refers to is there, its examples are legal, its errors are the server's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from acme_protos.shop.v1 import PutItemRequest

from oms_protos.orders.v1 import PlaceOrderRequest, PriceOrderRequest
from tests.repository.documents import ROOT

FILES = [
    Path(__file__).parent / "golden/acme_protos/shop/v1/openapi.json",
    *sorted(ROOT.glob("protos/oms_protos/**/openapi.json")),
]
SHOP = json.loads(FILES[0].read_text())


def operations(document: Any) -> Iterator[Any]:
    for methods in document["paths"].values():
        yield from methods.values()


def references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parts[-3])
def test_every_reference_leads_somewhere(file: Path) -> None:
    document = json.loads(file.read_text())
    for reference in references(document):
        place = document
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parts[-3])
def test_every_operation_is_tagged_named_once_and_guarded(file: Path) -> None:
    document = json.loads(file.read_text())
    tags = {tag["name"] for tag in document["tags"]}
    ids = [operation["operationId"] for operation in operations(document)]
    assert len(ids) == len(set(ids))
    for operation in operations(document):
        assert set(operation["tags"]) <= tags
        public = not operation["security"]
        assert public or operation["security"] == [{"bearer": [operation["x-oms-permission"]]}]
        assert ("403" in operation["responses"]) == (not public)
        assert {"200", "400", "401", "504", "default"} <= operation["responses"].keys()


def test_errors_are_problems_with_stable_codes() -> None:
    found = SHOP["components"]["responses"]
    assert found["oms.KeyConflict"]["x-oms-codes"] == ["IDEMPOTENCY_KEY_REUSED", "IDEMPOTENCY_IN_PROGRESS"]
    sources = "".join(
        path.read_text()
        for folder in ("oms_core", "protos/oms_wire")
        for path in (ROOT / folder).rglob("*.py")
    )
    for response in found.values():
        assert list(response["content"]) == ["application/problem+json"]
        for code in response["x-oms-codes"]:
            # The compiler names it, and whoever raises it.
            assert sources.count(f'"{code}"') >= 2 or code == "PERMISSION_DENIED", code


def test_a_keyed_method_asks_for_its_key_and_may_conflict() -> None:
    put = SHOP["paths"]["/v1/items/{item_id}:put"]["put"]
    assert "Idempotency-Key" in [parameter["name"] for parameter in put["parameters"]]
    assert put["responses"]["409"] == {"$ref": "#/components/responses/oms.KeyConflict"}
    assert "409" not in SHOP["paths"]["/v1/items"]["get"]["responses"]


@pytest.mark.parametrize("kind", [PutItemRequest, PlaceOrderRequest, PriceOrderRequest])
def test_the_example_of_a_body_is_one(kind: Any) -> None:
    name = kind.__name__.removesuffix("Request")
    examples = [
        operation["requestBody"]["content"]["application/json"]["example"]
        for file in FILES
        for operation in operations(json.loads(file.read_text()))
        if operation["operationId"].endswith(f"_{name}") and "requestBody" in operation
    ]
    assert examples
    for example in examples:
        assert json.loads(kind.decode_json(json.dumps(example)).encode_json()) == example
