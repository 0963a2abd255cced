"""Modifier groups: write, read, change."""

from __future__ import annotations

from dataclasses import replace

from oms_core.calls import new_id
from oms_core.storage import Storage, Transaction
from oms_menu import asking, group_store, modifiers, opening, store
from oms_menu.places import Places, refuse, stale
from oms_protos.menu.v1 import (
    CreateModifierGroupRequest,
    Modifier,
    ModifierGroup,
    NewModifier,
    UpdateModifierGroupRequest,
)
from oms_wire.errors import FieldViolation, NotFound

_OPTIONS = "modifiers.modifiers"


class Groups:
    """What guests are asked."""

    def __init__(self, storage: Storage, places: Places) -> None:
        self._storage = storage
        self._places = places

    async def locate(self, group_id: str) -> str:
        """Return the brand of a group."""
        async with self._storage.transaction() as tx:
            return await _brand_of(tx, group_id)

    async def create(self, request: CreateModifierGroupRequest) -> ModifierGroup:
        """Add a group; nothing opens it yet."""
        refuse(modifiers.check_new_group(request))
        await self._places.brand(request.brand_id)
        group = ModifierGroup(
            group_id=new_id("grp"),
            brand_id=request.brand_id,
            name=request.name,
            min=request.min,
            max=request.max,
            modifiers=[_option(option) for option in request.modifiers],
            version=1,
        )
        refuse(_check_whole(group))
        async with self._storage.transaction() as tx:
            await store.changed(tx, group.brand_id)
            await _check_opening(tx, group, request.modifiers, field="modifiers")
            await group_store.write_group(tx, group)
            tx.answer(group)
        return group

    async def get(self, group_id: str) -> ModifierGroup:
        """Return a group as its brand wrote it."""
        async with self._storage.transaction() as tx:
            if group := (await group_store.read_groups(tx, [group_id])).get(group_id):
                return group
        raise _no_group(group_id)

    async def update(self, request: UpdateModifierGroupRequest) -> ModifierGroup:
        """Change what was sent of a group, if it is still as the caller read it."""
        refuse(modifiers.check_group_update(request))
        async with self._storage.transaction() as tx:
            await store.changed(tx, await _brand_of(tx, request.group_id))
            before = (await group_store.read_groups(tx, [request.group_id]))[request.group_id]
            if before.version != request.version:
                raise stale(request.group_id, sent=request.version, current=before.version)
            group = _changed(before, request)
            refuse(_check_whole(group))
            if request.modifiers is not None:
                await _check_opening(tx, group, request.modifiers.modifiers, field=_OPTIONS)
            await _keep_items(tx, before, group)
            await group_store.update_group(tx, group)
            tx.answer(group)
        return group


def _changed(before: ModifierGroup, request: UpdateModifierGroupRequest) -> ModifierGroup:
    group = replace(
        before,
        name=before.name if request.name is None else request.name,
        min=before.min if request.min is None else request.min,
        max=before.max if request.max is None else request.max,
        version=before.version + 1,
    )
    if request.modifiers is not None:
        sent = request.modifiers.modifiers
        refuse(modifiers.check_known_options(sent, before, field=_OPTIONS))
        group = replace(group, modifiers=[_option(option) for option in sent])
    return group


def _option(option: NewModifier) -> Modifier:
    return Modifier(
        modifier_id=option.modifier_id or new_id("mod"),
        name=option.name,
        price=option.price,
        max_quantity=1 if option.max_quantity is None else option.max_quantity,
        group_ids=option.group_ids,
        station=option.station,
    )


def _check_whole(group: ModifierGroup) -> list[FieldViolation]:
    wrong = modifiers.check_limits(group.min, group.max, field="")
    return wrong or modifiers.check_satisfiable(group.min, group.modifiers, field="min", who=group.name)


async def _check_opening(
    tx: Transaction, group: ModifierGroup, sent: list[NewModifier], *, field: str
) -> None:
    opened = list(dict.fromkeys(one for option in group.modifiers for one in option.group_ids))
    if not opened:
        return
    known = await group_store.read_known(tx, group.brand_id, opened)
    refuse(
        opening.check_opened(sent, known, brand_id=group.brand_id, field=field),
        code=opening.UNKNOWN_MODIFIER_GROUP,
    )
    known[group.group_id] = opening.KnownGroup(group.group_id, group.brand_id, group.name, opened)
    if refusal := opening.find_refusal(group.group_id, known):
        refuse([FieldViolation(field, refusal.message)], code=refusal.code)


async def _keep_items(tx: Transaction, before: ModifierGroup, group: ModifierGroup) -> None:
    """Hold the items that ask the group to its new shape; their prices of options that left go with them."""
    left = {option.modifier_id for option in before.modifiers}
    left -= {option.modifier_id for option in group.modifiers}
    for item in await store.items_asking(tx, group.brand_id, group.group_id):
        [own] = [asked for asked in item.asks if asked.group_id == group.group_id]
        kept = asking.without_prices(own, left)
        if wrong := asking.check_override(asking.as_written([kept])[0], group, at="modifier_groups"):
            who = f"{item.name} ({item.item_id})"
            refuse([FieldViolation("group_id", f"{who} {one.field}: {one.message}") for one in wrong])
        if kept != own:
            asks = [kept if asked.group_id == group.group_id else asked for asked in item.asks]
            await store.write_asks(tx, item.item_id, asks)


async def _brand_of(tx: Transaction, group_id: str) -> str:
    if brand_id := await group_store.brand_of_group(tx, group_id):
        return brand_id
    raise _no_group(group_id)


def _no_group(group_id: str) -> NotFound:
    return NotFound("MODIFIER_GROUP_NOT_FOUND", f"there is no modifier group {group_id!r}")
