"""Hooks as gRPC methods: what plugins of this process answer, asked by a generated proxy in another.

The metadata ``oms-plugin`` says which plugin is asked. How answers come together, and what becomes of a
failing one, is decided where the question was asked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import grpc

from oms_core.calls import Answers, Endpoint
from oms_core.calls.hooks_answers import Ask
from oms_core.context import Context, current
from oms_core.servers.entrance import Entrance
from oms_core.servers.grpc.handlers import behaviour_of
from oms_core.servers.grpc.incoming import Call, Incoming
from oms_wire.errors import NotFound, PermissionDenied, Unimplemented
from oms_wire.hook import Hook, HookSet, NoAnswer
from oms_wire.hook_proxy import NO_ANSWER, PLUGIN, method_of

Admit = Callable[[Context], None]
"""Raises RpcError for a caller who may not ask hooks; users never may."""


def only_plugins(context: Context) -> None:
    """Return for a plugin that another process of the same system vouches for; raises PermissionDenied."""
    if not context.actor:
        raise PermissionDenied("HOOKS_FOR_PLUGINS", "hooks are asked by plugins alone")


def hook_handler(
    hooks: type[HookSet], answers: Answers, entrance: Entrance, *, admit: Admit
) -> grpc.GenericRpcHandler:
    """Return the handler of a service of hooks, which asks the plugins that answer in this process."""
    methods = {
        hook.full_name.rpartition("/")[2]: grpc.unary_unary_rpc_method_handler(
            _behaviour(hook, answers, entrance, admit)
        )
        for hook in hooks.HOOKS
    }
    return cast("grpc.GenericRpcHandler", grpc.method_handlers_generic_handler(hooks.SERVICE, methods))


def _behaviour(hook: Hook[Any, Any], answers: Answers, entrance: Entrance, admit: Admit) -> Any:
    async def behaviour(data: bytes, call: Call) -> bytes:
        plugin = Incoming(call).metadata.get(PLUGIN, "")

        async def handle(question: Any) -> Any:
            admit(current())
            answer = await _ask_of(plugin, hook, answers)(question)
            if isinstance(answer, NoAnswer):
                raise NotFound(NO_ANSWER, f"plugin {plugin!r} passes on {hook.full_name}")
            return answer

        return await behaviour_of(Endpoint(method_of(hook), handle, plugin=plugin), entrance)(data, call)

    return behaviour


def _ask_of(plugin: str, hook: Hook[Any, Any], answers: Answers) -> Ask:
    for answerer in answers.to(hook):
        if answerer.plugin_name == plugin:
            return cast("Ask", answerer.function)
    raise Unimplemented("HOOK_NOT_ANSWERED", f"plugin {plugin!r} does not answer {hook.full_name} here")
