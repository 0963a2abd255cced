from __future__ import annotations

from enum import Enum

import pytest

from oms_core.machine import Machine, Transition


class Door(Enum):
    OPEN = 1
    SHUT = 2
    GONE = 3


DOOR = Machine(
    [
        Transition("hang", None, Door.OPEN, by="carpenter"),
        Transition("shut", Door.OPEN, Door.SHUT, by="anybody"),
        Transition("open", Door.SHUT, Door.OPEN, by="anybody"),
        Transition("burn", Door.SHUT, Door.GONE, by="nobody"),
    ]
)


def test_a_step_leads_where_the_table_says_and_nowhere_else() -> None:
    assert DOOR.after(Door.OPEN, "shut") is Door.SHUT
    assert DOOR.after(Door.OPEN, "burn") is None
    assert DOOR.after(None, "hang") is Door.OPEN


def test_states_steps_and_ends_follow_from_the_table() -> None:
    assert DOOR.states == (Door.OPEN, Door.SHUT, Door.GONE)
    assert DOOR.steps_from(Door.SHUT) == ("open", "burn")
    assert DOOR.ends == (Door.GONE,)


def test_steps_are_replayed_from_nothing() -> None:
    assert DOOR.replay(["hang", "shut", "open", "shut"]) is Door.SHUT
    assert DOOR.replay([]) is None
    with pytest.raises(ValueError, match="'burn' may not be taken from OPEN"):
        DOOR.replay(["hang", "burn"])


def test_a_step_with_two_targets_is_refused() -> None:
    with pytest.raises(ValueError, match="two transitions"):
        Machine([*DOOR.transitions, Transition("shut", Door.OPEN, Door.GONE, by="storm")])


def test_the_page_shows_every_transition_and_end() -> None:
    page = DOOR.as_markdown("A door")
    assert page.startswith("# A door\n")
    assert "    [*] --> OPEN: hang\n" in page
    assert "    GONE --> [*]\n" in page
    assert "| SHUT | `burn` | GONE | nobody |" in page
    assert page.endswith("Ends, which no step leaves: GONE.\n")
