"""A stream of requests over HTTP: one document a line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import httpx

from tests.streams.conftest import Served
from tests.streams.reading import said

LOAD = "/v1/counters/loc_a1/plates:load"


async def test_lines_are_requests(http: httpx.AsyncClient, served: Served) -> None:
    body = b'{"dish": "soup"}\r\n\n{"dish":\t"rice"}\n   {"dish":"tea"}'
    answer = await http.post(LOAD, content=body)
    assert (answer.status_code, answer.json()) == (200, {"loaded": 3})
    assert [plate.dish for plate in served.belts.plates] == ["soup", "rice", "tea"]
    assert (await http.post(LOAD)).json() == {"loaded": 3}


async def test_lines_may_come_in_any_pieces(http: httpx.AsyncClient, served: Served) -> None:
    whole = b'{"dish": "gr\xc3\xbctze"}\n{"dish": "rice"}\n'

    async def bytewise() -> AsyncIterator[bytes]:
        for at in range(len(whole)):
            yield whole[at : at + 1]

    assert (await http.post(LOAD, content=bytewise())).json() == {"loaded": 2}
    assert served.belts.plates[0].dish == "grütze"


async def test_more_lines_than_one_body_may_have(http: httpx.AsyncClient) -> None:
    answer = await http.post(LOAD, content=b'{"dish":"soup"}\n' * 1000)  # eight times the limit
    assert answer.json() == {"loaded": 1000}


async def test_a_line_that_is_too_long(http: httpx.AsyncClient, served: Served) -> None:
    for body in (b'{"dish":"soup"}\n{"dish":"' + b"x" * 3000, b" " * 3000 + b'\n{"dish":"soup"}'):
        answer = await http.post(LOAD, content=body)
        assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")


async def test_a_line_that_is_wrong(http: httpx.AsyncClient, served: Served) -> None:
    for bad, field in ((b"{", None), (b'{"dash": 1}', "dash"), (b'{"dish":"much too long a name"}', "dish")):
        answer = await http.post(LOAD, content=b'{"dish":"soup"}\n' + bad + b"\n")
        assert answer.status_code == 400, answer.text
        assert field is None or answer.json()["violations"][0]["field"] == field
    assert {plate.dish for plate in served.belts.plates} == {"soup"}


async def test_every_line_needs_the_permission_where_it_says(served: Served) -> None:
    base = f"http://127.0.0.1:{served.http.port}"
    headers = {"authorization": f"Bearer {served.token(('cook', 'loc_a1'))}"}
    async with httpx.AsyncClient(base_url=base, headers=headers, trust_env=False) as cook:
        assert (await cook.post(LOAD, content=b'{"dish":"soup"}')).json() == {"loaded": 1}
        answer = await cook.post("/v1/counters/loc_a2/plates:load", content=b'{"dish":"soup"}')
        assert answer.status_code == 403
        answer = await cook.post("/v1/dishes:serve", content=b"")  # held at the root of the tenant
        assert answer.status_code == 403
    assert len(served.belts.plates) == 1


async def test_wishes_answered_as_events(http: httpx.AsyncClient) -> None:
    body = b'{"dish":"soup"}\n{"dish":"burnt"}\n'
    async with http.stream(
        "POST", "/v1/dishes:serve", content=body, headers={"accept": "text/event-stream"}
    ) as answer:
        first, last = [event async for event in said(answer)]
    assert (first.json["dish"], last.kind, last.json["code"]) == ("soup", "problem", "BURNT")


async def test_answers_do_not_wait_for_the_last_request(served: Served) -> None:
    """HTTP/1.1 both ways at once, which httpx cannot do."""
    reader, writer = await asyncio.open_connection("127.0.0.1", served.http.port)
    head = (
        "POST /v1/dishes:serve HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n"
        f"authorization: Bearer {served.token()}\r\n\r\n"
    )

    async def send(text: str) -> None:
        writer.write(f"{len(text):x}\r\n{text}\r\n".encode())
        await writer.drain()

    async def heard() -> str:
        while not (line := await reader.readline()).startswith(b'{"result"'):
            assert line, "the connection ended"
        return str(json.loads(line)["result"]["dish"])

    async with asyncio.timeout(5):
        writer.write(head.encode())
        for dish in ("soup", "rice", "tea"):
            await send(json.dumps({"dish": dish}) + "\n")
            assert await heard() == dish
        writer.close()
        await served.belts.ended.wait()


async def test_who_hangs_up_while_sending_ends_the_stream(served: Served) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", served.http.port)
    writer.write(
        b"POST /v1/dishes:serve HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n"
        b"authorization: Bearer " + served.token().encode() + b'\r\n\r\n{"dish":"soup"}\n'
    )
    async with asyncio.timeout(5):
        await reader.readuntil(b'"soup"')
        writer.close()
        await served.belts.ended.wait()
