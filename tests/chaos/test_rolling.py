"""A rollout under load: every server is asked to end, one after the other, and nobody notices."""

from __future__ import annotations

import asyncio
import random
import signal

from tests.chaos.audit import Findings, audit, quiet
from tests.chaos.campaign import open_shop, patient, wanted_of, world

ORDERS_BETWEEN = 15


async def test_a_rolling_restart_of_every_bundle_loses_nothing() -> None:
    dice = random.Random(5)
    async with world(dice) as all_, patient(all_.url) as oms:
        people, _ = await open_shop(oms, all_.folder, dice, "roll")
        rolled: list[str] = []
        staff = asyncio.create_task(people.work())
        ordering = asyncio.create_task(people.order(until=lambda: len(rolled) == len(all_.fleet.names)))
        try:
            for name in all_.fleet.names:
                enough = len(people.promises) + ORDERS_BETWEEN
                while len(people.promises) < enough:
                    await asyncio.wait([ordering, staff], timeout=0.05)
                    assert not staff.done()
                all_.fleet.kill(name, signal.SIGTERM)
                await asyncio.wait_for(all_.fleet.ended(name), 20)  # its drain is 5 s
                await all_.fleet.back(name)
                rolled.append(name)
            await ordering
            await quiet(all_.database.dsn, wanted_of())
        finally:
            staff.cancel()
            await asyncio.gather(staff, return_exceptions=True)
        findings = await audit(all_.database.dsn, people.promises, wanted_of())
        await all_.fleet.stop()
    assert all_.fleet.unexpected == []
    assert len(people.promises) >= ORDERS_BETWEEN * 4
    assert findings == Findings(0, 0, 0, 0, 0, 0)
