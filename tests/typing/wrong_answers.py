"""Mistakes that ``mypy --strict`` refuses, each with its message in ``wrong_answers.txt``; never imported."""

from __future__ import annotations

from oms_core.plugins import Registry
from oms_protos.orders.v1 import Adjustments, OrderHooks, OrderHooksCaller, PriceQuestion, Quote
from oms_wire.hook import NoAnswer


async def right(question: PriceQuestion, *, name: str) -> Adjustments:
    return Adjustments()


async def wrong_message(question: Quote) -> Adjustments:
    return Adjustments()


async def wrong_answer(question: PriceQuestion) -> Quote:
    return Quote()


async def perhaps(question: PriceQuestion) -> Adjustments | None:
    return None


async def passes(question: PriceQuestion) -> Adjustments | NoAnswer:
    return NoAnswer()


async def nothing(question: PriceQuestion) -> None:
    return None


async def no_message() -> Adjustments:
    return Adjustments()


def synchronous(question: PriceQuestion) -> Adjustments:
    return Adjustments()


def register(oms: Registry) -> None:
    oms.answer(OrderHooks.adjust_price.by(right))
    oms.answer(OrderHooks.adjust_price.by(wrong_message))
    oms.answer(OrderHooks.adjust_price.by(wrong_answer))
    oms.answer(OrderHooks.adjust_price.by(perhaps))
    oms.answer(OrderHooks.adjust_price.by(passes))
    oms.answer(OrderHooks.adjust_price.by(nothing))
    oms.answer(OrderHooks.adjust_price.by(no_message))
    oms.answer(OrderHooks.adjust_price.by(synchronous))
    oms.answer(right)


async def ask(hooks: OrderHooksCaller) -> Adjustments:
    await hooks.adjust_price(Quote())
    await hooks.adjust_price()
    return await hooks.adjust_price(PriceQuestion())
