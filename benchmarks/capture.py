"""What one order makes the program say to its database, caught from the server's own log."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.chain import Chain
from benchmarks.load import Failed, Plan, generate
from benchmarks.place_order_script import Rules, script
from benchmarks.processes import Server
from benchmarks.statement_log import Transaction, logging_statements, read_from, transactions
from oms_core.storage import EmbeddedServer

NUMBER = 987_654_321
_FIRST_TURNS = 40
"""Orders before the one that is caught: by then every statement is prepared in every session."""


async def capture(server: EmbeddedServer, program: Server, chain: Chain) -> str:
    """Return the pgbench script of one order placed at ``program``.

    Its sessions must have begun after ``log_parameters``, and no other plugin may react to the order.
    """
    warm = Plan(port=program.port, requests=chain.orders, connections=1, count=_FIRST_TURNS, first=NUMBER + 1)
    await generate(warm)
    log = server.place / "server.log"
    async with logging_statements(server):
        before = log.stat().st_size
        one = Plan(port=program.port, requests=chain.orders[:1], connections=1, count=1, first=NUMBER)
        await generate(one)
        # The log is written before the answer to COMMIT is.
        order = _of_the_order(transactions(read_from(log, before)))
    return script(order, Rules(_known(chain), f"{NUMBER:016x}"))


def _of_the_order(committed: Sequence[Transaction]) -> Sequence[Transaction]:
    """Leave out what the relay and the consumers did meanwhile."""
    order = [one for one in committed if "oms_relay" not in one[0].sql]
    if not any("insert into orders.orders" in statement.sql for one in order for statement in one):
        raise Failed("the server's log does not show how the order was placed")
    return order


def _known(chain: Chain) -> dict[str, str]:
    variations = {id_: f":variation{n}" for n, id_ in enumerate(chain.variation_ids, start=1)}
    return {
        chain.chain_id: ":tenant",
        chain.brand_id: ":brand",
        chain.location_ids[0]: "(:locations::text[])[:place::int]",
        **variations,
    }
