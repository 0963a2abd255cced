"""Leading the plugins through their phases: in time, by name, and backwards on the way down."""

from __future__ import annotations

import asyncio
import logging
import time

from oms_core.auth import PLATFORM
from oms_core.config import Config
from oms_core.context import Context, Principal, use
from oms_core.errors import OmsError, PluginError
from oms_core.plugins.injection import BoundStep
from oms_core.plugins.lifecycle import Phase
from oms_core.runtime.wiring import Wired

logger = logging.getLogger("oms.plugins")

GRACE = 1.0
"""Seconds that a step has for its own clean-up once its time is over."""


class Phases:
    """The phases of every plugin of ``wired``; ``Phase`` says what is promised in each."""

    def __init__(self, wired: Wired, config: Config) -> None:
        limits = config.lifecycle
        self._wired = wired
        self._seconds = {
            Phase.SETUP: limits.setup_seconds,
            Phase.START: limits.start_seconds,
            Phase.READY: limits.ready_seconds,
            Phase.DRAIN: config.server.drain_seconds,
            Phase.STOP: limits.stop_seconds,
        }
        self._steps = {name: parts.steps for name, parts in wired.parts.items()}
        self._set_up: list[str] = []
        self._started: list[str] = []

    async def start(self) -> None:
        """Set every plugin up, then start every one; raises PluginError for one that must not be off."""
        for name in self._steps:
            if await self._reaches(Phase.SETUP, name):
                self._set_up.append(name)
        for name in list(self._set_up):
            if await self._reaches(Phase.START, name):
                self._started.append(name)
        for name in [one for one in reversed(self._set_up) if one not in self._started]:
            # Off by now: it will not be needed, and what it set up is not kept until the end.
            self._set_up.remove(name)
            await self._end(Phase.STOP, name)

    async def ready(self) -> None:
        """Tell every plugin that requests and events are taken."""
        roster = self._wired.roster
        for name in self._started:
            try:
                await self._do(Phase.READY, name)
            except OmsError as error:
                roster.complain(name, error, phase=Phase.READY.value)

    async def drain(self) -> None:
        """Let every plugin finish what it does on its own, the last one first."""
        await self._end_all(Phase.DRAIN, self._started)

    async def stop(self) -> None:
        """Stop every plugin that was set up, the last one first; raises nothing."""
        await self._end_all(Phase.STOP, self._set_up)

    async def _reaches(self, phase: Phase, name: str) -> bool:
        if not self._wired.roster.takes_part(name):
            return False
        try:
            await self._do(phase, name)
        except OmsError as error:
            self._wired.fail(name, error, phase=phase.value)
            return False
        return True

    async def _end_all(self, phase: Phase, names: list[str]) -> None:
        for name in reversed(names):
            await self._end(phase, name)
        names.clear()

    async def _end(self, phase: Phase, name: str) -> None:
        try:
            await self._do(phase, name)
        except OmsError as error:
            logger.error("%s", error, exc_info=error.__cause__)

    async def _do(self, phase: Phase, name: str) -> None:
        step = self._steps[name].get(phase)
        if step is None:
            return
        seconds = self._seconds[phase]
        task = asyncio.create_task(_run(step, name, seconds), name=f"oms {name} {phase.value}")
        try:
            done, _ = await asyncio.wait([task], timeout=seconds)
        except asyncio.CancelledError:
            task.cancel()
            # Its own clean-up comes before that of what it stands on.
            await asyncio.wait([task], timeout=GRACE)
            raise
        if not done:
            task.cancel()
            # Not awaited without end: who swallows its cancellation hangs alone.
            await asyncio.wait([task], timeout=GRACE)
            raise _error(name, phase, f"did not end within {seconds:g} s")
        if cause := task.exception():
            raise _error(name, phase, f"failed: {type(cause).__name__}: {cause}") from cause


async def _run(step: BoundStep, name: str, seconds: float) -> None:
    principal = Principal(f"plugin:{name}")
    context = Context(PLATFORM, principal, actor=name, deadline=time.monotonic() + seconds)
    with use(context):
        try:
            await step()
        except asyncio.CancelledError as error:
            if (task := asyncio.current_task()) and task.cancelling():
                raise
            # Something of the plugin's own was cancelled, which must not look as if the start or the end was.
            raise RuntimeError("it waited for something that was cancelled") from error
        except SystemExit as error:  # from a task it would end the process without a word
            raise RuntimeError(f"it called sys.exit({error.code})") from error


def _error(name: str, phase: Phase, problem: str) -> PluginError:
    setting = "server.drain_seconds" if phase is Phase.DRAIN else f"lifecycle.{phase.value}_seconds"
    late = "did not end" in problem
    return PluginError(
        f"PLUGIN_{phase.value.upper()}",
        f"plugin {name!r}: its {phase.value} {problem}",
        hint=f"mend it, or give it longer: {setting}"
        if late
        else "mend the cause, or take it out of `plugins`",
    )
