"""The suite's lists of expected failures: each case stands under its reason."""

from __future__ import annotations

from pathlib import Path

import pytest

LISTS = Path(__file__).parents[1] / "conformance/failures"


@pytest.mark.parametrize(("messages", "most"), [("betterproto2", 29), ("struct", 1)])
def test_every_case_stands_under_a_reason(messages: str, most: int) -> None:
    blocks = (LISTS / f"{messages}.txt").read_text().strip().split("\n\n")
    cases = 0
    for block in blocks:
        lines = block.splitlines()
        assert lines[0].startswith("# "), block
        cases += sum(not line.startswith("#") for line in lines)
    assert 0 < cases <= most
