"""An index that Piccolo's columns cannot say."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-23T23:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the list of open tickets has those that were recalled"

STATEMENTS = [
    "drop index kitchen.open_tickets_of_location",
    """
    create index open_tickets_of_location on kitchen.tickets (location_id, station, state, fired_at, ticket_id)
    where state in ('FIRED', 'STARTED', 'RECALLED')
    """,
]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="kitchen", description=DESCRIPTION)

    async def renew_index() -> None:
        for statement in STATEMENTS:
            await Table.raw(statement)

    manager.add_raw(renew_index)
    return manager
