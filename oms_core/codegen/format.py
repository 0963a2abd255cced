"""Formats generated Python with ruff, with settings of our own whatever the project around it has."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping
from pathlib import Path

from oms_core.errors import GenerateError

_SETTINGS = ("--isolated", "--no-cache", "--quiet", "--line-length", "110", "--target-version", "py311")


def formatted(sources: Mapping[str, str]) -> dict[str, str]:
    """Return Python sources by path, without unused imports, sorted and laid out; raises GenerateError."""
    with tempfile.TemporaryDirectory(prefix="oms-generate-") as name:
        root = Path(name)
        for path, source in sources.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(source, encoding="utf-8")
        packages = sorted({path.partition("/")[0] for path in sources})
        known = f"lint.isort.known-first-party={[*packages, 'oms_wire']}"
        # An __init__ re-exports; everywhere else an unused import is one that this contract does not need.
        _ruff("check", "--fix-only", "--select", "F401,I001", "--config", known, *_SETTINGS, name)
        _ruff("format", *_SETTINGS, name)
        return {path: (root / path).read_text(encoding="utf-8") for path in sources}


def _ruff(*arguments: str) -> None:
    command = [_binary(), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own arguments
    if done.returncode:
        raise GenerateError(
            "UNREADABLE_OUTPUT",
            f"ruff cannot read the generated code: {done.stderr.strip() or done.stdout.strip()}",
            hint="This is a mistake of the generator; please report it with the contract.",
        )


def _binary() -> str:
    for folder in (Path(sysconfig.get_path("scripts")), Path(sys.executable).parent):
        for name in ("ruff", "ruff.exe"):
            if (folder / name).is_file():
                return str(folder / name)
    raise GenerateError(
        "MISSING_TOOL",
        "ruff, which formats generated code, is not installed.",
        hint='pip install "oms-core[codegen]"',
    )
