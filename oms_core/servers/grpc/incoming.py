"""A gRPC call as it comes in: what its metadata says, and how it is refused."""

from __future__ import annotations

from typing import NoReturn, TypeAlias

import grpc

from oms_core.calls.remote import LOCALE, SERVICE_TOKEN
from oms_core.context import DEFAULT_TIMEOUT, Context
from oms_core.servers.entrance import Entrance, trace_of
from oms_core.servers.grpc.status import METADATA_KEY, details_of
from oms_wire.errors import RpcError

Call: TypeAlias = "grpc.aio.ServicerContext[bytes, bytes]"

_CODES: dict[int, grpc.StatusCode] = {code.value[0]: code for code in grpc.StatusCode}


_FINAL = ("grpc-retry-pushback-ms", "-1")
"""Keeps a client's library from calling again by itself: the plugin was reached, and this is its answer."""


class Incoming:
    """One call: its metadata by name, and the trace that it belongs to."""

    __slots__ = ("_call", "metadata", "trace")

    def __init__(self, call: Call) -> None:
        self._call = call
        self.metadata = {str(key): str(value) for key, value in call.invocation_metadata() or ()}
        self.trace = trace_of(self.metadata.get("traceparent"), self.metadata.get("x-request-id"))

    def context(self, entrance: Entrance, *, plugin: str, longest: float = DEFAULT_TIMEOUT) -> Context:
        """Return the call's context: of a user, or of another process that vouches for its caller.

        ``plugin`` is the one that is called. Raises Unauthenticated.
        """
        timeout = self._call.time_remaining()
        token = self.metadata.get(SERVICE_TOKEN)
        if token is not None:
            locale = self.metadata.get(LOCALE, "en")
            return entrance.vouched(token, plugin=plugin, timeout=timeout, trace=self.trace, locale=locale)
        authorization = self.metadata.get("authorization")
        return entrance.context(authorization, timeout=timeout, trace=self.trace, longest=longest)

    async def refuse(self, error: RpcError) -> NoReturn:
        """End the call with ``error``, by an exception that grpc knows."""
        await self._call.abort(
            _CODES[error.grpc_code],
            error.message,
            trailing_metadata=(
                ("x-request-id", self.trace),
                (METADATA_KEY, details_of(error, self.trace)),
                _FINAL,
            ),
        )
        raise AssertionError("abort returned")  # it raises
