from __future__ import annotations

from tests.messaging.conftest import database, events_dsn, link, postgres_world

__all__ = ["database", "events_dsn", "link", "postgres_world"]
