"""``oms run``: serve the chosen plugins until told to stop."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack

import click
from rich.console import Console

from oms_core.cli import placement
from oms_core.cli.options import listening, with_config
from oms_core.config import Config, bundle_of
from oms_core.runtime import Application
from oms_core.runtime.signals import done_before, stop_requested
from oms_core.runtime.supervisor import Worker

_EXAMPLES = """Examples:

\b
  oms run                                            everything in one process
  oms run --http-port 8081 --data /var/lib/oms
  oms run --bundle front                             one bundle of oms.toml
  oms run --split                                    each bundle in a process of its own
  oms run --workers 4                                four processes that share the ports
  oms run --only notes --remote people=10.0.0.7:9090
"""


@click.command(epilog=_EXAMPLES)
@click.option("--with-parent", is_flag=True, help="Stop when standard input ends, as it does with a parent.")
@click.option("--worker", is_flag=True, hidden=True)
@click.option(
    "--remote",
    "remotes",
    multiple=True,
    metavar="PLUGIN=HOST:PORT",
    help="Where a plugin is that some other process serves; for --only and --bundle, repeatable.",
)
@click.option("--only", metavar="PLUGINS", help="Serve these plugins alone, with commas between.")
@click.option("--split", is_flag=True, help="Start every bundle of oms.toml as processes of their own.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help="Processes that share the ports. [default: the bundle's, or 1]",
)
@click.option("--bundle", help="Serve one of the bundles of oms.toml.")
@with_config
@listening
def run(
    config: Config,
    *,
    with_parent: bool,
    worker: bool,
    remotes: Sequence[str],
    only: str | None,
    split: bool,
    workers: int | None,
) -> None:
    """Serve the plugins over REST and gRPC until Ctrl-C; running calls are finished first."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    given = click.get_current_context().params
    if split and any((config.bundle, only, workers, given["http_port"], given["grpc_port"])):
        raise click.UsageError(
            "--split starts all bundles with the ports and workers of oms.toml: say it alone"
        )
    config = placement.placed(config, only=only, remotes=remotes)
    if remotes and not config.bundle:
        raise click.UsageError(
            "--remote is for a process that serves some of the plugins: add --only or --bundle"
        )
    file = given["config"]
    if split:
        processes = placement.split(config, file=file, data=config.data)
        return _runner(_supervise(config, processes, with_parent=with_parent))
    count = 1 if worker else workers or (bundle_of(config).workers if config.bundle else 1)
    if count > 1:
        if only:
            raise click.UsageError("--only is for one process: make it a bundle of oms.toml to run more")
        processes = placement.several(config, count, file=file, data=config.data)
        return _runner(_supervise(config, processes, with_parent=with_parent))
    return _runner(_serve(config, with_parent=with_parent, shares_ports=worker))


async def _supervise(config: Config, processes: Sequence[Worker], *, with_parent: bool) -> None:
    with stop_requested(with_parent=with_parent) as stop:
        await placement.supervise(config, processes, stop)


async def _serve(config: Config, *, with_parent: bool, shares_ports: bool) -> None:
    console = Console(stderr=True)
    with stop_requested(with_parent=with_parent) as stop:
        async with AsyncExitStack() as stack:
            application = Application(config, shares_ports=shares_ports)
            # The first start makes a database, and one that is far away may not answer: not waited for.
            if await done_before(stop, stack.enter_async_context(application)):
                # What is loaded now stays: a full collection need not walk through it under load.
                gc.collect()
                gc.freeze()
                console.print(f"[bold]OMS[/] serves {', '.join(application.assembly.names)}")
                for name, addresses in application.elsewhere.items():
                    console.print(f"  {name} is at {', '.join(addresses)}")
                console.print(f"  REST {application.http_url}   docs {application.http_url}/docs")
                console.print(f"  gRPC {application.grpc_address}")
                console.print(f"  data {application.data_note}")
                await stop.wait()
                console.print("draining …")
    console.print("stopped")


def _runner(main: object) -> None:
    factory = None
    if sys.platform != "win32":
        import uvloop  # noqa: PLC0415 - not there on every platform

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        assert asyncio.iscoroutine(main)
        runner.run(main)
