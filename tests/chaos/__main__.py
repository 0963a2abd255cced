"""``python -m tests.chaos``: legs of the campaign, one after the other, added up in a ledger."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

import click

from tests.chaos.audit import verdict
from tests.chaos.campaign import leg
from tests.chaos.ledger import Ledger


@click.command(epilog="Examples:  make chaos    make chaos ARGS='--minutes 60 --report docs/chaos.md'")
@click.option(
    "--orders", type=click.IntRange(1), default=5_000, show_default=True, help="Orders of each leg."
)
@click.option("--minutes", type=float, help="Begin no new leg after so many minutes. [default: one leg]")
@click.option("--pace", type=float, default=1.0, show_default=True, help="How often things go wrong.")
@click.option("--seed", type=int, help="Repeat the faults of a leg.")
@click.option(
    "--ledger", type=click.Path(path_type=Path), default=Path(".chaos/ledger.json"), show_default=True
)
@click.option(
    "--report", type=click.Path(path_type=Path), help="Write the report, as it is printed, to this file."
)
def main(
    *, orders: int, minutes: float | None, pace: float, seed: int | None, ledger: Path, report: Path | None
) -> None:
    """Kill everything while orders are placed, and judge what is left."""
    book = Ledger.open(ledger)
    began, command = time.monotonic(), " ".join(["python -m tests.chaos", *sys.argv[1:]])
    failed = False
    while True:
        chosen = seed if seed is not None else int(time.time())
        click.echo(f"leg with seed {chosen} …", err=True)
        left = None if minutes is None else max(1.0, minutes - (time.monotonic() - began) / 60)
        one = asyncio.run(
            leg(
                orders=orders,
                minutes=left,
                seed_=chosen,
                pace=pace,
                told=lambda line: click.echo(f"  {line}", err=True),
            )
        )
        click.echo(f"  {json.dumps(dict(one.kills))} {one.unexpected}", err=True)
        click.echo(f"  leg: {verdict(one.findings)}", err=True)
        book.add(one)
        failed = failed or any(vars_of(one.findings))
        if minutes is None or (time.monotonic() - began) / 60 >= minutes - 1:
            break
    text = book.report(command)
    if report is not None:
        report.write_text(text)
    click.echo(text)
    sys.exit(1 if failed else 0)


def vars_of(findings: object) -> list[int]:
    """Return the counts of what is wrong."""
    return [getattr(findings, name) for name in findings.__slots__]  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
