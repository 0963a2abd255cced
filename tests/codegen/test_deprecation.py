"""What a contract says about methods, messages, fields and values that callers should leave."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from acme_protos.shop.v1 import GetItemRequest, Item, ShopClient, ShopServiceBase

from oms_core.codegen.generate import generate
from oms_core.codegen.protoc import request_for
from oms_wire.method import A, Deprecation, Method, Q

SHOP = Path(__file__).parent / "golden/acme_protos/shop/v1"
BEFORE = 'option deprecated = true; option (oms.options.v1.sunset) = "2026-01-01";'
DOCUMENT = json.loads((SHOP / "openapi.json").read_text())


class Shelf:
    """A channel that finds nothing."""

    async def unary(
        self,
        method: Method[Q, A],
        request: Q,
        /,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> A:
        return method.response()


def test_a_method_says_since_when_and_until_when() -> None:
    assert ShopServiceBase.FIND_ITEM.deprecation == Deprecation(since="2026-06-01", sunset="2027-01-01")
    assert ShopServiceBase.GET_ITEM.deprecation is None


def test_whoever_calls_it_is_warned() -> None:
    with pytest.warns(DeprecationWarning, match="ShopClient.find_item: deprecated since 2026-06-01; gone on"):
        call = ShopClient(Shelf()).find_item(GetItemRequest())
    assert asyncio.run(call) == Item()


def test_whoever_implements_or_reads_is_not() -> None:
    assert Item.decode_json(b'{"oldName":"x"}').old_name == "x"  # warnings are errors here
    assert ShopServiceBase.find_item.__doc__ == (
        "Said otherwise now.\n\n        Deprecated since 2026-06-01; gone on 2027-01-01.\n        "
    )


def test_the_api_says_so() -> None:
    operation = DOCUMENT["paths"]["/v1/find/{item_id}"]["get"]
    assert (operation["deprecated"], operation["x-oms-sunset"]) == (True, "2027-01-01")
    assert sorted(operation["responses"]["200"]["headers"]) == ["Deprecation", "Sunset"]
    assert DOCUMENT["components"]["schemas"]["acme.shop.v1.Item"]["properties"]["oldName"]["deprecated"]
    assert "deprecated" not in DOCUMENT["paths"]["/v1/items"]["get"]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (
            'option (oms.options.v1.sunset) = "2027-01-01";',
            "says when it goes, but not that it is deprecated",
        ),
        (
            'option deprecated = true; option (oms.options.v1.sunset) = "soon";',
            "(oms.options.v1.sunset) is no day: 'soon'",
        ),
        (
            f'{BEFORE} option (oms.options.v1.deprecated_since) = "2026-02-01";',
            "its sunset, 2026-01-01, comes before it is deprecated, 2026-02-01",
        ),
    ],
)
def test_days_that_make_no_sense_are_refused(tmp_path: Path, options: str, problem: str) -> None:
    (tmp_path / "bad.proto").write_text(
        'syntax = "proto3"; package acme.bad.v1; import "oms/options/v1/options.proto"; message M {}'
        f"service S {{ rpc Do(M) returns (M) {{ option (oms.options.v1.public) = true; {options} }} }}"
    )
    error = generate(request_for(tmp_path, packages={"acme": "acme"})).error
    assert problem in error
    assert "acme.bad.v1.S/Do" in error or "acme.bad.v1.S.Do" in error
