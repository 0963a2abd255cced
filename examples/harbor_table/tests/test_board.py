"""The board shows what is on its way, as it was seen last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO

from rich.console import Console

from harbor_table.board import Board, Ticker
from oms_protos.kitchen.v1 import Ticket, TicketState
from oms_protos.orders.v1 import Order, OrderState

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PLACES = {"loc_1": "Harbor Burger Long Wharf, Boston"}


def order(number: int, state: OrderState, *, version: int = 2, age: int = 0) -> Order:
    at = NOW - timedelta(seconds=age)
    return Order(
        order_id=f"ord_{number}",
        location_id="loc_1",
        number=number,
        state=state,
        channel="web",
        placed_at=at,
        updated_at=at,
        version=version,
    )


def drawn(board: Board) -> str:
    console = Console(file=StringIO(), width=120)
    console.print(board)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def board() -> Board:
    return Board(PLACES, rows=lambda: 3, now=lambda: NOW)


def test_a_row_says_number_place_channel_state_age_and_stations() -> None:
    shown = board()
    shown.saw_order(order(7, OrderState.PREPARING, age=83))
    shown.saw_ticket(Ticket(order_id="ord_7", station="grill", state=TicketState.STARTED, version=2))
    shown.saw_ticket(Ticket(order_id="ord_7", station="bar", state=TicketState.READY, version=3))
    text = drawn(shown)
    for word in ("#7", "Long Wharf", "web", "PREPARING", "1:23", "▸ grill", "✓ bar"):
        assert word in text


def test_older_news_does_not_replace_newer() -> None:
    shown = board()
    shown.saw_order(order(7, OrderState.READY, version=4))
    shown.saw_order(order(7, OrderState.PREPARING, version=3))
    assert "READY" in drawn(shown)
    assert "PREPARING" not in drawn(shown)


def test_finished_orders_leave_after_a_while() -> None:
    shown = board()
    shown.saw_order(order(1, OrderState.COMPLETED, version=6, age=60))
    shown.saw_order(order(2, OrderState.COMPLETED, version=6, age=2))
    assert "#1 " not in drawn(shown)
    assert "#2 " in drawn(shown)
    assert "2 done" in drawn(shown)


def test_no_more_rows_than_there_is_room() -> None:
    shown = board()
    for number in range(1, 6):
        shown.saw_order(order(number, OrderState.ACCEPTED))
    assert "#2 " not in drawn(shown)
    assert "#3 " in drawn(shown)


def test_without_a_terminal_each_change_is_one_line() -> None:
    lines: list[str] = []
    ticker = Ticker(PLACES, lines.append)
    ticker.saw_order(order(7, OrderState.PREPARING, version=3))
    ticker.saw_order(order(7, OrderState.PREPARING, version=3))
    ticker.saw_order(order(7, OrderState.READY, version=4))
    assert lines == [
        "#7 PREPARING Harbor Burger Long Wharf, Boston (web) ord_7",
        "#7 READY Harbor Burger Long Wharf, Boston (web) ord_7",
    ]
