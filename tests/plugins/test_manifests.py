"""Manifests are generated, compared, and travel in wheels."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from textwrap import dedent

import pytest

from oms_core.plugins.discovery import discover, manifest_file
from tests.plugins.contracts import SERVING, contract

ROOT = Path(__file__).parents[2]
PROJECT = """
[project]
name = "acme-{name}"
version = "2.1"

[project.entry-points."oms.plugins"]
{name} = "acme_{name}.plugin:{kind}"
"""
PLUGIN = '''
import click
import msgspec

from oms_core.plugins import Plugin, hookimpl
from oms_protos.orders.v1 import OrderCompleted


class Choice(msgspec.Struct):
    longest: int = 20


async def collect(event: OrderCompleted) -> None:
    return None


class Stamps(Plugin):
    """Cards that fill.

    Not the summary.
    """

    requires, settings = ("orders",), Choice

    @hookimpl
    def register(self, oms):
        oms.on(OrderCompleted, collect)

    @hookimpl
    def commands(self):
        print("noise")
        return [click.Command("stick", help="Stick a stamp.")]
'''


def project(folder: Path, name: str, code: str, kind: str = "Stamps") -> Path:
    package = folder / f"acme_{name}"
    package.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(PROJECT.format(name=name, kind=kind))
    (package / "__init__.py").touch()
    (package / "plugin.py").write_text(code)
    return package / "manifest.json"


def generate(folder: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "oms_core.cli.main", "generate", "--project", str(folder), *flags]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


def test_a_plugin_without_protos_gets_its_manifest_and_a_check_tells_what_is_not_fresh(
    tmp_path: Path,
) -> None:
    file = project(tmp_path, "stamps", PLUGIN)
    missing = generate(tmp_path, "--check")
    assert missing.returncode == 1
    assert "missing  acme_stamps/manifest.json" in missing.stdout
    assert generate(tmp_path).returncode == 0
    said = json.loads(file.read_text())
    assert (said["name"], said["distribution"], said["version"]) == ("stamps", "acme-stamps", "2.1")
    assert said["summary"] == "Cards that fill."
    assert said["handles"] == [{"name": "orders.order_completed", "version": 1, "handler": "collect"}]
    assert said["commands"] == [{"name": "stick", "help": "Stick a stamp."}]
    assert said["settings"]["properties"]["longest"]["default"] == 20
    assert generate(tmp_path, "--check").returncode == 0
    (tmp_path / "acme_stamps" / "plugin.py").write_text(PLUGIN.replace("collect", "gather"))
    assert "stale    acme_stamps/manifest.json" in generate(tmp_path, "--check").stdout
    (tmp_path / "old_stamps").mkdir()
    file.rename(tmp_path / "old_stamps" / "manifest.json")
    assert "extra    old_stamps/manifest.json" in generate(tmp_path, "--check").stdout
    assert "removed  old_stamps/manifest.json" in generate(tmp_path).stdout


@pytest.mark.parametrize("content", ['{"name": "Stamps", "start_url": "/"}', "[]", "no JSON"])
def test_a_file_of_that_name_that_is_no_manifest_is_left_alone(tmp_path: Path, content: str) -> None:
    project(tmp_path, "stamps", PLUGIN)
    browsers = tmp_path / "static" / "manifest.json"
    browsers.parent.mkdir()
    browsers.write_text(content)
    assert "static" not in generate(tmp_path).stdout
    assert generate(tmp_path, "--check").returncode == 0
    assert browsers.read_text() == content


def test_one_that_cannot_be_imported_is_named_and_the_others_are_written(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.oms.generate]\nplugins = ["kits/*"]\n')
    sound = project(tmp_path / "kits" / "stamps", "stamps", PLUGIN)
    project(tmp_path / "kits" / "gifts", "gifts", "import nothing_like_it\n")
    project(tmp_path / "kits" / "cards", "cards", PLUGIN, kind="Cards")
    done = generate(tmp_path)
    assert done.returncode == 1
    assert "plugin 'gifts' (acme-gifts 2.1) cannot be imported" in done.stderr
    assert "plugin 'cards' (acme-cards 2.1) cannot be imported" in done.stderr
    assert sound.exists()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('plugins = "kits/*"', "plugins in [tool.oms.generate] is 'kits/*', which is not a list of texts"),
        ("plugins = [3]", "plugins in [tool.oms.generate] is [3], which is not a list of texts"),
        ('packages = "acme"', "packages in [tool.oms.generate] is 'acme', which is not a table of texts"),
        ('also = "sdk"', "also in [tool.oms.generate] is 'sdk', which is not a list of texts"),
    ],
)
def test_a_setting_of_another_shape_is_named_with_its_value(tmp_path: Path, line: str, told: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.oms.generate]\n{line}\n")
    done = generate(tmp_path)
    assert done.returncode == 1
    assert told in done.stderr
    assert f"for example:  {line.partition(' ')[0]} = " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_plugin_whose_generated_files_are_missing_is_named(tmp_path: Path) -> None:
    files = contract("stamps", access='Access("", Scope.PUBLIC)', path="/v1/stamps/{id}")
    del files["v1/descriptor.binpb"]
    head = "from oms_core.plugins import Plugin, Registry, hookimpl\n\n\nclass Stamps(Plugin):"
    project(tmp_path, "stamps", head + SERVING.format(name="stamps"))
    for name, text in files.items():
        file = tmp_path / "acme_stamps" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(dedent(text))
    done = generate(tmp_path)
    assert done.returncode == 1
    assert (
        "plugin 'stamps': the generated files of acme.stamps.v1.PingService in acme_stamps.v1" in done.stderr
    )
    assert "could not be described" not in done.stderr


@pytest.mark.parametrize("installed", discover(), ids=lambda one: one.name)
def test_every_installed_plugin_has_a_manifest_beside_its_plugin_module(installed: object) -> None:
    assert installed.manifest is not None, installed.problem  # type: ignore[attr-defined]


def test_nothing_is_imported_to_find_a_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "acme_far" / "inner"
    package.mkdir(parents=True)
    for folder in (package, package.parent):
        (folder / "__init__.py").write_text("raise AssertionError('imported')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert manifest_file("acme_far.inner.plugin") == package / "manifest.json"
    assert manifest_file("acme_nowhere.plugin") is None
    assert manifest_file("json") is None


def test_a_wheel_carries_the_manifest(tmp_path: Path) -> None:
    build = "import sys, hatchling.build as b; print(b.build_wheel(sys.argv[1]))"
    subprocess.run(
        [sys.executable, "-c", build, str(tmp_path)],
        cwd=ROOT / "plugins" / "menu",
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    assert "oms_menu/manifest.json" in zipfile.ZipFile(wheel).namelist()
