"""What was declared, and is not any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from oms_core.codegen.breaking.finding import Finding
from oms_core.codegen.breaking.surface import Declared, Surface

D = TypeVar("D")
_WORDS = {"MESSAGE_DELETED": "message", "ENUM_DELETED": "enum", "ONEOF_DELETED": "oneof"}


def gone(
    rule: str,
    was: Mapping[str, Declared[D]],
    old: Surface,
    new: Surface,
    now: Mapping[str, Declared[D]],
) -> Iterator[Finding]:
    """Give a finding for each name that ``now`` lacks, but none inside of what is gone as a whole."""
    for name, declared in was.items():
        inside = declared.parent in old.messages or declared.parent in old.services
        still = declared.parent in new.messages or declared.parent in new.services
        if name not in now and (still or not inside):
            home = new.messages.get(declared.parent) or new.services.get(declared.parent)
            word = _WORDS.get(rule) or rule.removesuffix("_DELETED").lower()
            file, line = (home.file, home.line) if home else (declared.file, 0)
            yield Finding(file, line, rule, name, f"the {word} {name.rpartition('.')[2]} is gone")
