"""How far a campaign is, and who waits for it to get further."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from oms_protos.orders.v1 import Order, OrderState


class Progress:
    """Counts orders that were acknowledged and completed; ``told`` hears of every change."""

    def __init__(self, told: Callable[[int, int], None]) -> None:
        self._acknowledged: set[str] = set()
        self._completed: set[str] = set()
        self._told = told
        self._changed = asyncio.Event()

    @property
    def steps(self) -> int:
        """Acknowledgements and completions so far; in the end, twice the number of orders."""
        return len(self._acknowledged) + len(self._completed)

    def acknowledged(self, order: Order) -> None:
        """Count an order that was placed."""
        self._acknowledged.add(order.order_id)
        self._wake()

    def saw(self, order: Order) -> None:
        """Count an order that was handed over."""
        if order.state == OrderState.COMPLETED:
            self._completed.add(order.order_id)
            self._wake()

    async def reach(self, steps: int) -> None:
        """Wait until so many steps were taken."""
        while self.steps < steps:
            await self._changed.wait()

    def _wake(self) -> None:
        self._told(len(self._acknowledged), len(self._completed))
        self._changed.set()
        self._changed = asyncio.Event()
