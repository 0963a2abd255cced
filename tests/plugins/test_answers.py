"""Registering an answer: what is injected, and what is refused at load, by name."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any, Optional

import pytest
from acme_protos.shop.v1 import (
    CountItemsRequest,
    Item,
    SearchItemsResponse,
    ShopHooks,
    ShopHooksCaller,
    StrictHooks,
)
from acme_protos.stock.v1 import Item as Stock

from oms_core.calls import Answers, LocalHooks
from oms_core.clock import Clock, SystemClock
from oms_core.context import Context, use
from oms_core.errors import PluginError
from oms_core.plugins import Plugin, Registration, Registry
from oms_core.plugins.injection import Injector
from oms_core.storage import Database, PluginTables, Transaction, migrate
from oms_core.storage import Storage as Store
from oms_wire.hook import Answer, Hook, NoAnswer

if TYPE_CHECKING:
    from decimal import Decimal

CLOCK = SystemClock()


class Stall(Plugin):
    requires = ("shop",)


def injector(**more: Any) -> Injector:
    return Injector(Stall("stall"), {Clock: CLOCK}, **more)


def refused(answer: Answer[Any, Any]) -> PluginError:
    with pytest.raises(PluginError) as caught:
        injector().bind_answer(answer)
    assert "'stall'" in caught.value.message
    return caught.value


# What is injected


async def test_further_parameters_are_injected_by_type() -> None:
    async def suggest(item: Item, clock: Clock, *, logger: logging.Logger) -> SearchItemsResponse:
        assert clock is CLOCK
        return SearchItemsResponse(items=[item, Item(item_id=logger.name)])

    ask = injector().bind_answer(ShopHooks.suggest_items.by(suggest))
    assert await ask(Item(item_id="a")) == SearchItemsResponse(
        items=[Item(item_id="a"), Item(item_id="oms.stall")]
    )


async def test_an_answer_may_ask_for_a_transaction_of_its_own(database_dsn: str) -> None:
    async def suggest(item: Item, tx: Transaction) -> SearchItemsResponse:
        return SearchItemsResponse(items=[Item(item_id=str(await tx.fetchval("select 7")))])

    await migrate(database_dsn, [PluginTables("stall")])
    database = await Database.open(database_dsn, plugins=["stall"])
    answers = Answers()
    answers.offer(ShopHooks, plugin="shop")
    bound = Injector(Stall("stall"), {Store: database.storage("stall")}).bind_answer(
        ShopHooks.suggest_items.by(suggest)
    )
    answers.add("stall", [(ShopHooks.suggest_items, bound)])
    try:
        with use(Context("chn_a")):
            (given,) = await ShopHooksCaller(LocalHooks(answers, actor="shop")).suggest_items(Item())
        assert given.answer.items == [Item(item_id="7")]
    finally:
        await database.close()


async def test_either_spelling_of_passing_will_do() -> None:
    async def one(question: CountItemsRequest) -> Stock | NoAnswer:
        return NoAnswer()

    async def other(question: CountItemsRequest) -> NoAnswer | Stock:
        return Stock()

    async def never(question: CountItemsRequest) -> Stock:
        return Stock()

    for function in (one, other, never):
        injector().bind_answer(ShopHooks.find_stock.by(function))


# What is refused

HOOK: Hook[Any, Any] = ShopHooks.suggest_items
EXPECTED = "the hook expects: async def …(question: Item, …) -> SearchItemsResponse"


def sync(question: Item) -> SearchItemsResponse:
    raise NotImplementedError


async def nothing() -> SearchItemsResponse:
    raise NotImplementedError


async def keyword_only(*, question: Item) -> SearchItemsResponse:
    raise NotImplementedError


async def bare(question, clock: Clock) -> SearchItemsResponse:  # type: ignore[no-untyped-def]
    raise NotImplementedError


async def wrong_message(question: Stock) -> SearchItemsResponse:
    raise NotImplementedError


async def wrong_answer(question: Item) -> Stock:
    raise NotImplementedError


async def perhaps(question: Item) -> Optional[SearchItemsResponse]:  # noqa: UP045
    raise NotImplementedError


async def unsaid(question: Item):  # type: ignore[no-untyped-def]  # noqa: ANN201, RUF100
    raise NotImplementedError


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        (sync, "sync, which answers acme.shop.v1.ShopHooks/SuggestItems, is not an async function"),
        (partial(sync), "is not an async function"),
        (partial(wrong_answer), "is not an async function"),
        (nothing, "takes no message as its first parameter"),
        (keyword_only, "takes no message as its first parameter"),
        (bare, "has parameter 'question' annotated nothing, not acme_protos.shop.v1.messages.Item"),
        (
            wrong_message,
            "has parameter 'question' annotated acme_protos.stock.v1.messages.Item, not acme_protos.shop.v1.",
        ),
        (wrong_answer, "is annotated to return acme_protos.stock.v1.messages.Item"),
        (perhaps, "is annotated to return "),
        (unsaid, "is annotated to return nothing"),
    ],
)
def test_a_wrongly_typed_answer_is_refused_by_name(function: Any, problem: str) -> None:
    error = refused(HOOK.by(function))
    assert error.code == "ANSWER_TYPE"
    assert problem in error.message
    assert error.hint == EXPECTED


def test_only_a_first_hook_can_be_passed() -> None:
    async def passes(question: Item) -> SearchItemsResponse | NoAnswer:
        return NoAnswer()

    assert refused(HOOK.by(passes)).code == "ANSWER_TYPE"
    hint = refused(ShopHooks.find_stock.by(passes)).hint  # type: ignore[arg-type]
    assert hint == "the hook expects: async def …(question: CountItemsRequest, …) -> Item | NoAnswer"


def test_what_cannot_be_injected_is_named() -> None:
    async def counts(question: Item, number: int) -> SearchItemsResponse:
        raise NotImplementedError

    error = refused(HOOK.by(counts))
    assert error.code == "PLUGIN_PARAMETER"
    assert "parameter 'number' of counts cannot be injected; offered are Clock" in error.message


def test_a_transaction_of_a_plugin_that_keeps_nothing_is_named() -> None:
    async def stores(question: Item, tx: Transaction) -> SearchItemsResponse:
        raise NotImplementedError

    assert "parameter 'tx' of stores is a transaction of a plugin that keeps nothing" in (
        refused(HOOK.by(stores)).message
    )


def test_an_annotation_that_exists_for_type_checkers_alone_is_named() -> None:
    async def weighs(question: Item, weight: Decimal) -> SearchItemsResponse:
        raise NotImplementedError

    error = refused(HOOK.by(weighs))
    assert error.code == "PLUGIN_ANNOTATION"
    assert "weighs" in error.message
    assert "Decimal" in error.message


def test_one_plugin_answers_a_hook_once() -> None:
    async def suggest(question: Item) -> SearchItemsResponse:
        return SearchItemsResponse()

    oms = Registry(Registration("stall"))
    oms.answer(ShopHooks.suggest_items.by(suggest))
    oms.answer(StrictHooks.suggest_items.by(suggest))
    with pytest.raises(PluginError, match=r"'stall' answers acme\.shop\.v1\.ShopHooks/SuggestItems twice"):
        oms.answer(ShopHooks.suggest_items.by(suggest))


# Who may ask


def test_the_hooks_of_a_plugin_that_is_not_required_cannot_be_asked() -> None:
    class Service:
        def __init__(self, hooks: ShopHooksCaller) -> None:
            self.hooks = hooks

    channel = LocalHooks(Answers(), actor="stall")
    made = injector(hooks=channel, askable_services={"acme.shop.v1.ShopHooks"}).build(Service)
    assert isinstance(made.hooks, ShopHooksCaller)
    with pytest.raises(PluginError, match=r"parameter 'hooks' of Service asks the hooks of acme\.shop\.v1\."):
        injector(hooks=channel).build(Service)
