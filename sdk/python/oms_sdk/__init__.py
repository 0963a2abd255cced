"""The client of OMS: typed calls over REST that survive a bad network.

::

    from oms_sdk import OMS

    with OMS() as oms:                                   # OMS_BASE_URL, OMS_TOKEN
        for order in oms.orders.list(location_id="loc_1"):
            print(order.number, order.state)

Models (``oms_sdk.Order``, and by package ``oms_sdk.models.orders.Order``) are loaded when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_sdk import models
from oms_sdk.answer import Answer, recorded
from oms_sdk.client import OMS, AsyncOMS
from oms_sdk.clock import Clock
from oms_sdk.errors import (
    AlreadyExistsError,
    APIConnectionError,
    APIError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    CallCancelledError,
    ConflictError,
    DataLossError,
    DeadlineExceededError,
    NotFoundError,
    NotOfferedError,
    OMSError,
    OutOfRangeError,
    PermissionDeniedError,
    PreconditionError,
    RateLimitError,
    ServerError,
    UnavailableError,
    UnknownError,
    UnreadableResponseError,
)
from oms_sdk.paging import AsyncPager, Page, Pager
from oms_sdk.tokens import AsyncTokenProvider, Token, TokenProvider

if TYPE_CHECKING:
    from oms_sdk.models import *  # noqa: F403 - what it exports is a list of its own

__all__ = [
    "OMS",
    "APIConnectionError",
    "APIError",
    "APITimeoutError",
    "AlreadyExistsError",
    "Answer",
    "AsyncOMS",
    "AsyncPager",
    "AsyncTokenProvider",
    "AuthenticationError",
    "BadRequestError",
    "CallCancelledError",
    "Clock",
    "ConflictError",
    "DataLossError",
    "DeadlineExceededError",
    "NotFoundError",
    "NotOfferedError",
    "OMSError",
    "OutOfRangeError",
    "Page",
    "Pager",
    "PermissionDeniedError",
    "PreconditionError",
    "RateLimitError",
    "ServerError",
    "Token",
    "TokenProvider",
    "UnavailableError",
    "UnknownError",
    "UnreadableResponseError",
    "recorded",
]
__all__ += models.__all__


def __getattr__(name: str) -> object:
    if name in models.__all__:
        return getattr(models, name)
    raise AttributeError(f"module 'oms_sdk' has no attribute {name!r}")
