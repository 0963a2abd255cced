"""What a call can end with, other than its answer.

::

    OMSError
    ├── APIConnectionError          no answer: whether it happened is unknown
    │   ├── APITimeoutError         not in time
    │   └── UnreadableResponseError somebody answered, but not OMS (a captive portal, a proxy)
    └── APIError                    the server said no: ``code`` says why
        ├── BadRequestError         400  the request is wrong in itself
        ├── OutOfRangeError         400  beyond the end, which may move
        ├── AuthenticationError     401  no token, or one that does not hold
        ├── PermissionDeniedError   403  known, but not allowed here
        ├── NotFoundError           404  no such thing (in this tenant)
        ├── AlreadyExistsError      409  the thing is there already
        ├── ConflictError           409  somebody else was faster; read again
        ├── PreconditionError       422  right in itself, wrong in this state
        ├── RateLimitError          429  too much, or too large (413)
        ├── CallCancelledError      499  the server saw the caller go away
        ├── UnknownError            500  an error that says nothing of itself
        ├── ServerError             500  the server's mistake
        ├── DataLossError           500  stored data is damaged
        ├── NotOfferedError         501  not offered here
        ├── UnavailableError        503  not now; try again
        └── DeadlineExceededError   504  not in time

One class for each kind of the contract's errors (``oms_wire.errors``); the kinds are few and stay, codes are
many and come with each plugin. No exception of the transport ever leaves the client.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from oms_wire.errors import FieldViolation


class OMSError(Exception):
    """Base of everything a call raises.

    ``request_id`` is what the operator finds the call by. ``idempotency_key`` is the key it went out under:
    the same call under the same key, later, has the same one effect. ``attempts`` counts the requests sent.
    ``transient`` says whether the same call may succeed later.
    """

    def __init__(self, message: str, *, transient: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.transient = transient
        self.request_id: str | None = None
        self.idempotency_key: str | None = None
        self.attempts = 0


class APIConnectionError(OMSError):
    """There was no answer; the effect may or may not have happened."""


class APITimeoutError(APIConnectionError):
    """There was no answer in time; the effect may or may not have happened."""


class UnreadableResponseError(APIConnectionError):
    """Something answered that is no answer of this API: ``status`` is its HTTP status."""

    def __init__(self, message: str, *, status: int, transient: bool = True) -> None:
        super().__init__(message, transient=transient)
        self.status = status


class APIError(OMSError):
    """The server refused.

    ``status`` is the HTTP status, ``code`` is stable and in upper snake case; ``details`` are the texts that
    a program needs to act on the code, ``violations`` name fields by path; ``retry_after`` is in seconds.
    """

    kind: ClassVar[str] = "UNKNOWN"
    """The google.rpc name of the kind of error."""

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: str,
        details: Mapping[str, str] | None = None,
        violations: Sequence[FieldViolation] = (),
        retry_after: float | None = None,
        transient: bool = False,
    ) -> None:
        super().__init__(message, transient=transient)
        self.status = status
        self.code = code
        self.details = dict(details or {})
        self.violations = tuple(violations)
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.code}: {self.message} (HTTP {self.status}, request {self.request_id})"


class BadRequestError(APIError):
    """The request is wrong in itself; ``violations`` says where."""

    kind = "INVALID_ARGUMENT"


class OutOfRangeError(APIError):
    """The request goes beyond the end of what there is; later there may be more."""

    kind = "OUT_OF_RANGE"


class AuthenticationError(APIError):
    """There is no token, or it does not hold."""

    kind = "UNAUTHENTICATED"


class PermissionDeniedError(APIError):
    """The token is good, but not for this here."""

    kind = "PERMISSION_DENIED"


class NotFoundError(APIError):
    """There is no such thing, at least not in this tenant."""

    kind = "NOT_FOUND"


class AlreadyExistsError(APIError):
    """The thing to be created is there already."""

    kind = "ALREADY_EXISTS"


class ConflictError(APIError):
    """Another writer was faster: read again, decide again."""

    kind = "ABORTED"


class PreconditionError(APIError):
    """The request is right in itself, but not in the present state."""

    kind = "FAILED_PRECONDITION"


class RateLimitError(APIError):
    """Too many or too large; ``retry_after`` says when to come back, if ever."""

    kind = "RESOURCE_EXHAUSTED"


class CallCancelledError(APIError):
    """The server saw the caller go away; the effect may or may not have happened."""

    kind = "CANCELLED"


class UnknownError(APIError):
    """An error that says nothing of itself."""

    kind = "UNKNOWN"


class DataLossError(APIError):
    """Stored data is damaged or gone for good."""

    kind = "DATA_LOSS"


class ServerError(APIError):
    """The server's own mistake."""

    kind = "INTERNAL"


class NotOfferedError(APIError):
    """The method is part of the contract but not offered by this server."""

    kind = "UNIMPLEMENTED"


class UnavailableError(APIError):
    """Not now; the same request may go through later."""

    kind = "UNAVAILABLE"


class DeadlineExceededError(APIError):
    """The server gave up in time; the effect may or may not have happened."""

    kind = "DEADLINE_EXCEEDED"


BY_KIND: Mapping[str, type[APIError]] = {error.kind: error for error in APIError.__subclasses__()}
"""The class of each kind of error."""
