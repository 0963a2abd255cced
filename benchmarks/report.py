"""Figures as people and programs read them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from rich import box
from rich.table import Table

from benchmarks.figures import Figure, Verdict

_STYLES = {Verdict.HOLDS: "green", Verdict.MISSES: "bold red", Verdict.REPORTED: "dim"}


def table(figures: Sequence[Figure]) -> Table:
    """Return one line for each figure."""
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("figure", "unit"):
        shown.add_column(name)
    for name in ("ours", "baseline", "ratio", "budget"):
        shown.add_column(name, justify="right", no_wrap=True)
    shown.add_column("verdict", no_wrap=True)
    for figure in figures:
        verdict = figure.verdict
        shown.add_row(
            figure.name,
            figure.unit,
            _number(figure.ours),
            _number(figure.baseline),
            "" if figure.ratio is None else f"{figure.ratio:.2f}",
            "" if figure.budget is None else str(figure.budget),
            f"[{_STYLES[verdict]}]{verdict.value}[/]",
        )
    return shown


def as_json(figures: Sequence[Figure]) -> bytes:
    """Return the figures as one JSON array."""
    return msgspec.json.encode(
        [
            {
                **msgspec.to_builtins(figure),
                "ratio": figure.ratio,
                "budget": None if figure.budget is None else str(figure.budget),
                "verdict": figure.verdict.name.lower(),
            }
            for figure in figures
        ]
    )


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
