"""Each plugin in a process of its own, on one database, with events over RabbitMQ."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import grpc.aio

from oms_core.auth import Issuer, KeyRing
from oms_core.calls.connecting import connected
from oms_core.config import Config
from oms_core.context import Principal
from oms_core.messaging import Broker
from oms_core.plugins import Installed
from oms_core.runtime.application import KEYS
from oms_core.runtime.lining_up import line_up
from oms_core.runtime.listening import listening_elsewhere
from oms_core.runtime.supervisor import Supervisor, Worker
from oms_core.storage import Database
from oms_core.testing.broker import clear
from oms_core.testing.ports import free_ports
from oms_core.testing.running import Running
from oms_core.testing.twice import Outside
from oms_wire.service import Channel

READY_SECONDS = 90.0


@asynccontextmanager
async def running(dsn: str, config: Config, broker: Broker) -> AsyncIterator[Running]:
    """Run the plugins until the block ends; raises AssertionError when they are not ready in time."""
    line = [one for one in line_up(config).line if one.manifest and one.manifest.services]
    names = [one.name for one in line]
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="oms-split-")))
        ports = {name: tuple(free_ports(2)) for name in names}
        (folder / "oms.toml").write_text(_settings(config, dsn, broker, ports))
        stack.push_async_callback(clear, broker, names)
        await _processes(names, folder, stack)
        await _ready([http for http, _ in ports.values()])
        database = await Database.open(dsn, plugins=names, pool_size=2)
        stack.push_async_callback(database.close)
        channels: dict[str, grpc.aio.Channel] = {}
        for one in line:
            channel = connected([f"127.0.0.1:{ports[one.name][1]}"], repeatable=())
            stack.push_async_callback(channel.close)
            channels |= {service.name: channel for service in (one.manifest.services if one.manifest else ())}
        issuer = Issuer(KeyRing.open(folder / "data" / KEYS), issuer="oms", audience="oms")

        def door(service: str, tenant: str, principal: Principal) -> Channel:
            return Outside(channels[service], issuer, tenant=tenant, principal=principal)

        yield Running(door, database, dsn, _wanted(line))


def _settings(config: Config, dsn: str, broker: Broker, ports: Mapping[str, Sequence[int]]) -> str:
    tables: dict[str, Mapping[str, object]] = {
        "database": {"url": dsn, "pool_size": 4},
        "broker": {"url": broker.url, "namespace": broker.namespace},
    }
    tables |= {f"settings.{plugin}": settings for plugin, settings in config.settings.items()}
    tables |= {
        f"bundles.{name}": {"serve": [name], "http_port": http, "grpc_port": grpc}
        for name, (http, grpc) in ports.items()
    }
    lines = []
    for table, values in tables.items():
        # What JSON writes for texts, numbers and lists of them is TOML as well.
        lines += [f"[{table}]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())]
    return "\n".join(lines)


async def _processes(names: Sequence[str], folder: Path, stack: AsyncExitStack) -> None:
    config = folder / "oms.toml"
    flags = ["--config", str(config), "--data", str(folder / "data")]
    # The keys are made once, and not by whoever is first.
    KeyRing.open(folder / "data" / KEYS)
    workers = [Worker(name, ["run", "--bundle", name, *flags]) for name in names]
    log = stack.enter_context((folder / "log").open("w"))

    def told(name: str, line: str) -> None:
        log.write(f"{name} {line}\n")
        log.flush()

    stop = asyncio.Event()
    supervisor = Supervisor(workers, told=told, drain=5.0, environ={})
    task = asyncio.create_task(supervisor.run(stop))

    async def end() -> None:
        stop.set()
        await task

    stack.push_async_callback(end)


async def _ready(ports: Sequence[int]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    for port in ports:
        while (missing := await asyncio.to_thread(_missing, port)) is not None:
            if time.monotonic() > deadline:
                raise AssertionError(f"the process at {port} is not ready after {READY_SECONDS} s: {missing}")
            await asyncio.sleep(0.05)


def _missing(port: int) -> str | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
            return None
    except urllib.error.HTTPError as error:
        with error:
            return error.read().decode(errors="replace")
    except OSError as error:
        return str(error)


def _wanted(line: Sequence[Installed]) -> list[tuple[str, str]]:
    return [(kind, route.consumer) for kind, routes in listening_elsewhere(line).items() for route in routes]
