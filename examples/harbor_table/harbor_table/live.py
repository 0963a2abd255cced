"""``oms demo``: the chain on its own server, with a board, until Ctrl-C."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.live import Live

from harbor_table.api import connect
from harbor_table.badges import BadgeOffice
from harbor_table.board import Board, Ticker
from harbor_table.counter import Counter
from harbor_table.crew import Crew
from harbor_table.guests import Guest
from harbor_table.interrupt import until_interrupted
from harbor_table.invitation import commands, keep_token
from harbor_table.pace import LEISURELY, Pace
from harbor_table.seed import Chain, open_chain, seed
from harbor_table.server_process import ServerProcess
from oms_core.ids import new_id
from oms_sdk import AsyncOMS

_HEADROOM = 8
"""Lines of the terminal that are not for rows of the board."""


class LiveChain:
    """Starts the server, opens the chain, brings people in, and clears everything up again."""

    def __init__(self, data: Path, http_port: int, grpc_port: int, *, seed: int | None, split: bool) -> None:
        self._data = data
        self._server = ServerProcess(data, http_port, grpc_port, split=split)
        self._dice = random.Random(seed)  # noqa: S311 - baskets, not secrets
        self._pace: Pace = LEISURELY

    async def run(self) -> int:
        """Run until a signal; returns the exit code. Raises OmsError when the server fails."""
        await until_interrupted(self._open(), again=self._server.hurry)
        click.echo("Stopped. What was ordered is kept; `oms demo` goes on from here.")
        return 0

    async def _open(self) -> None:
        click.echo(f"Starting the server on {self._data} …")
        try:
            await self._server.start()
            async with connect(self._server.url) as oms:
                await self._live(oms)
        finally:
            click.echo("Draining …")
            await self._server.stop()

    async def _live(self, oms: AsyncOMS) -> None:
        office = BadgeOffice(self._data)
        chain_id = await open_chain(oms.with_options(token=office.operator()), self._data)
        token = office.badge("owner", chain_id, tenant=chain_id)
        owner = oms.with_options(token=token)
        chain = await seed(owner, chain_id, told=lambda brand: click.echo(f"Opening {brand} …"))
        self._invite(chain, token())

        def as_role(role: str) -> AsyncOMS:
            return oms.with_options(token=office.badge(role, chain_id, tenant=chain_id))

        async with _display(chain) as display, asyncio.TaskGroup() as people:
            people.create_task(self._server.watch())
            self._bring_in(people, chain, display, as_role)

    def _bring_in(
        self,
        people: asyncio.TaskGroup,
        chain: Chain,
        display: Board | Ticker,
        as_role: Callable[[str], AsyncOMS],
    ) -> None:
        cook, cashier, guest = as_role("cook"), as_role("cashier"), as_role("guest")
        people.create_task(self._guests(chain, guest, display))
        for location in chain.locations:
            place, dice = location.location_id, random.Random(self._dice.random())  # noqa: S311
            people.create_task(Crew(cook, place, self._pace, dice, display.saw_ticket).work())
            people.create_task(Counter(cashier, place, self._pace, dice, display.saw_order).work())
            people.create_task(self._look_around(cashier, place, display))

    async def _guests(self, chain: Chain, oms: AsyncOMS, display: Board | Ticker) -> None:
        async with asyncio.TaskGroup() as guests:
            while True:
                location = self._dice.choice(chain.locations)
                guest = Guest(oms, location, self._dice, external_id=new_id("ext"))
                guests.create_task(_orders(guest, display))
                await asyncio.sleep(self._pace.arrive(self._dice))

    async def _look_around(self, oms: AsyncOMS, location_id: str, display: Board | Ticker) -> None:
        while True:
            latest = await oms.orders.list(location_id=location_id, page_size=50).to_list(limit=50)
            for order in reversed(latest):
                display.saw_order(order)
            await asyncio.sleep(self._pace.look)

    def _invite(self, chain: Chain, token: str) -> None:
        file = keep_token(self._data, token)
        click.echo(f"\nREST   {self._server.url}   docs {self._server.url}/docs")
        click.echo(f"gRPC   127.0.0.1:{self._server.grpc_port}")
        click.echo(f"log    {self._server.log}")
        click.echo(
            f"token  {token}\n       (an owner's, for 12 h; also in {file})\n\nTry, in another terminal:"
        )
        for command in commands(chain, self._server.url, file):
            click.echo(f"  {command}")
        click.echo("\nCtrl-C drains and stops everything.\n")


async def _orders(guest: Guest, display: Board | Ticker) -> None:
    display.saw_order(await guest.order())


@asynccontextmanager
async def _display(chain: Chain) -> AsyncIterator[Board | Ticker]:
    places = {location.location_id: location.name for location in chain.locations}
    console = Console()
    if not console.is_terminal:
        yield Ticker(places, click.echo)
        return
    board = Board(places, rows=lambda: console.height - _HEADROOM)
    with Live(board, console=console, refresh_per_second=4):
        yield board
