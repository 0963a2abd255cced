"""``oms db``: what the database lacks, bringing it up to date, and writing migrations."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict

import click
from rich.console import Console
from rich.table import Table

from oms_core.cli.options import as_json, with_config
from oms_core.config import Config
from oms_core.errors import StorageError
from oms_core.runtime.assembly import assemble
from oms_core.runtime.wiring import tables_of
from oms_core.storage import Step, attach, migrate, plan


@click.group()
def db() -> None:
    """Look after the database."""


@db.command("plan", epilog="Example:  oms db plan --json")
@as_json
@with_config
def plan_command(config: Config, *, as_json: bool) -> None:
    """Show what `oms db migrate` would do; changes nothing."""
    _show(asyncio.run(_plan(config)), as_json=as_json, nothing="The database is up to date.")


@db.command("migrate", epilog="Example:  oms db migrate --json")
@as_json
@with_config
def migrate_command(config: Config, *, as_json: bool) -> None:
    """Bring the database up to date: roles, core tables, each plugin's migrations and policies."""
    _show(asyncio.run(_migrate(config)), as_json=as_json, nothing="The database was up to date already.")


@db.command("new-migration", epilog="Example:  oms db new-migration stamps --description 'add a note'")
@click.argument("plugin")
@click.option("--description", default="", help="What it is for.")
@with_config
def new_migration(config: Config, *, plugin: str, description: str) -> None:
    """Write the migration that leads PLUGIN's tables from its last migration to its table classes."""
    # Imported here: Piccolo's migrations cost more start-up time than every other command needs.
    from oms_core.storage.piccolo_migrations import make_migration  # noqa: PLC0415

    found = {one.plugin: one for one in tables_of(assemble(config, fresh=False))}
    if plugin not in found:
        raise StorageError(
            "PLUGIN_UNKNOWN",
            f"no plugin {plugin!r} with tables is loaded",
            hint=f"known are {', '.join(sorted(found)) or 'none'}",
        )
    written = asyncio.run(make_migration(found[plugin], description=description))
    click.echo(
        f"Wrote {written}" if written else f"{plugin}: no change of the tables since the last migration."
    )


@asynccontextmanager
async def _database(config: Config) -> AsyncIterator[str]:
    if config.database.url:
        yield config.database.url
        return
    async with attach(config.data) as dsn:
        yield dsn


async def _plan(config: Config) -> list[Step]:
    tables = tables_of(assemble(config))
    async with _database(config) as dsn:
        return await plan(dsn, tables)


async def _migrate(config: Config) -> list[Step]:
    tables = tables_of(assemble(config))
    async with _database(config) as dsn:
        return await migrate(dsn, tables)


def _show(steps: Sequence[Step], *, as_json: bool, nothing: str) -> None:
    if as_json:
        click.echo(json.dumps([asdict(step) for step in steps], indent=2))
        return
    if not steps:
        click.echo(nothing)
        return
    table = Table("of", "step")
    for step in steps:
        table.add_row(step.app, step.name)
    Console().print(table)
