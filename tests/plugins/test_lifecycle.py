"""The phases of a plugin: their sequence, their guarantees, their time, and what a failure does."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from oms_core.config import Config, LifecycleSettings
from oms_core.errors import OmsError, PluginError
from oms_core.plugins import Registration, Registry
from oms_core.testing.running import running
from tests.plugins.workshop import Workshop

PHASES = ("setup", "start", "ready", "drain", "stop")
MODULE = """
import asyncio

from acme_log import LOG
from oms_core.clock import Clock
from oms_core.context import current
from oms_core.plugins import Plugin, hookimpl
from oms_protos.identity.v1 import GetNodeRequest, IdentityClient


async def setup(clock: Clock) -> None:
    LOG.append(("{name}", "setup"))
    {setup}


async def start(identity: IdentityClient) -> None:
    LOG.append(("{name}", "start"))
    {start}


async def ready() -> None:
    LOG.append(("{name}", "ready"))
    {ready}


async def drain() -> None:
    LOG.append(("{name}", "drain"))
    {drain}


async def stop() -> None:
    LOG.append(("{name}", "stop"))
    {stop}


class Made(Plugin):
    requires = {requires}

    @hookimpl
    def register(self, oms):
        oms.lifecycle(setup=setup, start=start, ready=ready, drain=drain, stop=stop)
"""
HANG = "await asyncio.Event().wait()"
FAIL = "raise OSError('gone')"
CANCELLED = """
    task = asyncio.create_task(asyncio.Event().wait())
    task.cancel()
    await task
"""
CALL = """
    try:
        await identity.get_node(GetNodeRequest(node_id="chn_x"))
    except Exception as error:
        LOG.append(("{name}", type(error).__name__, current().principal.subject))
"""
ENDLESS = """
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            LOG.append(("{name}", "held on"))
"""


class Players:
    """Plugins that write down what is done to them."""

    def __init__(self, workshop: Workshop, dsn: str) -> None:
        self._workshop, self._dsn = workshop, dsn
        (workshop.site / "acme_log.py").write_text("LOG = []\n")

    def make(self, name: str, requires: Sequence[str] = ("identity",), **does: str) -> None:
        bodies = {phase: does.get(phase, "pass").replace("{name}", name) for phase in PHASES}
        code = MODULE.format(name=name, requires=tuple(requires), **bodies)
        self._workshop.make(name, code, requires=list(requires), lifecycle=list(PHASES))

    async def play(self, *, stop_seconds: float = 0.05, **more: object) -> list[tuple[str, ...]]:
        config = Config(
            plugins=["identity", *sorted(self._workshop.made)],
            lifecycle=LifecycleSettings(
                setup_seconds=0.05, start_seconds=0.3, ready_seconds=0.05, stop_seconds=stop_seconds
            ),
            **more,  # type: ignore[arg-type]
        )
        async with running(self._dsn, config=config):
            self.log.append(("-", "running"))
        return self.log

    @property
    def log(self) -> list[tuple[str, ...]]:
        import acme_log  # type: ignore[import-not-found,unused-ignore]

        found: list[tuple[str, ...]] = acme_log.LOG
        return found


@pytest.fixture
def players(workshop: Workshop, database_dsn: str, monkeypatch: pytest.MonkeyPatch) -> Players:
    monkeypatch.syspath_prepend(str(workshop.site))
    for name in [name for name in sys.modules if name.partition(".")[0].startswith("acme_")]:
        if not name.startswith("acme_protos"):
            monkeypatch.delitem(sys.modules, name)
    return Players(workshop, database_dsn)


def of(log: list[tuple[str, ...]], phase: str) -> list[str]:
    return [entry[0] for entry in log if entry[1] == phase]


async def test_up_in_line_phase_by_phase_and_down_backwards(players: Players) -> None:
    players.make("a", ["identity", "b"])
    players.make("b")
    log = await players.play()
    up = [(name, phase) for phase in PHASES[:3] for name in "ba"]
    down = [(name, phase) for phase in PHASES[3:] for name in "ab"]
    assert log == [*up, ("-", "running"), *down]


async def test_start_may_call_others_as_its_plugin_and_setup_is_given_nobody_to_call(
    players: Players,
) -> None:
    players.make("a", start=CALL)
    log = await players.play()
    assert any(entry[0] == "a" and entry[-1] == "plugin:a" for entry in log), log
    players.make("b")
    module = Path(players._workshop.site / "acme_b" / "plugin.py")
    module.write_text(module.read_text().replace("setup(clock: Clock)", "setup(identity: IdentityClient)"))
    with pytest.raises(PluginError, match=r"'identity' of setup is a client of .* nobody can be called yet"):
        await players.play()


@pytest.mark.parametrize(("does", "said"), [(HANG, "did not end within"), (FAIL, "OSError: gone")])
async def test_a_failing_setup_is_not_stopped_and_the_others_are(
    players: Players, does: str, said: str
) -> None:
    players.make("a")
    players.make("b", setup=does)
    players.make("c")
    with pytest.raises(OmsError, match=rf"plugin 'b': its setup .*{said}"):
        await players.play()
    assert of(players.log, "setup") == ["a", "b"]
    assert of(players.log, "start") == []
    assert of(players.log, "stop") == ["a"]


async def test_a_failing_start_is_stopped_with_the_others_which_drain_first(players: Players) -> None:
    players.make("a")
    players.make("b", start=FAIL)
    with pytest.raises(OmsError, match="plugin 'b': its start failed: OSError: gone"):
        await players.play()
    assert players.log[-3:] == [("a", "drain"), ("b", "stop"), ("a", "stop")]


async def test_who_is_off_after_its_setup_is_stopped_before_the_others_serve(players: Players) -> None:
    players.make("a", start=FAIL)
    players.make("b", ["identity", "a"])
    players.make("c")
    log = await players.play(on_failure="degrade")
    assert of(log, "start") == ["a", "c"]
    assert of(log, "stop") == ["b", "a", "c"]
    assert log.index(("b", "stop")) < log.index(("-", "running"))
    assert of(log, "drain") == ["c"]


async def test_drain_and_stop_that_fail_or_hang_are_logged_and_hold_nobody_up(
    players: Players, caplog: pytest.LogCaptureFixture
) -> None:
    players.make("a", stop=FAIL)
    players.make("b", drain=FAIL, stop=HANG)
    log = await players.play()
    assert of(log, "stop") == ["b", "a"]
    said = [record.getMessage() for record in caplog.records if record.name == "oms.plugins"]
    assert any("'b': its drain failed: OSError: gone" in line for line in said)
    assert any("'b': its stop did not end within 0.05 s" in line for line in said)
    assert any("'a': its stop failed" in line for line in said)


async def test_a_cancellation_of_the_plugins_own_holds_nobody_up(
    players: Players, caplog: pytest.LogCaptureFixture
) -> None:
    players.make("a")
    players.make("b", stop=CANCELLED)
    log = await players.play()
    assert of(log, "stop") == ["b", "a"]
    said = [record.getMessage() for record in caplog.records if record.name == "oms.plugins"]
    assert any(
        "'b': its stop failed: RuntimeError: it waited for something that was" in line for line in said
    )


async def test_sys_exit_in_a_phase_ends_the_start_and_not_the_process(players: Players) -> None:
    players.make("a", start="raise SystemExit(3)")
    with pytest.raises(OmsError, match=r"its start failed: RuntimeError: it called sys.exit\(3\)"):
        await players.play()


def test_a_phase_has_one_async_function() -> None:
    async def once() -> None:
        return

    registry = Registry(Registration("stamps"))
    with pytest.raises(PluginError, match=r"lifecycle\(stop=…\): .* is not an async function"):
        registry.lifecycle(stop=lambda: None)  # type: ignore[arg-type,return-value]
    registry.lifecycle(start=once)
    with pytest.raises(PluginError, match=r"'stamps'.*another function is registered already"):
        registry.lifecycle(start=once)
