"""What a type checker says about an answer that does not fit its hook: in words that a person understands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MISTAKES = HERE / "wrong_answers.py"
GOLDEN = HERE / "wrong_answers.txt"


def test_mypy_names_the_hooks_types_for_every_mistake() -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--hide-error-context"),
            f"--cache-dir={ROOT / '.mypy_cache' / 'wrong_answers'}",
            *("--config-file", str(ROOT / "pyproject.toml"), str(MISTAKES)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    place = f"tests/typing/{MISTAKES.name}:"
    # Its notes are guesses (positional-only?) that change from version to version.
    said = [line for line in done.stdout.splitlines() if line.startswith(place) and ": error: " in line]
    shown = "\n".join(_with_source(line) for line in said) + "\n"
    assert shown == GOLDEN.read_text(encoding="utf-8")


def _with_source(line: str) -> str:
    """Return what mypy says behind the line that it speaks of: line numbers change, sentences hardly."""
    _, number, message = line.split(":", 2)
    source = MISTAKES.read_text(encoding="utf-8").splitlines()[int(number) - 1].strip()
    return f"{source}\n    {message.strip()}"
