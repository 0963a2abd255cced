"""Indexes that Piccolo's columns cannot say."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-23T19:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the lists of a location: all orders, and the few that are live"

INDEXES = [
    """
    create index orders_of_location on orders.orders (location_id, placed_at, order_id)
    """,
    """
    create index live_orders_of_location on orders.orders (location_id, state, placed_at, order_id)
    where state in ('PLACED', 'ACCEPTED', 'PREPARING', 'READY', 'HANDED_OFF')
    """,
]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="orders", description=DESCRIPTION)

    async def create_indexes() -> None:
        for index in INDEXES:
            await Table.raw(index)

    manager.add_raw(create_indexes)
    return manager
