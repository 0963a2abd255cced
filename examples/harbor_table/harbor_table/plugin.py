"""The wiring: this example adds two commands and serves nothing."""

from __future__ import annotations

from collections.abc import Sequence

import click

from harbor_table.command import demo
from harbor_table.replay.command import replay
from oms_core.plugins import Plugin, hookimpl


class HarborTable(Plugin):
    """The demo chain, and a year of another shop.

    ``oms demo`` and ``oms replay`` use the other plugins from outside, as guests and staff do.
    """

    requires = ("identity", "menu", "orders", "kitchen")

    @hookimpl
    def commands(self) -> Sequence[click.Command]:
        """Add ``oms demo`` and ``oms replay``."""
        return [demo, replay]
