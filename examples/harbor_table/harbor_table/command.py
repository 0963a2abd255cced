"""The ``oms demo`` command: what it can be told, and nothing more.

What it runs is imported when it runs, so that ``oms --help`` stays fast.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".oms"),
    show_default=True,
    help="Folder of the database and the keys (live board only).",
)
@click.option("--http-port", type=click.IntRange(1, 65535), default=8080, show_default=True)
@click.option("--grpc-port", type=click.IntRange(1, 65535), default=9090, show_default=True)
@click.option("--split", is_flag=True, help="Run the server as three processes (live board only).")
@click.option("--orders", type=click.IntRange(min=1), help="Run a campaign of so many orders, then judge it.")
@click.option("--kills", type=click.IntRange(min=0), default=0, help="kill -9 the server so often meanwhile.")
@click.option("--seed", type=int, help="Repeat the same baskets and moments of killing.")
@click.option("--json", "as_json", is_flag=True, help="Print the campaign's result as one JSON object.")
def demo(
    *,
    data: Path,
    http_port: int,
    grpc_port: int,
    split: bool,
    orders: int | None,
    kills: int,
    seed: int | None,
    as_json: bool,
) -> None:
    """Run a small chain with guests, cooks and a counter.

    Without --orders: a live board on --data, until Ctrl-C. With --orders: on a temporary folder and free
    ports, until every order is completed; exit code 1 when one is lost, duplicated or unfinished.
    """
    if orders is None:
        if kills or as_json:
            raise click.UsageError("--kills and --json need --orders: the live board runs until Ctrl-C")
        from harbor_table.live import LiveChain  # noqa: PLC0415 - start-up cost of `oms --help`

        sys.exit(asyncio.run(LiveChain(data, http_port, grpc_port, seed=seed, split=split).run()))
    if split:
        raise click.UsageError("--split is for the live board: leave out --orders")
    if kills >= orders:
        raise click.UsageError(
            f"--kills {kills} needs more than {kills} --orders: each kill waits for its order"
        )
    from harbor_table.campaign_report import run_campaign  # noqa: PLC0415 - start-up cost of `oms --help`

    sys.exit(run_campaign(orders=orders, kills=kills, seed=seed, as_json=as_json))
