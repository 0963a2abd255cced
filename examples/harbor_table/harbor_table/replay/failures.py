"""What a replay can end with, other than its figures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from oms_core.errors import OmsError
from oms_sdk import APIError, OMSError

AGAIN = "what was placed stays; run it again and it goes on from there"


class ReplayError(OmsError):
    """The data set is missing or wrong, or the server takes an order otherwise than it was sold."""


@contextmanager
def refusals(what: str) -> Iterator[None]:
    """Turn what the SDK raises in the block into a ReplayError that says ``what`` could not be done."""
    try:
        yield
    except OMSError as error:
        code = error.code if isinstance(error, APIError) else "NO_ANSWER"
        raise ReplayError(code, f"{what}: {error}", hint=AGAIN) from error
