"""An answer that raises and one that hangs: who, which hook, and why, word for word."""

from __future__ import annotations

import asyncio

import pytest
from acme_protos.shop.v1 import Item, SearchItemsResponse, ShopHooks, StrictHooks

from oms_core.calls import Answers, LocalHooks
from oms_core.context import Context, use
from oms_wire.errors import RpcError
from oms_wire.hook import Combine, Hook
from tests.plugins.test_broken import is_golden

STRICT: Hook[Item, SearchItemsResponse] = next(
    hook for hook in StrictHooks.HOOKS if hook.combine is Combine.ALL
)


async def raising(question: Item) -> SearchItemsResponse:
    raise KeyError("ledger")


async def hanging(question: Item) -> SearchItemsResponse:
    await asyncio.Event().wait()
    raise AssertionError


@pytest.mark.parametrize("answer", [raising, hanging], ids=lambda answer: answer.__name__)
async def test_it_is_named_with_its_hook_whether_skipped_or_fatal(
    answer: object, caplog: pytest.LogCaptureFixture
) -> None:
    answers = Answers()
    answers.offer(ShopHooks, plugin="shop")
    answers.offer(StrictHooks, plugin="shop")
    for hook in (ShopHooks.suggest_items, STRICT):
        answers.add("stamps", [(hook, answer)])  # type: ignore[list-item]
    hooks = LocalHooks(answers, actor="shop")
    with use(Context("chn_a", trace="trc_1")):
        assert await hooks.all(ShopHooks.suggest_items, Item()) == []
        with pytest.raises(RpcError) as caught:
            await hooks.all(STRICT, Item())
    skipped = next(record.getMessage() for record in caplog.records if "left out" in record.getMessage())
    is_golden(f"{answer.__name__}_answer", f"skip   {skipped}\nabort  [{caught.value.code}] {caught.value}\n")  # type: ignore[attr-defined]
