"""``oms events``: events that a consumer gave up on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from uuid import UUID

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from oms_core.cli.history import replay as replay_history
from oms_core.cli.history import tail
from oms_core.cli.options import as_json, with_config
from oms_core.config import Config
from oms_core.errors import StorageError
from oms_core.messaging import DeadLetter, PostgresDeadLetters
from oms_core.storage import Database, attach


@click.group()
def events() -> None:
    """Look after events."""


@events.group()
def dlq() -> None:
    """Events that a consumer gave up on; each holds back the later ones of its aggregate."""


events.add_command(tail)
events.add_command(replay_history)


@dlq.command("list", epilog="Example:  oms events dlq list --json")
@click.option("--consumer", help="Only this consumer's, for example stamps.collect.")
@click.option(
    "--limit", default=100, show_default=True, type=click.IntRange(1, 10_000), help="At most so many."
)
@as_json
@with_config
def list_dead(config: Config, *, consumer: str | None, limit: int, as_json: bool) -> None:
    """List dead letters, oldest first."""

    async def read() -> list[DeadLetter]:
        async with _letters(config) as letters:
            return list(await letters.dead(consumer=consumer, limit=limit))

    found = asyncio.run(read())
    if as_json:
        click.echo(json.dumps([asdict(letter) for letter in found], indent=2, default=str))
    elif not found:
        click.echo("No dead letters.")
    else:
        _draw(found)


@dlq.command("show", epilog="Example:  oms events dlq show stamps.collect 0192f7a4-… --json")
@click.argument("consumer")
@click.argument("event", type=click.UUID)
@as_json
@with_config
def show(config: Config, *, consumer: str, event: UUID, as_json: bool) -> None:
    """Show one dead letter: what went wrong, and what waits behind it."""

    async def read() -> DeadLetter | None:
        async with _letters(config) as letters:
            return next(iter(await letters.dead(consumer=consumer, event_id=event)), None)

    found = asyncio.run(read())
    if found is None:
        raise _unknown(consumer, event)
    if as_json:
        click.echo(json.dumps(asdict(found), indent=2, default=str))
    else:
        _draw([found])


@dlq.command("replay", epilog="Example:  oms events dlq replay stamps.collect")
@click.argument("consumer")
@click.option("--event", type=click.UUID, help="Only this event. [default: all of the consumer]")
@as_json
@with_config
def replay(config: Config, *, consumer: str, event: UUID | None, as_json: bool) -> None:
    """Give CONSUMER's dead letters a fresh set of attempts; those behind them follow."""

    async def change() -> int:
        async with _letters(config) as letters:
            return await letters.replay(consumer=consumer, event_id=event)

    replayed = asyncio.run(change())
    if event is not None and not replayed:
        raise _unknown(consumer, event)
    click.echo(json.dumps({"replayed": replayed}) if as_json else f"Replayed {replayed}.")


@dlq.command("drop", epilog="Example:  oms events dlq drop stamps.collect 0192f7a4-…")
@click.argument("consumer")
@click.argument("event", type=click.UUID)
@as_json
@with_config
def drop(config: Config, *, consumer: str, event: UUID, as_json: bool) -> None:
    """Let CONSUMER never handle EVENT; those behind it go on. The event log keeps it."""

    async def change() -> bool:
        async with _letters(config) as letters:
            return await letters.drop(consumer=consumer, event_id=event)

    if not asyncio.run(change()):
        raise _unknown(consumer, event)
    click.echo(json.dumps({"dropped": 1}) if as_json else "Dropped.")


@asynccontextmanager
async def _letters(config: Config) -> AsyncIterator[PostgresDeadLetters]:
    async with _dsn(config) as dsn:
        database = await Database.open(dsn, plugins=[], pool_size=1, relay_size=1)
        try:
            yield PostgresDeadLetters(database)
        finally:
            await database.close()


@asynccontextmanager
async def _dsn(config: Config) -> AsyncIterator[str]:
    if config.database.url:
        yield config.database.url
        return
    async with attach(config.data) as dsn:
        yield dsn


def _unknown(consumer: str, event: UUID) -> StorageError:
    return StorageError(
        "DEAD_LETTER_UNKNOWN",
        f"{consumer} has no dead letter {event}",
        hint="see which there are:  oms events dlq list",
    )


def _draw(letters: list[DeadLetter]) -> None:
    table = Table("consumer, event", "what happened", show_lines=True)
    for letter in letters:
        happened = (
            f"{letter.type} of {letter.aggregate_id}",
            f"dead since {letter.dead_at:%Y-%m-%d %H:%M:%S} UTC after {letter.attempts} attempts",
            letter.error,
            f"{letter.waiting} later events wait behind it",
        )
        table.add_row(Text(f"{letter.consumer}\n{letter.event_id}"), Text("\n".join(happened)))
    Console().print(table)
