"""Server-sent events, as a browser reads them: https://html.spec.whatwg.org/multipage/server-sent-events.html."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

import httpx


@dataclass
class Event:
    """One event; a heartbeat is one without anything."""

    kind: str = ""
    id: str = ""
    data: list[str] = field(default_factory=list)
    retry: int = 0

    @property
    def json(self) -> Any:
        return json.loads("\n".join(self.data))


async def events(response: httpx.Response) -> AsyncGenerator[Event, None]:
    """Give the events of a response, heartbeats among them."""
    event = Event()
    async for line in response.aiter_lines():
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            yield event
            event = Event()
        elif name == "data":
            event.data.append(value)
        elif name == "event":
            event.kind = value
        elif name == "id":
            event.id = value
        elif name == "retry":
            event.retry = int(value)
        else:
            assert not name, line


async def said(response: httpx.Response) -> AsyncGenerator[Event, None]:
    """Give the events that say something."""
    async for event in events(response):
        if event.data:
            yield event


async def lines(response: httpx.Response) -> AsyncGenerator[Any, None]:
    """Give the documents of a response that has one a line."""
    async for line in response.aiter_lines():
        if line:
            yield json.loads(line)
