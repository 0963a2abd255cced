"""A replay as a person or a program sees it: a table or one JSON object, and an exit code."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table

from harbor_table.interrupt import until_interrupted
from harbor_table.replay import figures
from harbor_table.replay.outcome import Outcome
from harbor_table.replay.pizzaplace import Work, on_own_server, on_running_server
from harbor_table.replay.place import OwnServer
from harbor_table.replay.progress import telling
from harbor_table.replay.sales import Sales
from harbor_table.server_process import free_ports


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A server that runs already: the token is the one of an owner of the chain."""

    url: str
    token: str
    chain_id: str


def replay(sales: Sales, place: Path | Elsewhere, *, hands: int, resend: bool, as_json: bool) -> int:
    """Replay into a data folder or a running server, print what came of it, and return the exit code."""
    console = Console(stderr=True)
    with telling(console) as told:
        work = Work(sales, hands=hands, resend=resend, told=told)
        outcome = asyncio.run(_until_done(work, place))
    if outcome is None:
        console.print(
            f"Stopped; {work.tally.added} orders were acknowledged. The next run goes on from there."
        )
        return 128 + signal.SIGINT
    if as_json:
        click.echo(msgspec.json.encode(outcome))
    else:
        Console().print(_table(outcome))
    if (expected := figures.of_sales(sales)) != outcome.figures:
        console.print(f"[red]Not what was sold:[/] the data set has {asdict(expected)}", soft_wrap=True)
        return 1
    return 0


async def _until_done(work: Work, place: Path | Elsewhere) -> Outcome | None:
    outcomes: list[Outcome] = []

    async def keep(run: Coroutine[object, object, Outcome]) -> None:
        outcomes.append(await run)

    if isinstance(place, Elsewhere):
        run = on_running_server(work, place.url, place.token, place.chain_id)
        interrupted = await until_interrupted(keep(run), again=lambda: None)
    else:
        http, grpc = free_ports(2)
        server = OwnServer(place, (http, grpc), tally=work.tally, told=work.told.say)
        interrupted = await until_interrupted(keep(on_own_server(work, place, server)), again=server.hurry)
    return None if interrupted else outcomes[0]


def _table(outcome: Outcome) -> Table:
    amount = f"{outcome.total_minor / 100:,.2f} {outcome.currency}"
    table = Table(show_header=False, title=f"Stored (from the {outcome.source})")
    table.add_column(justify="right", style="bold")
    table.add_column()
    for value, name in (
        (f"{outcome.orders:,}", f"orders on {outcome.days} days"),
        (f"{outcome.items:,}", "pizzas"),
        (amount, "in all"),
        (f"{outcome.added:,}", "added now"),
        (f"{outcome.already_there:,}", "there before"),
        (
            f"{outcome.per_second:,.1f}",
            f"orders a second ({outcome.sent:,} sent; {outcome.seconds:,.0f} s in all)",
        ),
    ):
        table.add_row(value, name)
    return table
