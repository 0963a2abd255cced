"""Walk the orders of a location, and see what the operator would find each call by.

python sdk_async.py URL TOKEN LOCATION_ID
"""

from __future__ import annotations

import asyncio
import sys

from oms_sdk import AsyncOMS, NotFoundError, recorded


async def look(url: str, token: str, location_id: str) -> list[str]:
    """Return the ids of the latest orders."""
    async with AsyncOMS(base_url=url, token=token) as oms:
        orders = oms.orders.list(location_id=location_id, page_size=50)
        found = [order.order_id async for order in orders]

        patient = oms.with_options(timeout=90, max_retries=10)
        with recorded() as answers:
            for order_id in found:
                await patient.orders.get(order_id)
        for answer in answers:
            sys.stderr.write(f"{answer.call}: {answer.attempts} request(s), {answer.request_id}\n")

        try:
            await oms.orders.get("ord_01h455vb4pex5vsknk084sn02q")
        except NotFoundError as error:
            sys.stderr.write(f"{error.code}: {error.message}\n")
        return found


if __name__ == "__main__":
    sys.stdout.write("\n".join(asyncio.run(look(*sys.argv[1:]))) + "\n")
