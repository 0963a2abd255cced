"""Where each value came from."""

from __future__ import annotations

from collections.abc import Mapping

from oms_core.config.leaves import Key

DEFAULT = "default"
PROGRAM = "the program"
"""The source of settings that code made, as tests do."""


class Sources:
    """The origin of every value that somebody set: ``oms.toml:7``, a variable's name, or a flag."""

    def __init__(self, named: Mapping[Key, str] | None = None) -> None:
        self._named = dict(named or {})

    def of(self, key: Key, *, exactly: bool = False) -> str | None:
        """Return the origin of the value at ``key``, or of the whole that it is a part of; None: nobody's.

        ``exactly`` leaves the whole out: that a table is written does not set everything in it.
        """
        while key and key not in self._named and not exactly:
            key = key[:-1]
        return self._named.get(key)

    def __repr__(self) -> str:
        return f"Sources({self._named!r})"
