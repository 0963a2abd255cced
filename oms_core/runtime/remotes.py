"""The plugins of other processes: channels to them, and whether they can be reached."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

import grpc
import grpc.aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

from oms_core.auth import Directory
from oms_core.calls import RemoteChannel, Vouch
from oms_core.calls.connecting import MethodName, connected
from oms_core.plugins import Installed
from oms_core.runtime.assembly import Assembly
from oms_wire.hook import OnFailure
from oms_wire.service import Channel

logger = logging.getLogger("oms.remotes")

LOOK_AGAIN = 1.0
"""Seconds between two looks at a plugin that was not there."""
LOOK_AFTER = 5.0
"""Seconds between two looks at one that was."""
_PATIENCE = 2.0


class Neighbours(Protocol):
    """Leads to plugins over gRPC."""

    def __contains__(self, plugin: object) -> bool: ...

    def channel(self, plugin: str, *, actor: str | None = None) -> Channel:
        """Return what calls ``plugin``; see RemoteChannel for ``actor``."""


class Nobody:
    """The neighbours of a process that has none: everything runs here."""

    def __contains__(self, plugin: object) -> bool:
        return False

    def channel(self, plugin: str, *, actor: str | None = None) -> Channel:
        """Raise LookupError."""
        raise LookupError(f"{plugin} runs nowhere else (asked for by {actor})")


class Remotes:
    """Channels to the plugins ``away``; those at one address share one. ``open`` it.

    ``vouch`` signs what goes with each call; without ``credentials`` nothing is encrypted.
    """

    def __init__(
        self,
        away: Sequence[Installed],
        *,
        vouch: Vouch,
        credentials: grpc.ChannelCredentials | None = None,
    ) -> None:
        self._away = {one.name: one for one in away}
        self._vouch = vouch
        self._channels = dict(_channels(away, credentials))
        self._unseen = dict.fromkeys(self._away, "not looked at yet")
        self._seen: set[str] = set()

    def __contains__(self, plugin: object) -> bool:
        return plugin in self._away

    def channel(self, plugin: str, *, actor: str | None = None) -> Channel:
        """Return what calls ``plugin``; see RemoteChannel for ``actor``."""
        addresses = self._away[plugin].elsewhere
        return RemoteChannel(self._channels[addresses], plugin=plugin, vouch=self._vouch, actor=actor)

    @property
    def unreached(self) -> Mapping[str, str]:
        """Why each plugin that cannot be reached now cannot, by name."""
        return self._unseen

    @property
    def never_reached(self) -> Mapping[str, str]:
        """Those of ``unreached`` that this process has not seen once."""
        return {name: why for name, why in self._unseen.items() if name not in self._seen}

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Look after every plugin inside the block, and close all channels at its end."""
        tasks = [
            asyncio.create_task(self._watch(one), name=f"oms remote {name}")
            for name, one in self._away.items()
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            if tasks:
                await asyncio.wait(tasks)
            for channel in self._channels.values():
                await channel.close()

    async def _watch(self, one: Installed) -> None:
        stub = health_pb2_grpc.HealthStub(self._channels[one.elsewhere])
        while True:
            trouble = await _look(stub, one)
            if trouble:
                if one.name in self._seen and one.name not in self._unseen:
                    logger.warning("%s", trouble)
                self._unseen[one.name] = trouble
            else:
                self._unseen.pop(one.name, None)
                self._seen.add(one.name)
            await asyncio.sleep(LOOK_AGAIN if trouble else LOOK_AFTER)


async def _look(stub: health_pb2_grpc.HealthStub, one: Installed) -> str:
    """Return why the plugin cannot be called, or nothing."""
    services = one.manifest.services if one.manifest else []
    request = health_pb2.HealthCheckRequest(service=services[0].name if services else "")
    where = ", ".join(one.elsewhere)
    try:
        answer = await stub.Check(request, timeout=_PATIENCE)
    except grpc.aio.AioRpcError as error:
        if error.code() is grpc.StatusCode.NOT_FOUND:
            return f"plugin {one.name!r} is not served at {where}"
        return f"plugin {one.name!r} is not reached at {where}: {error.code().name}"
    if answer.status != health_pb2.HealthCheckResponse.SERVING:
        return f"plugin {one.name!r} at {where} takes no calls now"
    return ""


def needed(assembly: Assembly) -> frozenset[str]:
    """Return the plugins of other processes without which this one cannot do its work.

    Those that its own require, who provides the directory, and who answers a question that fails without.
    """
    required = {name for plugin in assembly.plugins for name in plugin.requires}
    aborting = {
        hook.full_name
        for registration in assembly.registrations.values()
        for hooks in registration.hooks
        for hook in hooks.HOOKS
        if hook.on_failure is OnFailure.ABORT
    }
    return frozenset(
        one.name
        for one in assembly.roster.away
        if one.manifest
        and (
            one.name in required
            or Directory.__name__ in one.manifest.provides
            or any(answer.hook in aborting for answer in one.manifest.answers)
        )
    )


def _channels(
    away: Sequence[Installed], credentials: grpc.ChannelCredentials | None
) -> Iterator[tuple[tuple[str, ...], grpc.aio.Channel]]:
    for addresses in dict.fromkeys(one.elsewhere for one in away):
        there = [one for one in away if one.elsewhere == addresses]
        repeatable = [name for one in there for name in _repeatable(one)]
        yield addresses, connected(addresses, repeatable=repeatable, credentials=credentials)


def _repeatable(one: Installed) -> Iterator[MethodName]:
    """Yield the methods that may be called again without harm, as the plugin's manifest says."""
    if one.manifest is None:
        return
    for service in one.manifest.services:
        for rpc in service.methods:
            if rpc.idempotency != "none":
                yield service.name, rpc.name
    for answer in one.manifest.answers:
        hooks, _, name = answer.hook.partition("/")
        yield hooks, name
