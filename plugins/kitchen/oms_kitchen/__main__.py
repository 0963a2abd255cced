"""Print the states of a ticket as a page: ``python -m oms_kitchen > docs/ticket-states.md``."""

from __future__ import annotations

import sys

from oms_kitchen.states import TICKET

sys.stdout.write(TICKET.as_markdown("The states of a kitchen ticket"))
