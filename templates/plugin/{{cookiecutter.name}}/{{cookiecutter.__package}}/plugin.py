{%- set c = cookiecutter -%}
"""The wiring."""

from __future__ import annotations

from oms_core.plugins import Plugin, Registry, hookimpl
from oms_protos.orders.v1 import OrderHooks, OrderPlaced

from {{ c.__package }}.answers import take_percent_off
from {{ c.__package }}.handlers import count_order
from {{ c.__package }}.service import {{ c.__Resources }}Service
from {{ c.__package }}.settings import {{ c.__Plugin }}Settings
from {{ c.__package }}.tables import {{ c.__Resource }}Row


class {{ c.__Plugin }}(Plugin):
    {{ '"""' }}{{ c.description | replace('\\', '\\\\') | replace('"', "'") }}{{ '"""' }}

    requires, settings = ("identity", "orders"), {{ c.__Plugin }}Settings

    @hookimpl
    def register(self, oms: Registry) -> None:
        """Say what it serves, keeps, listens to and answers."""
        oms.serve({{ c.__Resources }}Service)
        oms.tables({{ c.__Resource }}Row)
        oms.on(OrderPlaced, count_order)
        oms.answer(OrderHooks.adjust_price.by(take_percent_off))
