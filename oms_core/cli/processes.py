"""``oms processes``: process managers, what happened to them and what they wait for."""

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
from oms_core.processes.stories import Listed, Stories, Story
from oms_core.storage import attach


@click.group()
def processes() -> None:
    """Look at process managers."""


@processes.command("list", epilog="Example:  oms processes list --plugin notes --all --json")
@click.option("--plugin", help="Only this plugin's.")
@click.option("--type", "kind", help="Only processes of this name.")
@click.option("--all", "also_ended", is_flag=True, help="Also those that are over.")
@click.option(
    "--limit", default=100, show_default=True, type=click.IntRange(1, 10_000), help="At most so many."
)
@as_json
@with_config
def list_processes(
    config: Config, *, plugin: str | None, kind: str | None, also_ended: bool, limit: int, as_json: bool
) -> None:
    """List processes that are under way, the one that something happened to last first."""

    async def read() -> Sequence[Listed]:
        async with _stories(config) as stories:
            return await stories.find(plugin=plugin, kind=kind, also_ended=also_ended, limit=limit)

    found = asyncio.run(read())
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2, default=str))
    elif not found:
        click.echo("No process is under way.")
    else:
        table = Table("process", "key", "status", "last", "tenant")
        for one in found:
            table.add_row(
                f"{one.plugin}.{one.type}",
                one.key,
                one.status,
                f"{one.updated_at:%Y-%m-%d %H:%M:%S}",
                one.tenant,
            )
        Console().print(table)


@processes.command("show", epilog="Example:  oms processes show not_01m86bkmvnf9d9ts4ff5z1vq0p")
@click.argument("key")
@as_json
@with_config
def show(config: Config, *, key: str, as_json: bool) -> None:
    """Tell what happened to the processes of KEY, and what they wait for."""

    async def read() -> list[Story]:
        async with _stories(config) as stories:
            return [await stories.tell(one) for one in await stories.find(key=key, also_ended=True)]

    found = asyncio.run(read())
    if not found:
        raise StorageError(
            "PROCESS_UNKNOWN",
            f"there is no process of {key!r}",
            hint="see which there are:  oms processes list --all",
        )
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2, default=str))
        return
    for story in found:
        one = story.process
        click.echo(f"{one.plugin}.{one.type} of {one.key}: {one.status}")
        for at, what in story.happened:
            click.echo(f"  {at:%Y-%m-%d %H:%M:%S}  {what}")
        for what in story.pending:
            click.echo(f"  waits for  {what}")


@asynccontextmanager
async def _stories(config: Config) -> AsyncIterator[Stories]:
    if config.database.url:
        async with Stories.open(config.database.url) as stories:
            yield stories
        return
    async with attach(config.data) as dsn, Stories.open(dsn) as stories:
        yield stories
