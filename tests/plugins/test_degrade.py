"""A plugin that fails and may: it is off, whoever stands on it too, and everybody else serves."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from oms_core.config import Config, DatabaseSettings, LifecycleSettings, ServerSettings
from oms_core.errors import OmsError
from oms_core.runtime import Application
from oms_core.testing.ports import free_ports
from tests.plugins import test_broken as broken
from tests.plugins.contracts import SERVING, contract
from tests.plugins.workshop import Workshop

LATE = """
from oms_core.plugins import Plugin, hookimpl
from acme_stamps.service import PingService


async def fail() -> None:
    raise OSError("no printer at lpt1")


class Made(Plugin):
    @hookimpl
    def register(self, oms):
        oms.serve(PingService)
        oms.lifecycle({phase}=fail)
"""


def settings(tmp_path: Path, dsn: str, *plugins: str, **more: object) -> Config:
    http, grpc = free_ports(2)
    return Config(
        data=tmp_path / "data",
        plugins=["identity", *plugins],
        server=ServerSettings(http_port=http, grpc_port=grpc),
        database=DatabaseSettings(url=dsn),
        lifecycle=LifecycleSettings(setup_seconds=0.05),
        **more,  # type: ignore[arg-type]
    )


@pytest.fixture
def importable(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """The workshop's plugins in this process, gone after the test."""
    import sys

    monkeypatch.syspath_prepend(str(workshop.site))
    for name in [name for name in sys.modules if name.partition(".")[0].startswith("acme_")]:
        if not name.startswith("acme_protos"):
            monkeypatch.delitem(sys.modules, name)
    return workshop


async def readiness(application: Application) -> dict[str, object]:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{application.http_url}/readyz")
        assert answer.status_code == 200, answer.text
        found: dict[str, object] = answer.json()
        return found


@pytest.mark.parametrize(
    "breaks",
    [
        *(broken.import_error, broken.unregistered, broken.older_api, broken.no_manifest),
        *(broken.stale_manifest, broken.missing_requirement, broken.missing_permission),
        *(broken.wrong_parameter, broken.wrong_answer, broken.half_way, broken.hanging_setup),
        *(broken.raising_constructor, broken.no_event, broken.no_service),
    ],
    ids=lambda breaks: breaks.__name__,
)
async def test_it_is_off_with_its_dependents_and_readiness_says_so(
    importable: Workshop,
    database_dsn: str,
    tmp_path: Path,
    breaks: Callable[[Workshop], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    breaks(importable)
    importable.make("wallets", "    requires = ('stamps',)", requires=["stamps"])
    importable.make("gifts")
    chosen = sorted(importable.made)
    config = settings(tmp_path, database_dsn, *chosen, failure={"stamps": "degrade", "wallets": "degrade"})
    async with Application(config) as application:
        assert set(application.assembly.names) == {"identity", *chosen} - {"stamps", "wallets"}
        found = await readiness(application)
        async with httpx.AsyncClient() as client:
            route = await client.get(f"{application.http_url}/v1/stamps/1")
    assert found["status"] == "ready"
    degraded = found["degraded"]
    assert isinstance(degraded, dict)
    assert set(degraded) == {"stamps", "wallets"}
    # Anybody may ask: who, when and which code; what a stranger's code said is in the log.
    assert set(degraded["stamps"]) == {"phase", "code"}
    assert degraded["wallets"] == {"phase": degraded["stamps"]["phase"], "code": "REQUIREMENT_OFF"}
    off = application.assembly.roster.off
    assert off["wallets"] == f"it requires 'stamps', which is off: {off['stamps']}"
    assert all(reason in caplog.text for reason in off.values())
    assert route.status_code == 404


async def test_one_that_must_not_be_off_keeps_all_from_starting(
    importable: Workshop, database_dsn: str, tmp_path: Path
) -> None:
    broken.hanging_setup(importable)
    importable.make("wallets", "    requires = ('stamps',)", requires=["stamps"])
    config = settings(tmp_path, database_dsn, "stamps", "wallets", failure={"stamps": "degrade"})
    with pytest.raises(
        OmsError, match="plugin 'wallets' must not be off, but it requires 'stamps'"
    ) as caught:
        async with Application(config):
            pass
    assert caught.value.code == "PLUGIN_REQUIRED"


@pytest.mark.parametrize("phase", ["setup", "start", "ready"])
async def test_a_phase_that_fails_is_shown_and_only_ready_leaves_the_routes(
    importable: Workshop, database_dsn: str, tmp_path: Path, phase: str, caplog: pytest.LogCaptureFixture
) -> None:
    public = 'Access("", Scope.PUBLIC)'
    importable.make(
        "stamps",
        LATE.format(phase=phase),
        files=contract("stamps", access=public, path="/v1/stamps/{id}"),
        services=[broken.service("stamps")],
        lifecycle=[phase],
    )
    config = settings(tmp_path, database_dsn, "stamps", on_failure="degrade")
    async with Application(config) as application:
        found = await readiness(application)
        async with httpx.AsyncClient() as client:
            route = await client.get(f"{application.http_url}/v1/stamps/1")
    assert found["degraded"] == {"stamps": {"phase": phase, "code": f"PLUGIN_{phase.upper()}"}}
    assert f"plugin 'stamps': its {phase} failed: OSError: no printer at lpt1" in caplog.text
    assert route.status_code == (200 if phase == "ready" else 404)
    with pytest.raises(OmsError, match="no printer at lpt1"):
        async with Application(settings(tmp_path, database_dsn, "stamps")):
            pass


async def test_nothing_is_degraded_when_all_is_well(
    importable: Workshop, database_dsn: str, tmp_path: Path
) -> None:
    importable.make(
        "stamps",
        SERVING.format(name="stamps"),
        files=contract("stamps", access='Access("", Scope.PUBLIC)', path="/v1/stamps/{id}"),
        services=[broken.service("stamps")],
    )
    async with AsyncExitStack() as stack:
        application = Application(settings(tmp_path, database_dsn, "stamps"))
        await stack.enter_async_context(application)
        assert await readiness(application) == {"status": "ready"}
