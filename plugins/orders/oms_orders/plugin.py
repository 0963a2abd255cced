"""The wiring."""

from __future__ import annotations

from oms_core.plugins import Plugin, Registry, hookimpl
from oms_orders.handlers import mark_ready, reopen, start_preparing
from oms_orders.service import OrdersService
from oms_orders.settings import OrdersSettings
from oms_orders.tables import DayNumber, LineRow, OrderRow, TimelineRow
from oms_protos.kitchen.v1 import OrderPrepared, OrderRecalled, OrderStarted
from oms_protos.orders.v1 import OrderHooks


class Orders(Plugin):
    """Orders, from the first price to the hand-over at the counter."""

    requires, settings = ("identity", "menu"), OrdersSettings

    @hookimpl
    def register(self, oms: Registry) -> None:
        """Serve orders, ask others about prices, and follow the kitchen."""
        oms.serve(OrdersService)
        oms.hooks(OrderHooks)
        oms.tables(DayNumber, OrderRow, LineRow, TimelineRow)
        oms.on(OrderStarted, start_preparing)
        oms.on(OrderPrepared, mark_ready)
        oms.on(OrderRecalled, reopen)
