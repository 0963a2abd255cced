"""A question to plugins of one process, against awaiting the functions that answer it."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence

from benchmarks import sample
from benchmarks.figures import Figure
from benchmarks.settings import Settings
from oms_core.calls import Answers, LocalHooks
from oms_core.context import Context, use
from oms_protos.orders.v1 import Adjustments, OrderHooks, OrderHooksCaller, OrderLine, PriceQuestion
from oms_protos.types.v1 import Money

ROUNDS = 9
YIELD = 50
ANSWERS = (0, 1, 5)

Ask = Callable[[PriceQuestion], Awaitable[object]]


async def answer(question: PriceQuestion) -> Adjustments:  # noqa: ARG001 - pluggy wants the spec's name
    """Change nothing."""
    return Adjustments()


async def run(settings: Settings) -> Sequence[Figure]:
    """Measure 0, 1 and 5 answers to a question about three lines, each in turn with the bare functions."""
    settings.say("hooks: questions in this process")
    questions = settings.pick(5_000, 1_000)
    with use(Context(sample.CHAIN, deadline=time.monotonic() + 600)):
        return [await _figure(count, questions) for count in ANSWERS]


async def _figure(count: int, questions: int) -> Figure:
    caller = OrderHooksCaller(LocalHooks(_answers(count), actor="orders"))

    async def bare(question: PriceQuestion) -> None:
        for _ in range(count):
            await answer(question)

    asked: list[float] = []
    called: list[float] = []
    for _ in range(ROUNDS):
        asked.append(await _time(caller.adjust_price, questions))
        called.append(await _time(bare, questions))
    return Figure(
        name=f"question to plugins of one process, {count} answer{'' if count == 1 else 's'}",
        unit="µs",
        ours=statistics.median(asked),
        baseline=statistics.median(called),
    )


def _answers(count: int) -> Answers:
    answers = Answers()
    answers.offer(OrderHooks, plugin="orders")
    for number in range(count):
        answers.add(f"plugin_{number}", [(OrderHooks.adjust_price, answer)])
    return answers


async def _time(ask: Ask, questions: int) -> float:
    price = Money(amount=1250, currency="USD")
    lines = [OrderLine(line_id=f"lin_{n}", name="Ramen", quantity=1, unit_price=price) for n in range(3)]
    question = PriceQuestion(location_id=sample.LOCATION, lines=lines, subtotal=price)
    started = time.process_time()
    for number in range(questions):
        await ask(question)
        if number % YIELD == 0:  # timers that were cancelled are cleared away by the loop
            await asyncio.sleep(0)
    return (time.process_time() - started) / questions * 1e6
