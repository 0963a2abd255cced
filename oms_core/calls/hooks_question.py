"""One question while it is asked: its time, its circumstances, and what becomes of a failing answer."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Generic, Self, cast

from pluggy import HookImpl

from oms_core.calls.deadline import Deadline
from oms_core.calls.handover import Handover, HandoverLog
from oms_core.calls.hooks_answers import Ask
from oms_core.calls.hooks_failure import HookFailure
from oms_core.context import Context, use
from oms_wire.errors import DeadlineExceeded
from oms_wire.hook import Combine, Hook, NoAnswer, OnFailure
from oms_wire.method import A, Q, WireMessage

_MOMENT = 0.02
"""Seconds."""


class Question(Generic[Q, A]):
    """``with question: await question.ask(answerer, message)``: inside the block the time runs.

    When it is over the block ends, and the answer that it waited for has failed. ``context`` is that of
    the asker as it acts, with what is left of the hook's deadline.
    """

    __slots__ = ("_deadline", "_handovers", "_plugin", "_use", "context", "hook")

    def __init__(self, hook: Hook[Q, A], context: Context, handovers: HandoverLog | None) -> None:
        self.hook = hook
        self.context = context
        self._handovers = handovers
        self._plugin = ""
        self._use = use(context)
        self._deadline = Deadline(context.remaining, hook.full_name)

    def __enter__(self) -> Self:
        self._deadline.__enter__()
        self._use.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._use.__exit__()
        try:
            self._deadline.__exit__(kind, error, trace)
        except DeadlineExceeded:
            self.late(self._plugin)
            return True
        return False

    async def ask(self, answerer: HookImpl, message: Q) -> A | None:
        """Return the answer; None: it passes, or it failed and the contract says that it is left out."""
        plugin = self._plugin = answerer.plugin_name
        handed = self._hand(message, giver=self.context.actor, taker=plugin)
        answer = await self._answer(answerer, message)
        if self._deadline.expired:
            raise asyncio.CancelledError  # it did not let itself be cancelled, and is late all the same
        if handed is not None and self.hook.combine is not Combine.FOLD:
            handed.check()
        if isinstance(answer, HookFailure):
            self._failed(answer)
        elif isinstance(answer, self.hook.response):
            self._hand(answer, giver=plugin, taker=self.context.actor)
            return answer
        elif not (isinstance(answer, NoAnswer) and self.hook.combine is Combine.FIRST):
            wrong = TypeError(f"{type(answer).__name__} is no {self.hook.response.__name__}")
            self._failed(HookFailure(plugin, self.hook, wrong))
        return None

    async def _answer(self, answerer: HookImpl, message: Q) -> object:
        """Return what the plugin returned, or the failure that there is instead."""
        try:
            return await cast("Ask", answerer.function)(message)
        except asyncio.CancelledError as error:
            if cast("asyncio.Task[object]", asyncio.current_task()).cancelling():
                raise
            # Something of the plugin's own was cancelled, not the question.
            return HookFailure(answerer.plugin_name, self.hook, error)
        except DeadlineExceeded as error:
            # The other side of a connection may have looked at its clock a moment before this one.
            late = self.context.remaining <= _MOMENT
            return HookFailure(answerer.plugin_name, self.hook, None if late else error)
        except Exception as error:
            return HookFailure(answerer.plugin_name, self.hook, error)

    def late(self, plugin: str) -> None:
        """Say that ``plugin`` did not answer in time; raises RpcError if that aborts the question."""
        self._failed(HookFailure(plugin, self.hook))

    def _failed(self, failure: HookFailure) -> None:
        if self.hook.on_failure is OnFailure.ABORT:
            raise failure.error(self.context) from failure.cause
        failure.log(self.context)

    def _hand(self, message: WireMessage, *, giver: str, taker: str) -> Handover | None:
        if self._handovers is None:
            return None
        return self._handovers.seal(message, giver=giver, taker=taker, method=self.hook.full_name)
