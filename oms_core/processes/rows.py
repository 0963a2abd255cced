"""The tables of processes, through the plugin's own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from oms_core.ids import new_id
from oms_core.storage import Record, Transaction
from oms_wire.errors import Aborted

_PROCESS = "process_id, type, key, version, state::text as state, status, timers, steps"
_STEP = "n, name, command::text as command, undoes, status, answer::text as answer, begun_at, give_up_at"
# What an undoing needs is the answer of the command that it undoes.
_BEGUN = """n, name, command::text as command, undoes, status, begun_at, give_up_at, coalesce(answer,
  (select done.answer from oms.process_step done where done.process_id = before.process_id
      and done.n = before.undoes))::text as answer"""
_BY_KEY = f"select {_PROCESS} from oms.process where plugin = $1 and type = $2 and key = $3"  # noqa: S608
_BY_ID = f"select {_PROCESS} from oms.process where process_id = $1"  # noqa: S608
_START = """
insert into oms.process
  (process_id, tenant, plugin, type, key, version, state, status, created_at, updated_at)
values ($1, current_setting('oms.tenant'), $2, $3, $4, 0, 'null', 'running', $5, $5)
on conflict on constraint process_key do nothing
"""
_WRITE = """
update oms.process
   set version = version + 1, state = $3, status = $4, timers = $5, steps = $6, updated_at = $7
 where process_id = $1 and version = $2
"""
_ADD_STEP = """
insert into oms.process_step
  (process_id, n, tenant, plugin, name, command, undoes, status, give_up_at, created_at)
values ($1, $2, current_setting('oms.tenant'), $3, $4, $5, $6, 'pending', $7, $8)
"""
_BEGIN = f"""
with before as (select * from oms.process_step where process_id = $1 and n = $2),
     begun as (update oms.process_step set begun_at = coalesce(begun_at, $3)
                where process_id = $1 and n = $2 and status = 'pending')
select {_BEGUN} from before
"""  # noqa: S608
_FINISH = """
update oms.process_step set status = $3, answer = $4, error = $5, finished_at = $6
 where process_id = $1 and n = $2 and status in ('pending', 'cancelled')
"""
_STEPS = f"select {_STEP} from oms.process_step where process_id = $1 order by n"  # noqa: S608
_CANCEL = "update oms.process_step set status = 'cancelled' where process_id = $1 and status = 'pending'"
_NOTE = """
insert into oms.process_entry (process_id, tenant, plugin, at, what)
values ($1, current_setting('oms.tenant'), $2, $3, $4)
"""


@dataclass(slots=True)
class ProcessRow:
    """One process as it is stored."""

    process_id: str
    type: str
    key: str
    version: int
    state: str
    status: str
    timers: list[str]
    steps: int

    @property
    def is_over(self) -> bool:
        """Whether nothing can happen to it any more."""
        return self.status in {"done", "undone"}


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step as it is stored."""

    n: int
    name: str
    command: str
    undoes: int | None
    status: str
    answer: str | None
    begun_at: datetime | None
    give_up_at: datetime


class Rows:
    """What one transaction reads and writes of a plugin's processes."""

    def __init__(self, tx: Transaction, *, now: datetime) -> None:
        self.tx = tx
        self.now = now

    async def find(self, kind: str, key: str) -> ProcessRow | None:
        """Return the process of that key."""
        return _process(await self.tx.fetchrow(_BY_KEY, self.tx.plugin, kind, key))

    async def get(self, process_id: str) -> ProcessRow | None:
        """Return the process of that id."""
        return _process(await self.tx.fetchrow(_BY_ID, process_id))

    async def start(self, kind: str, key: str) -> ProcessRow:
        """Return a new process, which is not yet anywhere; raises Aborted when another one was faster."""
        process_id = new_id("prc")
        tag = await self.tx.execute(_START, process_id, self.tx.plugin, kind, key, self.now)
        if tag == "INSERT 0 0":
            raise _lost(kind, key)
        return ProcessRow(process_id, kind, key, 0, "null", "running", [], 0)

    async def write(self, row: ProcessRow) -> None:
        """Store the process; raises Aborted when somebody else has meanwhile."""
        values = (row.state, row.status, row.timers, row.steps, self.now)
        if await self.tx.execute(_WRITE, row.process_id, row.version, *values) != "UPDATE 1":
            raise _lost(row.type, row.key)
        row.version += 1

    async def add_step(
        self, row: ProcessRow, name: str, command: str, *, undoes: int | None, give_up_at: datetime
    ) -> int:
        """Add a step that is to be performed; return its number."""
        row.steps += 1
        own = (row.process_id, row.steps, self.tx.plugin, name, command, undoes, give_up_at, self.now)
        await self.tx.execute(_ADD_STEP, *own)
        return row.steps

    async def begin(self, process_id: str, n: int) -> StepRow | None:
        """Note that a step is being performed, unless it is not to be; return it as it was before."""
        found = await self.tx.fetchrow(_BEGIN, process_id, n, self.now)
        return None if found is None else _step(found)

    async def finish(self, process_id: str, n: int, status: str, *, answer: str | None, error: str) -> bool:
        """Note what came of a step; False: it was finished before."""
        return await self.tx.execute(_FINISH, process_id, n, status, answer, error, self.now) == "UPDATE 1"

    async def steps(self, process_id: str) -> Sequence[StepRow]:
        """Return all steps in the sequence of their decision."""
        return [_step(one) for one in await self.tx.fetch(_STEPS, process_id)]

    async def cancel(self, process_id: str) -> None:
        """Let no step begin that has not."""
        await self.tx.execute(_CANCEL, process_id)

    async def note(self, process_id: str, what: str) -> None:
        """Add a line to the process's story."""
        await self.tx.execute(_NOTE, process_id, self.tx.plugin, self.now, what)


def encode(value: object) -> str:
    """Return a state, command or answer as it is stored."""
    return msgspec.json.encode(value).decode()


def _process(row: Record | None) -> ProcessRow | None:
    if row is None:
        return None
    values: dict[str, Any] = {name: row[name] for name in ProcessRow.__dataclass_fields__}
    return ProcessRow(**{**values, "timers": list(values["timers"])})


def _step(row: Record) -> StepRow:
    return StepRow(**{name: row[name] for name in StepRow.__dataclass_fields__})


def _lost(kind: str, key: str) -> Aborted:
    return Aborted("PROCESS_CONFLICT", f"{kind} of {key}: something else happened at the same time; again")
