"""The people's way to the API: the SDK, with more patience than a shop would have.

The server is killed meanwhile. Each write goes out again under its own key until there is an answer.
"""

from __future__ import annotations

from oms_core.errors import OmsError
from oms_sdk import AsyncOMS, OMSError

PATIENCE = 90.0
"""Seconds in which every call has to be answered."""


class Unanswered(OmsError):
    """A call came back with what nobody here knows an answer to."""

    def __init__(self, error: OMSError) -> None:
        super().__init__("NO_ANSWER", str(error), hint="read server.log in the data folder")


def connect(url: str) -> AsyncOMS:
    """Return a client that goes on asking for PATIENCE seconds; ``with_options`` gives it a token."""
    return AsyncOMS(base_url=url, timeout=PATIENCE, max_retries=1_000, retry_budget=None)


def plain(error: BaseException) -> BaseException:
    """Return the error as the command line shows it: without a traceback where it is the API's."""
    return Unanswered(error) if isinstance(error, OMSError) else error
