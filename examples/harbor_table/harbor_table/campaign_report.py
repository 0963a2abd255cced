"""A campaign as a person or a program sees it: progress, one JSON object, an exit code."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from harbor_table.campaign import Campaign
from harbor_table.interrupt import until_interrupted
from harbor_table.outcome import Outcome
from harbor_table.progress import Progress


def run_campaign(*, orders: int, kills: int, seed: int | None, as_json: bool) -> int:
    """Run a campaign and print its outcome on standard output; returns the exit code."""
    chosen = random.SystemRandom().randrange(1 << 32) if seed is None else seed
    console = Console(stderr=True)
    with _bar(console, orders, shown=console.is_terminal and not as_json) as told:
        campaign = Campaign(orders=orders, kills=kills, seed=chosen, progress=Progress(told))
        outcome = asyncio.run(_until_done(campaign))
    if outcome is None:
        campaign.clear()
        return 128 + signal.SIGINT
    if outcome.good:
        campaign.clear()
    else:
        click.echo(f"Not as it should be; everything is kept in {campaign.data}", err=True)
    click.echo(msgspec.json.encode(outcome.as_json()))
    return 0 if outcome.good else 1


async def _until_done(campaign: Campaign) -> Outcome | None:
    outcomes: list[Outcome] = []

    async def work() -> None:
        outcomes.append(await campaign.run())

    interrupted = await until_interrupted(work(), again=campaign.server.hurry)
    return None if interrupted else outcomes[0]


@contextmanager
def _bar(console: Console, orders: int, *, shown: bool) -> Iterator[Callable[[int, int], None]]:
    columns = (
        TextColumn("{task.description:>10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=console, disable=not shown) as bar:
        placed, completed = bar.add_task("placed", total=orders), bar.add_task("completed", total=orders)

        def told(acknowledged: int, done: int) -> None:
            bar.update(placed, completed=acknowledged)
            bar.update(completed, completed=done)

        yield told
