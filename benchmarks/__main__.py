"""``python -m benchmarks``: measure, and print each figure against its baseline and its budget."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import uvloop
from rich.console import Console

from benchmarks import (
    codecs,
    commit_to_handler,
    cost,
    generation,
    grpc_unary,
    hook_questions,
    latency,
    local_call,
    place_order,
    relay,
    remote_call,
    routes,
    sdk,
    start,
)
from benchmarks.figures import Figure, Verdict
from benchmarks.load import Failed
from benchmarks.report import as_json, table
from benchmarks.settings import Benchmark, Settings
from benchmarks.stage import forget_settings

BENCHMARKS: Mapping[str, Benchmark] = {
    "routes": routes.run,
    "codecs": codecs.run,
    "generation": generation.run,
    "calls": local_call.run,
    "hop": remote_call.run,
    "hooks": hook_questions.run,
    "grpc": grpc_unary.run,
    "events": commit_to_handler.run,
    "relay": relay.run,
    "orders": place_order.run,
    "latency": latency.run,
    "start": start.run,
    "cost": cost.run,
    "sdk": sdk.run,
}


@click.command()
@click.option("--short", is_flag=True, help="A tenth of the time; good for a first look only.")
@click.option(
    "--only", type=click.Choice(list(BENCHMARKS)), multiple=True, help="Run this one; may be repeated."
)
@click.option("--json", "json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--gate", is_flag=True, help="Exit with 1 when a figure misses its budget.")
@click.option("--rewrite", is_flag=True, help="Write baselines/place_order.sql as PlaceOrder sends it now.")
def main(*, short: bool, only: Sequence[str], json: bool, gate: bool, rewrite: bool) -> None:
    """Measure, and print each figure as a ratio against its baseline.

    Exits with 0 whatever the figures are (but see --gate), and with 1 when one cannot be taken.
    """
    forget_settings()
    progress = Console(stderr=True, quiet=json and not sys.stderr.isatty())
    with tempfile.TemporaryDirectory(prefix="oms-bench-") as folder, progress.status("…") as status:
        work = Path(folder)
        # Ours alone, but passable: as root the database runs as another account.
        work.chmod(0o711)
        settings = Settings(work=work, short=short, rewrite=rewrite, say=status.update)
        try:
            figures = uvloop.run(_measure(settings, only or list(BENCHMARKS)))
        except Failed as error:
            raise click.ClickException(str(error)) from error
    if json:
        click.echo(as_json(figures))
    else:
        shown = Console()
        shown.width = max(shown.width, 110)  # a pipe has no width of its own
        shown.print(table(figures))
    if gate and any(figure.verdict is Verdict.MISSES for figure in figures):
        sys.exit(1)


async def _measure(settings: Settings, names: Sequence[str]) -> list[Figure]:
    # One after the other: on two cores, two at once would measure each other.
    return [figure for name in names for figure in await BENCHMARKS[name](settings)]


if __name__ == "__main__":
    main()
