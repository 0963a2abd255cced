"""The bases of the generated resources."""

from __future__ import annotations

from functools import partial

from oms_sdk import codec
from oms_sdk.call import A, Call, outgoing
from oms_sdk.codec import Model
from oms_sdk.sending import AsyncSender, Sender


class Resource:
    """The methods of one service, for OMS."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def _send(
        self, call: Call[A], path: str, request: Model, *, key: str | None = None, timeout: float | None
    ) -> A:
        read = partial(codec.read, call.answer)
        return self._sender.send(outgoing(call, path, request, key), read, timeout)[0]


class AsyncResource:
    """The methods of one service, for AsyncOMS."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender

    async def _send(
        self,
        call: Call[A],
        path: str,
        request: Model,
        *,
        key: str | None = None,
        timeout: float | None,  # noqa: ASYNC109 - of all attempts together
    ) -> A:
        read = partial(codec.read, call.answer)
        return (await self._sender.send(outgoing(call, path, request, key), read, timeout))[0]
