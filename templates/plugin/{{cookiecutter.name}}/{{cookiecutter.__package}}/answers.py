{%- set c = cookiecutter -%}
"""What others may ask."""

from __future__ import annotations

from oms_protos.orders.v1 import Adjustment, Adjustments, PriceQuestion
from oms_protos.types.v1 import Money

from {{ c.__package }} import rules
from {{ c.__package }}.settings import {{ c.__Plugin }}Settings


async def take_percent_off(question: PriceQuestion, settings: {{ c.__Plugin }}Settings) -> Adjustments:
    """Take what the settings say off an order; what follows the question is injected by type."""
    subtotal = question.subtotal or Money()
    off = rules.discount(subtotal.amount, percent=settings.percent_off)
    if not off:
        return Adjustments()
    amount = Money(amount=-off, currency=subtotal.currency)
    return Adjustments(adjustments=[Adjustment(code="{{ c.name.upper() }}", name="{{ c.name.replace('_', ' ').capitalize() }}", amount=amount)])
