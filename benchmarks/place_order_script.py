"""The statements of one order, as a pgbench script in which every run of it is an order of its own.

What differs from order to order (ids, keys, times) becomes an expression over ``:id``; what belongs to the
chain becomes a variable that is given with -D; all else is the value that was sent. So the same program
gives the same script, and a changed script means that the program sends something else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.statement_log import Statement, Transaction

SCRIPT = Path(__file__).parent / "baselines" / "place_order.sql"
TENANT = "chn_" + "0" * 26
"""Stands for the chain where SQL takes no parameter; to be replaced before the script is run."""
_PARTITIONS = "array[mod(:id::bigint, 8), mod(:id::bigint, 8)]"
SALTS = 64
"""Ids that one order may need of each kind."""

_HEADER = """\
-- The statements of one PlaceOrder, as the server logged them; do not edit.
-- To renew: make bench ARGS='--only orders --rewrite'
-- pgbench -M prepared -D run=… -D n=0 -D tenant=… -D brand=… -D locations={…} -D variation1=… …
\\set n :n + 1
\\set id (:run * 1000 + :client_id) * 10000000 + :n
\\set place 1 + mod(2 * :client_id + :n, 16)
"""
_PARAMETER = re.compile(r"\$(\d+)(::\w+(?:\[\])?)?")
_TYPE_ID = re.compile(r"([a-z]+)_[0-9a-z]{26}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\S*")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_BYTES = re.compile(r"\\x[0-9a-f]*")
_TRACE = re.compile(r'"trace": "[^"]*"')
_SIZE = re.compile(r"(?<=repeat\('ab', )\d+")
_ELEMENT = re.compile(r'"((?:[^"\\]|\\.)*)"|([^,{}]+)')


class Rules:
    """Turns the values of one order into expressions. ``known`` maps the chain's ids to variables."""

    def __init__(self, known: Mapping[str, str], mark: str) -> None:
        self._known = known
        self._mark = mark
        self._salts: dict[str, int] = {}

    def expression(self, value: str | None) -> str:
        """Return SQL for one value."""
        if value is None:
            return "null"
        if value.startswith("{") and not value.startswith('{"trace"'):
            return self._array(value)
        return self._scalar(value)

    def _array(self, value: str) -> str:
        elements = [
            "null"
            if bare == "NULL"
            else self._scalar((quoted or bare).replace("\\\\", "\\").replace('\\"', '"'))
            for quoted, bare in _ELEMENT.findall(value[1:-1])
        ]
        if all(element.startswith(":variation") for element in elements):
            elements.sort()  # a set has no sequence of its own
        return f"array[{', '.join(elements)}]"

    def _scalar(self, value: str) -> str:  # noqa: PLR0911 - one rule a line
        if variable := self._known.get(value):
            return variable
        if match := _TYPE_ID.fullmatch(value):
            return f"('{match[1]}_' || lpad(({self._salted(value)})::text, 26, '0'))"
        if _UUID.fullmatch(value):
            return f"lpad(to_hex({self._salted(value)}), 32, '0')::uuid"
        if _INSTANT.fullmatch(value):
            return "now()"
        if _DAY.fullmatch(value):
            return "current_date"
        if _BYTES.fullmatch(value):
            # Lengths differ by a byte or two with what numbers they hold.
            size = -(-(len(value) - 2) // 2 // 16) * 16
            return f"decode(repeat('ab', {size}), 'hex')"
        if self._mark in value:
            before, _, after = value.partition(self._mark)
            return f"({_literal(before)} || lpad(:id::text, 16, '0') || {_literal(after)})"
        return _literal(_TRACE.sub(f'"trace": "{"0" * 32}"', value))

    def _salted(self, value: str) -> str:
        salt = self._salts.setdefault(value, len(self._salts))
        if salt >= SALTS:
            raise ValueError(f"one order has more than {SALTS} ids: raise SALTS")
        return f":id::bigint * {SALTS} + {salt}"


def same(one: str, other: str) -> bool:
    """Say whether two scripts hold the same statements; the lengths of opaque bytes vary a little."""
    return _SIZE.sub("", one) == _SIZE.sub("", other)


def script(order: Sequence[Transaction], rules: Rules) -> str:
    """Return the pgbench script of the transactions that one order took."""
    return _HEADER + "".join(_statement(one, rules) for transaction in order for one in transaction)


def _statement(statement: Statement, rules: Rules) -> str:
    if ";" in statement.sql:
        # Several in one simple query: one round trip here as well.
        parts = [part.strip() for part in statement.sql.split(";") if part.strip()]
        return "\\startpipeline\n" + "".join(f"{_escaped(part)};\n" for part in parts) + "\\endpipeline\n"

    def value(match: re.Match[str]) -> str:
        sent, cast = statement.values[int(match[1]) - 1], match[2] or ""
        # The partition, which follows from the order's id, is the only small number that is sent.
        return (_PARTITIONS if cast == "::smallint[]" else rules.expression(sent)) + cast

    return f"{_PARAMETER.sub(value, statement.sql.strip())};\n"


def _escaped(sql: str) -> str:
    return re.sub(r"'chn_[0-9a-z]+'", f"'{TENANT}'", sql)


def _literal(value: str) -> str:
    # pgbench would take a colon inside a literal for one of its variables.
    quoted = value.replace("'", "''")
    return (
        f"'{quoted}'" if ":" not in value else "E'" + quoted.replace("\\", "\\\\").replace(":", "\\x3a") + "'"
    )
