"""The library, as the contract offers it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import count

from oms_wire.errors import FieldViolation, InvalidArgument, NotFound

from library_protos.v1 import (
    Book,
    CreateBookRequest,
    GetBookRequest,
    LibraryServiceBase,
    ListBooksRequest,
    ListBooksResponse,
    WatchBooksRequest,
)


class Library(LibraryServiceBase):
    """Keeps books as long as it runs."""

    def __init__(self) -> None:
        self._books: dict[str, Book] = {}
        self._ids = count(1)
        self._news = asyncio.Condition()

    async def create_book(self, request: CreateBookRequest, /) -> Book:
        """Put a book on the shelf."""
        if not request.title:
            missing = FieldViolation("title", "a book has a title")
            raise InvalidArgument("INVALID_FIELD", "title: a book has a title", violations=[missing])
        book = Book(book_id=f"book_{next(self._ids)}", title=request.title, author=request.author)
        async with self._news:
            self._books[book.book_id] = book
            self._news.notify_all()
        return book

    async def get_book(self, request: GetBookRequest, /) -> Book:
        """Return a book."""
        try:
            return self._books[request.book_id]
        except KeyError:
            raise NotFound("BOOK_NOT_FOUND", f"there is no book {request.book_id!r}") from None

    async def list_books(self, request: ListBooksRequest, /) -> ListBooksResponse:
        """Return all books, or those of one author."""
        books = self._books.values()
        return ListBooksResponse(books=[b for b in books if request.author in ("", b.author)])

    async def watch_books(self, request: WatchBooksRequest, /) -> AsyncIterator[Book]:
        """Give every book behind the last one that was seen, and each new one when it comes."""
        seen = list(self._books).index(request.after) + 1 if request.after in self._books else 0
        while True:
            async with self._news:
                while len(self._books) <= seen:
                    await self._news.wait()
            for book in list(self._books.values())[seen:]:
                seen += 1
                yield book
