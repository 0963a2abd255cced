"""Indexes that Piccolo's columns cannot say."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-23T19:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the lists of a location: all tickets, and the few that are open"

INDEXES = [
    """
    create index tickets_of_location on kitchen.tickets (location_id, fired_at, ticket_id)
    """,
    """
    create index open_tickets_of_location on kitchen.tickets (location_id, station, state, fired_at, ticket_id)
    where state in ('FIRED', 'STARTED')
    """,
]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="kitchen", description=DESCRIPTION)

    async def create_indexes() -> None:
        for index in INDEXES:
            await Table.raw(index)

    manager.add_raw(create_indexes)
    return manager
