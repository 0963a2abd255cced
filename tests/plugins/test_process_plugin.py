"""A plugin that runs a process: wired like everything else, described in its manifest."""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path

import pytest

from oms_core.config import Config, DatabaseSettings
from oms_core.plugins.description import describe
from oms_core.plugins.discovery import discover
from oms_core.plugins.loading import load
from oms_core.plugins.manifest import RunProcess
from oms_core.plugins.registering import registration_of
from oms_core.testing.running import running
from oms_protos.orders.v1 import OrderPlaced
from tests.plugins.workshop import Workshop

CODE = """
import logging
from dataclasses import dataclass
from oms_core.clock import Clock
from oms_core.plugins import Plugin, hookimpl
from oms_core.processes import Answered, Process, done, go, step_key
from oms_protos.orders.v1 import OrderPlaced


@dataclass(frozen=True)
class Greeting:
    order_id: str


@dataclass(frozen=True)
class Greet:
    order_id: str


def decide(state, happening):
    match happening:
        case OrderPlaced(order_id=order):
            return go(Greeting(order), Greet(order))
        case Answered(Greet()):
            return done(state)


async def greet(command: Greet, clock: Clock, log: logging.Logger) -> None:
    log.warning("greeted %s under %s in %s", command.order_id, step_key()[:4], clock.now().tzinfo)


class Made(Plugin):
    @hookimpl
    def register(self, oms):
        greeting = Process("greeting", Greeting, decide)
        greeting.starts_on(OrderPlaced)
        greeting.does(Greet, greet)
        oms.process(greeting)
"""
DESCRIBED = RunProcess(name="greeting", hears=["orders.order_placed"], does=["Greet"])


@pytest.fixture
def stamps(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    for name in [name for name in sys.modules if name.partition(".")[0] == "acme_stamps"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(str(workshop.site))
    workshop.make("stamps", CODE, processes=[DESCRIBED])
    return workshop


async def test_it_hears_performs_with_what_is_injected_and_ends(
    stamps: Workshop, database_dsn: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config = Config(
        data=tmp_path / "data", plugins=["identity", "stamps"], database=DatabaseSettings(url=database_dsn)
    )
    caplog.set_level(logging.WARNING, "oms.stamps")
    async with running(database_dsn, config=config) as one:
        async with one.database.storage("stamps").transaction(tenant="chn_a") as tx:
            tx.emit(OrderPlaced(order_id="ord_1"), version=1)
        async with asyncio.timeout(15):
            while not await one.sql("select from oms.process where status = 'done'"):
                await asyncio.sleep(0.01)
        await one.settle()
    assert "greeted ord_1 under prc_ in UTC" in caplog.text


def test_its_manifest_says_what_it_hears_and_does(stamps: Workshop) -> None:
    installed = next(one for one in discover() if one.name == "stamps")
    plugin = load(installed)
    assert describe(plugin, registration_of(plugin)).processes == [DESCRIBED]


def test_a_person_sees_it(stamps: Workshop) -> None:
    stamps.choose("identity", "orders", "menu")
    shown = stamps.oms("plugins", "inspect", "stamps").stdout
    assert "greeting, which hears orders.order_placed" in shown
    assert "orders.order_placed" in stamps.oms("plugins", "graph").stdout
