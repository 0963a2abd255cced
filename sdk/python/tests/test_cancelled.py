"""Calls that somebody stops waiting for: the next ones find a connection all the same."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from oms_sdk import APITimeoutError, AsyncOMS
from sdk.python.tests.faulty_server import FaultyServer, stall

STEPS_UNTIL_CONNECTED = 12
MANY = 250
"""More than httpx would open connections for."""


@pytest.mark.parametrize("steps", range(STEPS_UNTIL_CONNECTED))
async def test_a_call_that_is_cancelled_keeps_no_place_in_the_pool(faulty: FaultyServer, steps: int) -> None:
    limits = httpx.Limits(max_connections=1)
    async with httpx.AsyncClient(limits=limits) as http:
        oms = AsyncOMS(base_url=faulty.url, token="secret", http_client=http, timeout=5, attempt_timeout=5)
        calls = [asyncio.create_task(oms.orders.get("ord_1")) for _ in range(2)]
        for _ in range(steps):
            await asyncio.sleep(0)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        assert (await oms.orders.get("ord_1")).order_id == "ord_1"


async def test_a_call_that_is_cancelled_ends_at_once(faulty: FaultyServer) -> None:
    async with AsyncOMS(base_url=faulty.url, token="secret") as oms:
        call = asyncio.create_task(oms.orders.get("ord_1"))
        await asyncio.sleep(0)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call


async def test_many_calls_that_got_no_answer_keep_no_place_either(faulty: FaultyServer) -> None:
    faulty.script += [stall] * MANY
    async with AsyncOMS(base_url=faulty.url, token="secret", max_retries=0, retry_budget=None) as oms:
        hasty = oms.with_options(attempt_timeout=0.5, timeout=0.5)
        answers = await asyncio.gather(
            *(hasty.orders.get("ord_1") for _ in range(MANY)), return_exceptions=True
        )
        assert all(isinstance(one, APITimeoutError) for one in answers)
        faulty.script.clear()
        assert (await oms.orders.get("ord_1")).order_id == "ord_1"
