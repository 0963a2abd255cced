"""Which station makes an item: asked of the menu, and remembered for a moment."""

from __future__ import annotations

import time
from collections.abc import Collection

from oms_protos.menu.v1 import BatchGetItemsRequest, MenuClient

TTL = 30.0
"""Seconds after which a change of an item's station is seen at the latest."""
_MOST = 20_000

_known: dict[str, tuple[float, str]] = {}
"""Station by item, with the moment (monotonic seconds) until which it holds; item ids are unique."""


async def stations_of(item_ids: Collection[str], location_id: str, menu: MenuClient) -> dict[str, str]:
    """Return the station of each item that the location's brand has; empty for what nobody makes."""
    now = time.monotonic()
    # Taken before the call: meanwhile another order may make room in what is remembered.
    stations = {
        item_id: known[1] for item_id in item_ids if (known := _known.get(item_id)) and known[0] > now
    }
    missing = sorted(set(item_ids) - stations.keys())
    if missing:
        answer = await menu.batch_get_items(BatchGetItemsRequest(location_id=location_id, item_ids=missing))
        fresh = {item.item_id: item.station for item in answer.items}
        if len(_known) > _MOST:
            _known.clear()
        _known.update({item_id: (now + TTL, station) for item_id, station in fresh.items()})
        stations |= fresh
    return stations
