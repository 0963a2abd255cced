"""``python -m oms_core.scaffold.first_migration``: the migration of the plugin whose project is here.

A process of its own, since the plugin is imported; beside `oms db new-migration` it needs no other plugin.
"""

from __future__ import annotations

import asyncio
import tomllib
from pathlib import Path

from oms_core.plugins import Registration, Registry, discover, load
from oms_core.storage import PluginTables
from oms_core.storage.piccolo_migrations import make_migration


def write(project: Path) -> None:
    """Write a migration for each plugin of a project that has tables."""
    about = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for installed in discover():
        if installed.distribution != about["name"]:
            continue
        registration = Registration(installed.name)
        load(installed).register(Registry(registration))
        tables = PluginTables(installed.name, registration.tables, registration.migrations)
        asyncio.run(make_migration(tables, description="first"))


if __name__ == "__main__":
    write(Path.cwd())
