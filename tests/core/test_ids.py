from __future__ import annotations

import uuid

from hypothesis import given
from hypothesis import strategies as st

from oms_core import ids

MILLIS = st.integers(0, 2**48 - 1)
RANDOM = st.binary(min_size=10, max_size=10)


def test_the_specification_has_this_very_example() -> None:
    value = uuid.UUID("01890a5d-ac96-774b-bcce-b302099a8057")
    assert ids.encode("prefix", value) == "prefix_01h455vb4pex5vsknk084sn02q"


@given(MILLIS, RANDOM)
def test_a_uuid7_has_its_version_variant_and_time(millis: int, random: bytes) -> None:
    value = ids.uuid7(millis=millis, random=random)
    assert (value.version, value.variant, value.int >> 80) == (7, uuid.RFC_4122, millis)


@given(MILLIS, MILLIS, RANDOM, RANDOM)
def test_ids_sort_by_time_of_birth(early: int, late: int, one: bytes, two: bytes) -> None:
    if early < late:
        assert ids.encode("x", ids.uuid7(millis=early, random=one)) < ids.encode(
            "x", ids.uuid7(millis=late, random=two)
        )


@given(MILLIS, RANDOM, st.text(), st.text())
def test_derived_ids_are_stable_and_apart(millis: int, random: bytes, one: str, two: str) -> None:
    seed = ids.uuid7(millis=millis, random=random)
    assert ids.derived(seed, one) == ids.derived(seed, one)
    assert (ids.derived(seed, one) == ids.derived(seed, two)) == (one == two)


def test_only_well_formed_ids_of_the_kind_count() -> None:
    fresh = ids.new_id("ord")
    assert ids.is_id(fresh, "ord", "itm")
    assert not ids.is_id(fresh, "itm")
    for broken in (
        "",
        "ord_",
        fresh[:-1],
        fresh + "0",
        fresh.upper(),
        "ord_" + "z" * 26,
        fresh.replace("_", "-"),
    ):
        assert not ids.is_id(broken, "ord"), broken
