"""The wiring: this example adds one command and serves nothing."""

from __future__ import annotations

from collections.abc import Sequence

import click

from harbor_table.command import demo
from oms_core.plugins import Plugin, Registry, hookimpl


class HarborTable(Plugin):
    """The demo chain: ``oms demo`` runs it."""

    requires = ("identity", "menu", "orders", "kitchen")

    @hookimpl
    def register(self, oms: Registry) -> None:
        """Register nothing: the chain uses the others' services from outside, as guests and staff do."""

    @hookimpl
    def commands(self) -> Sequence[click.Command]:
        """Add ``oms demo``."""
        return [demo]
