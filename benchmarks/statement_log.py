"""The statements that a server logs while something happens, transaction by transaction."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from oms_core.storage import EmbeddedServer
from oms_core.storage.connection import Connection, connect

_PREFIX = "bench "
_RECORD = re.compile(
    r"^bench (?P<pid>\d+) (?P<level>LOG|DETAIL): +(?:statement|execute [^:]*|[Pp]arameters): (?P<text>.*)\Z",
    re.DOTALL,
)
_PARAMETER = re.compile(r"\$\d+ = (?:(NULL)|'((?:[^']|'')*)')", re.DOTALL)


class Statement(msgspec.Struct, frozen=True):
    """One statement with the values of its parameters, as text."""

    sql: str
    values: tuple[str | None, ...] = ()


Transaction = list[Statement]


@asynccontextmanager
async def logging_statements(server: EmbeddedServer) -> AsyncIterator[None]:
    """Let the server log every statement of every session inside the block."""
    admin = await connect(server.dsn)
    changed = {"log_statement": "all", "log_line_prefix": f"{_PREFIX}%p "}
    try:
        for name, value in changed.items():
            await admin.execute(f"alter system set {name} = '{value}'")
        await admin.execute("select pg_reload_conf()")
        yield
    finally:
        for name in changed:
            await admin.execute(f"alter system reset {name}")
        await admin.execute("select pg_reload_conf()")
        await admin.close()


async def log_parameters(admin: Connection, role: str) -> None:
    """Let later sessions of ``role`` log their parameters, which our server's settings leave out."""
    await admin.execute(f"alter role {role} set log_error_verbosity = 'default'")


def transactions(log: str) -> Sequence[Transaction]:
    """Return the committed transactions of a log, in the sequence of their commits."""
    done: list[Transaction] = []
    running: dict[str, Transaction] = {}
    for pid, level, text in _records(log):
        if level == "DETAIL":
            last = running[pid].pop()
            running[pid].append(Statement(last.sql, _values(text)))
        elif text.startswith("begin"):
            running[pid] = [Statement(text)]
        elif pid in running:
            running[pid].append(Statement(text))
            if text == "commit":
                done.append(running.pop(pid))
    return done


def _records(log: str) -> list[tuple[str, str, str]]:
    # A statement's own line breaks are followed by a tab.
    joined = log.replace("\n\t", "\0")
    matches = (_RECORD.match(line) for line in joined.split("\n"))
    return [(m["pid"], m["level"], m["text"].replace("\0", "\n")) for m in matches if m]


def _values(text: str) -> tuple[str | None, ...]:
    return tuple(None if null else quoted.replace("''", "'") for null, quoted in _PARAMETER.findall(text))


def read_from(path: Path, offset: int) -> str:
    """Return what was written to the log after ``offset`` bytes."""
    with path.open("rb") as file:
        file.seek(offset)
        return file.read().decode(errors="replace")
