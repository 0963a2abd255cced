"""Fixtures for pytest: ``pytest_plugins = ["oms_core.testing.plugin"]``."""

from __future__ import annotations

from oms_core.testing.broker import broker
from oms_core.testing.database import database_dsn, postgres

__all__ = ["broker", "database_dsn", "postgres"]
