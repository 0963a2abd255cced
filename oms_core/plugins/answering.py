"""Whether a function can answer a hook: what a type checker would have said, said again at load."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin

from oms_core.errors import PluginError
from oms_wire.hook import Answer, Combine, Hook, NoAnswer

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def refuse_no_function(answer: Answer[Any, Any], *, plugin: str) -> None:
    """Raise PluginError if the answer is anything but an async function."""
    if not (inspect.isroutine(answer.function) and inspect.iscoroutinefunction(answer.function)):
        raise _error(plugin, answer.hook, answer.function, "is not an async function")


def refuse_wrong_types(answer: Answer[Any, Any], hints: Mapping[str, object], *, plugin: str) -> None:
    """Raise PluginError if the function does not take the hook's message and give its answer.

    ``hints`` are the resolved annotations of the function. What else it asks for is not looked at.
    """
    hook, function = answer.hook, answer.function
    message = next(iter(inspect.signature(function).parameters.values()), None)
    if message is None or message.kind not in _POSITIONAL:
        raise _error(plugin, hook, function, "takes no message as its first parameter")
    given = hints.get(message.name)
    if given is not hook.request:
        raise _error(
            plugin,
            hook,
            function,
            f"has parameter {message.name!r} annotated {_shown(given)}, not {_full(hook.request)}",
        )
    returned = hints.get("return")
    if returned is not hook.response and not (hook.combine is Combine.FIRST and _may_pass(returned, hook)):
        raise _error(
            plugin, hook, function, f"is annotated to return {_shown(returned)}, not {_full(hook.response)}"
        )


def expected(hook: Hook[Any, Any]) -> str:
    """Return how an answer to ``hook`` begins, as one would type it."""
    passing = " | NoAnswer" if hook.combine is Combine.FIRST else ""
    return f"async def …(question: {hook.request.__name__}, …) -> {hook.response.__name__}{passing}"


def _may_pass(returned: object, hook: Hook[Any, Any]) -> bool:
    return get_origin(returned) in (Union, UnionType) and set(get_args(returned)) == {hook.response, NoAnswer}


def _shown(annotation: object) -> str:
    if annotation is None:
        return "nothing"
    return _full(annotation) if isinstance(annotation, type) else str(annotation)


def _full(kind: type) -> str:
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _error(plugin: str, hook: Hook[Any, Any], function: Callable[..., object], problem: str) -> PluginError:
    name = getattr(function, "__name__", f"a {type(function).__name__}")
    return PluginError(
        "ANSWER_TYPE",
        f"plugin {plugin!r}: {name}, which answers {hook.full_name}, {problem}",
        hint=f"the hook expects: {expected(hook)}",
    )
