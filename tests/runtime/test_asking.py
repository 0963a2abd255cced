"""From what plugins register to questions that are answered, in the line of plugins."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from oms_core.context import Context, current, use
from oms_core.errors import PluginError
from oms_core.plugins import Installed, Plugin, Registration, Registry, Roster, hookimpl
from oms_core.plugins.injection import Injector
from oms_core.runtime.asking import answer, asking, offered
from oms_core.runtime.assembly import Assembly

# The compiler's golden files are the contract of these plugins.
sys.path.insert(0, str(Path(__file__).parents[1] / "codegen" / "golden"))

from acme_protos.shop.v1 import Item, SearchItemsResponse, ShopHooks, ShopHooksCaller

ACTORS: list[str] = []


async def suggest(item: Item) -> SearchItemsResponse:
    """Suggest the very item, and note who asked."""
    ACTORS.append(current().actor)
    return SearchItemsResponse(items=[item])


class Shop(Plugin):
    """Offers, asks, and has an answer of its own."""

    @hookimpl
    def register(self, oms: Registry) -> None:
        oms.hooks(ShopHooks)
        oms.answer(ShopHooks.suggest_items.by(suggest))


class Stall(Plugin):
    """Answers, and may ask since it requires the shop."""

    requires = ("shop",)

    @hookimpl
    def register(self, oms: Registry) -> None:
        oms.answer(ShopHooks.suggest_items.by(suggest))


class Stranger(Plugin):
    """Neither answers nor requires the shop."""


class Asker:
    """A service that asks."""

    def __init__(self, hooks: ShopHooksCaller) -> None:
        self.hooks = hooks


def assembled(*plugins: Plugin) -> Assembly:
    line = [Installed(one.name, one.name, "1", EntryPoint(one.name, "x:X", "oms.plugins")) for one in plugins]
    registrations = {plugin.name: Registration(plugin.name) for plugin in plugins}
    for plugin in plugins:
        plugin.register(Registry(registrations[plugin.name]))
    roster = Roster(line, degrades=lambda _: False)
    return Assembly(roster, {one.name: one for one in plugins}, registrations, {})


def wired(*plugins: Plugin) -> dict[str, Injector]:
    """Return each plugin's injector, once everybody's answers are in."""
    assembly = assembled(*plugins)
    answers = offered(assembly)
    injectors = {one.name: asking(Injector(one, {}), answers) for one in assembly.plugins}
    for name, registration in assembly.registrations.items():
        answer(answers, registration, injectors[name])
    return injectors


@pytest.mark.parametrize("asker", ["shop", "stall"])
async def test_who_offers_and_who_requires_it_may_ask_and_answers_stand_in_plugin_order(asker: str) -> None:
    ACTORS.clear()
    service = wired(Shop("shop"), Stall("stall"))[asker].build(Asker)
    with use(Context("chn_a")):
        given = await service.hooks.suggest_items(Item(item_id="a"))
    assert [one.plugin for one in given] == ["shop", "stall"]
    assert [asker, asker] == ACTORS


def test_who_does_not_require_it_may_not_ask() -> None:
    with pytest.raises(PluginError, match="'stranger': parameter 'hooks' of Asker asks the hooks of"):
        wired(Shop("shop"), Stranger("stranger"))["stranger"].build(Asker)


def test_an_answer_to_what_nobody_offers_is_refused_by_name() -> None:
    with pytest.raises(PluginError, match=r"'stall' answers acme\.shop\.v1\.ShopHooks/SuggestItems") as found:
        wired(Stall("stall"))
    assert found.value.code == "HOOK_NOT_OFFERED"


def test_two_that_offer_the_same_hooks_are_named() -> None:
    with pytest.raises(PluginError, match="'shop' and 'other' both offer"):
        wired(Shop("shop"), Shop("other"))
