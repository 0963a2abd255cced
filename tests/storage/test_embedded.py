"""The launcher: data survives, processes do not."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import stat
from pathlib import Path

import pytest

from oms_core.errors import StorageError
from oms_core.storage.connection import connect
from oms_core.storage.embedded import EmbeddedServer, attach, embedded
from oms_core.storage.embedded.holding import holder_of
from tests.storage.sample import Hold, gone, until

pytestmark = pytest.mark.timeout(60)


async def _write(dsn: str) -> None:
    connection = await connect(dsn)
    await connection.execute(
        "drop table if exists kept; create table kept (n int); insert into kept values (1)"
    )
    await connection.close()


async def _count(dsn: str) -> int:
    connection = await connect(dsn)
    try:
        return int(await connection.fetchval("select count(*) from kept"))
    finally:
        await connection.close()


async def test_data_survives_an_orderly_stop_and_nothing_else_does(used: Path) -> None:
    async with embedded(used) as server:
        await _write(server.dsn)
        pids, sockets = server.pids, server.sockets
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        assert stat.S_IMODE(server.place.stat().st_mode) == 0o700
    assert all(gone(pid) for pid in pids)
    assert not sockets.exists()
    async with embedded(used) as server:
        assert await _count(server.dsn) == 1


async def test_nothing_listens_on_the_network(used: Path) -> None:
    async with embedded(used) as server:
        connection = await connect(server.dsn)
        assert await connection.fetchval("show listen_addresses") == ""
        assert await connection.fetchval("show fsync") == "on"
        await connection.close()


async def test_the_server_stops_when_its_parent_is_killed_and_the_data_is_intact(
    used: Path, hold: Hold
) -> None:
    holder = hold(used)
    pids, _, dsn = holder.read()
    await _write(dsn)
    holder.kill()
    await until(lambda: all(gone(pid) for pid in pids))
    async with embedded(used) as server:
        assert await _count(server.dsn) == 1


async def test_a_start_right_after_a_kill_waits_for_the_former_server(used: Path, hold: Hold) -> None:
    holder = hold(used)
    pids, _, dsn = holder.read()
    await _write(dsn)
    holder.kill()
    async with embedded(used) as server:
        assert all(gone(pid) for pid in pids)
        assert await _count(server.dsn) == 1


@pytest.mark.parametrize("delay", [0.0, 0.1, 0.4])
async def test_a_kill_at_any_moment_of_the_first_start_leaves_nothing_behind(
    data: Path, delay: float, hold: Hold
) -> None:
    holder = hold(data)
    await until((data / "postgres.lock").exists)
    await asyncio.sleep(delay)
    left = Path(json.loads((data / "postgres.lock").read_text() or '{"sockets": "/nowhere"}')["sockets"])
    holder.kill()
    async with embedded(data) as server:
        assert not left.exists()
        await _write(server.dsn)
        assert await _count(server.dsn) == 1


async def test_a_server_whose_watchdog_was_killed_too_is_stopped_by_the_next_start(
    used: Path, hold: Hold
) -> None:
    holder = hold(used)
    pids, _, dsn = holder.read()
    sockets = Path(dsn.partition("host=")[2])
    await _write(dsn)
    watchdog, postmaster = pids
    os.kill(watchdog, signal.SIGKILL)
    holder.kill()
    async with embedded(used) as server:
        assert gone(postmaster)
        assert not sockets.exists()
        assert await _count(server.dsn) == 1


async def test_a_stale_pid_file_that_names_a_stranger_is_no_obstacle(used: Path) -> None:
    async with embedded(used) as server:
        await _write(server.dsn)
        pid_file = server.place / "cluster" / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
    lines[0] = str(os.getpid())
    pid_file.write_text("\n".join(lines) + "\n")
    os.chown(pid_file, server.place.stat().st_uid, server.place.stat().st_gid)
    async with embedded(used) as server:
        assert await _count(server.dsn) == 1


async def test_two_servers_on_one_folder_are_refused_by_name_and_pid(used: Path) -> None:
    async with embedded(used):
        with pytest.raises(StorageError) as caught:
            await EmbeddedServer.start(used)
        assert caught.value.code == "DATA_IN_USE"
        assert str(used) in caught.value.message
        assert str(os.getpid()) in caught.value.message


async def test_another_command_attaches_to_the_running_server_or_runs_its_own(used: Path) -> None:
    async with embedded(used) as server, attach(used) as dsn:
        assert dsn == server.dsn
        await _write(dsn)
    async with attach(used) as dsn:
        assert await _count(dsn) == 1
    with pytest.raises(StorageError, match="no database answers"):
        await connect(dsn)


async def test_attaching_waits_for_a_server_that_is_just_starting(used: Path, hold: Hold) -> None:
    holder = hold(used)
    await until(lambda: holder_of(used) is not None)
    async with attach(used) as dsn:
        await _write(dsn)
    _, _, told = holder.read()
    assert dsn == told
    assert holder.stop() == 0


async def test_a_broken_cluster_is_an_error_with_the_end_of_the_log(data: Path) -> None:
    async with embedded(data) as server:
        control = server.place / "cluster" / "global" / "pg_control"
        sockets = server.sockets
    control.write_bytes(b"")
    with pytest.raises(StorageError) as caught:
        await EmbeddedServer.start(data)
    assert caught.value.code == "SERVER_FAILED"
    assert "server.log" in caught.value.hint
    assert not sockets.exists()


async def test_a_cancelled_start_leaves_no_process(used: Path) -> None:
    start = asyncio.create_task(EmbeddedServer.start(used))
    await until(lambda: holder_of(used) is not None)
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    async with embedded(used) as server:
        await _write(server.dsn)


async def test_a_server_that_dies_is_started_again(used: Path) -> None:
    async with embedded(used) as server:
        await _write(server.dsn)
        watchdog, postmaster = server.pids
        os.kill(postmaster, signal.SIGKILL)
        await until(lambda: gone(postmaster) and server.pids not in {(watchdog, postmaster), (watchdog, 0)})
        deadline = asyncio.get_running_loop().time() + 20
        while not await _answers(server.dsn):
            assert asyncio.get_running_loop().time() < deadline
            await asyncio.sleep(0.05)
        assert await _count(server.dsn) == 1
        assert server.pids[0] == watchdog


async def _answers(dsn: str) -> bool:
    try:
        await (await connect(dsn)).close()
    except StorageError:
        return False
    return True
