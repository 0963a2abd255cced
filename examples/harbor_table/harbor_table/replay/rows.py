"""The rows of the file, one for each pizza that was sold, checked one by one."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from harbor_table.replay.failures import ReplayError

COLUMNS = ("id", "date", "time", "name", "size", "type", "price")
SIZES = ("S", "M", "L", "XL", "XXL")
_SHOWN = 10

_ID = re.compile(r"[A-Za-z0-9_-]{1,60}")
_NAME = re.compile(r"[A-Za-z0-9_ -]{1,60}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
_PRICE = re.compile(r"(\d{1,5})(?:\.(\d{1,2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Row:
    """One pizza: ``line`` is the one in the file, ``at`` by the shop's clock, ``amount`` in cents."""

    line: int
    order: str
    at: datetime
    pizza: str
    size: str
    amount: int


def read_rows(file: Path) -> list[Row]:
    """Return the rows of a file; raises ReplayError with the numbers of the lines that are wrong."""
    rows: list[Row] = []
    wrong: list[str] = []
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            for line, cells in _numbered(text, file):
                found = _row(line, cells)
                if isinstance(found, Row):
                    rows.append(found)
                else:
                    wrong.append(f"line {line}: {found}")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ReplayError("DATASET_UNREADABLE", f"{file}: {error}", hint="name another with --file") from None
    if not rows and not wrong:
        wrong = ["there is no row below the columns"]
    refuse(file, wrong)
    return rows


def refuse(file: Path, wrong: list[str]) -> None:
    """Raise ReplayError when there is something wrong with the file, and say what (the first of it)."""
    if not wrong:
        return
    more = [f"and {len(wrong) - _SHOWN} more"] if len(wrong) > _SHOWN else []
    told = "".join(f"\n    {one}" for one in [*wrong[:_SHOWN], *more])
    raise ReplayError(
        "DATASET_INVALID", f"{file} is not a year of pizzas:{told}", hint="mend it, nothing was sent"
    )


def _numbered(text: Iterator[str], file: Path) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(text, strict=True)
    header = next(reader, [])
    if tuple(header) != COLUMNS:
        columns = f"line 1: the columns are {','.join(header) or 'missing'}; needed: {','.join(COLUMNS)}"
        refuse(file, [columns])
    for cells in reader:
        yield reader.line_num, cells


def _row(line: int, cells: list[str]) -> Row | str:
    """Return the row, or what is wrong with it."""
    if len(cells) != len(COLUMNS):
        return f"{len(cells)} columns; {len(COLUMNS)} needed"
    order, date, time, pizza, size, _, price = cells
    wrong = _bad_text(order, pizza, size)
    if wrong:
        return wrong
    at, amount = _moment(f"{date} {time}"), _cents(price)
    if at is None:
        return f"date {date!r} and time {time!r} are not like 2015-01-31 and 23:59:59"
    if amount is None:
        return f"price {price!r} is not in dollars and cents, like 13.25"
    return Row(line, order, at, pizza, size, amount)


def _bad_text(order: str, pizza: str, size: str) -> str | None:
    if not _ID.fullmatch(order):
        return f"id {order!r} is not made of letters, digits, - and _"
    if not _NAME.fullmatch(pizza):
        return f"name {pizza!r} is not made of letters, digits, spaces, - and _"
    return None if size in SIZES else f"size {size!r} is none of {', '.join(SIZES)}"


def _moment(text: str) -> datetime | None:
    if not _MOMENT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _cents(price: str) -> int | None:
    if (found := _PRICE.fullmatch(price)) is None:
        return None
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
