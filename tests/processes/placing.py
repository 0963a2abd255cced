"""The process of examples/snippets/placing.py over stand-ins, each of which may fail, hang or answer late."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from oms_core.messaging import RetryPolicy, Scheduler, Subscription
from oms_core.processes import Done, Runner, step_key
from oms_core.storage import Database
from oms_protos.orders.v1 import OrderAccepted, OrderCancelled, OrderPlaced
from oms_wire.errors import FailedPrecondition, NotFound, RpcError
from tests.messaging.things import Bench, PostgresWorld

SNIPPET = Path(__file__).parents[2] / "examples" / "snippets" / "placing.py"
_spec = importlib.util.spec_from_file_location("examples_placing", SNIPPET)
assert _spec is not None
assert _spec.loader is not None
example = importlib.util.module_from_spec(_spec)
sys.modules["examples_placing"] = example  # dataclasses look their module up
_spec.loader.exec_module(example)
process = example.process


def _event(kind: type[Any], order: str, number: int) -> Any:
    event = kind(order_id=order)
    event.number = number  # what the worlds take for the version
    return event


def wanted(order: str, number: int) -> Any:
    return _event(OrderPlaced, order, number)


def confirmed(order: str, number: int) -> Any:
    return _event(OrderAccepted, order, number)


def withdrawn(order: str, number: int) -> Any:
    return _event(OrderCancelled, order, number)


Trouble = Callable[[str], None]


@dataclass
class Others:
    """What the stand-ins have: kept by key, as an idempotent service does."""

    taken: dict[str, str] = field(default_factory=dict)
    charged: dict[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    before: Trouble = lambda _: None
    after: Trouble = lambda _: None
    """Called around each effect, with its name: what it raises is what the caller sees."""

    def _do(self, name: str, kept: dict[str, str], thing: str) -> str:
        self.calls.append(name)
        self.before(name)
        kept[step_key()] = thing
        self.after(name)
        return step_key()

    def _undo(self, name: str, kept: dict[str, str], thing: str) -> None:
        self.calls.append(name)
        self.before(name)
        mine = [key for key, value in kept.items() if value == thing]
        if not mine:
            raise NotFound("NONE", thing)
        for key in mine:
            del kept[key]
        self.after(name)

    async def take(self, command: Any) -> None:
        self._do("take", self.taken, command.order_id)

    async def give_back(self, step: Done[Any, None]) -> None:
        self._undo("give back", self.taken, step.command.order_id)

    async def charge(self, command: Any) -> example.Receipt:  # type: ignore[name-defined]
        return example.Receipt(self._do("charge", self.charged, command.order_id))

    async def refund(self, step: Done[Any, Any]) -> None:
        if step.answer is not None:
            assert step.answer.number in self.charged or "refund" in self.calls
        self._undo("refund", self.charged, step.command.order_id)

    async def tell(self, command: Any) -> None:
        self._do("tell", self.told, command.order_id)


class Stage(Bench):
    """Relay, consumers, scheduler and the process, without tasks and without time."""

    def __init__(self, world: PostgresWorld, others: Others, *more: Subscription) -> None:
        super().__init__(world, policy=RetryPolicy(chance=lambda: 0.0))
        self.database: Database = world.database
        runner = Runner(
            process(others),
            plugin="pong",
            storage=world.database.storage("pong"),
            clock=self.clock,
            bind=lambda function: function,
        )
        self.subscriptions = (*runner.subscriptions, *more)

    async def run(self, inboxes: object = None) -> None:
        """Do everything that can be done at this moment of the clock."""
        scheduler = Scheduler(self.world.outbox, clock=self.clock, on_published=lambda: None)
        while await scheduler.publish_due() or (await self.world.left())[0] or await self._due():
            await super().run(inboxes)

    async def _due(self) -> bool:
        found = await self.world.deliveries.due(self.handling().consumers, now=self.clock.now())
        return bool(found)

    async def status(self, thing: str = "a") -> tuple[str, str]:
        """Return the process's status and the stage in its state."""
        async with self.database.storage("pong").transaction(tenant="chn_a") as tx:
            row = await tx.fetchrow(
                "select status, state->>'stage' as stage from oms.process where key = $1", thing
            )
        assert row is not None
        return row["status"], row["stage"]

    async def story(self, thing: str = "a") -> list[str]:
        async with self.database.storage("pong").transaction(tenant="chn_a") as tx:
            rows = await tx.fetch(
                "select what from oms.process_entry join oms.process using (process_id)"
                " where key = $1 order by process_entry.n",
                thing,
            )
        return [row["what"] for row in rows]


def refusing(name: str, error: RpcError | None = None) -> Trouble:
    """Return what refuses that effect."""

    def refuse(asked: str) -> None:
        if asked == name:
            raise error or FailedPrecondition("NO", f"no {name}")

    return refuse
