"""Lists that come in pages, walked as if they were one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from oms_sdk.errors import OMSError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page. It may be empty and still not be the last: only an empty ``next_page_token`` ends a list."""

    items: list[T]
    next_page_token: str


class Pager(Generic[T]):
    """Walks a list, asking for pages as they are needed; each walk begins at the beginning.

    Every request for a page raises OMSError as any call does.
    """

    def __init__(self, page: Callable[[str], Page[T]], page_token: str) -> None:
        self._page = page
        self._first = page_token

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page.items

    def pages(self) -> Iterator[Page[T]]:
        """Walk page by page."""
        token = self._first
        while True:
            page = self._page(token)
            yield page
            if not page.next_page_token:
                return
            token = _next(page, token)

    def to_list(self, *, limit: int) -> list[T]:
        """Return the first ``limit`` items, or all of fewer."""
        found: list[T] = []
        for page in self.pages() if limit > 0 else ():
            found += page.items
            if len(found) >= limit:
                break
        return found[:limit]


class AsyncPager(Generic[T]):
    """The same for ``async for``."""

    def __init__(self, page: Callable[[str], Awaitable[Page[T]]], page_token: str) -> None:
        self._page = page
        self._first = page_token

    async def __aiter__(self) -> AsyncIterator[T]:
        async for page in self.pages():
            for item in page.items:
                yield item

    async def pages(self) -> AsyncIterator[Page[T]]:
        """Walk page by page."""
        token = self._first
        while True:
            page = await self._page(token)
            yield page
            if not page.next_page_token:
                return
            token = _next(page, token)

    async def to_list(self, *, limit: int) -> list[T]:
        """Return the first ``limit`` items, or all of fewer."""
        found: list[T] = []
        if limit > 0:
            async for page in self.pages():
                found += page.items
                if len(found) >= limit:
                    break
        return found[:limit]


def _next(page: Page[T], token: str) -> str:
    # Else the same page would be asked for, for ever.
    if page.next_page_token == token:
        raise OMSError(f"the list does not end: the page after {token!r} is that page again")
    return page.next_page_token
