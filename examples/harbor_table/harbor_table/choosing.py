"""What a guest answers to the questions of an item: toppings, sauces, the side of a combo."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from oms_sdk import ItemModifierGroup, Menu, MenuModifier, MenuModifierGroup, ModifierChoice

SHARE_OF_QUESTIONS = 0.5
"""How many questions that need no answer get one."""
SHARE_OF_NONE = 0.05
"""How often a guest says on purpose that there should be none of something."""
MOST = 3


class Chooser:
    """Chooses from one menu; every choice keeps to the limits as long as enough is there."""

    def __init__(self, menu: Menu, dice: random.Random) -> None:
        self._groups = {group.group_id: group for group in menu.modifier_groups}
        self._dice = dice

    def answer(self, asks: Sequence[ItemModifierGroup]) -> list[ModifierChoice]:
        """Return choices for an item that asks these groups."""
        limits = {asked.group_id: (asked.min or 0, asked.max or 0) for asked in asks}
        return [choice for asked in limits for choice in self._choose(asked, *limits[asked])]

    def _choose(self, group_id: str, least: int, most: int) -> Iterator[ModifierChoice]:
        there = [option for option in self._groups[group_id].modifiers if option.available]
        # Each as often as it may be had: whatever is drawn, no option is taken too often.
        pieces = [option.modifier_id for option in there for _ in range(option.max_quantity or MOST)]
        taken = Counter(self._dice.sample(pieces, k=min(len(pieces), self._count(least, most))))
        for option in there:
            if taken[option.modifier_id]:
                yield self._chosen(option, taken[option.modifier_id])
            elif self._dice.random() < SHARE_OF_NONE:
                yield ModifierChoice(modifier_id=option.modifier_id, quantity=0)

    def _count(self, least: int, most: int) -> int:
        if not least and self._dice.random() > SHARE_OF_QUESTIONS:
            return 0
        return self._dice.randint(max(least, 1), max(least, min(most or MOST, MOST)))

    def _chosen(self, option: MenuModifier, quantity: int) -> ModifierChoice:
        opened = [self._groups[group_id] for group_id in option.group_ids]
        below = [choice for group in opened for choice in self._choose(group.group_id, group.min, group.max)]
        return ModifierChoice(modifier_id=option.modifier_id, quantity=quantity, modifiers=below)


def stations(
    chosen: Sequence[ModifierChoice], options: Mapping[str, MenuModifier], *, home: str
) -> Iterator[str]:
    """Return where choices of something made at ``home`` are made; none of something is made nowhere else."""
    for choice in chosen:
        option = options[choice.modifier_id]
        if choice.quantity != 0:
            yield option.station or home
            yield from stations(choice.modifiers, options, home=option.station or home)


def options_of(groups: Sequence[MenuModifierGroup]) -> dict[str, MenuModifier]:
    """Return every option, by id."""
    return {option.modifier_id: option for group in groups for option in group.modifiers}
