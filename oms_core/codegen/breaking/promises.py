"""Hooks, cursors, sunsets and events: what other people wrote their programs for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from oms_core.codegen.breaking.finding import Finding
from oms_core.codegen.breaking.surface import Surface
from oms_core.codegen.source import OPTIONS_PACKAGE


def changed_promises(old: Surface, new: Surface) -> Iterator[Finding]:
    """Give hooks that ask, streams that go on, methods that end and events published in another way."""
    for name in old.methods.keys() & new.methods.keys():
        for message in _hook(
            old.option(old.methods[name], f"{OPTIONS_PACKAGE}.hook"),
            new.option(new.methods[name], f"{OPTIONS_PACKAGE}.hook"),
        ):
            yield new.methods[name].finding("HOOK_CHANGED", message)
    for name in old.methods.keys() & new.methods.keys():
        for message in _cursor(
            old.option(old.methods[name], f"{OPTIONS_PACKAGE}.cursor"),
            new.option(new.methods[name], f"{OPTIONS_PACKAGE}.cursor"),
        ):
            yield new.methods[name].finding("CURSOR_CHANGED", message)
    for name in old.methods.keys() & new.methods.keys():
        was, is_now = (one.option(one.methods[name], f"{OPTIONS_PACKAGE}.sunset") for one in (old, new))
        if was and is_now and is_now < was:  # days as ISO 8601 writes them
            message = f"it was to go on {was}, and is to go on {is_now}"
            yield new.methods[name].finding("SUNSET_EARLIER", message)
    for name in old.messages.keys() & new.messages.keys():
        for message in _event(
            old.option(old.messages[name], f"{OPTIONS_PACKAGE}.event"),
            new.option(new.messages[name], f"{OPTIONS_PACKAGE}.event"),
        ):
            yield new.messages[name].finding("EVENT_CHANGED", message)


def _hook(was: Any, hook: Any) -> Iterator[str]:
    if was is None:
        return
    if hook is None:
        yield "it is a hook no more"
        return
    for option in ("combine", "on_failure"):
        kind = was.DESCRIPTOR.fields_by_name[option].enum_type
        before, after = (kind.values_by_number[getattr(one, option)].name for one in (was, hook))
        if before != after:
            yield f"its {option} was {before}, and is {after}"
    if hook.deadline_ms < was.deadline_ms:
        yield f"answers had {was.deadline_ms} ms, and have {hook.deadline_ms}"


def _cursor(was: Any, cursor: Any) -> Iterator[str]:
    if was is None:
        return
    if cursor is None:
        yield "a stream that broke off could be taken up again, and cannot any more"
        return
    for option in ("request", "response"):
        before, after = getattr(was, option), getattr(cursor, option)
        if before != after:
            yield f"the {option} of its cursor was {before}, and is {after}"


def _event(was: Any, event: Any) -> Iterator[str]:
    if was is None:
        return
    if event is None:
        yield f"it was published as {was.name}, and is an event no more"
        return
    for option in ("name", "version", "key"):
        before, after = getattr(was, option), getattr(event, option)
        if before != after:
            yield f"its {option} was {before}, and is {after}"
