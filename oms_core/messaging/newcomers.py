"""A handler that is new here and wants the history gets it before it goes live: no gap, no duplicate."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from oms_core.messaging.history import History
from oms_core.messaging.subscription import Subscription, routes

logger = logging.getLogger("oms.events")

_NEW = """
insert into oms.listener (consumer) select unnest($1::text[]) on conflict do nothing returning consumer
"""
_HOLD = "insert into oms.replay (listener) select unnest($1::text[]) on conflict do nothing"
_HELD = "select listener from oms.replay where listener = any($1::text[])"


class Newcomers:
    """``hold`` before events are moved, ``replay`` afterwards.

    In between, what is published waits in line behind the history. A process that dies on the way leaves
    the hold; the next start replays again.
    """

    def __init__(self, dsn: str, subscriptions: Sequence[Subscription]) -> None:
        self._dsn = dsn
        self._subscriptions = subscriptions

    async def hold(self) -> None:
        """Note the consumers that are new, and keep the plugins of those that want history from taking."""
        consumers = [one.consumer for one in self._subscriptions]
        async with History.open(self._dsn) as history, history.connection.transaction():
            rows = await history.connection.fetch(_NEW, consumers)
            new = {row["consumer"] for row in rows}
            wanting = {one.plugin for one in self._subscriptions if one.history and one.consumer in new}
            if wanting:
                await history.connection.execute(_HOLD, sorted(wanting))

    async def replay(self) -> int:
        """Replay the log to every plugin that is held; return how many events there were for them."""
        plugins = sorted({one.plugin for one in self._subscriptions})
        total = 0
        async with History.open(self._dsn) as history:
            held = [row["listener"] for row in await history.connection.fetch(_HELD, plugins)]
            for plugin in held:
                wanting = [one for one in self._subscriptions if one.plugin == plugin and one.history]
                count = 0
                async for moved in history.replay(plugin, routes(wanting)):
                    count += moved
                logger.info("%s: %d events of the log come before those of today", plugin, count)
                total += count
        return total
