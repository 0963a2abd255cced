"""A gRPC call as it comes in: what its metadata says, and how it is refused."""

from __future__ import annotations

from typing import NoReturn, TypeAlias

import grpc

from oms_core.servers.entrance import trace_of
from oms_core.servers.grpc.status import METADATA_KEY, details_of
from oms_wire.errors import RpcError

Call: TypeAlias = "grpc.aio.ServicerContext[bytes, bytes]"

_CODES: dict[int, grpc.StatusCode] = {code.value[0]: code for code in grpc.StatusCode}


class Incoming:
    """One call: its metadata by name, and the trace that it belongs to."""

    __slots__ = ("_call", "metadata", "trace")

    def __init__(self, call: Call) -> None:
        self._call = call
        self.metadata = {str(key): str(value) for key, value in call.invocation_metadata() or ()}
        self.trace = trace_of(self.metadata.get("traceparent"), self.metadata.get("x-request-id"))

    @property
    def authorization(self) -> str | None:
        """What the caller says of itself."""
        return self.metadata.get("authorization")

    async def refuse(self, error: RpcError) -> NoReturn:
        """End the call with ``error``, by an exception that grpc knows."""
        await self._call.abort(
            _CODES[error.grpc_code],
            error.message,
            trailing_metadata=(("x-request-id", self.trace), (METADATA_KEY, details_of(error, self.trace))),
        )
        raise AssertionError("abort returned")  # it raises
