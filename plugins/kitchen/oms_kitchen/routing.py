"""Which station makes what of an order: items go to theirs, modifiers with them or to one of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from oms_protos.kitchen.v1 import TicketItem, TicketModifier
from oms_protos.orders.v1 import EventLine, EventModifier

Parts = dict[str, list[TicketModifier]]
"""What is done to one item, by station."""
_MOST = 2**31 - 1
"""More than this no ticket can say; nobody makes as many, but a free option without a limit allows it."""


def by_station(lines: Sequence[EventLine], stations: Mapping[str, str]) -> dict[str, list[TicketItem]]:
    """Return what each station makes, in the lines' sequence; what has no station is nobody's work.

    ``stations`` has the station of each item and modifier id; what is not in it has none (any more). A
    modifier with a station of its own goes there with all that belongs to it, under the item's name. "None
    of it" stays with what it belongs to.
    """
    work: dict[str, list[TicketItem]] = {}
    for line in lines:
        for station, modifiers in _parts(line, stations).items():
            work.setdefault(station, []).append(
                TicketItem(
                    line_id=line.line_id,
                    name=line.name,
                    variation_name=line.variation_name,
                    quantity=line.quantity,
                    modifiers=modifiers,
                )
            )
    work.pop("", None)
    return dict(sorted(work.items()))


def _parts(line: EventLine, stations: Mapping[str, str]) -> Parts:
    home = stations.get(line.item_id, "")
    parts: Parts = {home: []}
    _route(line.modifiers, parts, stations, at=home, into=parts[home], times=1)
    return parts


def _route(
    modifiers: Sequence[EventModifier],
    parts: Parts,
    stations: Mapping[str, str],
    *,
    at: str,
    into: list[TicketModifier],
    times: int,
) -> None:
    """Put modifiers of something made ``at`` a station, ``times`` for one of the item, to where they go."""
    for one in modifiers:
        count = min(times * one.quantity, _MOST)
        station = (stations.get(one.modifier_id) or at) if count else at
        stays = station == at
        # Elsewhere it stands right under the item, so it counts for one of the item.
        made = TicketModifier(name=one.name, quantity=one.quantity if stays else count)
        (into if stays else parts.setdefault(station, [])).append(made)
        _route(one.modifiers, parts, stations, at=station, into=made.modifiers, times=count)
