"""Questions between plugins of one process: what answers become, and what becomes of failing ones."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from acme_protos.shop.v1 import (
    CountItemsRequest,
    Item,
    SearchItemsRequest,
    SearchItemsResponse,
    ShopHooks,
    ShopHooksCaller,
    StrictHooks,
    StrictHooksCaller,
)
from acme_protos.stock.v1 import Item as Stock
from hypothesis import given
from hypothesis import strategies as st

from oms_core.calls import Answers, HandoverLog, LocalHooks
from oms_core.context import Context, Grant, Principal, current, use
from oms_core.errors import PluginError
from oms_core.storage import Database, PluginTables, migrate
from oms_wire.errors import DeadlineExceeded, FailedPrecondition, Internal
from oms_wire.hook import Given, Hook, NoAnswer

LATER = time.monotonic() + 3600
USER = Context("chn_a", Principal("user:1", (Grant("cook", "loc_a1"),)), deadline=LATER)
SOON = 0.02

Function = Callable[[Any], Awaitable[object]]


def answers_of(hook: Hook[Any, Any], **functions: Function) -> Answers:
    """Return the register in which each plugin answers ``hook`` with its function."""
    answers = Answers()
    for hooks in (ShopHooks, StrictHooks):
        answers.offer(hooks, plugin="shop")
    for plugin, function in functions.items():
        answers.add(plugin, [(hook, named(function))])
    return answers


def named(function: Function) -> Function:
    async def ask(question: Any) -> object:
        return await function(question)

    return ask


def hooks_of(hook: Hook[Any, Any], *, log: HandoverLog | None = None, **functions: Function) -> LocalHooks:
    return LocalHooks(answers_of(hook, **functions), actor="shop", handovers=log)


def suggests(name: str) -> Function:
    async def answer(question: Item) -> SearchItemsResponse:
        return SearchItemsResponse(items=[Item(item_id=name)])

    return answer


def adds(text: str) -> Function:
    async def answer(question: SearchItemsRequest) -> SearchItemsRequest:
        question.text += text
        return question

    return answer


async def passes(_: Any) -> NoAnswer:
    return NoAnswer()


async def breaks(_: Any) -> object:
    raise RuntimeError("a shelf fell")


async def refuses(_: Any) -> object:
    raise FailedPrecondition("SHOP_CLOSED", "the shop is closed")


async def hangs(_: Any) -> object:
    await asyncio.Event().wait()
    raise AssertionError


def names(given: list[Given[SearchItemsResponse]]) -> list[tuple[str, str]]:
    return [(one.plugin, one.answer.items[0].item_id) for one in given]


# ALL


async def test_all_answer_at_once_and_come_back_in_plugin_order() -> None:
    both = asyncio.Barrier(2)
    first_left = asyncio.Event()

    async def slow(question: Item) -> SearchItemsResponse:
        await both.wait()
        await first_left.wait()
        return await suggests("slow")(question)  # type: ignore[return-value]

    async def quick(question: Item) -> SearchItemsResponse:
        await both.wait()
        first_left.set()
        return await suggests("quick")(question)  # type: ignore[return-value]

    caller = ShopHooksCaller(hooks_of(ShopHooks.suggest_items, slow=slow, quick=quick))
    with use(USER):
        assert names(await caller.suggest_items(Item())) == [("slow", "slow"), ("quick", "quick")]


async def test_nobody_answers() -> None:
    hooks = hooks_of(ShopHooks.suggest_items)
    caller, asked = ShopHooksCaller(hooks), SearchItemsRequest(text="x")
    with use(USER):
        assert await caller.suggest_items(Item()) == []
        assert await caller.find_stock(CountItemsRequest()) is None
        assert await caller.list_(asked) is asked


@given(st.lists(st.sampled_from(["answers", "breaks", "refuses"]), max_size=6))
def test_what_fails_is_left_out_and_the_line_stays(kinds: list[str]) -> None:
    made = {
        f"p{number}": {"answers": suggests(f"p{number}"), "breaks": breaks, "refuses": refuses}[kind]
        for number, kind in enumerate(kinds)
    }
    caller = ShopHooksCaller(hooks_of(ShopHooks.suggest_items, **made))

    async def ask() -> list[Given[SearchItemsResponse]]:
        with use(USER):
            return await caller.suggest_items(Item())

    logging.disable(logging.CRITICAL)
    try:
        expected = [(f"p{n}", f"p{n}") for n, kind in enumerate(kinds) if kind == "answers"]
        assert names(asyncio.run(ask())) == expected
    finally:
        logging.disable(logging.NOTSET)


# FIRST


async def test_the_first_that_does_not_pass_answers_and_nobody_behind_it_is_asked() -> None:
    async def empty(_: CountItemsRequest) -> Stock:
        return Stock()

    caller = ShopHooksCaller(hooks_of(ShopHooks.find_stock, a=passes, b=empty, c=breaks))
    with use(USER):
        assert await caller.find_stock(CountItemsRequest()) == Stock()


async def test_everybody_passes() -> None:
    with use(USER):
        assert (
            await ShopHooksCaller(hooks_of(ShopHooks.find_stock, a=passes, b=passes)).find_stock(
                CountItemsRequest()
            )
            is None
        )


# FOLD


@given(st.lists(st.sampled_from("abcX"), max_size=6))
def test_each_goes_on_where_the_one_before_it_ended(letters: list[str]) -> None:
    async def spoils(question: SearchItemsRequest) -> SearchItemsRequest:
        question.text = "spoilt"
        raise RuntimeError

    made = {f"p{n}": spoils if letter == "X" else adds(letter) for n, letter in enumerate(letters)}
    caller, asked = ShopHooksCaller(hooks_of(ShopHooks.list_, **made)), SearchItemsRequest(text=">")

    async def ask() -> SearchItemsRequest:
        with use(USER):
            return await caller.list_(asked)

    logging.disable(logging.CRITICAL)
    try:
        assert asyncio.run(ask()).text == ">" + "".join(letters).replace("X", "")
    finally:
        logging.disable(logging.NOTSET)
    assert asked.text == ">"


async def test_a_fold_that_ends_in_an_empty_message_is_empty() -> None:
    async def empties(_: SearchItemsRequest) -> SearchItemsRequest:
        return SearchItemsRequest()

    with use(USER):
        caller = ShopHooksCaller(hooks_of(ShopHooks.list_, a=empties))
        assert await caller.list_(SearchItemsRequest(text="x")) == SearchItemsRequest()


# Failing, late and wrong answers

QUESTIONS: list[tuple[str, Hook[Any, Any], Any]] = [
    ("all", StrictHooks.suggest_items, Item()),
    ("first", ShopHooks.find_stock, CountItemsRequest()),
    ("fold", StrictHooks.list_, SearchItemsRequest()),
]
LENIENT: list[tuple[str, Hook[Any, Any], Any, object]] = [
    ("all", ShopHooks.suggest_items, Item(), []),
    ("first", StrictHooks.find_stock, CountItemsRequest(), None),
    ("fold", ShopHooks.list_, SearchItemsRequest(text="x"), SearchItemsRequest(text="x")),
]
COUNTS = [1, 2]


def crowd(function: Function, count: int) -> dict[str, Function]:
    return {f"p{number}": function for number in range(count)}


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize(("how", "hook", "message"), QUESTIONS)
async def test_a_failing_answer_ends_the_question_by_name(
    how: str, hook: Hook[Any, Any], message: Any, count: int
) -> None:
    hooks = hooks_of(hook, **crowd(refuses, count))
    with use(USER), pytest.raises(Internal, match="SHOP_CLOSED: the shop is closed") as failed:
        await getattr(hooks, how)(hook, message)
    assert failed.value.code == "HOOK_FAILED"
    assert failed.value.details == {"plugin": "p0", "hook": hook.full_name, "cause": "SHOP_CLOSED"}


async def test_what_broke_inside_is_for_the_log_alone(caplog: pytest.LogCaptureFixture) -> None:
    caller = StrictHooksCaller(hooks_of(StrictHooks.suggest_items, p0=breaks))
    with use(USER), pytest.raises(Internal) as failed:
        await caller.suggest_items(Item())
    assert "shelf" not in failed.value.message
    assert USER.trace in failed.value.message
    assert "RuntimeError: a shelf fell" in caplog.text


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize(("how", "hook", "message"), QUESTIONS)
async def test_a_late_answer_ends_the_question_by_name(
    how: str, hook: Hook[Any, Any], message: Any, count: int
) -> None:
    soon = replace(hook, deadline=SOON)
    hooks = hooks_of(hook, **crowd(hangs, count))
    before = asyncio.all_tasks()
    with use(USER), pytest.raises(DeadlineExceeded, match=r"'p0' did not answer .* within 0\.02 s") as late:
        await getattr(hooks, how)(soon, message)
    assert late.value.code == "HOOK_TIMEOUT"
    assert late.value.details == {"plugin": "p0", "hook": hook.full_name}
    assert asyncio.all_tasks() <= before


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("lenient", LENIENT)
async def test_a_late_answer_is_left_out_and_logged(
    lenient: tuple[str, Hook[Any, Any], Any, object], count: int, caplog: pytest.LogCaptureFixture
) -> None:
    how, hook, message, left = lenient
    hooks = hooks_of(hook, **crowd(hangs, count))
    before = asyncio.all_tasks()
    with use(USER):
        assert await getattr(hooks, how)(replace(hook, deadline=SOON), message) == left
    assert f"plugin 'p0' did not answer {hook.full_name}: no answer within 0.02 s" in caplog.text
    assert USER.trace in caplog.text
    assert asyncio.all_tasks() <= before


async def test_the_quick_ones_are_kept_when_a_slow_one_is_late() -> None:
    hooks = hooks_of(ShopHooks.suggest_items, a=suggests("a"), b=hangs, c=suggests("c"))
    with use(USER):
        given = await hooks.all(replace(ShopHooks.suggest_items, deadline=SOON), Item())
    assert names(given) == [("a", "a"), ("c", "c")]


@pytest.mark.parametrize("wrong", [None, Item(), NoAnswer(), NoAnswer])
async def test_a_wrong_answer_is_a_failing_one(wrong: object, caplog: pytest.LogCaptureFixture) -> None:
    async def answers(_: Item) -> object:
        return wrong

    with use(USER):
        assert await ShopHooksCaller(hooks_of(ShopHooks.suggest_items, a=answers)).suggest_items(Item()) == []
    assert "is no SearchItemsResponse" in caplog.text


@pytest.mark.parametrize("count", COUNTS)
async def test_a_failure_cancels_those_that_are_still_at_it(count: int) -> None:
    ended: list[str] = []

    async def works(_: Item) -> object:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("works")
        raise AssertionError

    hooks = hooks_of(StrictHooks.suggest_items, **crowd(works, count), last=refuses)
    with use(USER), pytest.raises(Internal, match="'last'"):
        await StrictHooksCaller(hooks).suggest_items(Item())
    assert ended == ["works"] * count


@pytest.mark.parametrize("count", COUNTS)
async def test_when_the_asker_is_cancelled_so_are_the_answers(count: int) -> None:
    started = asyncio.Barrier(count + 1)
    ended: list[str] = []

    async def works(_: Item) -> object:
        try:
            await started.wait()
            await asyncio.Event().wait()
        finally:
            ended.append("works")
        raise AssertionError

    async def ask() -> None:
        with use(USER):
            await ShopHooksCaller(hooks_of(ShopHooks.suggest_items, **crowd(works, count))).suggest_items(
                Item()
            )

    task = asyncio.create_task(ask())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == ["works"] * count


@pytest.mark.parametrize("count", COUNTS)
async def test_an_answer_that_swallows_its_cancellation_is_late_all_the_same(count: int) -> None:
    async def swallows(question: Item) -> object:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return await suggests("late")(question)
        raise AssertionError

    with use(USER):
        hooks = hooks_of(ShopHooks.suggest_items, **crowd(swallows, count))
        assert await hooks.all(replace(ShopHooks.suggest_items, deadline=SOON), Item()) == []


@pytest.mark.parametrize("count", COUNTS)
async def test_something_cancelled_inside_an_answer_is_that_answers_failure(count: int) -> None:
    async def cancels(_: Item) -> object:
        inner = asyncio.ensure_future(asyncio.Event().wait())
        inner.cancel()
        return await inner

    with use(USER):
        hooks = hooks_of(ShopHooks.suggest_items, **crowd(cancels, count))
        assert await ShopHooksCaller(hooks).suggest_items(Item()) == []


# Circumstances


@pytest.mark.parametrize("count", COUNTS)
async def test_the_user_stays_the_asker_acts_and_the_deadline_shrinks(count: int) -> None:
    contexts: list[Context] = []

    async def notes(question: Item) -> object:
        contexts.append(current())
        return await suggests("x")(question)

    with use(USER):
        await ShopHooksCaller(hooks_of(ShopHooks.suggest_items, **crowd(notes, count))).suggest_items(Item())
        assert current() is USER
    assert len(contexts) == count
    for context in contexts:
        assert (context.principal, context.tenant, context.actor) == (USER.principal, "chn_a", "shop")
        assert context.trace == USER.trace
        assert context.remaining <= ShopHooks.suggest_items.deadline


@pytest.mark.parametrize("count", COUNTS)
async def test_an_asker_without_time_is_not_an_answers_fault(count: int) -> None:
    past = replace(USER, deadline=time.monotonic() - 1)
    with use(past), pytest.raises(DeadlineExceeded, match="no time was left") as late:
        hooks = hooks_of(ShopHooks.suggest_items, **crowd(suggests("x"), count))
        await ShopHooksCaller(hooks).suggest_items(Item())
    assert late.value.code == "DEADLINE_EXCEEDED"


async def test_no_question_inside_a_transaction_not_even_when_nobody_answers(database_dsn: str) -> None:
    await migrate(database_dsn, [PluginTables("shop")])
    database = await Database.open(database_dsn, plugins=["shop"])
    caller = ShopHooksCaller(hooks_of(ShopHooks.suggest_items))
    try:
        with use(USER):
            for ask in (
                lambda: caller.suggest_items(Item()),
                lambda: caller.find_stock(CountItemsRequest()),
                lambda: caller.list_(SearchItemsRequest()),
            ):
                async with database.storage("shop").transaction():
                    with pytest.raises(PluginError, match=r"'shop' asked .* inside a transaction") as refused:
                        await ask()
                assert refused.value.code == "CALL_IN_TRANSACTION"
    finally:
        await database.close()


# Hand-over


async def test_nobody_sees_what_another_did_to_the_question() -> None:
    seen: list[str] = []

    async def changes(question: Item) -> object:
        seen.append(question.item_id)
        question.item_id = "changed"
        return await suggests("x")(question)

    with use(USER):
        hooks = hooks_of(ShopHooks.suggest_items, a=changes, b=changes, c=changes)
        await ShopHooksCaller(hooks).suggest_items(Item(item_id="mine"))
    assert seen == ["mine"] * 3


@pytest.mark.parametrize("count", COUNTS)
async def test_who_changes_the_question_is_named(count: int) -> None:
    async def changes(question: Item) -> object:
        question.item_id = "changed"
        return await suggests("x")(question)

    hooks = hooks_of(ShopHooks.suggest_items, log=HandoverLog(), **crowd(changes, count))
    with use(USER), pytest.raises(PluginError, match="'shop' handed it to 'p0'"):
        await ShopHooksCaller(hooks).suggest_items(Item())


async def test_an_answer_that_changes_later_is_named() -> None:
    log = HandoverLog()
    with use(USER):
        hooks = hooks_of(ShopHooks.suggest_items, log=log, a=suggests("x"))
        (given,) = await ShopHooksCaller(hooks).suggest_items(Item())
    log.verify()
    given.answer.items.clear()
    with pytest.raises(PluginError, match="'a' handed it to 'shop'"):
        log.verify()


# The register


def test_two_plugins_cannot_offer_the_same_hooks() -> None:
    answers = Answers()
    answers.offer(ShopHooks, plugin="shop")
    with pytest.raises(
        PluginError, match=r"'shop' and 'stall' both offer the hooks of acme\.shop\.v1"
    ) as found:
        answers.offer(ShopHooks, plugin="stall")
    assert found.value.code == "HOOK_RIVALS"


def test_a_hook_that_nobody_offers_cannot_be_answered() -> None:
    with pytest.raises(PluginError, match=r"'p' answers acme\.shop\.v1\.ShopHooks/SuggestItems") as found:
        Answers().add("p", [(ShopHooks.suggest_items, suggests("x"))])
    assert found.value.code == "HOOK_NOT_OFFERED"
    assert "acme.shop.v1" in found.value.hint
