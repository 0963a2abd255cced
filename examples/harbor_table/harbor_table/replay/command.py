"""The ``oms replay`` commands: what they can be told, and nothing more.

What they run is imported when they run, so that ``oms --help`` stays fast.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.group()
def replay() -> None:
    """Send the orders of another system, with their own time and their own ids."""


@replay.command(epilog="Examples:  oms replay pizzaplace --json    oms replay pizzaplace --days 7")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".oms/pizzaplace"),
    show_default=True,
    help="Folder of the database; it stays, and the next run meets its orders.",
)
@click.option(
    "--file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Another copy of the data set, with the same columns. [default: the one in great-tables]",
)
@click.option("--days", type=click.IntRange(min=1), help="The first so many days only.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=8,
    show_default=True,
    help="Orders that are sent at a time.",
)
@click.option("--resend", is_flag=True, help="Send also what is there, and be told so, order by order.")
@click.option("--url", help="A running server, instead of one of our own on --data.")
@click.option("--token", envvar="OMS_TOKEN", help="Token of an owner of --chain there. [env: OMS_TOKEN]")
@click.option("--chain", "chain_id", help="Id of the chain there that the shop belongs to.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
@click.pass_context
def pizzaplace(
    ctx: click.Context,
    *,
    data: Path,
    file: Path | None,
    days: int | None,
    workers: int,
    resend: bool,
    url: str | None,
    token: str | None,
    chain_id: str | None,
    as_json: bool,
) -> None:
    """Send a year of a pizzeria: 21,350 orders of 2015, 49,574 pizzas, 817,860.05 dollars.

    It runs a server of its own on --data. What is stored already is not sent again, so a run that was
    stopped is gone on with by the next, and one after the whole year adds nothing. The sums that are
    printed come out of the database; exit code 1 when they are not those of the data set.
    """
    from harbor_table.replay.report import Elsewhere, replay  # noqa: PLC0415 - start-up cost of `oms --help`
    from harbor_table.replay.sales import read_sales  # noqa: PLC0415
    from harbor_table.replay.source import find  # noqa: PLC0415

    place: Path | Elsewhere = data
    if url is not None:
        if not token or not chain_id:
            raise click.UsageError("--url needs --token (or OMS_TOKEN) and --chain: whose shop is it?")
        if ctx.get_parameter_source("data") is click.core.ParameterSource.COMMANDLINE:
            raise click.UsageError("--url and --data are two places: choose one")
        place = Elsewhere(url, token, chain_id)
    elif chain_id:
        raise click.UsageError("--chain belongs to --url: a server of our own has its own chain")
    sales = read_sales(file or find()).first(days)
    sys.exit(replay(sales, place, hands=workers, resend=resend, as_json=as_json))
