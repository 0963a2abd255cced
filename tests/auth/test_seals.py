"""A sealed text comes back as it was, for its purpose and its time, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_core.auth import SealBroken, SealExpired, Seals
from oms_core.clock import FixedClock
from oms_core.errors import AuthError
from oms_wire.errors import InvalidArgument

HOUR = timedelta(hours=1)
SEALS = Seals(b"secret")


@given(st.binary(max_size=2000), st.text(max_size=20))
def test_what_was_sealed_is_opened(data: bytes, purpose: str) -> None:
    sealed = SEALS.seal(purpose, data)
    assert SEALS.open(purpose, sealed, max_age=HOUR) == data
    assert set(sealed) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


@given(st.binary(max_size=50), st.data())
def test_no_changed_text_is_opened(data: bytes, draw: st.DataObject) -> None:
    sealed = SEALS.seal("page", data)
    at = draw.draw(st.integers(0, len(sealed) - 2))  # the last character carries spare bits
    letter = draw.draw(st.sampled_from("aB3-_.\0é").filter(lambda c: c != sealed[at]))
    with pytest.raises(SealBroken):
        SEALS.open("page", sealed[:at] + letter + sealed[at + 1 :], max_age=HOUR)


@given(st.text(max_size=200))
def test_no_other_text_is_opened(text: str) -> None:
    with pytest.raises(SealBroken):
        SEALS.open("page", text, max_age=HOUR)


def test_a_seal_is_for_one_purpose_and_one_secret() -> None:
    sealed = SEALS.seal("page", b"1")
    with pytest.raises(SealBroken):
        SEALS.open("price", sealed, max_age=HOUR)
    with pytest.raises(SealBroken):
        Seals(b"other").open("page", sealed, max_age=HOUR)


def test_a_seal_is_for_a_time() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    clock = FixedClock(start)
    seals = Seals(b"secret", clock=clock)
    sealed = seals.seal("page", b"1")
    clock.set(start + HOUR)
    assert seals.open("page", sealed, max_age=HOUR) == b"1"
    clock.set(start + HOUR + timedelta(seconds=1))
    with pytest.raises(SealExpired):
        seals.open("page", sealed, max_age=HOUR)


def test_an_unhandled_broken_seal_is_the_callers_mistake() -> None:
    assert issubclass(SealBroken, InvalidArgument)


def test_processes_with_one_folder_open_each_others_seals(tmp_path: Path) -> None:
    sealed = Seals.in_folder(tmp_path).seal("page", b"1")
    assert Seals.in_folder(tmp_path).open("page", sealed, max_age=HOUR) == b"1"


@pytest.mark.parametrize("left", [b"", b"short", b"x" * 31])
def test_a_damaged_secret_is_none(tmp_path: Path, left: bytes) -> None:
    (tmp_path / "seals.key").write_bytes(left)
    with pytest.raises(AuthError) as caught:
        Seals.in_folder(tmp_path)
    assert caught.value.code == "KEY_UNREADABLE"
    assert "seals.key" in str(caught.value)


def test_a_huge_text_is_refused() -> None:
    with pytest.raises(SealBroken):
        SEALS.open("page", "a" * 100_000, max_age=HOUR)
