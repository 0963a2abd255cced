"""From a happening to what follows from it, inside one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Generic, TypeVar

import msgspec

from oms_core.processes.decision import Decision, Outcome
from oms_core.processes.definition import Process
from oms_core.processes.happenings import Answered, Happening, Refused, TimedOut, Undone
from oms_core.processes.messages import ProcessMessage
from oms_core.processes.rows import ProcessRow, Rows, StepRow, encode

S = TypeVar("S")

_FOR_EVER = timedelta(days=36_500)


class Progress(Generic[S]):
    """Applies happenings to the stored processes of one kind."""

    def __init__(
        self,
        process: Process[S],
        steps: Mapping[str, type[ProcessMessage]],
        timer: type[ProcessMessage],
    ) -> None:
        self._process = process
        self._steps = steps
        self._timer = timer

    async def apply(self, rows: Rows, row: ProcessRow, happening: Happening) -> None:
        """Decide, and store what follows; a late happening is only noted."""
        if row.is_over or (row.status == "undoing" and not isinstance(happening, Undone)):
            await rows.note(row.process_id, f"late: {told(happening)}")
            return
        state = msgspec.json.decode(row.state, type=self._process.state | None)
        decision = self._process.decide(state, happening)
        await rows.note(row.process_id, told(happening))
        await self._follow(rows, row, decision, ended=isinstance(happening, Undone))

    async def go_on_undoing(self, rows: Rows, row: ProcessRow) -> None:
        """Undo the last command that is not undone; when there is none, the process hears so."""
        steps = await rows.steps(row.process_id)
        begun = {step.undoes for step in steps if step.undoes is not None}
        for step in reversed(steps):
            if step.undoes is not None:
                if step.status in {"pending", "cancelled"}:
                    return  # one after the other
                continue
            if step.status in {"pending", "cancelled"}:
                return  # its last attempt may be on the way: what came of it is waited for
            if step.n not in begun and self._is_to_be_undone(step):
                await self._add(rows, row, step.name, step.command, undoes=step.n, patience=_FOR_EVER)
                await rows.write(row)
                return
        await self.apply(rows, row, Undone())

    def _is_to_be_undone(self, step: StepRow) -> bool:
        return step.status in {"done", "uncertain"} and self._process.deeds[step.name].undo is not None

    async def _follow(self, rows: Rows, row: ProcessRow, decision: Decision[S], *, ended: bool) -> None:
        row.state = encode(decision.state)
        if ended:
            row.status = "undone"
        elif decision.outcome is not Outcome.RUNNING:
            row.status = decision.outcome.value
        over = row.status != "running"
        await self._set_timers(rows, row, decision, forget=row.timers if over else decision.forget)
        for command in () if over else decision.commands:
            deed = self._process.deeds[type(command).__name__]
            await self._add(
                rows, row, type(command).__name__, encode(command), undoes=None, patience=deed.patience
            )
        if row.status == "undoing":
            await rows.note(row.process_id, f"undoing: {decision.reason}")
            await rows.cancel(row.process_id)
        elif over:
            await rows.note(row.process_id, row.status)
        await rows.write(row)
        if row.status == "undoing":
            await self.go_on_undoing(rows, row)

    async def _set_timers(
        self, rows: Rows, row: ProcessRow, decision: Decision[S], *, forget: Sequence[str]
    ) -> None:
        for name in list(forget):
            await rows.tx.unschedule(_timer_key(row, name))
        kept = [name for name in row.timers if name not in forget]
        for name, after in {} if row.status != "running" else decision.timers.items():
            message = self._timer(row.process_id, row.version, name)
            # Timers of one process and moment differ by name alone, and the log wants a number for each.
            version = row.version * 1000 + len(kept) + 1
            await rows.tx.schedule(
                message, at=rows.now + after, key=_timer_key(row, name), version=version, move=True
            )
            kept = [*(one for one in kept if one != name), name]
        row.timers = kept

    async def _add(
        self, rows: Rows, row: ProcessRow, name: str, command: str, *, undoes: int | None, patience: timedelta
    ) -> None:
        n = await rows.add_step(row, name, command, undoes=undoes, give_up_at=rows.now + patience)
        rows.tx.emit(self._steps[name](row.process_id, n, name), version=n)


def told(happening: Happening) -> str:
    """Return a happening in words, without what is in it."""
    match happening:
        case Answered(command):
            return f"{_name(command)} done"
        case Refused(command, code, _, certain):
            return f"{_name(command)} {'refused' if certain else 'given up'}: {code}"
        case TimedOut(name):
            return f"timer {name} ran out"
        case Undone():
            return "everything is undone"
        case _:
            return happening.EVENT.name


def _name(command: Any) -> str:
    return type(command).__name__


def _timer_key(row: ProcessRow, name: str) -> str:
    return f"{row.process_id}:{name}"
