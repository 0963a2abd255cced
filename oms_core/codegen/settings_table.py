"""``[tool.oms.generate]`` of a pyproject.toml, with each key of the shape that it must have."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from oms_core.errors import GenerateError

_SHAPES: Mapping[str, tuple[type, str]] = {
    "root": (str, 'root = "protos"'),
    "packages": (dict, 'packages = { "acme" = "protos/acme_protos" }'),
    "includes": (list, 'includes = ["../protos"]'),
    "also": (list, 'also = ["sdk/python"]'),
    "plugins": (list, 'plugins = ["plugins/*"]'),
    "target": (str, 'target = "sdk"'),
    "output": (str, 'output = "acme_sdk"'),
}
_KINDS: Mapping[type, str] = {str: "a text", list: "a list of texts", dict: "a table of texts"}


def pyproject(file: Path) -> dict[str, Any]:
    """Return what a pyproject.toml says; raises FileNotFoundError, or GenerateError when it is none."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise GenerateError(
            "NO_PROJECT", f"{file} cannot be read: {error}.", hint="correct the file"
        ) from None


def generate_table(file: Path) -> dict[str, Any]:
    """Return the table, empty when there is none.

    Raises FileNotFoundError, and GenerateError that names the key and the value of another shape.
    """
    table: object = pyproject(file)
    for name in ("tool", "oms", "generate"):
        table = table.get(name, {}) if isinstance(table, dict) else table
    if not isinstance(table, dict):
        raise _wrong(file, "[tool.oms.generate]", table, "a table", "[tool.oms.generate]")
    for key, (kind, example) in _SHAPES.items():
        if key in table and not _fits(table[key], kind):
            raise _wrong(file, f"{key} in [tool.oms.generate]", table[key], _KINDS[kind], example)
    return table


def _fits(value: object, kind: type) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return isinstance(value, kind) and all(isinstance(one, str) for one in inner)


def _wrong(file: Path, key: str, value: object, kind: str, example: str) -> GenerateError:
    return GenerateError(
        "GENERATE_SETTING",
        f"{file}: {key} is {value!r}, which is not {kind}",
        hint=f"for example:  {example}",
    )
