from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from oms_core.auth import Seals
from oms_core.auth.pages import Pages, page_size
from oms_core.clock import FixedClock
from oms_wire.errors import InvalidArgument

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def refused(pages: Pages, token: str, filters: list[str]) -> str:
    with pytest.raises(InvalidArgument) as caught:
        pages.after(token, filters)
    assert [violation.field for violation in caught.value.violations] == ["page_token"]
    return caught.value.code


def test_a_token_leads_on_where_its_page_ended() -> None:
    pages = Pages(Seals(b"secret"), "echo.shouts")
    assert pages.after(pages.token(["a"], ["2026", "id"]), ["a"]) == ("2026", "id")


def test_no_token_is_the_first_page() -> None:
    assert Pages(Seals(b"secret"), "echo.shouts").after("", ["a"]) is None


def test_a_token_is_for_the_list_it_came_from() -> None:
    clock = FixedClock(NOON)
    seals = Seals(b"secret", clock=clock)
    pages = Pages(seals, "echo.shouts")
    token = pages.token(["a", ""], ["id"])
    assert refused(pages, token, ["", "a"]) == "PAGE_TOKEN_INVALID"
    assert refused(Pages(seals, "echo.whispers"), token, ["a", ""]) == "PAGE_TOKEN_INVALID"
    assert refused(pages, "made-up", ["a", ""]) == "PAGE_TOKEN_INVALID"
    clock.set(NOON + timedelta(days=1, seconds=1))
    assert refused(pages, token, ["a", ""]) == "PAGE_TOKEN_INVALID"


@pytest.mark.parametrize(("requested", "size"), [(0, 50), (1, 1), (200, 200)])
def test_a_page_has_as_many_rows_as_asked_for(requested: int, size: int) -> None:
    assert page_size(requested) == size


@pytest.mark.parametrize("requested", [-1, 201])
def test_or_none_at_all(requested: int) -> None:
    with pytest.raises(InvalidArgument, match="page_size"):
        page_size(requested)
