"""The live board: every order that is on its way, as the people in the store would see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from oms_protos.kitchen.v1 import Ticket, TicketState
from oms_protos.orders.v1 import Order, OrderState

_COLOURS = {
    OrderState.ACCEPTED: "cyan",
    OrderState.PREPARING: "yellow",
    OrderState.READY: "bold green",
    OrderState.COMPLETED: "dim",
    OrderState.CANCELLED: "red",
}
_MARKS = {TicketState.FIRED: "·", TicketState.STARTED: "▸", TicketState.READY: "✓", TicketState.VOIDED: "✗"}
_ENDS = frozenset({OrderState.COMPLETED, OrderState.CANCELLED})
_GONE_AFTER = timedelta(seconds=8)


class Board:
    """Remembers what was seen last of each order and ticket; older news never replaces newer."""

    def __init__(
        self, places: dict[str, str], rows: Callable[[], int], now: Callable[[], datetime] | None = None
    ) -> None:
        self._places = places
        self._rows = rows
        self._now = now or (lambda: datetime.now(UTC))
        self._orders: dict[str, Order] = {}
        self._tickets: dict[str, dict[str, Ticket]] = {}
        self._done: set[str] = set()

    def saw_order(self, order: Order) -> None:
        """Take in what is known of an order now."""
        known = self._orders.get(order.order_id)
        if known is not None and known.version >= order.version:
            return
        if order.state in _ENDS:
            self._done.add(order.order_id)
            if self._is_gone(order):
                return
        self._orders[order.order_id] = order

    def saw_ticket(self, ticket: Ticket) -> None:
        """Take in what is known of a ticket now."""
        by_station = self._tickets.setdefault(ticket.order_id, {})
        known = by_station.get(ticket.station)
        if known is None or known.version < ticket.version:
            by_station[ticket.station] = ticket

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the newest orders, the oldest of them first."""
        self._forget()
        live = sorted(self._orders.values(), key=lambda order: order.order_id)
        table = Table(
            title=f"{len(live)} orders on their way, {len(self._done)} done",
            expand=True,
            title_justify="left",
        )
        for heading, style in (("order", "bold"), ("where", ""), ("from", ""), ("state", ""), ("age", "")):
            table.add_column(heading, style=style, no_wrap=True)
        table.add_column("stations", ratio=1, no_wrap=True)
        for order in live[-max(self._rows(), 1) :]:
            table.add_row(*self._row(order))
        yield table

    def _row(self, order: Order) -> tuple[str | Text, ...]:
        colour = _COLOURS.get(order.state, "")
        age = self._now() - order.placed_at if order.placed_at else timedelta()
        place = self._places.get(order.location_id, order.location_id)
        state = Text(order.state.name, style=colour)
        return f"#{order.number}", place, order.channel, state, clock(age), self._stations(order.order_id)

    def _stations(self, order_id: str) -> str:
        tickets = self._tickets.get(order_id, {})
        return "  ".join(f"{_MARKS.get(tickets[name].state, '?')} {name}" for name in sorted(tickets))

    def _forget(self) -> None:
        for order in [order for order in self._orders.values() if self._is_gone(order)]:
            del self._orders[order.order_id]
            self._tickets.pop(order.order_id, None)

    def _is_gone(self, order: Order) -> bool:
        at = order.updated_at
        return order.state in _ENDS and at is not None and self._now() - at > _GONE_AFTER


class Ticker:
    """The board where there is no terminal: one line for each change of an order."""

    def __init__(self, places: dict[str, str], write: Callable[[str], None]) -> None:
        self._places = places
        self._write = write
        self._versions: dict[str, int] = {}

    def saw_order(self, order: Order) -> None:
        """Write the order's state down, if it is news."""
        if self._versions.get(order.order_id, 0) < order.version:
            self._versions[order.order_id] = order.version
            place = self._places.get(order.location_id, order.location_id)
            self._write(f"#{order.number} {order.state.name} {place} ({order.channel}) {order.order_id}")

    def saw_ticket(self, ticket: Ticket) -> None:
        """Tickets are too many for lines: the order tells when they are all made."""


def clock(age: timedelta) -> str:
    """Return an age as minutes and seconds."""
    minutes, seconds = divmod(max(0, int(age.total_seconds())), 60)
    return f"{minutes}:{seconds:02d}"
