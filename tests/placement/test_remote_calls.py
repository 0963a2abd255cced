"""A plugin in another process, called through the same clients."""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from oms_core.auth import Issuer, KeyRing, ServiceIssuer, ServiceVerifier, Verifier
from oms_core.calls import Endpoint, RemoteChannel, passing_on
from oms_core.calls.connecting import connected, target_of
from oms_core.config import TlsSettings
from oms_core.context import ANONYMOUS, Context, Grant, Principal, current, use
from oms_core.errors import ConfigError
from oms_core.runtime.certificates import for_calls, for_serving
from oms_core.servers.grpc import GrpcServer
from oms_core.testing.ports import free_port
from oms_wire.errors import (
    DeadlineExceeded,
    FailedPrecondition,
    InvalidArgument,
    PermissionDenied,
    RpcError,
    Unauthenticated,
    Unavailable,
    Unimplemented,
)
from oms_wire.grpcio import GrpcChannel
from tests.echo import (
    CLOSE,
    ECHO,
    LIST,
    METHODS,
    SERVICE,
    WRITE,
    EchoClient,
    EchoService,
    Note,
    endpoints_of,
    stuck,
)

OWNER = Principal("user:1", (Grant("owner", "chn_a"),))
NOBODY = Principal("user:2")


@dataclass
class Process:
    """Another process of the same system, that serves plugin ``echo``; and the way there."""

    keys: KeyRing
    service: EchoService
    port: int
    server: GrpcServer
    lines: grpc.aio.Channel

    def client(
        self, actor: str | None = "notes", *, keys: KeyRing | None = None, plugin: str = "echo"
    ) -> EchoClient:
        vouch = ServiceIssuer(keys or self.keys, issuer="oms").vouch
        return EchoClient(RemoteChannel(self.lines, plugin=plugin, vouch=vouch, actor=actor))


@pytest_asyncio.fixture
async def there(tmp_path: Path) -> AsyncIterator[Process]:
    async with AsyncExitStack() as stack:
        yield await process(stack, tmp_path)


async def process(
    stack: AsyncExitStack,
    folder: Path,
    *,
    serving: TlsSettings | None = None,
    calling: TlsSettings | None = None,
) -> Process:
    keys, users = KeyRing.open(folder / "services"), KeyRing.open(folder / "users")
    service, port = EchoService(), free_port()
    server = GrpcServer(
        endpoints_of(service),
        verifier=Verifier(users, issuer="oms", audience="oms"),
        services=ServiceVerifier(keys, issuer="oms"),
        credentials=for_serving(serving or TlsSettings()),
        port=port,
    )
    await server.start()
    stack.push_async_callback(server.stop, drain=0.2)
    repeatable = [(SERVICE, "Echo")]
    lines = connected(
        [f"127.0.0.1:{port}"], repeatable=repeatable, credentials=for_calls(calling or TlsSettings())
    )
    stack.push_async_callback(lines.close)
    return Process(keys, service, port, server, lines)


def as_(
    principal: Principal, *, seconds: float = 10.0, trace: str = "0af7651916cd43dd8448eb211c80319c"
) -> use:
    return use(Context("chn_a", principal, "asker", time.monotonic() + seconds, trace, "fr"))


async def test_the_circumstances_are_the_same_there(there: Process) -> None:
    with as_(OWNER):
        assert await there.client().echo(Note(id="n", text="hello")) == Note(id="n", text="hello")
        asked = current()
    [seen] = there.service.contexts
    assert (seen.tenant, seen.principal, seen.trace, seen.locale) == ("chn_a", OWNER, asked.trace, "fr")
    assert seen.actor == "notes"


async def test_a_trace_that_is_no_w3c_trace_arrives_as_it_is(there: Process) -> None:
    with as_(OWNER, trace="trc_1"):
        await there.client().echo(Note())
    assert there.service.contexts[0].trace == "trc_1"


async def test_nobody_is_still_nobody_there(there: Process) -> None:
    with use(Context("", ANONYMOUS)):
        await there.client().echo(Note())
    assert there.service.contexts[0].principal is ANONYMOUS


async def test_what_is_left_of_the_time_goes_along(there: Process) -> None:
    with as_(OWNER, seconds=3.0):
        await there.client().echo(Note())
        await there.client().echo(Note(), timeout=1.0)
    first, second = (one.deadline - time.monotonic() for one in there.service.contexts)
    assert 1.2 < first < 3.2
    assert second < 1.2  # gRPC rounds up


async def test_who_has_no_time_left_is_not_sent(there: Process) -> None:
    with as_(OWNER, seconds=-1.0), pytest.raises(DeadlineExceeded, match="Echo had no answer in time"):
        await there.client().echo(Note())
    assert there.service.contexts == []


async def test_a_call_that_takes_too_long_ends_as_it_does_in_one_process(there: Process) -> None:
    there.service.on_echo = stuck
    with as_(OWNER, seconds=0.2), pytest.raises(DeadlineExceeded) as raised:
        await there.client().echo(Note())
    assert raised.value.code == "DEADLINE_EXCEEDED"
    assert "it may or may not have had its effect" in raised.value.message


async def test_a_plugin_that_acts_is_trusted_as_in_one_process(there: Process) -> None:
    with as_(NOBODY):
        assert (await there.client()._channel.unary(LIST, Note())).text == "chn_a"


async def test_a_call_that_is_passed_on_needs_the_principal_s_own_permission(there: Process) -> None:
    with use(Context("chn_a", NOBODY)), pytest.raises(PermissionDenied):
        await there.client(None)._channel.unary(LIST, Note())
    with use(Context("chn_a", OWNER)):
        assert (await there.client(None)._channel.unary(LIST, Note())).text == "chn_a"


async def test_a_route_of_another_process_is_answered_with_the_caller_s_own_permission_and_key(
    there: Process,
) -> None:
    endpoint = passing_on(WRITE, there.client(None)._channel, plugin="echo")
    assert isinstance(endpoint, Endpoint)
    note = Note(location_id="loc_a1", text="hello")
    assert await endpoint.serve(note, Context("chn_a", OWNER), key="k1") == note
    assert (there.service.contexts[0].principal, there.service.contexts[0].actor) == (OWNER, "")
    with pytest.raises(PermissionDenied):
        await endpoint.serve(note, Context("chn_a", NOBODY), key="k2")
    with pytest.raises(InvalidArgument, match="IDEMPOTENCY_KEY_REQUIRED"):
        await endpoint.serve(note, Context("chn_a", OWNER))


async def test_an_error_comes_back_whole(there: Process) -> None:
    with as_(OWNER), pytest.raises(FailedPrecondition) as raised:
        await there.client().close_note(Note(id="note_1"))
    error = raised.value
    assert (error.code, error.message, error.details, error.retry_after) == (
        "NOTE_CLOSED",
        "it is closed already",
        {"note": "note_1"},
        1.5,
    )


class TestTokens:
    async def test_a_token_for_another_plugin_does_not_hold(self, there: Process) -> None:
        with as_(OWNER), pytest.raises(Unauthenticated, match="service token"):
            await there.client(plugin="payments").echo(Note())

    async def test_nor_one_of_another_system(self, there: Process, tmp_path: Path) -> None:
        with as_(OWNER), pytest.raises(Unauthenticated) as raised:
            await there.client(keys=KeyRing.open(tmp_path / "others")).echo(Note())
        assert raised.value.code == "SERVICE_TOKEN_INVALID"

    async def test_nor_a_user_s_own_even_under_the_same_key(self, there: Process) -> None:
        forged = Issuer(there.keys, issuer="oms", audience="plugin:echo").issue(
            "user:1", tenant="chn_a", grants=OWNER.grants, ttl=timedelta(minutes=1)
        )
        channel = RemoteChannel(there.lines, plugin="echo", vouch=lambda *_: forged, actor="notes")
        with as_(OWNER), pytest.raises(Unauthenticated):
            await EchoClient(channel).echo(Note())

    @pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "x" * 9000], ids=lambda one: one[:3])
    def test_nonsense_is_refused_like_all_else(self, tmp_path: Path, token: str) -> None:
        verifier = ServiceVerifier(KeyRing.open(tmp_path), issuer="oms")
        with pytest.raises(Unauthenticated):
            verifier.verify(token, plugin="echo")

    def test_a_service_token_is_no_user_s_token(self, tmp_path: Path) -> None:
        keys = KeyRing.open(tmp_path)
        token = ServiceIssuer(keys, issuer="oms").vouch(Context("chn_a", OWNER, "notes"), "echo")
        with pytest.raises(Unauthenticated):
            Verifier(keys, issuer="oms", audience="plugin:echo").verify(token)


class TestTheWay:
    async def test_a_plugin_that_is_away_is_named(self, tmp_path: Path) -> None:
        lines = connected([f"127.0.0.1:{free_port()}"], repeatable=())
        vouch = ServiceIssuer(KeyRing.open(tmp_path), issuer="oms").vouch
        client = EchoClient(RemoteChannel(lines, plugin="echo", vouch=vouch, actor="notes"))
        with as_(OWNER), pytest.raises(Unavailable, match="plugin 'echo'") as raised:
            await client.echo(Note())
        assert (raised.value.code, raised.value.details) == ("PLUGIN_UNREACHABLE", {"plugin": "echo"})
        await lines.close()

    async def test_a_plugin_that_goes_while_it_is_called_can_be_called_again(self, there: Process) -> None:
        asked = asyncio.Event()

        async def never(note: Note) -> Note:
            asked.set()
            return await stuck(note)

        there.service.on_echo = never
        with as_(OWNER):
            call = asyncio.create_task(there.client().echo(Note()))
        await asked.wait()
        await there.server.stop(drain=0.05)
        with pytest.raises(Unavailable) as raised:
            await call
        assert raised.value.code == "PLUGIN_UNREACHABLE"

    async def test_so_is_one_of_another_version(self, there: Process) -> None:
        gone = METHODS[0]
        later = type(gone)(**{**fields_of(gone), "full_name": f"{SERVICE}/NotYet"})
        with as_(OWNER), pytest.raises(Unimplemented, match="another version of it runs there"):
            await there.client()._channel.unary(later, Note())

    @pytest.mark.parametrize(("method", "calls"), [(ECHO, 3), (CLOSE, 1)], ids=["repeatable", "not"])
    async def test_only_what_may_be_repeated_is_sent_again(
        self, tmp_path: Path, method: object, calls: int
    ) -> None:
        flaky = Flaky(failures=2)
        port = await flaky.start()
        lines = connected([f"127.0.0.1:{port}"], repeatable=[(SERVICE, "Echo")])
        vouch = ServiceIssuer(KeyRing.open(tmp_path), issuer="oms").vouch
        channel = RemoteChannel(lines, plugin="echo", vouch=vouch, actor="notes")
        with as_(OWNER):
            if calls == 1:
                with pytest.raises(Unavailable):
                    await channel.unary(method, Note())  # type: ignore[arg-type]
            else:
                assert await channel.unary(method, Note()) == Note(text="at last")  # type: ignore[arg-type]
        assert flaky.calls == calls
        await lines.close()
        await flaky.server.stop(None)

    async def test_an_answer_of_the_plugin_itself_is_not_asked_for_again(self, there: Process) -> None:
        asked = 0

        async def busy(_: Note) -> Note:
            nonlocal asked
            asked += 1
            raise Unavailable("PROVIDER_AWAY", "come back later", retry_after=1.0)

        there.service.on_echo = busy
        with as_(OWNER), pytest.raises(Unavailable, match="come back later"):
            await there.client().echo(Note())
        assert asked == 1

    async def test_calls_are_spread_over_all_addresses(self, tmp_path: Path) -> None:
        async with AsyncExitStack() as stack:
            one, other = await process(stack, tmp_path), await process(stack, tmp_path)
            lines = connected(
                [f"127.0.0.1:{one.port}", f"127.0.0.1:{other.port}"], repeatable=[(SERVICE, "Echo")]
            )
            stack.push_async_callback(lines.close)
            vouch = ServiceIssuer(one.keys, issuer="oms").vouch
            client = EchoClient(RemoteChannel(lines, plugin="echo", vouch=vouch, actor="notes"))
            with as_(OWNER):
                while not (one.service.contexts and other.service.contexts):
                    await client.echo(Note())
                await other.server.stop(drain=0)
                for _ in range(20):  # one that goes away is gone around
                    await client.echo(Note())

    def test_names_cannot_be_mixed(self) -> None:
        assert target_of(["echo.svc:9090"]) == "dns:///echo.svc:9090"
        assert target_of(["[::1]:1", "[::2]:1"]) == "ipv6:[::1]:1,[::2]:1"
        with pytest.raises(ConfigError, match="cannot balance over a:1, "):
            target_of(["a:1", "10.0.0.1:1"])


class TestTls:
    async def test_calls_are_encrypted_once_it_is_said_whom_to_trust(
        self, tmp_path: Path, paper: TlsSettings
    ) -> None:
        async with AsyncExitStack() as stack:
            there = await process(stack, tmp_path, serving=paper, calling=TlsSettings(ca=paper.ca))
            with as_(OWNER):
                assert (await there.client().echo(Note(text="secret"))).text == "secret"
            async with grpc.aio.insecure_channel(f"127.0.0.1:{there.port}") as plain:
                with pytest.raises(RpcError):
                    await EchoClient(GrpcChannel(plain)).echo(Note(), timeout=2)

    async def test_who_has_no_certificate_is_turned_away_where_one_is_required(
        self, tmp_path: Path, paper: TlsSettings
    ) -> None:
        strict = TlsSettings(certificate=paper.certificate, key=paper.key, ca=paper.ca, require_client=True)
        async with AsyncExitStack() as stack:
            there = await process(stack, tmp_path, serving=strict, calling=TlsSettings(ca=paper.ca))
            with as_(OWNER, seconds=2.0), pytest.raises((Unavailable, DeadlineExceeded)):
                await there.client().echo(Note())
        async with AsyncExitStack() as stack:
            there = await process(stack, tmp_path, serving=strict, calling=paper)
            with as_(OWNER):
                await there.client().echo(Note())

    @pytest.mark.parametrize(
        ("settings", "problem"),
        [
            (TlsSettings(certificate=Path("none.crt")), "belong together"),
            (TlsSettings(require_client=True), "needs tls.certificate"),
            (TlsSettings(certificate=Path("none.crt"), key=Path("none.key")), "cannot read none.key"),
            (TlsSettings(certificate=Path(__file__), key=Path(__file__)), "is no PEM file"),
        ],
        ids=["half", "incomplete", "missing", "no PEM"],
    )
    def test_files_that_cannot_be_used_are_named(self, settings: TlsSettings, problem: str) -> None:
        with pytest.raises(ConfigError, match=problem):
            for_serving(settings)


class Flaky:
    """A server whose first answers are lost on the way."""

    def __init__(self, *, failures: int) -> None:
        self.calls = 0
        self.failures = failures
        self.server = grpc.aio.server()

    async def start(self) -> int:
        async def answer(_: bytes, call: grpc.aio.ServicerContext[bytes, bytes]) -> bytes:
            self.calls += 1
            if self.calls <= self.failures:
                await call.abort(grpc.StatusCode.UNAVAILABLE, "connection lost")
            return bytes(Note(text="at last"))

        handler = grpc.unary_unary_rpc_method_handler(answer)
        names = dict.fromkeys(("Echo", "CloseNote"), handler)
        self.server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(SERVICE, names)])
        port = self.server.add_insecure_port("127.0.0.1:0")
        await self.server.start()
        return port


def fields_of(method: object) -> dict[str, object]:
    return {name: getattr(method, name) for name in type(method).__dataclass_fields__}  # type: ignore[attr-defined]


@pytest.fixture
def paper(tmp_path: Path) -> TlsSettings:
    """A certificate of this machine that signs itself, in files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "oms test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    files = tmp_path / "tls.crt", tmp_path / "tls.key"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return TlsSettings(certificate=files[0], key=files[1], ca=files[0])
