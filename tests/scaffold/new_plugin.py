"""``oms new plugin`` as somebody types it, and Python with what it wrote."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner, Result

from oms_core.cli.main import main

OMS = ("-m", "oms_core.cli.main")


@dataclass(frozen=True, slots=True)
class Fresh:
    """A plugin that was written a moment ago, and what the command said."""

    project: Path
    said: str

    @property
    def files(self) -> list[str]:
        """Return its files, without what its tests left behind."""
        found = (path for path in self.project.rglob("*") if path.is_file())
        return sorted(path.relative_to(self.project).as_posix() for path in found)


def python(
    *arguments: str, folder: Path, environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **(environ or {})},
        capture_output=True,
        text=True,
        check=False,
    )


def new_plugin(*arguments: str) -> Result:
    """Run ``oms new plugin`` in this process."""
    return CliRunner().invoke(main, ["new", "plugin", *arguments])
