"""The plugins at work on a database: set up, started, events moving; nobody is served from outside yet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from oms_core.auth import Seals
from oms_core.calls import HandoverLog
from oms_core.clock import Clock
from oms_core.config import Config
from oms_core.config.settings import BrokerSettings
from oms_core.messaging import Broker, Messaging, Newcomers, Pressure
from oms_core.runtime.assembly import Assembly
from oms_core.runtime.listening import listening_elsewhere
from oms_core.runtime.newcomers import replaying
from oms_core.runtime.phases import Phases
from oms_core.runtime.remotes import Neighbours
from oms_core.runtime.wiring import Wired, tables_of, wire
from oms_core.storage import Database, migrate
from oms_core.storage.recovering import recovered


@dataclass(frozen=True, slots=True)
class Live:
    """What works: the wired parts, their database, their phases and what moves their events."""

    wired: Wired
    database: Database
    phases: Phases
    messaging: Messaging


@asynccontextmanager
async def live(
    assembly: Assembly,
    config: Config,
    dsn: str,
    remotes: Neighbours,
    *,
    clock: Clock,
    seals: Seals,
    handovers: HandoverLog | None = None,
) -> AsyncIterator[Live]:
    """Migrate, wire, set up and start the plugins, and move their events, until the block ends.

    ``remotes`` leads to the plugins of other processes. At the end no event is taken any more, and each
    plugin drains and stops. ``Phases.ready`` is for the caller, once it serves. Raises OmsError that names a
    plugin which fails and must not be off.
    """
    async with AsyncExitStack() as stack:
        await recovered(dsn)
        await migrate(dsn, tables_of(assembly), failed=partial(assembly.roster.fail, phase="migrate"))
        names = [tables.plugin for tables in tables_of(assembly)]
        database = await Database.open(dsn, plugins=names, pool_size=config.database.pool_size)
        stack.push_async_callback(database.close)
        wired = wire(assembly, database, remotes, clock=clock, seals=seals, handovers=handovers)
        phases = Phases(wired, config)
        stack.push_async_callback(phases.stop)
        stack.push_async_callback(phases.drain)  # also when a start fails: the others did start
        await phases.start()
        messaging = Messaging(
            database,
            dsn,
            wired.subscriptions,
            broker=_broker(config.broker),
            elsewhere=listening_elsewhere(assembly.roster.away),
            upcasters=[one for each in assembly.registrations.values() for one in each.upcasters],
            clock=clock,
        )
        newcomers = Newcomers(dsn, wired.subscriptions)
        await newcomers.hold()
        await messaging.start()
        stack.push_async_callback(messaging.drain, config.server.drain_seconds)
        intake = wired.endpoints.intake
        limit = config.events.outbox_limit
        pressure = Pressure(database, limit=limit, close=intake.close, open=intake.open)
        pressure.start()
        stack.push_async_callback(pressure.stop)
        stack.enter_context(replaying(newcomers))
        yield Live(wired, database, phases, messaging)


def _broker(settings: BrokerSettings) -> Broker | None:
    return Broker(settings.url, settings.namespace) if settings.url else None
