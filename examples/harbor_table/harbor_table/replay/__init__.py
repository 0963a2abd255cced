"""``oms replay``: sales of another system, sent as orders with their own time and their own ids.

Nothing here is seeded by SQL: what is stored came in through PlaceOrder.
"""
