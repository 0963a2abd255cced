"""The pipeline that every call goes through, whatever carried it here."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest

from oms_core.auth import Authoriser
from oms_core.calls import Endpoints
from oms_core.context import Context, Grant, Principal, current
from oms_core.errors import PluginError
from oms_wire.errors import (
    DeadlineExceeded,
    FailedPrecondition,
    FieldViolation,
    Internal,
    InvalidArgument,
    NotFound,
    PermissionDenied,
    Unauthenticated,
    Unimplemented,
)
from oms_wire.method import Access, FieldAccess, Scope
from tests.echo import (
    CLOSE,
    ECHO,
    GET,
    LIST,
    WRITE,
    EchoService,
    Forgetful,
    Note,
    Tree,
    endpoints_of,
    method,
    stuck,
)

LATER = time.monotonic() + 3600
OWNER = Context("chn_a", Principal("user:1", (Grant("owner", "chn_a"),)), deadline=LATER)
CASHIER = Context("chn_a", Principal("user:2", (Grant("cashier", "loc_a1"),)), deadline=LATER)


def within(seconds: float) -> Context:
    return replace(OWNER, deadline=time.monotonic() + seconds)


@pytest.fixture
def service() -> EchoService:
    return EchoService()


@pytest.fixture
def claims() -> Forgetful:
    return Forgetful()


@pytest.fixture
def endpoints(service: EchoService, claims: Forgetful) -> Endpoints:
    return endpoints_of(service, claims=claims)


async def test_a_service_finds_its_context_and_nobody_does_afterwards(
    endpoints: Endpoints, service: EchoService
) -> None:
    assert await endpoints.find(ECHO).serve(Note(text="x"), OWNER) == Note(text="x")
    assert service.contexts == [OWNER]
    with pytest.raises(LookupError):
        current()


async def test_a_resources_node_is_authorised_before_any_effect(
    endpoints: Endpoints, service: EchoService
) -> None:
    assert (await endpoints.find(GET).serve(Note(id="note_1"), CASHIER)).location_id == "loc_a1"
    with pytest.raises(PermissionDenied):
        await endpoints.find(GET).serve(Note(id="note_2"), CASHIER)
    with pytest.raises(PermissionDenied):
        await endpoints.find(CLOSE).serve(Note(id="note_1"), CASHIER)
    with pytest.raises(NotFound):
        await endpoints.find(GET).serve(Note(id="note_9"), OWNER)


async def test_nothing_is_looked_up_for_nobody(endpoints: Endpoints, service: EchoService) -> None:
    with pytest.raises(Unauthenticated):
        await endpoints.find(GET).serve(Note(id="note_1"), Context(""))
    assert service.located == 0


@pytest.mark.parametrize("node", ["", "loc\0", "loc_\n", "x" * 101])
async def test_a_node_that_is_no_id_is_the_fields_fault(endpoints: Endpoints, node: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        await endpoints.find(WRITE).serve(Note(location_id=node), OWNER, key="k")
    assert [violation.field for violation in refused.value.violations] == ["location_id"]


async def test_a_keyed_method_needs_a_key_and_claims_it_once_allowed(
    endpoints: Endpoints, claims: Forgetful
) -> None:
    write = endpoints.find(WRITE)
    for key in (None, ""):
        with pytest.raises(InvalidArgument) as refused:
            await write.serve(Note(location_id="loc_a1"), OWNER, key=key)
        assert refused.value.code == "IDEMPOTENCY_KEY_REQUIRED"
    with pytest.raises(PermissionDenied):
        await write.serve(Note(location_id="loc_a2"), CASHIER, key="k1")
    assert claims.keys == []
    await write.serve(Note(location_id="loc_a1"), CASHIER, key="k2")
    assert claims.keys == ["k2"]


async def test_a_call_ends_at_its_deadline(endpoints: Endpoints, service: EchoService) -> None:
    service.on_echo = stuck
    with pytest.raises(DeadlineExceeded):
        await endpoints.find(ECHO).serve(Note(), within(0.02))
    assert asyncio.current_task().cancelling() == 0  # type: ignore[union-attr]
    with pytest.raises(DeadlineExceeded):
        await endpoints.find(ECHO).serve(Note(), within(-1))
    assert len(service.contexts) == 1


@pytest.mark.parametrize(("outer", "inner"), [(0.02, 60), (60, 0.02), (0.02, 0.02)])
async def test_of_two_deadlines_the_nearer_ends_the_call(
    endpoints: Endpoints, service: EchoService, outer: float, inner: float
) -> None:
    callee = endpoints_of(EchoService(on_echo=stuck)).find(ECHO)

    async def call(note: Note) -> Note:
        return await callee.serve(note, within(inner))

    service.on_echo = call
    with pytest.raises(DeadlineExceeded):
        await endpoints.find(ECHO).serve(Note(), within(outer))
    assert asyncio.current_task().cancelling() == 0  # type: ignore[union-attr]


async def test_a_caller_outlives_a_callees_deadline(endpoints: Endpoints, service: EchoService) -> None:
    callee = endpoints_of(EchoService(on_echo=stuck)).find(ECHO)

    async def call(_: Note) -> Note:
        with pytest.raises(DeadlineExceeded):
            await callee.serve(Note(), within(0.02))
        await asyncio.sleep(0)
        return Note(text="went on")

    service.on_echo = call
    assert (await endpoints.find(ECHO).serve(Note(), OWNER)).text == "went on"


async def test_a_cancellation_from_outside_stays_one(endpoints: Endpoints, service: EchoService) -> None:
    started = asyncio.Event()

    async def wait(_: Note) -> Note:
        started.set()
        return await stuck(_)

    service.on_echo = wait
    task = asyncio.create_task(endpoints.find(ECHO).serve(Note(), OWNER))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_bug_is_internal_named_by_trace_and_logged(
    endpoints: Endpoints, service: EchoService, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(_: Note) -> Note:
        raise KeyError("a secret")

    service.on_echo = broken
    with caplog.at_level(logging.ERROR), pytest.raises(Internal) as failed:
        await endpoints.find(ECHO).serve(Note(), OWNER)
    assert failed.value.code == "INTERNAL"
    assert OWNER.trace in failed.value.message
    assert "secret" not in failed.value.message
    assert OWNER.trace in caplog.text
    assert "a secret" in caplog.text


async def test_a_services_own_errors_pass(endpoints: Endpoints) -> None:
    with pytest.raises(FailedPrecondition) as refused:
        await endpoints.find(CLOSE).serve(Note(id="note_1"), OWNER)
    assert refused.value.code == "NOTE_CLOSED"


def test_a_method_is_served_by_one_plugin(endpoints: Endpoints) -> None:
    with pytest.raises(PluginError, match=r"'echo' and 'copy' both serve test\.echo\.v1"):
        endpoints.add(EchoService(), plugin="copy")


@pytest.mark.parametrize("access", [Access("", Scope.TENANT), Access("echo.x.y", Scope.NODE)])
def test_a_method_without_a_permission_does_not_start(access: Access) -> None:
    class Open(EchoService):
        METHODS = (method("echo", access),)

    with pytest.raises(PluginError, match="says nothing about who may call it"):
        Endpoints(Authoriser(Tree()), claims=Forgetful()).add(Open(), plugin="open")


def test_what_is_not_served_is_said(endpoints: Endpoints) -> None:
    assert endpoints.get("test.echo.v1.EchoService/Nothing") is None
    with pytest.raises(Unimplemented):
        Endpoints(Authoriser(Tree()), claims=Forgetful()).find(LIST)
    assert list(endpoints.by_service()) == [EchoService.SERVICE]


async def test_a_field_with_a_permission_of_its_own_is_for_those_who_hold_it(
    endpoints: Endpoints, service: EchoService, claims: Forgetful
) -> None:
    plain, numbered = Note(location_id="loc_a1"), Note(location_id="loc_a1", number=7)
    assert await endpoints.find(WRITE).serve(plain, CASHIER, key="a") == plain
    assert await endpoints.find(WRITE).serve(numbered, OWNER, key="b") == numbered
    with pytest.raises(PermissionDenied) as denied:
        await endpoints.find(WRITE).serve(numbered, CASHIER, key="c")
    assert denied.value.code == "PERMISSION_DENIED"
    assert denied.value.message == (
        "number may not be set: echo.notes.number is not held at 'loc_a1' (held by: owner)"
    )
    assert denied.value.violations == (FieldViolation("number", "needs echo.notes.number"),)
    assert denied.value.details["permission"] == "echo.notes.number"
    assert claims.keys == ["a", "b"]


@pytest.mark.parametrize(("node", "allowed"), [("loc_a1", True), ("chn_a", True), ("loc_a2", False)])
async def test_a_fields_permission_is_held_where_the_methods_is(
    endpoints: Endpoints, node: str, allowed: bool
) -> None:
    grants = (Grant("cashier", "loc_a1"), Grant("counter", node))
    context = Context("chn_a", Principal("user:3", grants), deadline=LATER)
    call = endpoints.find(WRITE).serve(Note(location_id="loc_a1", number=7), context, key="a")
    if allowed:
        assert (await call).number == 7
    else:
        with pytest.raises(PermissionDenied, match="number may not be set"):
            await call


async def test_a_fields_permission_does_not_stand_in_for_the_methods(endpoints: Endpoints) -> None:
    context = Context("chn_a", Principal("user:3", (Grant("counter", "chn_a"),)), deadline=LATER)
    with pytest.raises(PermissionDenied, match=r"^PERMISSION_DENIED: echo\.notes\.write is not held"):
        await endpoints.find(WRITE).serve(Note(location_id="loc_a1", number=7), context, key="a")


async def test_a_plugin_that_calls_for_somebody_may_set_every_field(endpoints: Endpoints) -> None:
    numbered = Note(location_id="loc_a1", number=7)
    assert await endpoints.find(WRITE).serve(numbered, CASHIER, key="a", trusted=True) == numbered


@pytest.mark.parametrize(
    ("presence", "value", "is_set"),
    [
        (False, "", False),
        (False, 0, False),
        (False, [], False),
        (False, 1, True),
        (True, None, False),
        (True, 0, True),
    ],
)
def test_a_field_is_set_when_its_value_is_not_the_types_default(
    presence: bool, value: object, is_set: bool
) -> None:
    assert FieldAccess("number", "x", presence=presence).is_set(SimpleNamespace(number=value)) is is_set


TOO_LARGE = Note(number=1000, location_id="loc_a1")


async def test_a_request_that_breaks_rules_reaches_nobody(
    endpoints: Endpoints, service: EchoService, claims: Forgetful
) -> None:
    for trusted in (False, True):
        with pytest.raises(InvalidArgument) as refused:
            await endpoints.find(WRITE).serve(TOO_LARGE, OWNER, key="key-1", trusted=trusted)
        assert refused.value.code == "INVALID_FIELD"
        assert refused.value.violations == (FieldViolation("number", "must be less than or equal to 999"),)
    assert not service.contexts
    assert not claims.keys  # the key is free for the request that is right


async def test_who_may_not_call_is_not_told_the_rules(endpoints: Endpoints) -> None:
    with pytest.raises(PermissionDenied):
        await endpoints.find(WRITE).serve(TOO_LARGE, CASHIER, key="key-1")
