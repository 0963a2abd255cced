from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from oms_notes import rules


@given(text=st.text(max_size=20), longest=st.integers(1, 20))
def test_a_note_is_refused_when_it_is_blank_or_too_long(text: str, longest: int) -> None:
    assert bool(rules.check_text(text, longest=longest)) == (not text.strip() or len(text) > longest)
