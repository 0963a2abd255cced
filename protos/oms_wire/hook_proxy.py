"""Hooks that a plugin answers elsewhere: gRPC methods of the contract, told apart by the plugin's name.

::

    proxy = OrderHooksProxy(GrpcChannel(channel, metadata=lambda: [(PLUGIN, "loyalty"), …]))   # generated
    answers.add("loyalty", answers_of(proxy))
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from oms_wire.errors import NotFound
from oms_wire.hook import Hook, HookSet, NoAnswer
from oms_wire.method import A, Access, Idempotency, Method, Q, Scope
from oms_wire.service import Channel

PLUGIN = "oms-plugin"
"""The metadata that says which plugin is asked."""
NO_ANSWER = "NO_ANSWER"
"""The code of the error that stands for ``NoAnswer`` between processes."""


class HookProxy:
    """Base of every generated proxy: what one plugin answers in another process, over a channel to it."""

    HOOKS: ClassVar[type[HookSet]]

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    async def _ask(self, hook: Hook[Q, A], question: Q) -> A:
        """Return the answer; raises RpcError."""
        return await self._channel.unary(method_of(hook), question, timeout=hook.deadline)

    async def _ask_first(self, hook: Hook[Q, A], question: Q) -> A | NoAnswer:
        """Return the answer, or that there is none; raises RpcError."""
        try:
            return await self._ask(hook, question)
        except NotFound as error:
            if error.code == NO_ANSWER:
                return NoAnswer()
            raise


def answers_of(proxy: HookProxy) -> list[tuple[Hook[Any, Any], Callable[[Any], Awaitable[object]]]]:
    """Return every hook with what asks it there, as the register of answers takes them."""
    return [(hook, getattr(proxy, hook.name)) for hook in proxy.HOOKS.HOOKS]


def method_of(hook: Hook[Q, A]) -> Method[Q, A]:
    """Return the hook as a method; who may ask is for whoever serves it to say."""
    return Method(
        hook.full_name,
        hook.name,
        hook.request,
        hook.response,
        Access("", Scope.PUBLIC),
        Idempotency.NO_SIDE_EFFECTS,
    )
