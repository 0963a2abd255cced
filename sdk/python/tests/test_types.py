"""What a type checker makes of calls: right ones pass, wrong ones are named."""

from __future__ import annotations

from pathlib import Path

from mypy import api

ROOT = Path(__file__).parents[3]
USE = """
from oms_sdk import OMS, AsyncOMS, Line, Order, Pager
from oms_sdk.models.kitchen import Ticket

def right(oms: OMS) -> list[Order]:
    orders: Pager[Order] = oms.orders.list(location_id="loc_1")
    order: Order = oms.orders.place(location_id="loc_1", lines=[Line(quantity=1)], idempotency_key="k")
    return [order, *orders]

async def also_right(oms: AsyncOMS) -> Ticket:
    async for ticket in oms.tickets.list(location_id="loc_1"):
        return await oms.tickets.start(ticket.ticket_id, version=ticket.version)
    return await oms.with_options(timeout=1).tickets.get("tkt_1")

def wrong(oms: OMS) -> None:
    oms.orders.list()
    oms.orders.get(7)
    oms.orders.price(location_id="loc_1", lines=["var_1"])
    oms.orders.get("ord_1", idempotency_key="k")
"""


def test_a_checker_knows_every_argument(tmp_path: Path) -> None:
    file = tmp_path / "use.py"
    file.write_text(USE)
    settings = ["--config-file", str(ROOT / "pyproject.toml"), "--no-error-summary"]
    found, _, _ = api.run([*settings, str(file)])
    assert [
        line.split(" error: ")[1].rpartition("  [")[0] for line in found.splitlines() if " error: " in line
    ] == [
        'Missing named argument "location_id" for "list" of "OrdersResource"',
        'Argument 1 to "get" of "OrdersResource" has incompatible type "int"; expected "str"',
        'List item 0 has incompatible type "str"; expected "Line"',
        'Unexpected keyword argument "idempotency_key" for "get" of "OrdersResource"',
    ]
