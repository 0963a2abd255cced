"""``oms health``: what a container is asked."""

from __future__ import annotations

import json
from pathlib import Path

from oms_core.storage import remove
from tests.placement.test_bundles import Site, ready
from tests.runtime.waiting import until


def test_a_process_is_asked_how_it_is(tmp_path: Path) -> None:
    site = Site(tmp_path)
    try:
        silent = site.oms("health", "--bundle", "front")
        assert (
            silent.returncode,
            f"no answer from http://127.0.0.1:{site.http}/readyz" in silent.stderr,
        ) == (1, True)
        site.start("--bundle", "front", OMS_SERVER_HOST="0.0.0.0")
        until(lambda: site.oms("health", "--live", "--bundle", "front").returncode == 0)
        waiting = site.oms("health", "--bundle", "front", "--json")
        assert (waiting.returncode, list(json.loads(waiting.stdout)["missing"])) == (1, ["identity"])
        assert "identity: " in site.oms("health", "--bundle", "front").stderr
        site.start("--bundle", "back", "--data", "back")
        until(lambda: ready(site.http))
        done = site.oms("health", "--bundle", "front")
        assert (done.returncode, done.stdout) == (0, "ready\n")
    finally:
        site.close()
        for data in (tmp_path / ".oms", tmp_path / "back"):
            if data.exists():
                remove(data)
