"""What a modifier group may be."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from oms_menu.fields import QUANTITY, check_name, check_price, check_station, check_twice
from oms_protos.menu.v1 import (
    CreateModifierGroupRequest,
    Modifier,
    ModifierGroup,
    NewModifier,
    UpdateModifierGroupRequest,
)
from oms_wire.errors import FieldViolation

OPTIONS = 500
GROUPS_OF_OPTION = 50


def check_new_group(request: CreateModifierGroupRequest) -> list[FieldViolation]:
    """Say what is wrong with a new group, as far as it can be seen from the group alone."""
    wrong = [*check_name(request.name, field="name"), *check_options(request.modifiers, field="modifiers")]
    wrong += [
        FieldViolation(f"modifiers[{index}].modifier_id", "a new group has new options only: leave it out")
        for index, option in enumerate(request.modifiers)
        if option.modifier_id
    ]
    return [*wrong, *check_limits(request.min, request.max, field="")]


def check_group_update(request: UpdateModifierGroupRequest) -> list[FieldViolation]:
    """Say what is wrong with a change of a group, as far as it can be seen from the request alone."""
    wrong = []
    if request.version < 1:
        wrong.append(FieldViolation("version", "send the version that you read"))
    if all(sent is None for sent in (request.name, request.min, request.max, request.modifiers)):
        wrong.append(FieldViolation("name", "nothing to change: send name, min, max, modifiers or several"))
    if request.name is not None:
        wrong += check_name(request.name, field="name")
    if request.modifiers is not None:
        wrong += check_options(request.modifiers.modifiers, field="modifiers.modifiers")
    return wrong


def check_options(options: Sequence[NewModifier], *, field: str) -> list[FieldViolation]:
    """Say what is wrong with the options of a group."""
    if not 1 <= len(options) <= OPTIONS:
        return [FieldViolation(field, f"{len(options)} options; 1 to {OPTIONS} needed")]
    wrong: list[FieldViolation] = []
    for index, option in enumerate(options):
        wrong += _check_option(option, at=f"{field}[{index}]")
    wrong += check_twice((option.name for option in options), f"{field}[{{}}].name")
    return wrong + check_twice((option.modifier_id for option in options), f"{field}[{{}}].modifier_id")


def check_known_options(
    options: Sequence[NewModifier], group: ModifierGroup, *, field: str
) -> list[FieldViolation]:
    """Say which options are written over some that the group does not have."""
    known = {option.modifier_id for option in group.modifiers}
    return [
        FieldViolation(
            f"{field}[{index}].modifier_id",
            f"{option.modifier_id!r} is not an option of {group.name} ({group.group_id}): a new one has none",
        )
        for index, option in enumerate(options)
        if option.modifier_id and option.modifier_id not in known
    ]


def check_limits(least: int, most: int, *, field: str) -> list[FieldViolation]:
    """Say what is wrong with how many options are to be chosen; ``most`` 0 is no limit."""
    wrong = [
        FieldViolation(f"{field}{name}", f"{value} is not in 0 to {QUANTITY}")
        for name, value in (("min", least), ("max", most))
        if not 0 <= value <= QUANTITY
    ]
    if not wrong and most and most < least:
        wrong.append(
            FieldViolation(f"{field}max", f"at most {most}, but at least {least}: send 0 for no limit")
        )
    return wrong


def check_satisfiable(
    least: int, options: Iterable[Modifier], *, field: str, who: str
) -> list[FieldViolation]:
    """Say when nobody can choose as many options as ``who`` asks for."""
    possible = sum(option.max_quantity or math.inf for option in options)
    if least <= possible:
        return []
    return [FieldViolation(field, f"{who} asks for at least {least}; its options allow {possible} at most")]


def _check_option(option: NewModifier, *, at: str) -> list[FieldViolation]:
    wrong = [*check_name(option.name, field=f"{at}.name"), *check_price(option.price, field=f"{at}.price")]
    wrong += check_station(option.station, field=f"{at}.station")
    if option.max_quantity is not None and not 0 <= option.max_quantity <= QUANTITY:
        message = f"{option.max_quantity} is not in 0 to {QUANTITY}"
        wrong.append(FieldViolation(f"{at}.max_quantity", message))
    if len(option.group_ids) > GROUPS_OF_OPTION:
        message = f"{len(option.group_ids)} groups; at most {GROUPS_OF_OPTION}"
        wrong.append(FieldViolation(f"{at}.group_ids", message))
    return wrong + check_twice(option.group_ids, f"{at}.group_ids[{{}}]")
