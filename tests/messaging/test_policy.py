from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from oms_core.messaging import RetryPolicy, Slot
from oms_core.steps import STEPS

DOCS = Path(__file__).parents[2] / "docs" / "events.md"


@given(
    immediate=st.integers(0, 5),
    later=st.lists(st.floats(1, 10_000), max_size=5).map(sorted).map(tuple),
    chance=st.floats(0, 1),
)
def test_waits_never_shrink_and_end(immediate: int, later: tuple[float, ...], chance: float) -> None:
    policy = RetryPolicy(immediate=immediate, later=later, chance=lambda: chance)
    waits = [policy.wait(attempts) for attempts in range(1, policy.attempts)]
    assert all(wait is not None and wait > timedelta(0) for wait in waits)
    assert waits == sorted(waits)  # type: ignore[type-var]
    assert policy.wait(policy.attempts) is None
    assert policy.wait(policy.attempts + 1) is None


@given(st.text(min_size=1).filter(lambda text: " " not in text), st.integers(0, 7))
def test_a_slot_survives_a_wake_up_call(consumer: str, part: int) -> None:
    assert Slot.parse(str(Slot(consumer, part))) == Slot(consumer, part)


def test_the_docs_list_every_step() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for name, meaning in STEPS.items():
        assert f"| `{name}` | {meaning} |" in text
