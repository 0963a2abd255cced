"""``oms demo --orders``: every order survives the server's violent deaths, exactly once."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from oms_core.messaging import Broker
from oms_core.testing.broker import clear


@pytest.fixture(params=["over the database", "over RabbitMQ"])
def way(request: pytest.FixtureRequest) -> Iterator[Mapping[str, str]]:
    """The variables that say how events travel."""
    if request.param == "over the database":
        yield {}
        return
    broker: Broker = request.getfixturevalue("broker")
    yield {"OMS_BROKER_URL": broker.url, "OMS_BROKER_NAMESPACE": broker.namespace}
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(clear(broker, ["harbor_table", "identity", "kitchen", "menu", "orders"]))


@pytest.mark.timeout(240)
def test_no_order_or_ticket_is_lost_or_doubled_when_the_server_is_killed(
    tmp_path: Path, way: Mapping[str, str]
) -> None:
    command = ["demo", "--orders", "30", "--kills", "2", "--seed", "7", "--json"]
    with tempfile.TemporaryDirectory(prefix="oms-", dir="/tmp") as folder:
        ended = subprocess.run(
            [sys.executable, "-m", "oms_core.cli.main", *command],
            cwd=tmp_path,
            env={**os.environ, **way, "TMPDIR": folder},
            capture_output=True,
            text=True,
            check=False,
        )
        assert list(Path(folder).iterdir()) == [], "a good campaign clears up"
    outcome = json.loads(ended.stdout)
    assert ended.returncode == 0, ended.stderr
    assert outcome.pop("seconds") > 0
    assert outcome.pop("tickets") > 0
    assert outcome == {
        "orders": 30,
        "completed": 30,
        "kills": 2,
        "seed": 7,
        **dict.fromkeys(("lost", "lost_orders", "lost_tickets"), 0),
        **dict.fromkeys(("duplicated", "duplicated_orders", "duplicated_tickets", "unacknowledged"), 0),
    }
