"""Calls between plugins of one process."""

from __future__ import annotations

import asyncio
import time

import pytest

from oms_core.calls import HandoverLog, LocalChannel
from oms_core.context import Context, Grant, Principal, use
from oms_core.errors import PluginError
from oms_core.storage import Database, PluginTables, migrate
from oms_wire.errors import DeadlineExceeded, FailedPrecondition, Internal, PermissionDenied
from tests.echo import EchoClient, EchoService, Note, endpoints_of, stuck

LATER = time.monotonic() + 3600
USER = Context("chn_a", Principal("user:1", (Grant("cook", "loc_a1"),)), deadline=LATER)


def client_of(service: EchoService, *, actor: str = "caller", log: HandoverLog | None = None) -> EchoClient:
    return EchoClient(LocalChannel(endpoints_of(service), actor=actor, requires=["echo"], handovers=log))


async def test_the_user_stays_and_the_plugin_is_added() -> None:
    service = EchoService()
    with use(USER):
        await client_of(service).echo(Note(text="x"))
    (context,) = service.contexts
    assert (context.principal, context.tenant, context.actor) == (USER.principal, "chn_a", "caller")
    assert (context.trace, context.deadline) == (USER.trace, USER.deadline)


async def test_a_required_plugin_trusts_its_caller() -> None:
    with use(USER), pytest.raises(FailedPrecondition, match="NOTE_CLOSED"):
        await client_of(EchoService()).close_note(Note(id="note_2"))


async def test_a_plugin_that_is_not_required_cannot_be_called() -> None:
    channel = LocalChannel(endpoints_of(EchoService()), actor="caller", requires=[])
    with use(USER), pytest.raises(PermissionDenied, match="'caller' may not call") as refused:
        await EchoClient(channel).echo(Note())
    assert refused.value.code == "PLUGIN_NOT_REQUIRED"


async def test_a_timeout_shortens_the_deadline_and_never_lengthens_it() -> None:
    service = EchoService()
    client = client_of(service)
    with use(USER):
        await client.echo(Note(), timeout=10_000)
        await client.echo(Note(), timeout=1)
        assert service.contexts[0].deadline == USER.deadline
        assert service.contexts[1].deadline < USER.deadline
        service.on_echo = stuck
        with pytest.raises(DeadlineExceeded):
            await client.echo(Note(), timeout=0.02)


async def test_calls_beside_each_other_keep_their_contexts() -> None:
    service = EchoService()
    both = asyncio.Barrier(2)

    async def meet(note: Note) -> Note:
        await both.wait()
        return note

    service.on_echo = meet
    client = client_of(service)

    async def call(tenant: str) -> None:
        with use(Context(tenant, USER.principal)):
            await client.echo(Note(text=tenant))

    await asyncio.gather(call("chn_a"), call("chn_b"))
    assert {context.tenant for context in service.contexts} == {"chn_a", "chn_b"}


async def test_a_callee_that_changes_the_request_is_named() -> None:
    async def change(note: Note) -> Note:
        note.text = "changed"
        return Note()

    service = EchoService(on_echo=change)
    with use(USER), pytest.raises(PluginError, match=r"'caller' handed it to 'echo'"):
        await client_of(service, log=HandoverLog()).echo(Note(text="x"))


async def test_an_answer_that_changes_later_is_named() -> None:
    async def answer(_: Note) -> Note:
        return Note(text="x")

    log = HandoverLog()
    with use(USER):
        kept = await client_of(EchoService(on_echo=answer), log=log).echo(Note())
    log.verify()
    kept.text = "changed"
    with pytest.raises(PluginError, match=r"'echo' handed it to 'caller'"):
        log.verify()


async def test_no_call_inside_a_transaction(database_dsn: str) -> None:
    await migrate(database_dsn, [PluginTables("caller")])
    database = await Database.open(database_dsn, plugins=["caller"])
    client = client_of(EchoService())

    async def call(_: Note) -> Note:
        async with database.storage("caller").transaction():
            return await client.echo(Note())

    try:
        with use(USER):
            with pytest.raises(PluginError, match="inside a transaction"):
                await call(Note())
            with pytest.raises(Internal):
                await client_of(EchoService(on_echo=call)).echo(Note())
            assert await client.echo(Note(text="x")) == Note(text="x")
    finally:
        await database.close()
