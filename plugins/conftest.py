"""What every first-party plugin's tests start from."""

from __future__ import annotations

from oms_core.testing.database import database_dsn, postgres
from tests.shop import plugins, shop

__all__ = ["database_dsn", "plugins", "postgres", "shop"]
