"""REST as a caller sees it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from oms_core.auth import KeyRing, Verifier
from oms_core.errors import PluginError
from oms_core.servers.http import HttpServer, build_app
from oms_core.testing.ports import free_port
from oms_wire.errors import RpcError, Unavailable
from oms_wire.method import Deprecation
from oms_wire.route import Route
from tests.echo import ECHO, GET, ROUTES, EchoService, Forgetful, Note, bind, endpoints_of, stuck
from tests.servers.conftest import Served


async def _ready() -> dict[str, str]:
    return {}


async def test_a_call_with_path_query_and_body(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/echo?location_id=loc_a1", json={"text": "grüß"})
    assert (answer.status_code, answer.json()) == (200, {"text": "grüß", "location_id": "loc_a1"})
    assert answer.headers["content-type"] == "application/json"
    answer = await client.get("/v1/notes/note_1")
    assert answer.json() == {"id": "note_1", "location_id": "loc_a1"}
    assert (await client.get("/v1/notes")).json() == {"text": "chn_a"}


async def test_a_delete_answers_with_its_response(client: httpx.AsyncClient) -> None:
    answer = await client.delete("/v1/notes/note_1")
    assert (answer.status_code, answer.json()) == (200, {"id": "note_1", "location_id": "loc_a1"})


async def test_verbs_of_a_resource_and_of_a_collection(client: httpx.AsyncClient) -> None:
    assert (await client.post("/v1/notes:echo", json={"text": "x"})).json() == {"text": "x"}
    answer = await client.post("/v1/notes/note_1:close", json={})
    assert answer.json()["code"] == "NOTE_CLOSED"


async def test_a_body_that_comes_in_pieces(client: httpx.AsyncClient) -> None:
    async def pieces() -> object:
        for piece in (b'{"te', b'xt": "', b"x" * 100_000, b'"}'):
            yield piece

    assert (await client.post("/v1/echo", content=pieces())).json() == {"text": "x" * 100_000}


async def test_an_error_is_problem_json_with_all_that_helps(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/notes/note_1:close", json={}, headers={"x-request-id": "mine-1"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "2"
    assert answer.headers["x-request-id"] == "mine-1"
    assert answer.json() == {
        "type": "urn:oms:problem:note-closed",
        "title": "Failed precondition",
        "status": 422,
        "detail": "it is closed already",
        "code": "NOTE_CLOSED",
        "instance": "mine-1",
        "note": "note_1",
        "retry_after": 1.5,
    }


async def test_a_trace_goes_through(client: httpx.AsyncClient, served: Served) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    answer = await client.post(
        "/v1/echo", json={}, headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    )
    assert answer.headers["x-request-id"] == trace == served.service.contexts[0].trace
    for bad in ("00-xyz", f"00-{'0' * 32}-00f067aa0ba902b7-01"):
        answer = await client.post("/v1/echo", json={}, headers={"traceparent": bad, "x-request-id": "a b"})
        assert len(answer.headers["x-request-id"]) == 32
        assert answer.headers["x-request-id"] not in {trace, "0" * 32}


async def test_a_shorter_deadline_may_be_asked_for(client: httpx.AsyncClient, served: Served) -> None:
    served.service.on_echo = stuck
    answer = await client.post("/v1/echo", json={}, headers={"x-request-timeout": "0.02"})
    assert (answer.status_code, answer.json()["code"]) == (504, "DEADLINE_EXCEEDED")
    served.service.on_echo = None
    await client.post("/v1/echo", json={}, headers={"x-request-timeout": "1000"})
    assert served.service.contexts[-1].deadline <= time.monotonic() + 10
    for bad in ("0", "-1", "soon", "nan"):
        answer = await client.post("/v1/echo", json={}, headers={"x-request-timeout": bad})
        assert answer.json()["code"] == "TIMEOUT_INVALID"


async def test_an_idempotency_key_reaches_the_claim(client: httpx.AsyncClient, served: Served) -> None:
    headers = {"idempotency-key": "key-1"}
    answer = await client.post("/v1/notes", json={"location_id": "loc_a1"}, headers=headers)
    assert answer.status_code == 200
    assert served.claims.keys == ["key-1"]


async def test_a_bug_shows_a_trace_and_nothing_else(
    client: httpx.AsyncClient, served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(_: Note) -> Note:
        raise ZeroDivisionError("a secret")

    async def unwritable(_: Note) -> Note:
        return Note(text="\ud800")

    for fault in (broken, unwritable):
        served.service.on_echo = fault
        answer = await client.post("/v1/echo", json={})
        assert (answer.status_code, answer.json()["code"]) == (500, "INTERNAL")
        assert "secret" not in answer.text
        assert answer.json()["instance"] in caplog.text


@pytest.mark.parametrize("kind", RpcError.__subclasses__())
async def test_every_error_has_its_status(
    client: httpx.AsyncClient, served: Served, kind: type[RpcError]
) -> None:
    async def refuse(_: Note) -> Note:
        raise kind("SOME_CODE", "no", details={"type": "mine", "much": "1"})

    served.service.on_echo = refuse
    answer = await client.post("/v1/echo", json={})
    assert answer.status_code == kind.http_status == answer.json()["status"]
    assert answer.json()["code"] == "SOME_CODE"
    assert answer.json()["type"].startswith("urn:oms:problem:")
    assert answer.json()["much"] == "1"


async def test_pages_need_no_token(served: Served) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{served.http_port}", trust_env=False) as anyone:
        assert (await anyone.get("/healthz")).json() == {"status": "ok"}
        assert (await anyone.get("/readyz")).json() == {"status": "ready"}
        served.missing["database"] = "is starting"
        answer = await anyone.get("/readyz")
        assert (answer.status_code, answer.json()["missing"]) == (503, {"database": "is starting"})
        document = (await anyone.get("/openapi.json")).json()
        assert document["openapi"] == "3.1.0"
        assert "/v1/echo" in document["paths"]
        page = await anyone.get("/docs")
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "Say it &lt;again&gt;." in page.text


def test_a_route_says_what_it_is(served: Served, tmp_path: object) -> None:
    verifier = Verifier(served.keys, issuer="oms", audience="oms")
    app = build_app(ROUTES, endpoints_of(EchoService()), verifier=verifier, ready=_ready)
    shown = {
        (method, route.path): handler.opt.get("permission")
        for route in app.routes
        for method, (handler, _) in getattr(route, "route_handler_map", {}).items()
    }
    assert shown["POST", "/v1/notes/{id:str}/:close"] == "echo.notes.close"
    assert shown["GET", "/v1/notes/{id:str}"] == "echo.notes.read"


def test_one_route_of_two_methods_does_not_start(served: Served) -> None:
    verifier = Verifier(served.keys, issuer="oms", audience="oms")
    again = type(ROUTES[0])(ECHO, "GET", "/v1/notes/{note_id}", "", bind, has_body=False)
    with pytest.raises(
        PluginError, match=r"GET /v1/notes/\{note_id\}.*Echo of plugin 'echo'.*GetNote of plugin"
    ):
        build_app([*ROUTES, again], endpoints_of(EchoService()), verifier=verifier, ready=_ready)


def test_contradicting_documents_do_not_start(served: Served) -> None:
    verifier = Verifier(served.keys, issuer="oms", audience="oms")
    documents = [{"components": {"schemas": {"A": {"type": kind}}}} for kind in ("string", "integer")]
    with pytest.raises(PluginError, match="components schemas A"):
        build_app([], endpoints_of(EchoService()), verifier=verifier, ready=_ready, documents=documents)


async def test_a_stopping_server_finishes_what_it_began(keys: KeyRing) -> None:
    going, go = asyncio.Event(), asyncio.Event()

    async def slow(note: Note) -> Note:
        going.set()
        await go.wait()
        return note

    endpoints = endpoints_of(EchoService(on_echo=slow), claims=Forgetful())
    app = build_app(ROUTES, endpoints, verifier=Verifier(keys, issuer="oms", audience="oms"), ready=_ready)
    server = HttpServer(app, port=free_port())
    await server.start()
    base = f"http://127.0.0.1:{server.port}"
    async with httpx.AsyncClient(base_url=base, trust_env=False) as client:
        call = asyncio.create_task(client.post("/v1/echo", json={"text": "x"}))
        await going.wait()
        stopping = asyncio.create_task(server.stop(drain=5))
        await asyncio.sleep(0)
        go.set()
        assert (await call).json() == {"text": "x"}
        await stopping
        with pytest.raises(httpx.ConnectError):
            await client.post("/v1/echo", json={})


async def test_a_service_may_ask_for_patience(client: httpx.AsyncClient, served: Served) -> None:
    async def busy(_: Note) -> Note:
        raise Unavailable("BUSY", "later", retry_after=0.1)

    served.service.on_echo = busy
    assert (await client.post("/v1/echo", json={})).headers["retry-after"] == "1"


def test_get_names_its_method() -> None:
    assert GET.path == "/test.echo.v1.EchoService/GetNote"


async def test_every_answer_of_a_deprecated_method_says_so(tmp_path: Path) -> None:
    keys = KeyRing.open(tmp_path)
    leaving = replace(ECHO, deprecation=Deprecation(since="2026-06-01", sunset="2027-01-01"))
    undated = replace(ECHO, deprecation=Deprecation())
    routes = [
        Route(leaving, "POST", "/v1/leaving", "", bind, has_body=True),
        Route(undated, "POST", "/v1/undated", "", bind, has_body=True),
        *ROUTES,
    ]
    verifier = Verifier(keys, issuer="oms", audience="oms")
    app = build_app(routes, endpoints_of(EchoService()), verifier=verifier, ready=_ready)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://oms") as client:
        good = await client.post("/v1/leaving", content=b"{}")
        bad = await client.post("/v1/leaving", content=b"[")
        ever = await client.post("/v1/undated", content=b"{}")
        staying = await client.post("/v1/echo", content=b"{}")
    assert (good.status_code, bad.status_code) == (200, 400)
    for answer in (good, bad):
        assert answer.headers["deprecation"] == "@1780272000"  # RFC 9745
        assert answer.headers["sunset"] == "Fri, 01 Jan 2027 00:00:00 GMT"  # RFC 8594
    assert ever.headers["deprecation"] == "@0"
    assert "sunset" not in ever.headers
    assert not {"deprecation", "sunset"} & staying.headers.keys()
