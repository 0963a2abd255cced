"""Questions between plugins of one process: the call loop over everybody who answers a hook.

pluggy keeps the register; it neither awaits nor types a call, so the loop is ours.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from typing import Any

from pluggy import HookImpl

from oms_core.calls.handover import HandoverLog
from oms_core.calls.hooks_answers import Answers
from oms_core.calls.hooks_question import Question
from oms_core.context import current, use
from oms_core.errors import PluginError
from oms_core.storage import in_transaction
from oms_wire.errors import DeadlineExceeded
from oms_wire.hook import Given, Hook
from oms_wire.method import A, Q

logger = logging.getLogger(__name__)

GRACE = 0.5
"""Seconds that an answer has for its own clean-up when it is no longer wanted."""

_stubborn: set[asyncio.Task[Any]] = set()


class LocalHooks:
    """What the hook callers of plugin ``actor`` ask through; the tenant and the principal stay who they were.

    Messages are handed over, never shared: each plugin that is asked gets a question of its own, and who
    asks keeps the one it has. With ``handovers`` every message is sealed when it changes hands.
    """

    __slots__ = ("_actor", "_answers", "_handovers")

    def __init__(self, answers: Answers, *, actor: str, handovers: HandoverLog | None = None) -> None:
        self._answers = answers
        self._actor = actor
        self._handovers = handovers

    async def all(self, hook: Hook[Q, A], question: Q, /) -> list[Given[A]]:
        """Ask everybody at once; PluginError for a question inside a transaction, see also ``Hooks``."""
        answerers = self._answerers(hook)
        if not answerers:
            return []
        asking = self._question(hook)
        answers: list[A | None] = []
        if len(answerers) > 1:
            answers = await _together(asking, question, answerers)
        else:
            [(answerer, share)] = _shares(hook, question, answerers)
            with asking:
                answers = [await asking.ask(answerer, share)]
        pairs = zip(answerers, answers, strict=False)  # one that was late has left no answer
        return [Given(one.plugin_name, answer) for one, answer in pairs if answer is not None]

    async def first(self, hook: Hook[Q, A], question: Q, /) -> A | None:
        """Ask one after the other until one does not pass; see ``Hooks``."""
        answerers = self._answerers(hook)
        if not answerers:
            return None
        with self._question(hook) as asking:
            for answerer, message in _shares(hook, question, answerers):
                answer = await asking.ask(answerer, message)
                if answer is not None:
                    return answer
        return None

    async def fold(self, hook: Hook[Q, Q], question: Q, /) -> Q:
        """Ask one after the other, each with what the one before it answered; see ``Hooks``."""
        message = question
        answerers = self._answerers(hook)
        if not answerers:
            return message
        with self._question(hook) as asking:
            for answerer in answerers:
                # Its own to change: of one that fails half-way nothing remains.
                answer = await asking.ask(answerer, hook.request.parse(bytes(message)))
                message = message if answer is None else answer
        return message

    def _answerers(self, hook: Hook[Q, A]) -> Sequence[HookImpl]:
        # Also when nobody answers: one more plugin must not break a question that worked.
        if in_transaction():
            raise PluginError(
                "CALL_IN_TRANSACTION",
                f"plugin {self._actor!r} asked {hook.full_name} inside a transaction",
                hint="ask first, then open one short transaction for what the answers lead to",
            )
        return self._answers.to(hook)

    def _question(self, hook: Hook[Q, A]) -> Question[Q, A]:
        context = current().acting(self._actor).within(hook.deadline)
        if context.remaining <= 0:
            raise DeadlineExceeded("DEADLINE_EXCEEDED", f"no time was left to ask {hook.full_name}")
        return Question(hook, context, self._handovers)


def _shares(hook: Hook[Q, A], message: Q, answerers: Sequence[HookImpl]) -> Iterator[tuple[HookImpl, Q]]:
    """Give each a message of its own: who asked reads on in the question, and it may be about money."""
    data = bytes(message)  # before anybody can have changed it
    for answerer in answerers:
        yield answerer, hook.request.parse(data)


async def _together(asking: Question[Q, A], message: Q, answerers: Sequence[HookImpl]) -> list[A | None]:
    """Return the answers of all, in their line; None for those that failed and are left out."""
    with use(asking.context):
        tasks = [
            asyncio.create_task(asking.ask(answerer, share))
            for answerer, share in _shares(asking.hook, message, answerers)
        ]
    try:
        done, late = await asyncio.wait(
            tasks, timeout=asking.context.remaining, return_when=asyncio.FIRST_EXCEPTION
        )
        for task in tasks:
            if task in done and (error := task.exception()):
                raise error
        for task, answerer in zip(tasks, answerers, strict=True):
            if task in late:
                asking.late(answerer.plugin_name)
        return [task.result() if task in done else None for task in tasks]
    finally:
        await _end(tasks)


async def _end(tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Cancel what still runs and let it clean up behind itself, but not for long."""
    if running := [task for task in tasks if task.cancel()]:
        _, stubborn = await asyncio.wait(running, timeout=GRACE)
        for task in stubborn:
            logger.error("an answer goes on although it was cancelled %g s ago: %r", GRACE, task.get_coro())
            _stubborn.add(task)  # the loop itself holds its tasks but loosely
            task.add_done_callback(_stubborn.discard)
    for task in tasks:
        task.add_done_callback(_forget)


def _forget(task: asyncio.Task[Any]) -> None:
    """Look at what became of an answer that nobody waits for, or asyncio complains that nobody did."""
    if not task.cancelled():
        task.exception()
