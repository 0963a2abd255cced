"""``oms run``: serve the chosen plugins until told to stop."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
from contextlib import AsyncExitStack

import click
from rich.console import Console

from oms_core.cli.options import listening, with_config
from oms_core.config import Config
from oms_core.runtime import Application
from oms_core.runtime.signals import done_before, stop_requested


@click.command(epilog="Examples:  oms run    oms run --http-port 8081 --grpc-port 9091 --data /var/lib/oms")
@click.option("--with-parent", is_flag=True, help="Stop when standard input ends, as it does with a parent.")
@with_config
@listening
def run(config: Config, *, with_parent: bool) -> None:
    """Serve the plugins over REST and gRPC until Ctrl-C; running calls are finished first."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    _runner(_serve(config, with_parent=with_parent))


async def _serve(config: Config, *, with_parent: bool) -> None:
    console = Console(stderr=True)
    with stop_requested(with_parent=with_parent) as stop:
        async with AsyncExitStack() as stack:
            application = Application(config)
            # The first start makes a database, and one that is far away may not answer: not waited for.
            if await done_before(stop, stack.enter_async_context(application)):
                # What is loaded now stays: a full collection need not walk through it under load.
                gc.collect()
                gc.freeze()
                console.print(f"[bold]OMS[/] serves {', '.join(application.assembly.names)}")
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
