"""The first days of the year come out of the database as they were sold, however often they are sent."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from harbor_table.api import connect
from harbor_table.badges import BadgeOffice
from harbor_table.replay import source
from harbor_table.server_process import ServerProcess, free_ports
from oms_core.storage import attach

DAYS = 2


@pytest_asyncio.fixture(scope="module")
async def replayed(tmp_path_factory: pytest.TempPathFactory, replay: Any, book: Any) -> Path:
    """A data folder on which the first days were replayed."""
    data = tmp_path_factory.mktemp("pizzaplace") / "data"
    first = await replay("--days", str(DAYS), "--data", str(data))
    first.shows(**book.figures(DAYS), added=book.orders(DAYS), already_there=0, sent=book.orders(DAYS))
    first.shows(source="database", restarts=0)
    return data


async def test_a_second_replay_adds_nothing_and_sends_nothing(replayed: Path, replay: Any, book: Any) -> None:
    again = await replay("--days", str(DAYS), "--data", str(replayed))
    again.shows(**book.figures(DAYS), added=0, already_there=book.orders(DAYS), sent=0, per_second=0.0)


async def test_the_server_itself_refuses_what_it_has(replayed: Path, replay: Any, book: Any) -> None:
    again = await replay("--days", str(DAYS), "--data", str(replayed), "--resend")
    again.shows(**book.figures(DAYS), added=0, already_there=book.orders(DAYS), sent=book.orders(DAYS))


async def test_fewer_days_are_figures_of_fewer_days(replayed: Path, replay: Any, book: Any) -> None:
    one = await replay("--days", "1", "--data", str(replayed))
    one.shows(**book.figures(1), added=0)


async def test_every_order_has_its_own_day_hour_and_lines(replayed: Path, book: Any) -> None:
    async with attach(replayed) as dsn:
        connection = await asyncpg.connect(dsn)
        await connection.execute("set role oms_maintenance")
        stored = await connection.fetch("""
            select o.external_id, o.business_date::text as date, o.number,
              to_char(o.placed_at at time zone 'America/New_York', 'YYYY-MM-DD HH24:MI:SS') as at, o.state,
              sum(l.quantity) as items, sum(l.quantity * l.unit_amount) as lines, o.amount
            from orders.orders o join orders.order_lines l using (order_id)
            where o.business_date <= '2015-01-02'
            group by o.order_id order by o.placed_at, o.external_id""")
        tickets = await connection.fetchval("select count(*) from kitchen.tickets")
        await connection.close()
    rows = book.rows(DAYS)
    sold = {row["id"]: (row["date"], f"{row['date']} {row['time']}") for row in rows}
    assert {row["external_id"]: (row["date"], row["at"]) for row in stored} == {
        f"pizzaplace-{order}": times for order, times in sold.items()
    }
    assert all(row["lines"] == row["amount"] for row in stored)
    for date in {row["date"] for row in stored}:
        numbers = [row["number"] for row in stored if row["date"] == date]
        assert numbers == list(range(1, len(numbers) + 1)), "they follow the day's clock"
    assert tickets == 0, "nobody makes last year's pizzas"


async def test_of_what_is_sent_again_only_the_missing_is_added(
    replayed: Path, replay: Any, book: Any
) -> None:
    more = await replay("--days", str(DAYS + 1), "--data", str(replayed), "--resend")
    before, after = book.orders(DAYS), book.orders(DAYS + 1)
    more.shows(**book.figures(DAYS + 1), added=after - before, already_there=before, sent=after)


async def test_a_cent_too_much_in_the_database_is_an_error(replayed: Path, replay: Any, book: Any) -> None:
    async def change(cents: int) -> None:
        async with attach(replayed) as dsn:
            connection = await asyncpg.connect(dsn)
            await connection.execute(
                "update orders.orders set amount = amount + $1 where external_id = 'pizzaplace-2015-000001'",
                cents,
            )
            await connection.close()

    await change(1)
    wrong = await replay("--days", "1", "--data", str(replayed))
    await change(-1)
    total = book.figures(1)["total_minor"]
    assert (wrong.code, wrong.outcome["total_minor"]) == (1, total + 1)
    assert "Not what was sold:" in wrong.told
    assert f"'total_minor': {total}" in wrong.told


async def test_another_price_is_refused_before_anything_is_sent(
    replayed: Path, replay: Any, tmp_path: Path
) -> None:
    dearer = tmp_path / "dearer.csv"
    dearer.write_text(
        source.find().read_text(encoding="utf-8").replace("hawaiian,M,classic,13.25", "hawaiian,M,classic,14")
    )
    ended = await replay("--data", str(replayed), "--file", str(dearer))
    assert (ended.code, ended.printed) == (1, "")
    assert "MENU_DIFFERS" in ended.told
    assert "hawaiian M was sold for 1400 USD (minor units), and costs 1325 USD here" in ended.told
    assert "Traceback" not in ended.told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--url", "http://127.0.0.1:9"], "--url needs --token"),
        (["--url", "http://127.0.0.1:9", "--token", "t"], "--chain"),
        (["--url", "u", "--token", "t", "--chain", "c", "--data", "x"], "choose one"),
        (["--chain", "chn_1"], "--chain belongs to --url"),
        (["--days", "0"], "--days"),
    ],
)
async def test_flags_that_do_not_fit(replay: Any, arguments: list[str], told: str) -> None:
    ended = await replay(*arguments)
    assert ended.code == 2
    assert told in ended.told


async def test_a_bad_file_ends_with_its_lines_and_no_traceback(replay: Any, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text("id,date,time,name,size,type,price\n1,2015-01-01,12:00:00,hawaiian,M,classic,free\n")
    ended = await replay("--file", str(file), "--data", str(tmp_path / "data"))
    assert ended.code == 1
    assert "DATASET_INVALID" in ended.told
    assert "line 2: price 'free'" in ended.told
    assert "Traceback" not in ended.told
    assert not (tmp_path / "data").exists()


async def test_on_a_running_server_the_figures_come_over_the_api(
    replay: Any, book: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = tmp_path_factory.mktemp("running")
    http, grpc = free_ports(2)
    server = ServerProcess(data, http, grpc)
    await server.start()
    try:
        office = BadgeOffice(data)
        async with connect(server.url) as oms:
            operator = oms.with_options(token=office.operator())
            chain = (await operator.identity.create_chain(name="Somebody's")).node_id
        there = ["--url", server.url, "--chain", chain, "--days", "1"]
        owner = {**os.environ, "OMS_TOKEN": office.badge("owner", chain, tenant=chain)()}
        first = await replay(*there, env=owner)
        first.shows(**book.figures(1), added=book.orders(1), source="api")
        again = await replay(*there, env=owner)
        again.shows(**book.figures(1), added=0, already_there=book.orders(1))
        refused = await replay(*there, "--token", office.badge("guest", chain, tenant=chain)())
        assert refused.code == 1
        assert "PERMISSION_DENIED" in refused.told
        assert "Traceback" not in refused.told
    finally:
        await server.stop()
