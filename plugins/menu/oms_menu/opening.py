"""Which groups open which: no circles, and no chain longer than a line may be deep."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from oms_menu.choices import DEPTH
from oms_protos.menu.v1 import NewModifier
from oms_wire.errors import FieldViolation

MODIFIER_CYCLE = "MODIFIER_CYCLE"
MODIFIER_DEPTH = "MODIFIER_DEPTH"
UNKNOWN_MODIFIER_GROUP = "UNKNOWN_MODIFIER_GROUP"

Opens = Mapping[str, Collection[str]]
"""By group id: the groups that its options open."""


@dataclass(frozen=True, slots=True)
class KnownGroup:
    """A group of the tenant, as far as it takes part in opening others."""

    group_id: str
    brand_id: str
    name: str
    opens: Sequence[str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why groups cannot open each other as they were written."""

    code: str
    message: str


def check_known(
    group_id: str, groups: Mapping[str, KnownGroup], *, brand_id: str, field: str
) -> list[FieldViolation]:
    """Say when there is no such group in the brand; of another brand's nothing is told, not even its name."""
    known = groups.get(group_id)
    if known is not None and known.brand_id == brand_id:
        return []
    problem = f"{UNKNOWN_MODIFIER_GROUP}: {group_id!r} is not a modifier group of {brand_id}"
    return [FieldViolation(field, problem)]


def check_opened(
    options: Sequence[NewModifier], groups: Mapping[str, KnownGroup], *, brand_id: str, field: str
) -> list[FieldViolation]:
    """Say which groups that the options open are not there."""
    return [
        violation
        for index, option in enumerate(options)
        for place, group_id in enumerate(option.group_ids)
        for violation in check_known(
            group_id, groups, brand_id=brand_id, field=f"{field}[{index}].group_ids[{place}]"
        )
    ]


def find_refusal(group_id: str, groups: Mapping[str, KnownGroup]) -> Refusal | None:
    """Say why a group may not open what it opens; the others open each other rightly."""
    opens = {one.group_id: one.opens for one in groups.values()}
    if circle := find_circle(group_id, opens):
        return Refusal(
            MODIFIER_CYCLE, f"{MODIFIER_CYCLE}: the groups open each other: {_names(circle, groups)}"
        )
    chain = longest_chain(group_id, opens)
    if len(chain) > DEPTH:
        what = f"{len(chain)} groups open one another, at most {DEPTH} may: {_names(chain, groups)}"
        return Refusal(MODIFIER_DEPTH, f"{MODIFIER_DEPTH}: {what}")
    return None


def find_circle(start: str, opens: Opens) -> list[str]:
    """Return the shortest way from ``start`` back to itself, both ends included; empty when there is none."""
    came_from: dict[str, str] = {}
    ahead = deque([start])
    while ahead:
        here = ahead.popleft()
        for opened in opens.get(here, ()):
            if opened == start:
                return [*reversed(_back(here, start, came_from)), start]
            if opened not in came_from:
                came_from[opened] = here
                ahead.append(opened)
    return []


def longest_chain(start: str, opens: Opens) -> list[str]:
    """Return the longest chain of groups that goes through ``start``; there must be no circle."""
    opened_by: dict[str, list[str]] = {}
    for group_id, opened in opens.items():
        for one in opened:
            opened_by.setdefault(one, []).append(group_id)
    above, below = _longest(start, opened_by, {}), _longest(start, opens, {})
    return [*reversed(above), *below[1:]]


def _back(here: str, start: str, came_from: Mapping[str, str]) -> list[str]:
    way = [here]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way


def _names(chain: Sequence[str], groups: Mapping[str, KnownGroup]) -> str:
    return " → ".join(f"{groups[group_id].name} ({group_id})" for group_id in chain)


def _longest(start: str, opens: Opens, known: dict[str, list[str]]) -> list[str]:
    if start not in known:
        below = (_longest(opened, opens, known) for opened in opens.get(start, ()))
        known[start] = [start, *max(below, key=len, default=[])]
    return known[start]
