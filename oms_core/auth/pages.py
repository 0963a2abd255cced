"""Page tokens: where a list goes on, sealed, and good only for the list it came from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from oms_core.auth.seals import SealBroken, Seals
from oms_wire.errors import FieldViolation, InvalidArgument

DEFAULT_SIZE = 50
LARGEST_SIZE = 200
MAX_AGE = timedelta(days=1)


class Pages:
    """Makes and reads the page tokens of one list (``purpose``, for example ``echo.shouts``)."""

    def __init__(self, seals: Seals, purpose: str) -> None:
        self._seals = seals
        self._purpose = f"page.{purpose}"

    def token(self, filters: Sequence[str], last: Sequence[str]) -> str:
        """Return the token of the page after the one that ends with the sort keys ``last``."""
        return self._seals.seal(self._purpose, msgspec.json.encode([filters, last]))

    def after(self, token: str, filters: Sequence[str]) -> tuple[str, ...] | None:
        """Return the sort keys after which the page begins; None for the first page.

        Raises InvalidArgument for a token that was not made for the same ``filters``, or is a day old.
        """
        if not token:
            return None
        try:
            sealed = self._seals.open(self._purpose, token, max_age=MAX_AGE)
        except SealBroken as error:
            raise _invalid(str(error.message)) from None
        made_for, last = msgspec.json.decode(sealed, type=tuple[list[str], tuple[str, ...]])
        if made_for != list(filters):
            raise _invalid("it belongs to a list with other filters; start again without a token")
        return last


def page_size(requested: int) -> int:
    """Return how many rows a page has: ``requested``, or 50 for 0; raises InvalidArgument above 200."""
    if not 0 <= requested <= LARGEST_SIZE:
        message = f"{requested} is not in 1 to {LARGEST_SIZE} (0 means {DEFAULT_SIZE})"
        raise InvalidArgument(
            "INVALID_FIELD", f"page_size: {message}", violations=[FieldViolation("page_size", message)]
        )
    return requested or DEFAULT_SIZE


def _invalid(why: str) -> InvalidArgument:
    return InvalidArgument(
        "PAGE_TOKEN_INVALID", f"page_token: {why}", violations=[FieldViolation("page_token", why)]
    )
