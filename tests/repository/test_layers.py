"""The layers hold, and the contract that says so can fail."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def lint(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-logo", "--no-cache", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_layers_hold() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


def test_a_planted_violation_is_found(tmp_path: Path) -> None:
    """The core's own contract, with one import against the stream added to a copy of the core."""
    house = tmp_path / "oms_core"
    for file in (ROOT / "oms_core").rglob("*.py"):
        copy = house / file.relative_to(ROOT / "oms_core")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    (tmp_path / "oms_wire").symlink_to(ROOT / "protos/oms_wire")
    (tmp_path / "oms_protos").symlink_to(ROOT / "protos/oms_protos")
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    with (house / "ids.py").open("a") as file_below:
        file_below.write("\nimport oms_core.plugins\n")
    done = lint(tmp_path)
    assert done.returncode == 1, done.stdout
    assert "oms_core.ids -> oms_core.plugins" in done.stdout
