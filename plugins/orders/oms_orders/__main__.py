"""Print the states of an order as a page: ``python -m oms_orders > docs/order-states.md``."""

from __future__ import annotations

import sys

from oms_orders.states import ORDER

sys.stdout.write(ORDER.as_markdown("The states of an order"))
