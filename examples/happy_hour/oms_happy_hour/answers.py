"""What others may ask."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from oms_core.storage import Storage
from oms_protos.identity.v1 import GetNodeRequest, IdentityClient
from oms_protos.orders.v1 import Adjustment, Adjustments, PriceQuestion
from oms_protos.types.v1 import Money

from oms_happy_hour import rules, store

CODE = "HAPPY_HOUR"


async def offer_happy_hour(
    question: PriceQuestion, storage: Storage, identity: IdentityClient
) -> Adjustments:
    """Take the happy hour's percent off an order that is priced while one runs at its location.

    What happy hours there were is asked as of the question's moment too: a quote that is older than a
    change keeps its price.
    """
    at, subtotal = question.at, question.subtotal
    if at is None or subtotal is None:
        return Adjustments()
    async with storage.transaction() as tx:
        windows = await store.windows(tx, question.location_id, at=at)
    if not windows:  # as almost everywhere, almost always
        return Adjustments()
    location = await identity.get_node(GetNodeRequest(node_id=question.location_id))
    percent = rules.percent_at(windows, at.astimezone(ZoneInfo(location.time_zone)))
    off = rules.discount(subtotal.amount, percent=percent)
    if not off:
        return Adjustments()
    amount = Money(amount=-off, currency=subtotal.currency)
    return Adjustments(adjustments=[Adjustment(code=CODE, name=f"Happy hour −{percent} %", amount=amount)])
