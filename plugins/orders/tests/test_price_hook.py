"""Plugins that change prices: installed as any other plugin is, and asked by orders."""

from __future__ import annotations

import importlib
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from oms_core.clock import FixedClock
from oms_core.config import Config
from oms_core.plugins.description import describe
from oms_core.plugins.discovery import Installed, discover
from oms_core.plugins.loading import load
from oms_core.plugins.manifest import to_json
from oms_core.plugins.registering import registration_of
from oms_core.testing.running import Placement, running
from oms_protos.orders.v1 import (
    Adjustment,
    Adjustments,
    GetOrderRequest,
    PriceOrderRequest,
    PriceQuestion,
    ServiceMode,
)
from oms_protos.types.v1 import Money
from oms_wire.errors import FailedPrecondition
from tests.shop import Shop, open_shop, price

pytestmark = pytest.mark.placement("local", "wire")

NOON = datetime(2031, 6, 2, 12, tzinfo=UTC)
_SOURCE = '''
"""A plugin that does to prices what a test tells it to."""

from oms_core.plugins import Plugin, Registry, hookimpl
from oms_protos.orders.v1 import Adjustments, OrderHooks, PriceQuestion

questions = []
answer = None


async def change(question: PriceQuestion) -> Adjustments:
    questions.append(bytes(question))
    return answer(question)


class Rules(Plugin):
    """Changes prices."""

    requires = ("orders",)

    @hookimpl
    def register(self, oms: Registry) -> None:
        oms.answer(OrderHooks.adjust_price.by(change))
'''


class Rules:
    """The module of an installed plugin that answers."""

    def __init__(self, name: str) -> None:
        self.module = importlib.import_module(f"{name}.plugin")
        self.module.questions.clear()

    def answers(self, *adjustments: Adjustment) -> None:
        self.module.answer = lambda _: Adjustments(adjustments=list(adjustments))

    def meddles(self) -> None:
        """Answer nothing, and change whatever there is to change in the question."""
        self.module.answer = _meddled

    def fails(self) -> None:
        self.module.answer = lambda _: 1 / 0

    @property
    def questions(self) -> list[PriceQuestion]:
        return [PriceQuestion.parse(question) for question in self.module.questions]


def _meddled(question: PriceQuestion) -> Adjustments:
    line = question.lines[0]
    for money in (question.subtotal, line.unit_price, line.total):
        assert money
        money.amount = 1
    line.quantity, line.name = 50, "Nothing"
    question.lines.append(line)
    return Adjustments()


def install(folder: Path, name: str) -> None:
    package, info = folder / name, folder / f"{name}-1.0.dist-info"
    package.mkdir()
    info.mkdir()
    (package / "__init__.py").touch()
    (package / "plugin.py").write_text(_SOURCE)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[oms.plugins]\n{name} = {name}.plugin:Rules\n")


def write_manifest(folder: Path, one: Installed) -> None:
    plugin = load(one)
    manifest = describe(plugin, registration_of(plugin))
    (folder / one.name / "manifest.json").write_bytes(to_json(manifest))


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Rules, Rules]]:
    names = ("a_rule", "b_rule")
    for name in names:
        install(tmp_path, name)
    monkeypatch.syspath_prepend(tmp_path)
    for one in discover():
        if one.name in names:
            write_manifest(tmp_path, one)
    yield Rules(names[0]), Rules(names[1])
    for name in names:
        sys.modules.pop(name)
        sys.modules.pop(f"{name}.plugin")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
async def shop(
    rules: object, clock: FixedClock, database_dsn: str, placement: Placement
) -> AsyncIterator[Shop]:
    async with running(database_dsn, clock=clock, placement=placement) as plugins:
        yield await open_shop(plugins)


def less(amount: int, **more: object) -> Adjustment:
    return Adjustment(code="LESS", name="Less", amount=price(-amount), **more)  # type: ignore[arg-type]


@pytest.mark.placement("local")
async def test_a_price_is_adjusted_in_plugin_order_promised_and_kept(
    shop: Shop, rules: tuple[Rules, Rules], clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = rules
    first.answers(less(200, line=0, plugin="somebody else"))
    second.answers(less(100), Adjustment(code="BAG", name="Bag", amount=price(15)))
    asked = PriceOrderRequest(
        location_id=shop.pier,
        service_mode=ServiceMode.TAKEOUT,
        lines=[shop.line(shop.ramen, note="Ann is allergic"), shop.line(shop.cola)],
    )
    quote = await shop.orders.price_order(asked)
    assert (quote.subtotal, quote.total) == (price(1150), price(865))
    assert [(one.plugin, one.code, one.amount, one.line) for one in quote.adjustments] == [
        ("a_rule", "LESS", price(-200), 0),
        ("b_rule", "LESS", price(-100), None),
        ("b_rule", "BAG", price(15), None),
    ]
    request = await shop.quoted(*asked.lines)
    clock.set(NOON + timedelta(minutes=14))
    order = await shop.orders.place_order(request)
    assert (order.subtotal, order.total, order.adjustments) == (price(1150), price(865), quote.adjustments)
    stored = await shop.orders.get_order(GetOrderRequest(order_id=order.order_id))
    assert (stored.subtotal, stored.total, stored.adjustments) == (
        order.subtotal,
        order.total,
        order.adjustments,
    )
    question = first.questions[-1]
    assert (question.at, question.location_id, question.brand_id) == (NOON, shop.pier, shop.noodles)
    assert question.subtotal == price(1150)
    # What a guest says to the kitchen is nobody else's business.
    assert [line.note for one in first.questions for line in one.lines] == [""] * 6
    assert order.lines[0].note == "Ann is allergic"


@pytest.mark.parametrize(
    "wrong",
    [
        less(100, line=7),
        Adjustment(code="LESS", name="Less", amount=Money(amount=-1, currency="EUR")),
        Adjustment(code="", name="Less", amount=price(-1)),
    ],
)
async def test_an_answer_that_makes_no_sense_is_left_out_and_named(
    shop: Shop, rules: tuple[Rules, Rules], wrong: Adjustment, caplog: pytest.LogCaptureFixture
) -> None:
    rules[0].answers(less(10), wrong)
    rules[1].answers(less(1))
    order = await shop.place()
    assert order.total == price(899)
    assert "AdjustPrice: the answer of plugin 'a_rule' is left out: adjustments[1]." in caplog.text


async def test_a_plugin_that_fails_fails_no_order(shop: Shop, rules: tuple[Rules, Rules]) -> None:
    rules[0].fails()
    rules[1].answers(less(1))
    assert (await shop.place()).total == price(899)


async def test_an_order_never_costs_less_than_nothing(shop: Shop, rules: tuple[Rules, Rules]) -> None:
    rules[0].answers(less(5000))
    rules[1].answers(less(1))
    order = await shop.place()
    assert (order.total, [one.amount for one in order.adjustments]) == (price(0), [price(-900)])


async def test_a_discount_that_is_over_is_a_change_of_the_price(
    shop: Shop, rules: tuple[Rules, Rules]
) -> None:
    rules[0].answers(less(100))
    rules[1].answers()
    request = await shop.quoted()
    rules[0].answers()
    with pytest.raises(FailedPrecondition) as caught:
        await shop.orders.place_order(request)
    assert caught.value.code == "PRICE_CHANGED"
    assert (caught.value.details["quoted_amount"], caught.value.details["current_amount"]) == ("800", "900")


@pytest.mark.parametrize("alone", [True, False], ids=["alone", "beside another"])
async def test_who_changes_the_question_changes_nothing_of_what_is_charged(
    rules: tuple[Rules, Rules], clock: FixedClock, database_dsn: str, *, alone: bool
) -> None:
    first, second = rules
    first.meddles()
    second.answers()
    chosen = [one.name for one in discover() if one.name != "b_rule" or not alone]
    config = Config(plugins=chosen)
    # Not sealed: what a rule does to its question is what this is about.
    async with running(database_dsn, config=config, clock=clock, sealed=False) as plugins:
        shop = await open_shop(plugins)
        order = await shop.place(shop.line(shop.cola, quantity=2))
        stored = await shop.orders.get_order(GetOrderRequest(order_id=order.order_id))
    assert len(first.questions) == 2  # for the quote and for the order: it was asked
    assert len(second.questions) == (0 if alone else 2)
    for one in (order, stored):
        assert (one.subtotal, one.total, one.adjustments) == (price(500), price(500), [])
        assert [(line.name, line.quantity, line.unit_price, line.total) for line in one.lines] == [
            ("Cola", 2, price(250), price(500))
        ]
    for question in second.questions:
        assert (question.subtotal, len(question.lines), question.lines[0].quantity) == (price(500), 1, 2)
