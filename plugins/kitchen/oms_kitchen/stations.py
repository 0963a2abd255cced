"""Which station makes an item or a modifier: asked of the menu, and remembered for a moment."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from oms_protos.menu.v1 import BatchGetItemsRequest, BatchGetItemsResponse, MenuClient
from oms_protos.orders.v1 import EventLine, EventModifier

TTL = 30.0
"""Seconds after which a change of a station is seen at the latest."""
_MOST = 20_000

_known: dict[str, tuple[float, str]] = {}
"""Station by item or modifier, with the moment (monotonic seconds) until which it holds; ids are unique."""


async def stations_of(lines: Sequence[EventLine], location_id: str, menu: MenuClient) -> dict[str, str]:
    """Return the station of each item and modifier that the location's brand has; empty for none."""
    now = time.monotonic()
    wanted: dict[str, list[str]] = {}
    for line in lines:
        wanted.setdefault(line.item_id, [line.item_id]).extend(_ids(line.modifiers))
    # Taken before the call: meanwhile another order may make room in what is remembered.
    stations = {
        one: known[1]
        for ids in wanted.values()
        for one in ids
        if (known := _known.get(one)) and known[0] > now
    }
    # The menu tells of a modifier with the items that offer it.
    missing = sorted(item_id for item_id, ids in wanted.items() if not stations.keys() >= set(ids))
    if missing:
        answer = await menu.batch_get_items(BatchGetItemsRequest(location_id=location_id, item_ids=missing))
        fresh = dict(_told(answer))
        if len(_known) > _MOST:
            _known.clear()
        _known.update({one: (now + TTL, station) for one, station in fresh.items()})
        stations |= fresh
    return stations


def _told(answer: BatchGetItemsResponse) -> Iterator[tuple[str, str]]:
    for item in answer.items:
        yield item.item_id, item.station
    for group in answer.modifier_groups:
        for modifier in group.modifiers:
            yield modifier.modifier_id, modifier.station


def _ids(modifiers: Sequence[EventModifier]) -> Iterator[str]:
    for one in modifiers:
        yield one.modifier_id
        yield from _ids(one.modifiers)
