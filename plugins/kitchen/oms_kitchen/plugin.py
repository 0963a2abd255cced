"""The wiring."""

from __future__ import annotations

from oms_core.plugins import Plugin, Registry, hookimpl
from oms_kitchen.handlers import close_tickets, make_tickets, void_tickets
from oms_kitchen.service import TicketsService
from oms_kitchen.tables import OrderWork, TicketRow
from oms_protos.orders.v1 import OrderAccepted, OrderCancelled, OrderHandedOff


class Kitchen(Plugin):
    """Tickets by station, from an order's acceptance until all of it is made."""

    requires = ("menu",)

    @hookimpl
    def register(self, oms: Registry) -> None:
        """Serve tickets, and follow the orders."""
        oms.serve(TicketsService)
        oms.tables(OrderWork, TicketRow)
        oms.on(OrderAccepted, make_tickets)
        oms.on(OrderCancelled, void_tickets)
        oms.on(OrderHandedOff, close_tickets)
