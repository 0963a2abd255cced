"""Whatever comes in, the answer is problem+json with a stable code, and nothing has happened."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from tests.forgeries import forgeries
from tests.servers.conftest import Served


def check(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), (
        answer.text
    )
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["detail"]
    assert problem["instance"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param(b"{", "", id="truncated"),
        pytest.param(b'{"text": "x', "", id="truncated text"),
        pytest.param(b"hello", "", id="no json"),
        pytest.param(b"[]", "", id="a list"),
        pytest.param(b"null", "", id="null"),
        pytest.param(b'{"text": 1}', "text", id="wrong type"),
        pytest.param(b'{"number": "x"}', "number", id="wrong number"),
        pytest.param(b'{"number": 1e400}', "number", id="huge number"),
        pytest.param(b'{"nope": 1}', "", id="unknown field"),
        pytest.param(b'{"text": "\xff"}', "", id="no utf-8"),
        pytest.param(b'{"text": "x"}{}', "", id="two documents"),
        pytest.param(b"[" * 10_000, "", id="deep"),
        pytest.param(b"\0", "", id="nul"),
    ],
)
async def test_a_body_that_is_no_message(
    client: httpx.AsyncClient, served: Served, body: bytes, field: str
) -> None:
    answer = await client.post("/v1/echo", content=body)
    check(answer, 400, "INVALID_MESSAGE")
    assert answer.json()["violations"][0]["field"] == field
    assert served.service.contexts == []


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_over_the_limit(client: httpx.AsyncClient, served: Served, declared: bool) -> None:
    body = b'{"text": "' + b"x" * 300_000 + b'"}'

    async def pieces() -> object:
        for at in range(0, len(body), 10_000):
            yield body[at : at + 10_000]

    check(await client.post("/v1/echo", content=body if declared else pieces()), 413, "BODY_TOO_LARGE")
    assert served.service.contexts == []


async def test_a_body_just_under_the_limit(client: httpx.AsyncClient) -> None:
    text = "x" * (256 * 1024 - len('{"text":""}'))
    assert (await client.post("/v1/echo", content=f'{{"text":"{text}"}}')).status_code == 200
    check(await client.post("/v1/echo", content=f'{{"text":"{text}x"}}'), 413, "BODY_TOO_LARGE")


async def test_a_body_where_none_belongs(client: httpx.AsyncClient) -> None:
    check(await client.request("GET", "/v1/notes", content=b"{}"), 400, "UNEXPECTED_BODY")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "ROUTE_NOT_FOUND"),
        ("GET", "/", 404, "ROUTE_NOT_FOUND"),
        ("POST", "/v1/notes/note_1:explode", 404, "ROUTE_NOT_FOUND"),
        ("GET", "/v1/notes:explode", 404, "ROUTE_NOT_FOUND"),
        ("POST", "/v1/notes/note_1:", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/v1/notes/note_1:close", 405, "METHOD_NOT_ALLOWED"),
        ("PATCH", "/v1/notes/note_1", 405, "METHOD_NOT_ALLOWED"),
        ("PUT", "/v1/notes", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/v1/notes:echo", 405, "METHOD_NOT_ALLOWED"),
        ("POST", "/v1/notes/note_1:close:close", 404, "NOTE_NOT_FOUND"),
        ("GET", "/v1/notes/a%2Fb", 404, "NOTE_NOT_FOUND"),
        ("GET", "/v1/notes/..%2F..%2Fetc%2Fpasswd", 404, "NOTE_NOT_FOUND"),
        ("GET", "/v1/notes/%2e%2e", 404, "NOTE_NOT_FOUND"),
        ("GET", "/v1/notes/note_1%00", 400, "PATH_INVALID"),
        ("GET", "/v1/notes/note_1%0d%0aX: y", 400, "PATH_INVALID"),
        ("GET", "/v1/notes/%ff", 404, "NOTE_NOT_FOUND"),
        ("GET", "/v1/notes/" + "x" * 101, 400, "INVALID_FIELD"),
        ("GET", "/v1/notes/note_1'--", 404, "NOTE_NOT_FOUND"),
        ("GET", "/v1/notes?nope=1", 400, "UNKNOWN_FIELD"),
        ("GET", "/v1/notes?text=%ff", 400, "QUERY_INVALID"),
        ("GET", "/v1/notes?" + "text=x&" * 201, 400, "QUERY_INVALID"),
    ],
)
async def test_a_path_that_leads_nowhere(
    client: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    answer = await client.request(method, path)
    check(answer, status, code)
    if status == 405:
        assert answer.headers["allow"]


@pytest.mark.parametrize(
    "path",
    [
        b"/v1/notes/../../etc/passwd",
        b"/v1/notes/\x00",
        b"/v1/notes/\xff",
        b"http://other/v1/notes",
        b"*",
        b"//",
    ],
)
async def test_a_path_that_no_client_would_send(
    raw: Callable[[bytes], Awaitable[bytes]], path: bytes
) -> None:
    answer = await raw(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answer.split(b" ")[1] in {b"400", b"401", b"404"}, answer
    assert b"Traceback" not in answer


async def test_a_body_that_ends_too_early(raw: Callable[[bytes], Awaitable[bytes]], served: Served) -> None:
    await raw(b'POST /v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{"text"')
    assert served.service.contexts == []


async def test_a_body_that_never_ends(served: Served) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", served.http_port)
    head = b"POST /v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\nX-Request-Timeout: 0.05\r\n\r\n{"
    writer.write(head)
    async with asyncio.timeout(5):
        assert b" 504 " in await reader.readline()
    writer.close()
    await writer.wait_closed()
    assert served.service.contexts == []


@pytest.mark.parametrize("begin", [b"GET /healthz?", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: "])
async def test_a_head_that_never_ends(served: Served, begin: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", served.http_port)
    writer.write(begin)
    for _ in range(17):
        writer.write(b"a" * 4096)
        await writer.drain()
    async with asyncio.timeout(5):
        answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 431 ")
    assert b"application/problem+json" in head
    assert b'"HEAD_TOO_LARGE"' in body


@pytest.mark.parametrize("sent", [b"", b"GET /hea", b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET"])
async def test_a_head_that_does_not_come(
    served: Served, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr("oms_core.servers.http.protocol.HEAD_SECONDS", 0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", served.http_port)
    writer.write(sent)
    async with asyncio.timeout(4):  # uvicorn itself closes after 5 s what it has answered
        answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert (b"200 OK" in answer) == (b"\r\n\r\n" in sent)


async def test_a_head_in_many_pieces_is_a_head(served: Served) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", served.http_port)
    for number in range(2):  # on one connection
        head = b"GET /healthz?%d HTTP/1.1\r\nHost: x\r\nX-Long: %s\r\n\r\n" % (number, b"a" * 40_000)
        for at in range(0, len(head), 5000):
            writer.write(head[at : at + 5000])
            await writer.drain()
        async with asyncio.timeout(5):
            assert b"200 OK" in await reader.readline()
            await reader.readuntil(b"}")
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("length", [b"-1", b"x", b"1, 2", b"99999999999999999999"])
async def test_a_length_that_is_none(raw: Callable[[bytes], Awaitable[bytes]], length: bytes) -> None:
    answer = await raw(b"POST /v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + b"\r\n\r\n{}")
    assert answer.split(b" ")[1] in {b"400", b"413"}, answer


async def test_no_token(client: httpx.AsyncClient, served: Served) -> None:
    del client.headers["authorization"]
    answer = await client.get("/v1/notes/note_1")
    check(answer, 401, "TOKEN_MISSING")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert (await client.post("/v1/echo", json={})).status_code == 200


@pytest.mark.parametrize("value", ["Basic dXNlcjpwYXNz", "Bearer", "x", ""])
async def test_a_header_without_a_bearer_token(client: httpx.AsyncClient, value: str) -> None:
    check(await client.get("/v1/notes", headers={"authorization": value}), 401, "TOKEN_INVALID")


async def test_forged_tokens(client: httpx.AsyncClient, served: Served, tmp_path: Path) -> None:
    for reason, token in forgeries(served.keys, tmp_path).items():
        if reason in {"nul", "empty"}:
            continue  # no header can carry it
        sent = f"Bearer {token}".encode("latin-1")
        for path in ("/v1/notes", "/v1/notes/note_1"):
            answer = await client.get(path, headers={"authorization": sent})
            check(answer, 401, "TOKEN_EXPIRED" if reason.startswith("expired") else "TOKEN_INVALID")
            assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    answer = await client.post("/v1/echo", json={}, headers={"authorization": "Bearer x"})
    check(answer, 401, "TOKEN_INVALID")  # a bad token is refused where none is needed, too


async def test_tokens_of_a_sister_node_and_of_another_tenant(
    client: httpx.AsyncClient, served: Served
) -> None:
    mine, sister = served.token(("cashier", "loc_a1")), served.token(("cashier", "loc_a2"))
    foreign = served.token(("owner", "chn_b"), tenant="chn_b")
    reaching = served.token(("owner", "loc_a1"), tenant="chn_b")
    platform = served.token(("owner", "*"), tenant="platform")
    write = {"location_id": "loc_a1"}
    for token in (sister, foreign, reaching, platform):
        headers = {"authorization": f"Bearer {token}", "idempotency-key": "k"}
        for answer in (
            await client.get("/v1/notes/note_1", headers=headers),
            await client.post("/v1/notes", json=write, headers=headers),
            await client.post("/v1/notes/note_1:close", json={}, headers=headers),
            await client.post("/v1/chains", json={}, headers=headers),
        ):
            check(answer, 403, "PERMISSION_DENIED")
    assert served.claims.keys == []
    assert served.service.contexts == []
    headers = {"authorization": f"Bearer {mine}", "idempotency-key": "k"}
    assert (await client.post("/v1/notes", json=write, headers=headers)).status_code == 200


async def test_a_refusal_names_the_permission_the_node_and_who_holds_it(
    client: httpx.AsyncClient, served: Served
) -> None:
    headers = {"authorization": f"Bearer {served.token(('cashier', 'loc_a1'))}"}
    problem = (await client.post("/v1/notes/note_1:close", json={}, headers=headers)).json()
    assert (problem["permission"], problem["node"], problem["roles"]) == (
        "echo.notes.close",
        "loc_a1",
        "owner",
    )


async def test_a_field_that_names_no_node(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/notes", json={}, headers={"idempotency-key": "k"})
    check(answer, 400, "INVALID_FIELD")
    assert answer.json()["violations"] == [{"field": "location_id", "message": "is required"}]
    answer = await client.post("/v1/notes", json={"location_id": "loc_a1"})
    check(answer, 400, "IDEMPOTENCY_KEY_REQUIRED")
