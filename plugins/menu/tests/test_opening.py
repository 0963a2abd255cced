"""Groups never open each other in a circle."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from oms_menu.choices import DEPTH
from oms_menu.opening import KnownGroup, find_circle, find_refusal, longest_chain

IDS = [f"grp_{number}" for number in range(8)]
OPENS = st.dictionaries(st.sampled_from(IDS), st.lists(st.sampled_from(IDS), max_size=4, unique=True))


def reaches_itself(start: str, opens: dict[str, list[str]]) -> bool:
    """Decide by walking every way there is, as often as there are groups."""
    reached = set(opens.get(start, ()))
    for _ in IDS:
        reached |= {further for one in reached for further in opens.get(one, ())}
    return start in reached


@given(opens=OPENS, start=st.sampled_from(IDS))
def test_a_circle_is_found_exactly_when_there_is_one(opens: dict[str, list[str]], start: str) -> None:
    circle = find_circle(start, opens)
    assert bool(circle) == reaches_itself(start, opens)
    if circle:
        assert circle[0] == circle[-1] == start
        assert all(after in opens[before] for before, after in pairwise(circle))


@given(opens=OPENS, writes=st.permutations(IDS))
def test_what_is_written_one_after_the_other_never_holds_a_circle(
    opens: dict[str, list[str]], writes: list[str]
) -> None:
    known = {one: KnownGroup(one, "brd_1", one, []) for one in IDS}
    for group_id in writes:
        changed = {**known, group_id: KnownGroup(group_id, "brd_1", group_id, opens.get(group_id, []))}
        if find_refusal(group_id, changed) is None:
            known = changed
    kept = {one.group_id: list(one.opens) for one in known.values()}
    assert not any(reaches_itself(one, kept) for one in IDS)


@given(opens=OPENS, start=st.sampled_from(IDS))
def test_the_longest_chain_is_the_longest_of_all(opens: dict[str, list[str]], start: str) -> None:
    acyclic = {one: [after for after in opens.get(one, ()) if after > one] for one in IDS}

    def chains(here: str) -> list[list[str]]:
        return [[here]] + [[here, *rest] for after in acyclic[here] for rest in chains(after)]

    through = [chain for one in IDS for chain in chains(one) if start in chain]
    found = longest_chain(start, acyclic)
    assert len(found) == max(map(len, through))
    assert found in through


def test_a_circle_is_refused_with_its_names() -> None:
    names = {"grp_1": "Sides", "grp_2": "Sauces", "grp_3": "Dips"}
    opens = {"grp_1": ["grp_2"], "grp_2": ["grp_3"], "grp_3": ["grp_1"]}
    known = {one: KnownGroup(one, "brd_1", name, opens[one]) for one, name in names.items()}
    refusal = find_refusal("grp_2", known)
    assert refusal is not None
    assert refusal.code == "MODIFIER_CYCLE"
    assert refusal.message.endswith("Sauces (grp_2) → Dips (grp_3) → Sides (grp_1) → Sauces (grp_2)")


def test_a_chain_deeper_than_a_line_is_refused_wherever_it_grows() -> None:
    ids = [f"grp_{number}" for number in range(DEPTH + 1)]
    known = {one: KnownGroup(one, "brd_1", one, ids[at : at + 1]) for at, one in enumerate(ids, 1)}
    for group_id in ids:
        refusal = find_refusal(group_id, known)
        assert refusal is not None
        assert refusal.code == "MODIFIER_DEPTH"
    del known[ids[-1]]
    known[ids[-2]] = KnownGroup(ids[-2], "brd_1", ids[-2], [])
    assert find_refusal(ids[0], known) is None
