"""``docker-compose.yml``: right by its specification, and by what the runtime makes of it."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import yaml

from oms_core.config import Config, addresses, bundled
from oms_core.runtime.lining_up import line_up

FILE = Path(__file__).parents[2] / "docker-compose.yml"
COMPOSE: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
SETTINGS = msgspec.convert(tomllib.loads(COMPOSE["configs"]["oms"]["content"]), Config)
DRAIN_AND_MORE = 25


def bundle_of(service: dict[str, Any]) -> str:
    command = service.get("command", [])
    return str(command[command.index("--bundle") + 1]) if "--bundle" in command else ""


def test_it_is_right_by_the_specification() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(FILE)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_check_can_fail(tmp_path: Path) -> None:
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text("services:\n  oms:\n    imag: x\n")
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(wrong)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1


def test_every_bundle_is_a_service_and_every_plugin_in_one() -> None:
    assert {bundle_of(one) for one in SERVICES.values()} - {""} == set(SETTINGS.bundles)
    assert sorted(name for one in SETTINGS.bundles.values() for name in one.serve) == sorted(
        SETTINGS.plugins or []
    )


def test_the_bundles_find_each_other_under_the_names_of_their_services() -> None:
    for name in SETTINGS.bundles:
        one = bundled(msgspec.structs.replace(SETTINGS, bundle=name))
        line_up(one).insist()
        for (address,) in addresses(one).values():
            host, _, port = address.partition(":")
            assert bundle_of(SERVICES[host]) == host
            assert int(port) == one.server.grpc_port


def test_nothing_listens_beyond_this_machine() -> None:
    published = [port for one in SERVICES.values() for port in one.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_everything_that_stays_is_asked_for_its_health() -> None:
    for name, service in SERVICES.items():
        assert ("healthcheck" in service) == (name != "migrate"), name


def test_the_drain_fits_into_the_time_to_end() -> None:
    assert SETTINGS.server.drain_seconds < DRAIN_AND_MORE
    for name, service in SERVICES.items():
        if bundle_of(service):
            assert int(service["stop_grace_period"].rstrip("s")) >= DRAIN_AND_MORE, name
