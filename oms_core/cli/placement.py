"""What ``oms run`` makes of its flags about placement: this process's bundle, or many processes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import click
import msgspec
from rich.console import Console

from oms_core.config import BundleSettings, Config, RemoteSettings, bundle_of, bundled
from oms_core.runtime.lining_up import line_up
from oms_core.runtime.supervisor import Supervisor, Worker
from oms_core.servers.ports import claim
from oms_core.storage import embedded

ALONE = "only"
"""The bundle that ``--only`` makes."""
_COLOURS = ("cyan", "magenta", "green", "yellow", "blue", "red")


def placed(config: Config, *, only: str | None, remotes: Sequence[str]) -> Config:
    """Return the settings with a bundle of the plugins in ``only``, and what ``--remote`` says added."""
    added = dict(_remote(text) for text in remotes)
    config = msgspec.structs.replace(config, remotes={**config.remotes, **added})
    if only is None:
        return config
    serve = [name.strip() for name in only.split(",") if name.strip()]
    if not serve:
        raise click.UsageError("--only names no plugin: --only people, or --only people,notes")
    alone = BundleSettings(serve=serve, address=["127.0.0.1:0"])
    return msgspec.structs.replace(config, bundle=ALONE, bundles={**config.bundles, ALONE: alone})


def split(config: Config, *, file: Path | None, data: Path) -> list[Worker]:
    """Return a process for each worker of each bundle; raises what keeps any of them from starting."""
    if not config.bundles:
        raise click.UsageError(
            "--split needs bundles: write [bundles.<name>] with  serve = [...]  in oms.toml"
        )
    found = []
    for name, bundle in config.bundles.items():
        line_up(msgspec.structs.replace(config, bundle=name)).insist()
        arguments = ["run", "--bundle", name, *_same(file, data)]
        found += _workers(name, arguments, bundle.workers)
    return found


def several(config: Config, count: int, *, file: Path | None, data: Path) -> list[Worker]:
    """Return ``count`` processes that do the same on the same ports."""
    line_up(config).insist()
    name = config.bundle or "worker"
    server = bundled(config).server
    arguments = ["run", *(["--bundle", config.bundle] if config.bundle else []), *_same(file, data)]
    ports = [
        "--http-port",
        str(server.http_port),
        "--grpc-port",
        str(server.grpc_port),
        "--host",
        server.host,
    ]
    return _workers(name, [*arguments, *ports], count)


async def supervise(config: Config, workers: Sequence[Worker], stop: asyncio.Event) -> None:
    """Run the processes on one database until ``stop``; raises OmsError."""
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    names = list(dict.fromkeys(worker.name for worker in workers))
    width = max(map(len, names))

    def told(name: str, line: str) -> None:
        colour = _COLOURS[names.index(name) % len(_COLOURS)]
        console.print(f"[{colour}]{name:<{width}}[/] │ ", end="")
        console.print(line, markup=False)

    async with AsyncExitStack() as stack:
        environ = {}
        if not config.database.url:
            server = await stack.enter_async_context(embedded(config.data))
            environ["OMS_DATABASE_URL"] = server.dsn
        for name in config.bundles if not config.bundle else [config.bundle]:
            _claim(msgspec.structs.replace(config, bundle=name), stack)
        if not config.bundles:
            _claim(config, stack)
        for line in _places(config):
            console.print(line)
        await Supervisor(workers, told=told, drain=config.server.drain_seconds, environ=environ).run(stop)
    console.print("stopped")


def _claim(config: Config, stack: AsyncExitStack) -> None:
    server = bundled(config).server
    for setting, port in (("http_port", server.http_port), ("grpc_port", server.grpc_port)):
        sock = claim(server.host, port, setting=f"server.{setting}")
        if _is_shared(config):
            stack.callback(sock.close)
        else:
            sock.close()


def _is_shared(config: Config) -> bool:
    return not config.bundle or bundle_of(config).workers > 1


def _places(config: Config) -> list[str]:
    lines = []
    for name in config.bundles:
        own = bundled(msgspec.structs.replace(config, bundle=name)).server
        plugins = ", ".join(config.bundles[name].serve)
        lines.append(
            f"{name}: {plugins}   REST http://{own.host}:{own.http_port}   gRPC {own.host}:{own.grpc_port}"
        )
    return lines


def _workers(name: str, arguments: Sequence[str], count: int) -> list[Worker]:
    if count == 1:
        return [Worker(name, arguments)]
    return [Worker(f"{name}.{number}", [*arguments, "--worker"]) for number in range(1, count + 1)]


def _same(file: Path | None, data: Path) -> list[str]:
    return ["--data", str(data), *(["--config", str(file)] if file else [])]


def _remote(text: str) -> tuple[str, RemoteSettings]:
    name, found, address = text.partition("=")
    host, colon, port = address.rpartition(":")
    if not (name and found and host and colon and port.isdigit()):
        raise click.UsageError(f"--remote {text}: write  --remote people=127.0.0.1:9190")
    return name, RemoteSettings(address=[address])
