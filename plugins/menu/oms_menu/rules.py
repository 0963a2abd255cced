"""What items may stand on a menu."""

from __future__ import annotations

from oms_menu.asking import check_asked
from oms_menu.fields import check_name, check_price, check_station
from oms_protos.menu.v1 import CreateItemRequest, UpdateItemRequest
from oms_wire.errors import FieldViolation

VARIATIONS = 250
ITEMS_AT_ONCE = 1000
GROUPS_FIELD = "modifier_groups.modifier_groups"
"""Where an update carries the groups of an item."""


def check_item(request: CreateItemRequest) -> list[FieldViolation]:
    """Say what is wrong with a new item and its variations."""
    wrong = [*check_name(request.name, field="name"), *check_station(request.station)]
    wrong += check_asked(request.modifier_groups, field="modifier_groups")
    if not 1 <= len(request.variations) <= VARIATIONS:
        count = len(request.variations)
        return [*wrong, FieldViolation("variations", f"{count} variations; 1 to {VARIATIONS} needed")]
    names: set[str] = set()
    for index, variation in enumerate(request.variations):
        at = f"variations[{index}]"
        wrong += check_name(variation.name, field=f"{at}.name")
        wrong += check_price(variation.price, field=f"{at}.price")
        if variation.name in names:
            wrong.append(FieldViolation(f"{at}.name", f"{variation.name!r} is there twice"))
        names.add(variation.name)
    return wrong


def check_update(request: UpdateItemRequest) -> list[FieldViolation]:
    """Say what is wrong with a change of an item."""
    wrong = []
    if request.version < 1:
        wrong.append(FieldViolation("version", "send the version that you read"))
    if request.name is None and request.station is None and request.modifier_groups is None:
        wrong.append(FieldViolation("name", "nothing to change: send name, station or modifier_groups"))
    if request.name is not None:
        wrong += check_name(request.name, field="name")
    if request.station is not None:
        wrong += check_station(request.station)
    if request.modifier_groups is not None:
        wrong += check_asked(request.modifier_groups.modifier_groups, field=GROUPS_FIELD)
    return wrong
