"""What a request says in its headers, its path and its query, checked before a contract reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol
from urllib.parse import parse_qsl

from oms_core.context import DEFAULT_TIMEOUT, Context
from oms_core.servers.http.matching import plain_value
from oms_wire.errors import InvalidArgument

MAX_PAIRS = 200
"""Query parameters of one request."""


class Enter(Protocol):
    """Gives the context of a call."""

    def __call__(
        self,
        authorization: str | None,
        *,
        timeout: float | None,
        trace: str,
        longest: float = DEFAULT_TIMEOUT,
    ) -> Context:
        """Return it; raises RpcError for a caller who may not enter.

        ``timeout`` is what the caller wants and ``longest`` what the call may have, in seconds.
        """


def text(headers: Mapping[bytes, bytes], name: bytes) -> str | None:
    """Return a header's value, if it is there."""
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


def timeout_of(headers: Mapping[bytes, bytes]) -> float | None:
    """Return the seconds that the caller gives, if it says; raises InvalidArgument for no such number."""
    value = headers.get(b"x-request-timeout")
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0.0
    if not seconds > 0:  # false for nan, too
        raise InvalidArgument("TIMEOUT_INVALID", "X-Request-Timeout is a positive number of seconds")
    return seconds


def checked(parameters: dict[str, str]) -> dict[str, str]:
    """Return the path parameters as the caller meant them; raises InvalidArgument."""
    for name, value in parameters.items():
        if "%" in value:
            # Litestar's dictionary is shared by all requests for the path.
            return _checked_plain({name: plain_value(value) for name, value in parameters.items()})
        if not value.isprintable():
            raise _unprintable(name)
    return parameters


def _checked_plain(parameters: dict[str, str]) -> dict[str, str]:
    for name, value in parameters.items():
        if not value.isprintable():
            raise _unprintable(name)
    return parameters


def _unprintable(name: str) -> InvalidArgument:
    return InvalidArgument("PATH_INVALID", f"{name} in the path has characters that no id has")


def pairs(query: bytes) -> list[tuple[str, str]]:
    """Return the query's parameters in order; raises InvalidArgument."""
    try:
        return parse_qsl(
            query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_PAIRS
        )
    except ValueError:
        raise InvalidArgument(
            "QUERY_INVALID", f"the query string is not UTF-8, or has more than {MAX_PAIRS} parameters"
        ) from None
