"""Plugins by the dozen: tiny distributions with a handler, an own phase, settings and a command each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from oms_core.codegen.manifests import expected_manifests, plugin_projects

_PLUGIN = '''"""The wiring."""

import click
import msgspec

from oms_core.plugins import Plugin, Registry, hookimpl
from oms_protos.orders.v1 import OrderCompleted


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What it counts up to."""

    most: int = 100


async def count(event: OrderCompleted, settings: Settings) -> None:
    """Do next to nothing."""


async def begin(settings: Settings) -> None:
    """Do next to nothing."""


class Many(Plugin):
    """One of many."""

    requires, settings = ("orders",), Settings

    @hookimpl
    def register(self, oms: Registry) -> None:
        """Count orders."""
        oms.on(OrderCompleted, count)
        oms.lifecycle(start=begin)

    @hookimpl
    def commands(self):
        """Add a command."""
        return [click.Command("NAME-count", help="Say how many there were.")]
'''
_PROJECT = """[project]
name = "many-NAME"
version = "1.0"

[project.entry-points."oms.plugins"]
NAME = "many_NAME.plugin:Many"
"""


def make_plugins(folder: Path, count: int) -> Sequence[str]:
    """Leave ``count`` plugins in ``folder`` as pip would, manifests included; return their names."""
    names = [f"extra_{number:02}" for number in range(count)]
    for name in names:
        project = folder / name
        package = project / f"many_{name}"
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "plugin.py").write_text(_PLUGIN.replace("NAME", name))
        (project / "pyproject.toml").write_text(_PROJECT.replace("NAME", name))
        info = folder / f"many_{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: many-{name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[oms.plugins]\n{name} = many_{name}.plugin:Many\n")
    (folder / "pyproject.toml").write_text('[tool.oms.generate]\nplugins = ["extra_*"]\n')
    files, errors = expected_manifests(plugin_projects(folder))
    if errors:
        raise errors[0]
    for file, content in files.items():
        file.write_bytes(content)
        file.parent.rename(folder / file.parent.name)
    return names


def pythonpath(folder: Path) -> dict[str, str]:
    """Return the environment in which the plugins of ``folder`` are installed."""
    return {"PYTHONPATH": str(folder)}
