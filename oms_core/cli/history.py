"""``oms events tail`` and ``oms events replay``: the log of all events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import click
from rich.console import Console
from rich.progress import Progress

from oms_core.cli.options import as_json, with_config
from oms_core.config import Config
from oms_core.errors import PluginError, StorageError
from oms_core.messaging.envelope import Route
from oms_core.messaging.history import History, Logged, Position
from oms_core.messaging.subscription import Routes
from oms_core.plugins.discovery import discover
from oms_core.storage import attach

START = "START"
_LOOK = 0.5


@click.command(
    "tail", epilog="Examples:  oms events tail    oms events tail --type notes.note_written --json"
)
@click.option("--type", "types", multiple=True, help="Only this type of event; may be repeated.")
@click.option("--aggregate", help="Only events of this aggregate, by its id.")
@click.option("--last", default=10, show_default=True, type=click.IntRange(0), help="Begin with so many.")
@click.option("--no-follow", is_flag=True, help="End after those; do not wait for more.")
@as_json
@with_config
def tail(
    config: Config,
    *,
    types: tuple[str, ...],
    aggregate: str | None,
    last: int,
    no_follow: bool,
    as_json: bool,
) -> None:
    """Show events as they are committed, until Ctrl-C; never what is in them."""

    async def follow() -> None:
        async with _history(config) as history:
            position, newest = Position(), await history.last()
            shown: list[Logged] = []
            wanted = list(types) or None
            while batch := await history.read(position, types=wanted, aggregate_id=aggregate):
                shown, position = [*shown, *batch][-last:] if last else [], batch[-1].position
            position = max(position, newest, key=lambda one: (int(one.xid), one.seq))
            _print(shown, as_json=as_json)
            while not no_follow:
                batch = await history.read(position, types=wanted, aggregate_id=aggregate)
                if batch:
                    _print(batch, as_json=as_json)
                    position = batch[-1].position
                else:
                    await asyncio.sleep(_LOOK)

    try:
        asyncio.run(follow())
    except KeyboardInterrupt:
        click.echo("", err=True)


@click.command(
    "replay",
    epilog="Examples:  oms events replay --to stamps --from START    "
    "oms events replay --to stamps --from 2026-11-01T00:00:00Z",
)
@click.option("--to", "plugin", required=True, help="The plugin that gets them; it takes nothing meanwhile.")
@click.option("--from", "since", required=True, help="START, or an instant: 2026-11-01T00:00:00Z.")
@click.option("--again", is_flag=True, help="Also events so old that nobody knows if they were handled.")
@as_json
@with_config
def replay(config: Config, *, plugin: str, since: str, again: bool, as_json: bool) -> None:
    """Give a plugin the events of the log that its handlers want; handled ones have no second effect."""
    routes, begin = _routes(plugin), _instant(since)

    async def put() -> int:
        async with _history(config) as history:
            if not again and await history.has_handled(plugin, before=begin):
                raise StorageError(
                    "REPLAY_TOO_OLD",
                    f"plugin {plugin!r} has handled events before, and what it handled more than 8 days ago "
                    "is forgotten: those events would have their effects again",
                    hint="choose a later --from, or say --again when that is wanted",
                )
            total = 0
            with Progress(console=Console(stderr=True), transient=True) as progress:
                task = progress.add_task(f"events for {plugin}", total=None)
                async for moved in history.replay(plugin, routes, since=begin):
                    total += moved
                    progress.update(task, completed=total)
            return total

    total = asyncio.run(put())
    told = json.dumps({"plugin": plugin, "replayed": total})
    click.echo(told if as_json else f"{total} events are in line for {plugin}.")


def _routes(plugin: str) -> Routes:
    """Return what the plugin's handlers want, from its manifest."""
    found = {one.name: one.manifest for one in discover() if one.manifest is not None}
    if plugin not in found:
        raise PluginError(
            "PLUGIN_UNKNOWN",
            f"no plugin {plugin!r} is installed",
            hint=f"known are {', '.join(sorted(found)) or 'none'}",
        )
    routes: dict[str, tuple[Route, ...]] = {}
    for one in found[plugin].handles:
        routes[one.name] = (*routes.get(one.name, ()), Route(f"{plugin}.{one.handler}", one.ordered))
    if not routes:
        raise PluginError(
            "PLUGIN_WANTS_NOTHING", f"plugin {plugin!r} handles no event", hint="see  oms plugins graph"
        )
    return routes


def _instant(text: str) -> datetime:
    if text.upper() == START:
        return datetime.min.replace(tzinfo=UTC)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is neither START nor an instant such as 2026-11-01T00:00:00Z", param_hint="--from"
        ) from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _print(batch: Sequence[Logged], *, as_json: bool) -> None:
    for one in batch:
        event = one.envelope
        if as_json:
            fields = (
                "event_id",
                "tenant",
                "plugin",
                "type",
                "schema_version",
                "aggregate_id",
                "aggregate_version",
            )
            told = {name: getattr(event, name) for name in fields}
            told |= {"created_at": event.created_at.isoformat(), "headers": event.headers}
            click.echo(json.dumps(told, default=str))
        else:
            kind = f"{event.type} v{event.schema_version}"
            about = f"{event.aggregate_id} #{event.aggregate_version}"
            click.echo(
                f"{event.created_at:%Y-%m-%d %H:%M:%S}  {event.tenant}  {kind}  {about}  {event.event_id}"
            )


@asynccontextmanager
async def _history(config: Config) -> AsyncIterator[History]:
    if config.database.url:
        async with History.open(config.database.url) as history:
            yield history
        return
    async with attach(config.data) as dsn, History.open(dsn) as history:
        yield history
