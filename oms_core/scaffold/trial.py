"""A new project's own tests, before anybody installs it."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from oms_core.plugins import discover
from oms_core.scaffold.preview import preview

_TOOLS = {"pytest": "pytest", "pytest_asyncio": "pytest-asyncio", "hypothesis": "hypothesis"}
_SUMMARY = re.compile(r"^=*\s*(\d+ .*? in [\d.]+s.*?)\s*=*$", re.M)


@dataclass(frozen=True, slots=True)
class Trial:
    """How the tests of a project went: pytest's last line, and all that it said."""

    passed: bool
    summary: str
    output: str


def missing_for_tests(plugins: Iterable[str]) -> list[str]:
    """Return the distributions without which the tests of a new project cannot run here."""
    installed = {one.name for one in discover()}
    tools = [name for module, name in _TOOLS.items() if importlib.util.find_spec(module) is None]
    return tools + [f"oms-{name.replace('_', '-')}" for name in plugins if name not in installed]


def try_out(project: Path) -> Trial:
    """Run the tests of a project as if it were installed."""
    with preview(project) as seen:
        done = seen.run("-m", "pytest", "-q", "-p", "no:cacheprovider")
    found = _SUMMARY.findall(done.stdout)
    return Trial(done.returncode == 0, found[-1] if found else "no summary", done.stdout)
