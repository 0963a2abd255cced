"""A project as if it were installed, for child processes: nothing of this environment changes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oms_core.errors import ScaffoldError


@dataclass(frozen=True, slots=True)
class Preview:
    """Runs Python with a project as if it were installed."""

    project: Path
    environ: Mapping[str, str]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``python ARGUMENTS`` in the project's folder; its output comes back as one text."""
        return subprocess.run(  # noqa: S603 - our own arguments
            [sys.executable, *arguments],
            cwd=self.project,
            env=dict(self.environ),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            check=False,
        )

    def must(self, what: str, *arguments: str) -> str:
        """As ``run``, and return the output; raises ScaffoldError when the program fails."""
        done = self.run(*arguments)
        if done.returncode:
            raise ScaffoldError(
                "SCAFFOLD_STEP",
                f"{what} failed:\n{done.stdout.strip()}",
                hint="nothing was written; mend what it says, or report it with the command you gave",
            )
        return done.stdout


@contextmanager
def preview(project: Path) -> Iterator[Preview]:
    """Let Python find ``project`` and its entry points, in child processes that are started in the block."""
    with tempfile.TemporaryDirectory(prefix="oms-preview-") as folder:
        _write_metadata(project, Path(folder))
        path = [str(project), folder, *filter(None, [os.environ.get("PYTHONPATH")])]
        yield Preview(
            project, {**os.environ, **_leaving_nothing(folder), "PYTHONPATH": os.pathsep.join(path)}
        )


def _leaving_nothing(scratch: str) -> dict[str, str]:
    """Return what keeps tools from leaving their memories in the project."""
    return {"PYTHONDONTWRITEBYTECODE": "1", "HYPOTHESIS_STORAGE_DIRECTORY": str(Path(scratch) / "hypothesis")}


def _write_metadata(project: Path, folder: Path) -> None:
    """Write what ``pip install`` would leave of pyproject.toml: the name, the version, the entry points."""
    about: dict[str, Any] = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name, version = about["name"], about["version"]
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (info / "entry_points.txt").write_text("\n".join(_lines(about.get("entry-points", {}))))


def _lines(groups: Mapping[str, Mapping[str, str]]) -> Sequence[str]:
    lines: list[str] = []
    for group, points in groups.items():
        lines += [f"[{group}]", *(f"{name} = {place}" for name, place in points.items()), ""]
    return lines
