"""A question that is answered in another process, through a generated proxy: the same as in this one."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
import pytest_asyncio

from oms_core.auth import Issuer, KeyRing, Verifier
from oms_core.calls import Answers, LocalHooks
from oms_core.context import Context, Grant, Principal, current, use
from oms_core.servers.entrance import Entrance
from oms_core.servers.grpc.hook_handlers import hook_handler
from oms_wire.errors import DeadlineExceeded, FailedPrecondition, Internal, PermissionDenied
from oms_wire.grpcio import GrpcChannel
from oms_wire.hook import Given, NoAnswer
from oms_wire.hook_proxy import PLUGIN, answers_of

sys.path.insert(0, str(Path(__file__).parents[1] / "codegen" / "golden"))

from acme_protos.shop.v1 import (
    CountItemsRequest,
    Item,
    SearchItemsRequest,
    SearchItemsResponse,
    ShopHooks,
    ShopHooksCaller,
    ShopHooksProxy,
    StrictHooks,
    StrictHooksCaller,
    StrictHooksProxy,
)
from acme_protos.stock.v1 import Item as Stock

Function = Callable[[Any], Awaitable[object]]


async def suggests(question: Item) -> SearchItemsResponse:
    return SearchItemsResponse(items=[Item(item_id=f"{question.item_id} and {current().tenant}")])


async def refuses(question: Any) -> object:
    raise FailedPrecondition("SHOP_CLOSED", "the shop is closed")


async def hangs(question: Any) -> object:
    await asyncio.Event().wait()
    raise AssertionError


async def passes(question: Any) -> NoAnswer:
    return NoAnswer()


async def finds(question: CountItemsRequest) -> Stock:
    return Stock()


async def adds(question: SearchItemsRequest) -> SearchItemsRequest:
    question.text += "!"
    return question


class Elsewhere:
    """A process with plugins that answer, and what asks it from here."""

    def __init__(self, keys: KeyRing) -> None:
        self.there = self._answers()
        self.here = self._answers()
        self.keys = keys
        self.subjects = {"user:bundle"}

    @staticmethod
    def _answers() -> Answers:
        answers = Answers()
        answers.offer(ShopHooks, plugin="shop")
        answers.offer(StrictHooks, plugin="shop")
        return answers

    def admit(self, context: Context) -> None:
        if context.principal.subject not in self.subjects:
            raise PermissionDenied("PERMISSION_DENIED", "only bundles ask hooks")

    async def start(self) -> None:
        self.server = grpc.aio.server()
        entrance = Entrance(Verifier(self.keys, issuer="oms", audience="oms"))
        handlers = [
            hook_handler(hooks, self.there, entrance, admit=self.admit) for hooks in (ShopHooks, StrictHooks)
        ]
        self.server.add_generic_rpc_handlers(handlers)
        self.port = self.server.add_insecure_port("127.0.0.1:0")
        await self.server.start()
        self.lines = grpc.aio.insecure_channel(f"127.0.0.1:{self.port}")

    async def stop(self) -> None:
        await self.lines.close()
        await self.server.stop(1)

    def plugin(self, name: str, **functions: Function) -> None:
        """Let ``name`` answer there, and its proxies here."""
        for hooks, proxy in ((ShopHooks, ShopHooksProxy), (StrictHooks, StrictHooksProxy)):
            given = [(hook, functions[hook.name]) for hook in hooks.HOOKS if hook.name in functions]
            self.there.add(name, given)
            asked = {hook.full_name for hook, _ in given}
            answers = answers_of(proxy(GrpcChannel(self.lines, metadata=lambda: self._metadata(name))))
            self.here.add(name, [pair for pair in answers if pair[0].full_name in asked])

    def _metadata(self, name: str) -> list[tuple[str, str]]:
        token = Issuer(self.keys, issuer="oms", audience="oms").issue(
            "user:bundle", tenant="chn_a", grants=[Grant("bundle", "chn_a")], ttl=timedelta(minutes=1)
        )
        return [(PLUGIN, name), ("authorization", f"Bearer {token}")]


@pytest_asyncio.fixture
async def elsewhere(tmp_path: Path) -> AsyncIterator[Elsewhere]:
    process = Elsewhere(KeyRing.open(tmp_path))
    await process.start()
    with use(Context("chn_a", Principal("user:1"), deadline=time.monotonic() + 60)):
        yield process
    await process.stop()


@pytest.fixture
def shop(elsewhere: Elsewhere) -> ShopHooksCaller:
    return ShopHooksCaller(LocalHooks(elsewhere.here, actor="shop"))


@pytest.fixture
def strict(elsewhere: Elsewhere) -> StrictHooksCaller:
    return StrictHooksCaller(LocalHooks(elsewhere.here, actor="shop"))


async def test_all_answer_by_name(elsewhere: Elsewhere, shop: ShopHooksCaller) -> None:
    elsewhere.plugin("near", suggest_items=suggests)
    elsewhere.plugin("far", suggest_items=suggests)
    answer = SearchItemsResponse(items=[Item(item_id="tea and chn_a")])
    assert await shop.suggest_items(Item(item_id="tea")) == [Given("near", answer), Given("far", answer)]


async def test_the_first_that_does_not_pass(elsewhere: Elsewhere, shop: ShopHooksCaller) -> None:
    elsewhere.plugin("near", find_stock=passes)
    assert await shop.find_stock(CountItemsRequest()) is None
    elsewhere.plugin("far", find_stock=finds)
    assert await shop.find_stock(CountItemsRequest()) == Stock()


async def test_one_after_the_other(elsewhere: Elsewhere, shop: ShopHooksCaller) -> None:
    elsewhere.plugin("near", list_=adds)
    elsewhere.plugin("far", list_=adds)
    assert (await shop.list_(SearchItemsRequest(text="tea"))).text == "tea!!"


async def test_a_failing_answer_is_left_out_or_ends_the_question(
    elsewhere: Elsewhere, shop: ShopHooksCaller, strict: StrictHooksCaller, caplog: pytest.LogCaptureFixture
) -> None:
    elsewhere.plugin("near", suggest_items=refuses)
    assert await shop.suggest_items(Item()) == []
    named = (
        "plugin 'near' did not answer acme.shop.v1.ShopHooks/SuggestItems: FailedPrecondition: SHOP_CLOSED"
    )
    assert named in caplog.text
    with pytest.raises(Internal, match="plugin 'near'") as caught:
        await strict.suggest_items(Item())
    assert caught.value.details["cause"] == "SHOP_CLOSED"


async def test_a_late_answer_is_named(elsewhere: Elsewhere, shop: ShopHooksCaller) -> None:
    elsewhere.plugin("near", find_stock=hangs)
    with pytest.raises((DeadlineExceeded, Internal), match="plugin 'near'"):
        await shop.find_stock(CountItemsRequest())


async def test_users_ask_no_hooks(elsewhere: Elsewhere, strict: StrictHooksCaller) -> None:
    elsewhere.plugin("near", suggest_items=suggests)
    elsewhere.subjects.clear()
    with pytest.raises(Internal) as caught:
        await strict.suggest_items(Item())
    assert caught.value.details["cause"] == "PERMISSION_DENIED"


async def test_a_plugin_that_does_not_answer_there(elsewhere: Elsewhere, strict: StrictHooksCaller) -> None:
    elsewhere.plugin("near", suggest_items=suggests)
    elsewhere.there.withdraw("near")
    with pytest.raises(Internal) as caught:
        await strict.suggest_items(Item())
    assert caught.value.details["cause"] == "HOOK_NOT_ANSWERED"
