"""Two groups of a shop; the first option of the second opens the first."""

from __future__ import annotations

import pytest

from oms_protos.menu.v1 import (
    ModifierGroup,
)
from tests.shop import Shop

from .asking import new_group, option


@pytest.fixture
async def toppings(shop: Shop) -> ModifierGroup:
    egg, nori = option("Egg", 150, max_quantity=2, station="grill"), option("Nori", 100)
    return await new_group(shop, "Toppings", egg, nori, max=3)


@pytest.fixture
async def sides(shop: Shop, toppings: ModifierGroup) -> ModifierGroup:
    return await new_group(shop, "Sides", option("Rice", 200, toppings), option("Soup", 300), min=1, max=1)
