"""On which line of a TOML file each key stands; ``tomllib`` does not say."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

from oms_core.config.leaves import Key


def lines_of(text: str) -> dict[Key, int]:
    """Return the line, from 1, of each key and table of ``text``, which must be valid TOML."""
    found: dict[Key, int] = {}
    table: Key = ()
    pending, start = "", 1
    for number, line in enumerate(text.split("\n"), 1):
        if not pending:
            start = number
        pending += f"{line}\n"
        try:
            tree = tomllib.loads(pending)
        except tomllib.TOMLDecodeError:
            continue  # a value that goes on in the next line
        if pending.lstrip().startswith("["):
            table = max(_keys(tree), key=len)
            found.setdefault(table, start)
        else:
            for key in _keys(tree):
                found.setdefault((*table, *key), start)
        pending = ""
    return found


def _keys(tree: object) -> Iterator[Key]:
    if isinstance(tree, list) and tree:
        tree = tree[-1]
    if isinstance(tree, dict):
        for name, below in tree.items():
            yield (name,)
            yield from ((name, *key) for key in _keys(below))
