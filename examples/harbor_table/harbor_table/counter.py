"""The counter of a location: calls out ready orders and hands them over."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from harbor_table.pace import Pace
from oms_sdk import APIError, AsyncOMS, Order, OrderState


class Counter:
    """Hands over every order that is ready; ``watch`` sees each order as it changes."""

    def __init__(
        self, oms: AsyncOMS, location_id: str, pace: Pace, dice: random.Random, watch: Callable[[Order], None]
    ) -> None:
        self._oms = oms
        self._location_id = location_id
        self._pace = pace
        self._dice = dice
        self._watch = watch
        self._called_out: set[str] = set()

    async def work(self) -> None:
        """Hand over until cancelled."""
        async with asyncio.TaskGroup() as hands:
            while True:
                for order in await self._ready():
                    if order.order_id not in self._called_out:
                        self._called_out.add(order.order_id)
                        self._watch(order)
                        hands.create_task(self._hand_off(order))
                await asyncio.sleep(self._pace.look)

    async def _ready(self) -> list[Order]:
        ready = self._oms.orders.list(location_id=self._location_id, state=OrderState.READY, page_size=200)
        return await ready.to_list(limit=200)

    async def _hand_off(self, order: Order) -> None:
        try:
            await asyncio.sleep(self._pace.fetch(self._dice))
            key = f"hand-off/{order.order_id}/{order.version}"
            self._watch(
                await self._oms.orders.hand_off(order.order_id, version=order.version, idempotency_key=key)
            )
        except APIError as refusal:
            # Cancelled, or handed over by somebody else: the next look decides anew.
            if refusal.status not in {409, 422}:
                raise
        finally:
            self._called_out.discard(order.order_id)
