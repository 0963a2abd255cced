"""How far a replay is: a bar with rate and time left on a terminal, else a line now and then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

_LINES = 20
"""Told of the whole, where there is no terminal."""


@dataclass(frozen=True, slots=True)
class Told:
    """Who hears how it goes: a line of text; how many orders are to be sent; one more was."""

    say: Callable[[str], None]
    begin: Callable[[int], None]
    step: Callable[[], None]


@contextmanager
def telling(console: Console) -> Iterator[Told]:
    """Show progress on a console for the length of the block."""
    if not console.is_terminal:
        yield _lines(console)
        return
    columns = (
        TextColumn("orders"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("orders", total=None)
        yield Told(
            say=console.print,
            begin=lambda total: bar.reset(task, total=total),
            step=lambda: bar.advance(task),
        )


class _Rate(ProgressColumn):
    """Orders a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.0f}/s" if task.speed else "–/s", style="progress.data.speed")


def _lines(console: Console) -> Told:
    done = total = 0

    def say(text: str) -> None:
        console.print(text, highlight=False, soft_wrap=True)

    def begin(orders: int) -> None:
        nonlocal total
        total = orders
        say(f"{orders:,} orders to send")

    def step() -> None:
        nonlocal done
        done += 1
        if done * _LINES // total > (done - 1) * _LINES // total:
            say(f"{done:,} of {total:,} orders")

    return Told(say=say, begin=begin, step=step)
