"""The wiring."""

from __future__ import annotations

from oms_core.plugins import Plugin, Registry, hookimpl
from oms_protos.orders.v1 import OrderCompleted, OrderHooks

from oms_happy_hour.answers import offer_happy_hour
from oms_happy_hour.handlers import note_given
from oms_happy_hour.service import HappyHoursService
from oms_happy_hour.tables import GivenDayRow, HappyHourRow


class HappyHour(Plugin):
    """Cheaper at the hours when nobody comes."""

    requires = ("identity", "orders")

    @hookimpl
    def register(self, oms: Registry) -> None:
        """Say what it serves, keeps, listens to and answers."""
        oms.serve(HappyHoursService)
        oms.tables(HappyHourRow, GivenDayRow)
        oms.on(OrderCompleted, note_given)
        oms.answer(OrderHooks.adjust_price.by(offer_happy_hour))
