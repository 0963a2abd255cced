"""The guide's service, asked over REST and over gRPC."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import grpc
import httpx
import pytest
from oms_core.auth import Issuer, KeyRing
from oms_core.codegen.project import Project, differences, expected
from oms_core.context import Grant
from oms_core.testing.ports import free_port
from oms_wire.grpcio import GrpcChannel

from bookshelf.server import ISSUER, serving
from library_protos.v1 import Book, GetBookRequest, LibraryClient, WatchBooksRequest

PROJECT = Path(__file__).parents[1]


@dataclass
class Running:
    rest: httpx.AsyncClient
    grpc_port: int
    token: str


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    http_port, grpc_port = free_port(), free_port()
    issuer = Issuer(KeyRing.open(tmp_path), issuer=ISSUER, audience=ISSUER)
    token = issuer.issue(
        "user:mia", tenant="town", grants=[Grant("librarian", "town")], ttl=timedelta(minutes=5)
    )
    async with serving(tmp_path, http_port=http_port, grpc_port=grpc_port):
        base = f"http://127.0.0.1:{http_port}"
        async with httpx.AsyncClient(base_url=base, trust_env=False) as rest:
            yield Running(rest, grpc_port, token)


async def test_a_book_is_written_over_rest_and_read_over_both(running: Running) -> None:
    signed = {"authorization": f"Bearer {running.token}"}
    made = await running.rest.post("/v1/books", json={"title": "Emma", "author": "Austen"}, headers=signed)
    assert made.json() == {"bookId": "book_1", "title": "Emma", "author": "Austen"}
    assert (await running.rest.get("/v1/books/book_1")).json() == made.json()
    assert (await running.rest.get("/v1/books", params={"author": "Melville"})).json() == {}
    async with grpc.aio.insecure_channel(f"127.0.0.1:{running.grpc_port}") as channel:
        book = await LibraryClient(GrpcChannel(channel)).get_book(GetBookRequest(book_id="book_1"))
    assert book == Book(book_id="book_1", title="Emma", author="Austen")


async def test_new_books_are_watched_over_both(running: Running) -> None:
    signed = {"authorization": f"Bearer {running.token}"}
    for title in ("Emma", "Persuasion"):
        await running.rest.post("/v1/books", json={"title": title}, headers=signed)
    events = {"accept": "text/event-stream", "last-event-id": "book_1"}
    async with running.rest.stream("GET", "/v1/books:watch", headers=events) as answer:
        lines = answer.aiter_lines()
        assert [await anext(lines), json.loads((await anext(lines)).removeprefix("data:"))] == [
            "id: book_2",
            {"bookId": "book_2", "title": "Persuasion"},
        ]
    async with grpc.aio.insecure_channel(f"127.0.0.1:{running.grpc_port}") as channel:
        books = LibraryClient(GrpcChannel(channel)).watch_books(WatchBooksRequest(after="book_2"))
        async with aclosing(books):
            waiting = asyncio.ensure_future(anext(books))
            await running.rest.post("/v1/books", json={"title": "Lady Susan"}, headers=signed)
            assert (await waiting).title == "Lady Susan"


async def test_what_is_refused_says_why(running: Running) -> None:
    refused = await running.rest.post("/v1/books", json={"title": "Emma"})
    assert (refused.status_code, refused.json()["code"]) == (401, "TOKEN_MISSING")
    signed = {"authorization": f"Bearer {running.token}"}
    empty = await running.rest.post("/v1/books", json={}, headers=signed)
    assert empty.json()["violations"] == [{"field": "title", "message": "a book has a title"}]
    assert (await running.rest.get("/v1/books/none")).json()["code"] == "BOOK_NOT_FOUND"


async def test_its_api_is_documented(running: Running) -> None:
    document = (await running.rest.get("/openapi.json")).json()
    assert document["info"]["title"] == "Bookshelf"
    assert document["paths"]["/v1/books"]["post"]["summary"] == "Put a book on the shelf."
    assert document["paths"]["/v1/books"]["post"]["security"] == [{"bearer": ["library.books.create"]}]


def test_the_generated_code_is_fresh() -> None:
    project = Project.read(PROJECT)
    assert not differences(project, expected(project))
