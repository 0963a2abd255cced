"""What compiled rules find in a message, and the error that a caller gets for it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from math import copysign
from typing import NamedTuple, Protocol

from oms_wire.errors import FieldViolation, InvalidArgument
from oms_wire.times import NANOS


class Violation(NamedTuple):
    """One rule that a message breaks: the path of the field, the rule's id, and what would be right.

    The path is empty for a rule of the message as a whole. Nothing here quotes the value.
    """

    field: str
    rule: str
    message: str


class ExactTime(Protocol):
    """google.protobuf.Timestamp and Duration where they are messages."""

    seconds: int
    nanos: int


def inside(path: str, found: Iterable[Violation]) -> list[Violation]:
    """Return what was found in the message at ``path``, as seen from the message around it."""
    return [Violation(f"{path}.{field}" if field else path, rule, message) for field, rule, message in found]


def shown_key(key: str | int) -> str:
    """Return a map's key as paths spell it: ``"a b"``, ``7`` or ``true``."""
    return json.dumps(key, ensure_ascii=False)


def covers(paths: Iterable[str], path: str) -> bool:
    """Say whether ``path`` is one of ``paths`` or lies inside of one."""
    return any(path == one or path.startswith(f"{one}.") for one in paths)


def matches(pattern: re.Pattern[str], value: bytes) -> bool:
    """Say whether bytes are UTF-8 in which ``pattern`` is found."""
    try:
        return pattern.search(value.decode()) is not None
    except UnicodeDecodeError:
        return False


def is_set(number: float) -> bool:
    """Say whether a field without presence has a value: any but positive zero."""
    return number != 0 or copysign(1, number) < 0


def nanos_of(time: ExactTime) -> int:
    """Return a moment or a span in nanoseconds."""
    return time.seconds * NANOS + time.nanos


def refusal(found: Sequence[Violation]) -> InvalidArgument:
    """Return the error for a request that breaks rules, with every one of them."""
    first = found[0]
    more = f" ({len(found) - 1} more)" if len(found) > 1 else ""
    subject = f"{first.field}: " if first.field else ""
    return InvalidArgument(
        "INVALID_FIELD",
        f"{subject}{first.message}{more}.",
        violations=[FieldViolation(one.field, one.message) for one in found],
    )
