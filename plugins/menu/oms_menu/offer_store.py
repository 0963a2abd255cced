"""Where locations differ from their brand: rows to messages and back."""

from __future__ import annotations

from dataclasses import replace

from oms_core.storage import Transaction
from oms_protos.menu.v1 import ModifierOffer, Offer
from oms_protos.types.v1 import Money

_OFFER = """
select v.amount as brand_amount, v.currency as brand_currency, o.amount, o.currency,
       coalesce(o.available, true) as available
from menu.variations v
join menu.items i using (item_id)
left join menu.offers o on o.location_id = $2 and o.variation_id = v.variation_id
where i.brand_id = $1 and v.variation_id = $3
for update of v
"""

_WRITE_OFFER = """
insert into menu.offers as o (tenant, location_id, variation_id, amount, currency, available)
values ($1, $2, $3, $4, $5, $6)
on conflict (location_id, variation_id)
do update set amount = excluded.amount, currency = excluded.currency, available = excluded.available
"""

_MODIFIER_OFFER = """
select o.amount, o.currency, coalesce(o.available, true) as available
from menu.modifiers m
join menu.modifier_groups g using (group_id)
left join menu.modifier_offers o on o.location_id = $2 and o.modifier_id = m.modifier_id
where g.brand_id = $1 and m.modifier_id = $3
"""

_WRITE_MODIFIER_OFFER = """
insert into menu.modifier_offers as o (tenant, location_id, modifier_id, amount, currency, available)
values ($1, $2, $3, $4, $5, $6)
on conflict (location_id, modifier_id)
do update set amount = excluded.amount, currency = excluded.currency, available = excluded.available
"""


async def read_offer(
    tx: Transaction, brand_id: str, location_id: str, variation_id: str
) -> tuple[Offer, Money] | None:
    """Return a location's own offer (``price`` only where it has its own) and the brand's price.

    The variation stays locked, so that two writers of one offer take turns.
    """
    row = await tx.fetchrow(_OFFER, brand_id, location_id, variation_id)
    if row is None:
        return None
    own = None if row["amount"] is None else Money(amount=row["amount"], currency=row["currency"])
    offer = Offer(location_id=location_id, variation_id=variation_id, price=own, available=row["available"])
    return offer, Money(amount=row["brand_amount"], currency=row["brand_currency"])


async def write_offer(tx: Transaction, offer: Offer) -> None:
    """Store a location's own offer; no price means the brand's."""
    amount, currency = (offer.price.amount, offer.price.currency) if offer.price is not None else (None, None)
    await tx.execute(
        _WRITE_OFFER, tx.tenant, offer.location_id, offer.variation_id, amount, currency, offer.available
    )


def effective(offer: Offer, brand_price: Money) -> Offer:
    """Return the offer with the price that a guest pays."""
    return replace(offer, price=offer.price if offer.price is not None else brand_price)


async def read_modifier_offer(
    tx: Transaction, brand_id: str, location_id: str, modifier_id: str
) -> ModifierOffer | None:
    """Return a location's own offer of an option; the brand's menu must be locked."""
    row = await tx.fetchrow(_MODIFIER_OFFER, brand_id, location_id, modifier_id)
    if row is None:
        return None
    own = None if row["amount"] is None else Money(amount=row["amount"], currency=row["currency"])
    return ModifierOffer(
        location_id=location_id, modifier_id=modifier_id, price=own, available=row["available"]
    )


async def write_modifier_offer(tx: Transaction, offer: ModifierOffer) -> None:
    """Store a location's own offer of an option; no price means the brand's prices."""
    amount, currency = (offer.price.amount, offer.price.currency) if offer.price is not None else (None, None)
    await tx.execute(
        _WRITE_MODIFIER_OFFER,
        tx.tenant,
        offer.location_id,
        offer.modifier_id,
        amount,
        currency,
        offer.available,
    )
