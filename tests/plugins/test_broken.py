"""Broken plugins: what a person is told, word for word, and that nothing of them stays."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from oms_core.plugins.manifest import (
    HandledEvent,
    HookAnswer,
    Manifest,
    OfferedHook,
    Rpc,
    ServedService,
    to_json,
)
from oms_core.storage.connection import connect
from tests.plugins.contracts import SERVING, contract
from tests.plugins.workshop import Workshop

GOLDEN = Path(__file__).parent / "golden"
PUBLIC = 'Access("", Scope.PUBLIC)'
SETTINGS = """
import msgspec

from oms_core.plugins import Plugin


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    longest: int = 20


class Made(Plugin):
    settings = Choice
"""
SCHEMA = {
    "title": "Choice",
    "type": "object",
    "properties": {"longest": {"type": "integer", "default": 20}},
    "additionalProperties": False,
}


def is_golden(name: str, text: str) -> None:
    """Compare with the file; GOLDEN=write writes it."""
    file = GOLDEN / f"{name}.txt"
    if os.environ.get("GOLDEN") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    assert text == file.read_text()
    assert "Traceback" not in text


def service(name: str, *, scope: str = "public", route: str = "") -> ServedService:
    route = route or f"GET /v1/{name}/{{id}}"
    rpc = Rpc(name="Ping", scope=scope, idempotency="no_side_effects", routes=[route])
    return ServedService(name=f"acme.{name}.v1.PingService", contract=f"acme_{name}.v1", methods=[rpc])


def import_error(shop: Workshop) -> None:
    shop.make("stamps", "import coupons_of_2019\n")


def unregistered(shop: Workshop) -> None:
    shop.make("stamps", "    @hookimpl\n    def register(self, oms):\n        {}['ledger']\n")


def no_plugin(shop: Workshop) -> None:
    shop.make("stamps", "Made = 3\n")


def no_service(shop: Workshop) -> None:
    shop.make("stamps", "    @hookimpl\n    def register(self, oms):\n        oms.serve(dict)\n")


def unmarked_register(shop: Workshop) -> None:
    shop.make("stamps", "    def register(self, oms):\n        oms.serve(dict)\n")


def unmarked_commands(shop: Workshop) -> None:
    shop.make("stamps", "    def commands(self):\n        return []\n")


def misspelt_register(shop: Workshop) -> None:
    shop.make("stamps", "    @hookimpl\n    def registr(self, oms):\n        oms.serve(dict)\n")


def uncalled_setup(shop: Workshop) -> None:
    shop.make("stamps", "    async def setup(self):\n        pass\n")


def raising_init(shop: Workshop) -> None:
    shop.make("stamps", "    def __init__(self, name):\n        open('/nowhere/stamps.key')\n")


def nameless_init(shop: Workshop) -> None:
    shop.make("stamps", "    def __init__(self, name):\n        self.cards = []\n")


def no_generated_files(shop: Workshop) -> None:
    files = contract("stamps", access=PUBLIC, path="/v1/stamps/{id}")
    del files["v1/routes.py"]
    shop.make("stamps", SERVING.format(name="stamps"), files=files, services=[service("stamps")])


def partial_step(shop: Workshop) -> None:
    code = """
from functools import partial

from oms_core.plugins import Plugin, hookimpl


async def count(start: int) -> None:
    return None


class Made(Plugin):
    @hookimpl
    def register(self, oms):
        oms.lifecycle(start=partial(count, 3))
"""
    shop.make("stamps", code, lifecycle=["start"])


HANDLING = """
from functools import partial

from oms_core.plugins import Plugin, hookimpl
from oms_protos.orders.v1 import OrderPlaced


{asynchronous}def collect(event: OrderPlaced) -> None:
    return None


class Made(Plugin):
    @hookimpl
    def register(self, oms):
        oms.on(OrderPlaced, {handler})
"""
HANDLES = [HandledEvent(name="orders.order_placed", version=1, handler="collect")]


def sync_handler(shop: Workshop) -> None:
    shop.make("stamps", HANDLING.format(asynchronous="", handler="collect"), handles=HANDLES)


def partial_handler(shop: Workshop) -> None:
    code = HANDLING.format(asynchronous="async ", handler="partial(collect)")
    shop.make("stamps", code, handles=HANDLES)


def partial_answer(shop: Workshop) -> None:
    code = """
from functools import partial

from acme_protos.shop.v1 import Item, SearchItemsResponse, ShopHooks
from oms_core.plugins import Plugin, hookimpl


async def suggest(item: Item) -> SearchItemsResponse:
    return SearchItemsResponse()


class Made(Plugin):
    @hookimpl
    def register(self, oms):
        oms.answer(ShopHooks.suggest_items.by(partial(suggest)))
"""
    shop.make("stamps", code)


def missing_requirement(shop: Workshop) -> None:
    shop.make("stamps", "    requires = ('vouchers',)", requires=["vouchers"])


def repeated_requirement(shop: Workshop) -> None:
    shop.make("stamps", requires=["identity", "identity"])


def circular_requirement(shop: Workshop) -> None:
    shop.make("stamps", requires=["wallets"])
    shop.make("wallets", requires=["gifts"])
    shop.make("gifts", requires=["stamps"])


def duplicate(shop: Workshop) -> None:
    shop.make("stamps")
    shop.make("stickers", offered_as="stamps")


def duplicate_of_one_module(shop: Workshop) -> None:
    package = shop.make("stamps")
    info = package.parent / "acme_stamps_fork-1.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-stamps-fork\nVersion: 1.1\n")
    (info / "entry_points.txt").write_text("[oms.plugins]\nstamps = acme_stamps.plugin:Made\n")


def older_api(shop: Workshop) -> None:
    shop.make("stamps", api=0)


def newer_api(shop: Workshop) -> None:
    shop.make("stamps", api=2)


def no_manifest(shop: Workshop) -> None:
    shop.make("stamps", manifest=b"")


def invalid_manifest(shop: Workshop) -> None:
    shop.make("stamps", manifest=b'{"name": "stamps", "api": 1, "requires": "identity"}')


def stale_manifest(shop: Workshop) -> None:
    shop.make("stamps", "    requires = ('identity',)", tables=["stamps.cards"])


def settings_typo(shop: Workshop) -> None:
    shop.make("stamps", SETTINGS, settings=SCHEMA)
    shop.choose("identity", settings=["[settings.stamps]", "longst = 3"])


def one_route(shop: Workshop) -> None:
    shop.make("stamps", services=[service("stamps", route="GET /v1/cards/{id}")])
    shop.make("wallets", services=[service("wallets", route="GET /v1/cards/{card}")])


def everything_at_once(shop: Workshop) -> None:
    shop.make("stamps", api=0)
    shop.make("wallets", requires=["gifts"])
    shop.make("gifts", requires=["wallets", "vouchers"])
    shop.make("stickers", manifest=b"")


WITHOUT_DATABASE = [
    *(import_error, unregistered, no_plugin, no_service, missing_requirement, repeated_requirement),
    *(circular_requirement, duplicate, older_api, newer_api, no_manifest, invalid_manifest),
    *(stale_manifest, settings_typo, one_route, everything_at_once),
    *(unmarked_register, unmarked_commands, misspelt_register, uncalled_setup, raising_init, nameless_init),
    *(no_generated_files, partial_step, sync_handler, partial_handler, partial_answer),
    duplicate_of_one_module,
]


@pytest.mark.parametrize("breaks", WITHOUT_DATABASE, ids=lambda breaks: breaks.__name__)
def test_a_broken_plugin_is_named_with_its_cause_and_what_to_do(
    workshop: Workshop, breaks: Callable[[Workshop], None]
) -> None:
    breaks(workshop)
    workshop.choose("identity")
    done = workshop.run()
    assert done.returncode == 1, done.stderr
    is_golden(breaks.__name__, workshop.told(done))


def missing_permission(shop: Workshop) -> None:
    files = contract("stamps", access='Access("", Scope.TENANT)', path="/v1/stamps/{id}")
    shop.make(
        "stamps",
        SERVING.format(name="stamps"),
        files=files,
        services=[service("stamps", scope="tenant")],
    )


def wrong_parameter(shop: Workshop) -> None:
    code = """
from decimal import Decimal

from oms_core.plugins import Plugin, hookimpl
from oms_protos.orders.v1 import OrderPlaced


async def collect(event: OrderPlaced, worth: Decimal) -> None:
    return None


class Made(Plugin):
    @hookimpl
    def register(self, oms):
        oms.on(OrderPlaced, collect)
"""
    shop.make(
        "stamps", code, handles=[HandledEvent(name="orders.order_placed", version=1, handler="collect")]
    )


ASKING = """
from acme_protos.shop.v1 import ShopHooks
from oms_core.plugins import Plugin, hookimpl


class Made(Plugin):
    @hookimpl
    def register(self, oms):
        oms.hooks(ShopHooks)
"""
ANSWERING = """
from acme_protos.shop.v1 import Item, SearchItemsResponse, ShopHooks
from oms_core.plugins import Plugin, hookimpl


async def suggest(item: Item) -> {answer}:
    return {answer}()


class Made(Plugin):
    {word} = ("asking",)

    @hookimpl
    def register(self, oms):
        oms.answer(ShopHooks.suggest_items.by(suggest))
"""


def asking(shop: Workshop, code: str = ASKING) -> HookAnswer:
    """Install a plugin that offers the shop's hooks; return an answer to one of them."""
    from acme_protos.shop.v1 import ShopHooks

    from oms_core.plugins.description import events_of

    hooks = [
        OfferedHook(
            name=hook.full_name,
            contract="acme_protos.shop.v1.ShopHooks",
            combine=hook.combine.value,
            deadline_ms=round(hook.deadline * 1000),
            on_failure=hook.on_failure.value,
        )
        for hook in ShopHooks.HOOKS
    ]
    shop.make("asking", code, hooks=hooks, events=events_of(["acme_protos.shop.v1"]))
    return HookAnswer(hook=ShopHooks.suggest_items.full_name, function="suggest")


def wrong_answer(shop: Workshop) -> None:
    answer = asking(shop)
    code = ANSWERING.format(answer="Item", word="requires")
    shop.make("stamps", code, requires=["asking"], answers=[answer])


def answer_to_one_that_is_off(shop: Workshop) -> None:
    answer = asking(shop, "import coupons_of_2019\n")
    code = ANSWERING.format(answer="SearchItemsResponse", word="after")
    shop.make("stamps", code, after=["asking"], answers=[answer])
    shop.off = ("asking",)


def answer_to_one_that_is_not_there(shop: Workshop) -> None:
    answer = asking(shop)
    shop.made.remove("asking")
    code = ANSWERING.format(answer="SearchItemsResponse", word="after")
    shop.make("stamps", code, after=["asking"], answers=[answer])


PROVIDING = """
from oms_core.auth import Directory
from oms_core.plugins import Plugin, hookimpl


class Nobody:
    pass


class Made(Plugin):
    @hookimpl
    def register(self, oms):
        oms.provide(Directory, Nobody)
"""


def two_directories(shop: Workshop) -> None:
    shop.make("stamps", PROVIDING, provides=["Directory"])


def directory_not_chosen(shop: Workshop) -> None:
    shop.make("stamps")
    shop.beside = ()


def directory_off(shop: Workshop) -> None:
    shop.make("stamps", "import coupons_of_2019\n", provides=["Directory"])
    shop.beside, shop.off = (), ("stamps",)


MIGRATION = """
from piccolo.apps.migrations.auto.migration_manager import MigrationManager

ID = "{id}"
VERSION = "1.38.0"
DESCRIPTION = ""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="stamps", description=DESCRIPTION)

    async def run():
        from piccolo.engine import engine_finder
        from piccolo.table import Table

        for statement in {statements!r}:
            await Table.raw(statement).run()

    manager.add_raw(run)
    return manager
"""
TABLES = """
from piccolo.columns import Text
from piccolo.table import Table

from oms_core.plugins import Plugin, hookimpl
from oms_core.storage import Tenant


class Card(Table, schema="stamps", tablename="cards"):
    card_id = Text(primary_key=True)
    tenant = Tenant()


class Made(Plugin):
    @hookimpl
    def register(self, oms):
        oms.tables(Card)
"""


def half_way(shop: Workshop) -> None:
    first = ["create table stamps.cards (card_id text primary key, tenant text not null)"]
    second = ["create table stamps.prizes (tenant text)", "alter table stamps.cards add column worth monney"]
    files = {
        f"migrations/stamps_{number}.py": MIGRATION.format(id=f"stamps_{number}", statements=statements)
        for number, statements in ((1, first), (2, second))
    }
    shop.make("stamps", TABLES, tables=["stamps.cards"], files=files)


def hanging_setup(shop: Workshop) -> None:
    code = """
import asyncio

from oms_core.plugins import Plugin, hookimpl


async def wait_for_a_printer() -> None:
    await asyncio.Event().wait()


class Made(Plugin):
    @hookimpl
    def register(self, oms):
        oms.lifecycle(setup=wait_for_a_printer)
"""
    shop.make("stamps", code, lifecycle=["setup"])


def raising_constructor(shop: Workshop) -> None:
    files = contract("stamps", access=PUBLIC, path="/v1/stamps/{id}")
    files["service.py"] += """
                def __init__(self) -> None:
                    open("/nowhere/stamps.key")
"""
    shop.make("stamps", SERVING.format(name="stamps"), files=files, services=[service("stamps")])


def no_event(shop: Workshop) -> None:
    code = """
from oms_core.plugins import Plugin, hookimpl
from oms_protos.orders.v1 import OrderPlaced


async def collect() -> None:
    return None


class Made(Plugin):
    @hookimpl
    def register(self, oms):
        oms.on(OrderPlaced, collect)
"""
    handles = [HandledEvent(name="orders.order_placed", version=1, handler="collect")]
    shop.make("stamps", code, handles=handles)


WITH_DATABASE = [
    *(missing_permission, wrong_parameter, wrong_answer, half_way, hanging_setup),
    *(raising_constructor, no_event, answer_to_one_that_is_off, answer_to_one_that_is_not_there),
    *(two_directories, directory_not_chosen, directory_off),
]


@pytest.mark.parametrize("breaks", WITH_DATABASE, ids=lambda breaks: breaks.__name__)
async def test_what_shows_only_when_it_is_wired_is_named_as_well(
    workshop: Workshop, database_dsn: str, breaks: Callable[[Workshop], None]
) -> None:
    breaks(workshop)
    workshop.choose(
        *workshop.beside,
        settings=[
            *("[database]", f"url = '{database_dsn}'", "[lifecycle]", "setup_seconds = 0.05", "[failure]"),
            *(f"{name} = 'degrade'" for name in workshop.off),
        ],
    )
    done = workshop.run()
    assert done.returncode == 1, done.stderr
    is_golden(breaks.__name__, workshop.told(done))
    connection = await connect(database_dsn)
    try:
        assert not await connection.fetchval("select to_regclass('stamps.cards')")
        assert not await connection.fetchval("select to_regclass('stamps.prizes')")
        done_of_it = "select name from oms.migration where app = 'stamps' and name <> 'policies'"
        assert not await connection.fetch(done_of_it)
    finally:
        await connection.close()


def test_a_manifest_of_another_shape_is_read_as_far_as_its_api(workshop: Workshop) -> None:
    workshop.make("stamps", manifest=b'{"name": "stamps", "api": 7, "requires": {"identity": "any"}}')
    workshop.choose("identity")
    assert "PLUGIN_API" in workshop.oms("plugins", "list").stderr


def test_a_manifest_file_is_the_same_for_the_same_manifest() -> None:
    one = {"b": {"type": "integer"}, "a": {"type": "string"}}
    two = dict(reversed(one.items()))
    manifests = [
        Manifest(name="a", distribution="d", version="1", api=1, summary="", settings={"properties": shape})
        for shape in (one, two)
    ]
    assert to_json(manifests[0]) == to_json(manifests[1])
