"""What a project has agreed to break: ``[tool.oms.breaking]`` in its pyproject.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from oms_core.codegen.breaking.finding import HINTS, Finding
from oms_core.errors import GenerateError


class Agreement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One agreement: findings of ``rule`` at a full name, in which ``*`` stands for anything."""

    rule: str
    at: str
    reason: str

    def covers(self, finding: Finding) -> bool:
        """Say whether it speaks of this finding."""
        return self.rule == finding.rule and fnmatchcase(finding.at, self.at)


class Allowed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """The table: agreements, and whether packages such as v1alpha1 may change as they like."""

    allow: tuple[Agreement, ...] = ()
    ignore_unstable: bool = True

    def split(self, findings: Sequence[Finding]) -> tuple[list[Finding], list[Finding]]:
        """Return the findings that nobody agreed to, and those that somebody did."""
        agreed = [one for one in findings if any(entry.covers(one) for entry in self.allow)]
        return [one for one in findings if one not in agreed], agreed

    def unused(self, findings: Sequence[Finding]) -> list[Agreement]:
        """Return the agreements that nothing needs any more."""
        return [entry for entry in self.allow if not any(entry.covers(one) for one in findings)]


def read_allowed(folder: Path) -> Allowed:
    """Read ``[tool.oms.breaking]``; an absent table allows nothing. Raises GenerateError."""
    file = folder / "pyproject.toml"
    table = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}).get("oms", {}).get("breaking", {})
    try:
        found = msgspec.convert(table, Allowed)
    except msgspec.ValidationError as error:
        raise _refusal(file, str(error)) from None
    for entry in found.allow:
        if entry.rule not in HINTS:
            raise _refusal(file, f"{entry.rule!r} is no rule; there are {', '.join(sorted(HINTS))}")
        if not entry.reason.strip():
            raise _refusal(file, f"{entry.rule} at {entry.at} has no reason")
    return found


def _refusal(file: Path, problem: str) -> GenerateError:
    return GenerateError(
        "BAD_ALLOWANCE",
        f"{file}: [tool.oms.breaking]: {problem}.",
        hint='Write allow = [{ rule = "FIELD_DELETED", at = "acme.v1.Order.note", reason = "never sent" }].',
    )
