"""The wiring: this example adds one command and serves nothing."""

from __future__ import annotations

from collections.abc import Sequence

import click

from harbor_table.command import demo
from oms_core.plugins import Plugin, hookimpl


class HarborTable(Plugin):
    """The demo chain: ``oms demo`` runs it. It uses the others from outside, as guests and staff do."""

    requires = ("identity", "menu", "orders", "kitchen")

    @hookimpl
    def commands(self) -> Sequence[click.Command]:
        """Add ``oms demo``."""
        return [demo]
