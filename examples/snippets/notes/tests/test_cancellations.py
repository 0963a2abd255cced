"""The handler, beside the plugins whose events it follows."""

from __future__ import annotations

from oms_core.testing.running import running
from oms_protos.orders.v1 import CancelOrderRequest
from tests.shop import open_shop

from notes_protos.v1 import ListNotesRequest, NotesClient


async def test_a_cancelled_order_leaves_one_note(database_dsn: str, installed: None) -> None:
    async with running(database_dsn) as plugins:
        shop = await open_shop(plugins)
        order = await shop.place()
        await shop.orders.cancel_order(CancelOrderRequest(order_id=order.order_id, reason="OUT_OF_ITEMS"))
        await plugins.settle()
        notes = plugins.client(NotesClient, tenant=shop.chain_id, role="manager", node=shop.pier)
        (note,) = (await notes.list_notes(ListNotesRequest(node_id=shop.pier))).notes
    assert (note.node_name, note.text) == ("Pier 4", f"{order.order_id} was cancelled: OUT_OF_ITEMS")
