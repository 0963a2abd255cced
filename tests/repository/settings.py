"""The tables of settings, as the settings classes and the plugins' manifests have them.

``python -m tests.repository.settings`` brings docs/configuration.md up to date.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from oms_core.config import Written, schema_of
from oms_core.config.leaves import Leaf, leaves
from oms_core.config.schema import Schema, with_plugins
from oms_core.config.wording import allowed
from oms_core.plugins.settings import settings_schemas
from tests.repository.permissions import CONTRACTS

PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"
SECTION = re.compile(r"(?<=<!-- settings: python -m tests\.repository\.settings -->\n).*?(?=<!-- /)", re.S)


def schema() -> Schema:
    """Return what may be set in a system of the first-party plugins."""
    return with_plugins(schema_of(Written), settings_schemas(CONTRACTS))


def settings() -> Iterator[Leaf]:
    """Return the settings that have a default; the failure policies of single plugins have none."""
    return (leaf for leaf in leaves(schema()) if "default" in leaf.schema)


def table() -> str:
    """Return the table in Markdown."""
    rows = ["| Setting | Environment | Default | May be | |", "|---|---|---|---|---|", *map(_row, settings())]
    return "\n".join(rows) + "\n"


def _row(leaf: Leaf) -> str:
    default = leaf.schema["default"]
    text = default if isinstance(default, str) else json.dumps(default)
    shown = f"`{text}`" if default not in (None, "", [], {}) else "–"
    about = leaf.schema.get("description", "")
    assert about, f"{leaf.name}: describe it with msgspec.Meta(description=…)"
    may = allowed(leaf.schema).replace('"', "`")
    return f"| `{leaf.name}` | `{leaf.variable}` | {shown} | {may} | {about} |"


if __name__ == "__main__":
    PAGE.write_text(SECTION.sub(lambda _: table(), PAGE.read_text(encoding="utf-8")), encoding="utf-8")
