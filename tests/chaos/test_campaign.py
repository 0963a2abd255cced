"""The short form: a leg of the campaign, on every commit. ``make chaos`` is the long one."""

from __future__ import annotations

import time

import pytest

from tests.chaos.audit import Findings, verdict
from tests.chaos.campaign import leg


@pytest.mark.timeout(400)
async def test_nothing_is_lost_or_done_twice_under_fire() -> None:
    seed = int(time.time())
    told: list[str] = []
    one = await leg(orders=10_000, minutes=1.0, seed_=seed, pace=2.0, told=told.append)
    again = f"python -m tests.chaos --minutes 1 --pace 2 --seed {seed}"
    assert one.findings == Findings(0, 0, 0, 0, 0, 0), f"{verdict(one.findings)}; {again}; {told[-2:]}"
    assert one.orders > 20
    assert one.kills.total() > 10
    assert one.unexpected == []
