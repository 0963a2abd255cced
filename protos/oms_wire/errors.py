"""The errors that cross a plugin's border, the same over REST, gRPC and in process.

::

    RpcError
    ├── InvalidArgument     400  the request is wrong in itself
    ├── OutOfRange          400  beyond the end, which may move
    ├── Unauthenticated     401  nobody, or a token that does not hold
    ├── PermissionDenied    403  somebody, but not allowed here
    ├── NotFound            404  no such thing (in this tenant)
    ├── AlreadyExists       409  the thing is there already
    ├── Aborted             409  somebody else was faster; read again
    ├── FailedPrecondition  422  right in itself, wrong in this state
    ├── ResourceExhausted   429  too much, or too large (413)
    ├── Cancelled           499  the caller went away
    ├── Unknown             500  somebody else's mistake
    ├── Internal            500  our mistake
    ├── DataLoss            500  stored data is damaged
    ├── Unimplemented       501  not offered here
    ├── Unavailable         503  not now; try again
    └── DeadlineExceeded    504  not in time

These are the codes of google.rpc.Code, and the class attributes below are the one table that both servers
and every client read. Every error has a stable ``code`` in upper snake case that programs may branch on,
and a message for people that names the thing, the value and what to do next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One thing wrong with one field of a request.

    ``field`` is the path by the contract's names, for example ``lines[2].unit_price``.
    """

    field: str
    message: str


class RpcError(Exception):
    """Base of all errors that a method may answer with.

    ``details`` carries what a program needs to act on the code (both amounts of a changed price, for
    example): flat text values, never people's data. ``retry_after`` is in seconds. ``foreign`` are details
    of kinds that OMS does not know, by type URL, as another server gave them.
    """

    status: ClassVar[str] = "UNKNOWN"
    grpc_code: ClassVar[int] = 2
    http_status: int = 500

    def __init__(
        self,
        code: str,
        message: str,
        *,
        violations: Sequence[FieldViolation] = (),
        details: Mapping[str, str] | None = None,
        retry_after: float | None = None,
        foreign: Sequence[tuple[str, bytes]] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.violations = tuple(violations)
        self.details = dict(details or {})
        self.retry_after = retry_after
        self.foreign = tuple(foreign)

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class InvalidArgument(RpcError):
    """The request is wrong in itself; sending it again will not help."""

    status, grpc_code, http_status = "INVALID_ARGUMENT", 3, 400


class OutOfRange(RpcError):
    """The request goes beyond the end of what there is; later there may be more."""

    status, grpc_code, http_status = "OUT_OF_RANGE", 11, 400


class Unauthenticated(RpcError):
    """There is no token, or it does not hold."""

    status, grpc_code, http_status = "UNAUTHENTICATED", 16, 401


class PermissionDenied(RpcError):
    """The principal is known but may not do this here."""

    status, grpc_code, http_status = "PERMISSION_DENIED", 7, 403


class NotFound(RpcError):
    """There is no such thing, at least not in this tenant."""

    status, grpc_code, http_status = "NOT_FOUND", 5, 404


class AlreadyExists(RpcError):
    """The thing to be created is there already."""

    status, grpc_code, http_status = "ALREADY_EXISTS", 6, 409


class Aborted(RpcError):
    """Another writer was faster: read again, decide again."""

    status, grpc_code, http_status = "ABORTED", 10, 409


class FailedPrecondition(RpcError):
    """The request is right in itself but not in the present state."""

    status, grpc_code, http_status = "FAILED_PRECONDITION", 9, 422


class ResourceExhausted(RpcError):
    """Too many or too large; ``retry_after`` says when to come back, if ever."""

    status, grpc_code, http_status = "RESOURCE_EXHAUSTED", 8, 429


class Cancelled(RpcError):
    """The caller gave up; the effect may or may not have happened."""

    status, grpc_code, http_status = "CANCELLED", 1, 499


class Unknown(RpcError):
    """An error that says nothing of itself; it comes from other servers."""

    status, grpc_code, http_status = "UNKNOWN", 2, 500


class Internal(RpcError):
    """Something that is not the caller's fault."""

    status, grpc_code, http_status = "INTERNAL", 13, 500


class DataLoss(RpcError):
    """Stored data is damaged or gone for good."""

    status, grpc_code, http_status = "DATA_LOSS", 15, 500


class Unimplemented(RpcError):
    """The method is part of the contract but not offered here."""

    status, grpc_code, http_status = "UNIMPLEMENTED", 12, 501


class Unavailable(RpcError):
    """Not now; the same request may go through later."""

    status, grpc_code, http_status = "UNAVAILABLE", 14, 503


class DeadlineExceeded(RpcError):
    """There was no answer in time; the effect may or may not have happened."""

    status, grpc_code, http_status = "DEADLINE_EXCEEDED", 4, 504


class EncodeError(ValueError):
    """A message holds a value that its contract has no room for; the mistake is the sender's own.

    Not an RpcError: nobody outside can cause it or mend it.
    """


BY_GRPC_CODE: Mapping[int, type[RpcError]] = {kind.grpc_code: kind for kind in RpcError.__subclasses__()}
"""The class of each numeric gRPC status code, for clients that turn a status back into an error."""

BY_STATUS: Mapping[str, type[RpcError]] = {kind.status: kind for kind in RpcError.__subclasses__()}
"""The class of each name of google.rpc.Code."""
