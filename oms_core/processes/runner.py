"""A process at work: hears events, performs commands, and hears what came of them."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

import msgspec

from oms_core.clock import Clock
from oms_core.context import current, use
from oms_core.messaging import RetryPolicy, Route, Subscription
from oms_core.processes.definition import Deed, Done, Process
from oms_core.processes.happenings import Answered, Happening, Refused, TimedOut
from oms_core.processes.key import performing
from oms_core.processes.messages import ProcessMessage, message_type, snake
from oms_core.processes.progress import Progress
from oms_core.processes.rows import Rows, StepRow, encode
from oms_core.steps import step
from oms_core.storage import Storage
from oms_wire.errors import (
    Aborted,
    Cancelled,
    DeadlineExceeded,
    Internal,
    NotFound,
    ResourceExhausted,
    RpcError,
    Unavailable,
    Unknown,
)
from oms_wire.event import EventMessage

S = TypeVar("S")

PASSING = (Aborted, Cancelled, DeadlineExceeded, Internal, ResourceExhausted, Unavailable, Unknown)
"""Errors after which the same command may go through, or may have had its effect already."""

_UNTIRING = RetryPolicy(immediate=3, later=(1.0, 2.0) + (5.0,) * 17_280)
"""For steps: a day of attempts; a command gives up by its patience, only an undoing needs them all."""

Bind = Callable[[Callable[..., Awaitable[Any]]], Callable[[Any], Awaitable[Any]]]
"""Turns a function of the plugin into one of its first argument alone."""


def consumers_of(
    plugin: str, process: str, *, hears: Iterable[str], does: Iterable[str]
) -> Iterator[tuple[str, Route]]:
    """Yield the types of event that a process gets, with its consumers, as its manifest describes it."""
    consumer = f"{plugin}.{process}"
    for event_type in hears:
        yield event_type, Route(f"{consumer}.{event_type}")
    for kind in [*map(snake, does), "timer"]:
        yield message_type(plugin, process, kind).EVENT.name, Route(f"{consumer}.{kind}", ordered=False)


class Runner(Generic[S]):
    """One process of one plugin; ``subscriptions`` are what messaging has to carry to it."""

    def __init__(
        self, process: Process[S], *, plugin: str, storage: Storage, clock: Clock, bind: Bind
    ) -> None:
        self._process = process
        self._plugin = plugin
        self._storage = storage
        self._clock = clock
        self._perform = {name: bind(deed.perform) for name, deed in process.deeds.items()}
        self._undo = {name: bind(deed.undo) for name, deed in process.deeds.items() if deed.undo}
        self._steps = {name: message_type(plugin, process.name, snake(name)) for name in process.deeds}
        self._timer = message_type(plugin, process.name, "timer")
        self._progress = Progress(process, self._steps, self._timer)

    @property
    def subscriptions(self) -> list[Subscription]:
        """One for each event that it hears, one for each kind of command, one for its timers."""
        consumer = f"{self._plugin}.{self._process.name}"
        heard = [
            Subscription(f"{consumer}.{event.EVENT.name}", event, self._hearing(key, starts=starts))
            for event, (key, starts) in self._process.heard.items()
        ]
        # Neither waits for another step: a timer must run out while a command hangs.
        return [
            *heard,
            *(
                Subscription(
                    f"{consumer}.{snake(name)}", kind, self._take_step, ordered=False, retry=_UNTIRING
                )
                for name, kind in self._steps.items()
            ),
            Subscription(f"{consumer}.timer", self._timer, self._run_out, ordered=False, retry=_UNTIRING),
        ]

    def _hearing(self, key: str, *, starts: bool) -> Callable[[EventMessage], Awaitable[None]]:
        async def hear(event: EventMessage) -> None:
            async with self._storage.transaction() as tx:
                rows = Rows(tx, now=self._clock.now())
                named = str(getattr(event, key))
                row = await rows.find(self._process.name, named)
                if row is None and not starts:
                    return
                row = row or await rows.start(self._process.name, named)
                await self._progress.apply(rows, row, event)
            step("process.decided")

        return hear

    async def _run_out(self, message: ProcessMessage) -> None:
        async with self._storage.transaction() as tx:
            rows = Rows(tx, now=self._clock.now())
            row = await rows.get(message.process_id)
            if row is not None and message.name in row.timers:
                row.timers.remove(message.name)
                await self._progress.apply(rows, row, TimedOut(message.name))
        step("process.decided")

    async def _take_step(self, message: ProcessMessage) -> None:
        begun = await self._begin(message)
        step("process.begun")
        if begun is None or begun.status not in {"pending", "cancelled"}:
            return
        performing(f"{message.process_id}:{message.n}")
        status, happening = await self._outcome(begun)
        step("process.performed")
        await self._finish(message, begun, status, happening)
        step("process.decided")

    async def _begin(self, message: ProcessMessage) -> StepRow | None:
        # In a context of its own: the inbox note belongs to the transaction that finishes the step.
        with use(current().acting(self._plugin)):
            async with self._storage.transaction() as tx:
                return await Rows(tx, now=self._clock.now()).begin(message.process_id, message.n)

    async def _outcome(self, begun: StepRow) -> tuple[str, Happening]:
        """Perform or undo; return the step's new status and what happened."""
        deed = self._process.deeds[begun.name]
        command: object = msgspec.json.decode(begun.command, type=deed.command)
        if begun.status == "cancelled":
            status = "skipped" if begun.begun_at is None else "uncertain"
            return status, Refused(command, "CANCELLED", certain=status == "skipped")
        if begun.undoes is not None:
            return await self._undone(begun, deed, command)
        if begun.begun_at is not None and self._clock.now() >= begun.give_up_at:
            return "uncertain", Refused(command, "PATIENCE_OVER", certain=False)
        return await self._performed(begun, command)

    async def _performed(self, begun: StepRow, command: object) -> tuple[str, Happening]:
        try:
            return "done", Answered(command, await self._perform[begun.name](command))
        except PASSING as error:
            if self._clock.now() < begun.give_up_at:
                raise
            return "uncertain", Refused(command, error.code, error.message, certain=False)
        except RpcError as error:
            status = "refused" if begun.begun_at is None else "uncertain"
            # After an attempt whose end nobody saw, a refusal may be the answer to the second one only.
            return status, Refused(command, error.code, error.message, certain=status == "refused")

    async def _undone(self, begun: StepRow, deed: Deed, command: object) -> tuple[str, Happening]:
        answer = None
        if begun.answer is not None:
            answer = msgspec.json.decode(begun.answer, type=deed.answer)
        with contextlib.suppress(NotFound):  # it never was
            await self._undo[begun.name](Done(command, answer))
        return "done", Answered(command)

    async def _finish(
        self, message: ProcessMessage, begun: StepRow, status: str, happening: Happening
    ) -> None:
        answer = encode(happening.answer) if isinstance(happening, Answered) else None
        error = f"{happening.code}: {happening.message}" if isinstance(happening, Refused) else ""
        async with self._storage.transaction() as tx:
            rows = Rows(tx, now=self._clock.now())
            row = await rows.get(message.process_id)
            finished = await rows.finish(message.process_id, message.n, status, answer=answer, error=error)
            if row is None or not finished:
                return
            if row.status == "undoing":
                await rows.note(row.process_id, _undoing_told(begun, status))
                await self._progress.go_on_undoing(rows, row)
            else:
                await self._progress.apply(rows, row, happening)


def _undoing_told(begun: StepRow, status: str) -> str:
    return f"{begun.name} undone" if begun.undoes is not None else f"{begun.name} ended: {status}"
