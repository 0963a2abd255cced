"""A service of streams: what passes by on a belt."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from acme_protos.streams.v1 import (
    BeltsServiceBase,
    CountRequest,
    CountResponse,
    LoadPlateRequest,
    LoadPlatesResponse,
    Plate,
    ServeRequest,
    StopRequest,
    StopResponse,
    WatchPlatesRequest,
)

from oms_core.context import Context, current
from oms_wire.errors import FailedPrecondition, NotFound, Unavailable


class Belts(BeltsServiceBase):
    """Keeps what was loaded, and lets everybody watch it.

    ``ended`` is set when a stream of answers is over, whoever ended it. Dishes of certain names go wrong.
    """

    def __init__(self) -> None:
        self.plates: list[Plate] = []
        self.ended = asyncio.Event()
        self.contexts: list[Context] = []
        self.sent = 0
        self._news = asyncio.Event()

    def put(self, *dishes: str) -> None:
        """Put plates on the belt, with cursors that count from 1."""
        for dish in dishes:
            self.plates.append(Plate(dish=dish, cursor=f"c{len(self.plates) + 1}"))
        self._news.set()

    async def watch_plates(self, request: WatchPlatesRequest, /) -> AsyncIterator[Plate]:
        self.contexts.append(current())
        if request.counter_id == "loc_a2":
            raise NotFound("BELT_STANDS", "there is no belt at loc_a2")
        at = int(request.after.removeprefix("c") or 0)
        try:
            while True:
                for plate in self.plates[at:]:
                    at += 1
                    yield _checked(plate)
                self._news.clear()
                await self._news.wait()
        finally:
            self.ended.set()

    async def load_plates(self, requests: AsyncIterator[LoadPlateRequest], /) -> LoadPlatesResponse:
        self.contexts.append(current())
        async for request in requests:
            self.put(request.dish)
            if request.dish == "full":
                raise FailedPrecondition("BELT_FULL", "there is no room", details={"dish": request.dish})
        return LoadPlatesResponse(loaded=len(self.plates))

    async def serve(self, requests: AsyncIterator[ServeRequest], /) -> AsyncIterator[Plate]:
        try:
            async for request in requests:
                if request.dish == "enough":
                    return
                yield _checked(Plate(dish=request.dish, cursor=current().trace))
        finally:
            self.ended.set()

    async def count(self, request: CountRequest, /) -> AsyncIterator[CountResponse]:
        try:
            for number in range(request.to):
                self.sent = number
                yield CountResponse(number=number)
        finally:
            self.ended.set()

    async def stop(self, request: StopRequest, /) -> StopResponse:
        return StopResponse()


def _checked(plate: Plate) -> Plate:
    if plate.dish == "burnt":
        raise Unavailable("BURNT", "the dish is burnt", retry_after=2, details={"dish": "burnt"})
    if plate.dish == "bug":
        raise ZeroDivisionError("a secret")
    return plate
