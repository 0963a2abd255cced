"""``oms demo --orders``: every order survives the server's violent deaths, exactly once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest


@pytest.mark.timeout(240)
def test_no_order_or_ticket_is_lost_or_doubled_when_the_server_is_killed(tmp_path: Path) -> None:
    command = ["demo", "--orders", "30", "--kills", "2", "--seed", "7", "--json"]
    with tempfile.TemporaryDirectory(prefix="oms-", dir="/tmp") as folder:
        ended = subprocess.run(
            [sys.executable, "-m", "oms_core.cli.main", *command],
            cwd=tmp_path,
            env={**os.environ, "TMPDIR": folder},
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
