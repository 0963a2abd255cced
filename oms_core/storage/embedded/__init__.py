"""A real PostgreSQL from a wheel: runs on a data folder, stops with its parent, is found by others."""

from oms_core.storage.embedded.server import EmbeddedServer, attach, embedded, remove

__all__ = ["EmbeddedServer", "attach", "embedded", "remove"]
