"""What makes a node or a role a good one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from oms_protos.identity.v1 import CreateLocationRequest, CreateRoleRequest, Node, NodeKind
from oms_wire.errors import FieldViolation

NAME_LENGTH = 120
MIDNIGHT = "00:00"
PERMISSIONS = 500
_CURRENCY = re.compile(r"[A-Z]{3}")
_TIME = re.compile(r"\d\d:\d\d", re.ASCII)
_ROLE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PERMISSION = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){2}")

PREFIX: Mapping[NodeKind, str] = {NodeKind.CHAIN: "chn", NodeKind.BRAND: "brd", NodeKind.LOCATION: "loc"}
"""How the ids of each kind of node begin."""

PARENT: Mapping[NodeKind, NodeKind] = {NodeKind.BRAND: NodeKind.CHAIN, NodeKind.LOCATION: NodeKind.BRAND}
"""Under which kind of node each kind hangs; a chain is a root."""


def check_name(name: str) -> list[FieldViolation]:
    """Say what is wrong with the name of a node: blank, too long, or with characters that cannot be shown."""
    if not name.strip():
        return [FieldViolation("name", "a name is required")]
    if len(name) > NAME_LENGTH:
        return [FieldViolation("name", f"{len(name)} characters are too long; at most {NAME_LENGTH}")]
    if not name.isprintable():
        return [FieldViolation("name", "control characters are not allowed in a name")]
    return []


def check_location(request: CreateLocationRequest) -> list[FieldViolation]:
    """Say what is wrong with a location: name, zone, currency and cut-off are all looked at."""
    wrong = check_name(request.name)
    if not is_zone(request.time_zone):
        wrong.append(
            FieldViolation(
                "time_zone", f'{request.time_zone!r} is not an IANA zone; for example "America/New_York"'
            )
        )
    if not _CURRENCY.fullmatch(request.currency):
        wrong.append(
            FieldViolation("currency", f'{request.currency!r} is not an ISO 4217 code; for example "USD"')
        )
    if request.business_day_cutoff and not is_time(request.business_day_cutoff):
        wrong.append(
            FieldViolation(
                "business_day_cutoff", f'{request.business_day_cutoff!r} is not "HH:MM" local time'
            )
        )
    return wrong


def is_zone(name: str) -> bool:
    """Say whether ``name`` is a zone of the IANA database."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder, as "America" is
        return False
    return True


def is_time(text: str) -> bool:
    """Say whether ``text`` is a time of day written ``HH:MM``."""
    if not _TIME.fullmatch(text):
        return False
    try:
        time.fromisoformat(text)
    except ValueError:
        return False
    return True


def check_role(request: CreateRoleRequest) -> list[FieldViolation]:
    """Say what is wrong with a role: its name, and every permission that is not written as one."""
    wrong = []
    if not _ROLE.fullmatch(request.name):
        wrong.append(
            FieldViolation(
                "name", f'{request.name!r} is not lower case like "shift_lead", 1 to 40 characters'
            )
        )
    if not 1 <= len(request.permissions) <= PERMISSIONS:
        wrong.append(
            FieldViolation(
                "permissions", f"{len(request.permissions)} permissions; 1 to {PERMISSIONS} needed"
            )
        )
    wrong += [
        FieldViolation(f"permissions[{index}]", f'{name!r} is not like "<plugin>.<resources>.<verb>"')
        for index, name in enumerate(request.permissions[:PERMISSIONS])
        if not _PERMISSION.fullmatch(name)
    ]
    return wrong


def path_to_root(node_id: str, nodes: Mapping[str, Node]) -> tuple[str, ...]:
    """Return the ids from a known node up to its root, the node first."""
    path = [node_id]
    while parent := nodes[path[-1]].parent_id:
        path.append(parent)
    return tuple(path)


def below(root_id: str, nodes: Iterable[Node]) -> list[Node]:
    """Return a node and everything under it, parents before children, brothers by id (that is by age)."""
    by_id = {node.node_id: node for node in nodes}
    paths = {node_id: path_to_root(node_id, by_id) for node_id in by_id}
    inside = [node for node in by_id.values() if root_id in paths[node.node_id]]
    return sorted(inside, key=lambda node: paths[node.node_id][::-1])
