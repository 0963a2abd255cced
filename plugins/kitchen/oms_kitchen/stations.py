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
    missing = sorted({item_id for item_id in item_ids if _until(item_id) <= now})
    if missing:
        answer = await menu.batch_get_items(BatchGetItemsRequest(location_id=location_id, item_ids=missing))
        if len(_known) > _MOST:
            _known.clear()
        _known.update({item.item_id: (now + TTL, item.station) for item in answer.items})
    return {item_id: _known[item_id][1] for item_id in item_ids if item_id in _known}


def _until(item_id: str) -> float:
    return _known[item_id][0] if item_id in _known else 0.0
