"""``oms token``, as it is typed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from oms_core.auth import KeyRing, Verifier


def oms(*words: str, at: Path, given: str = "") -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("OMS_")}
    return subprocess.run(
        [sys.executable, "-m", "oms_core.cli.main", "token", *words],
        cwd=at,
        env=environ,
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_token_is_made_and_read_back(tmp_path: Path) -> None:
    made = oms("create", "--role", "operator", "--node", "*", at=tmp_path)
    assert (made.returncode, made.stderr) == (0, "")
    verifier = Verifier(KeyRing.open(tmp_path / ".oms" / "keys"), issuer="oms", audience="oms")
    assert verifier.verify(made.stdout.strip()).tenant == "platform"
    read = oms("inspect", made.stdout.strip(), at=tmp_path)
    assert "operator at *" in read.stdout
    assert read.returncode == 0


def test_a_token_for_programs(tmp_path: Path) -> None:
    words = ["--role", "owner", "--role", "cook", "--node", "chn_1", "--node", "loc_1", "--tenant", "chn_1"]
    made = oms("create", *words, "--subject", "user:ada", "--ttl", "8h", "--json", at=tmp_path)
    shown = json.loads(made.stdout)
    assert shown["tenant"] == "chn_1"
    read = json.loads(oms("inspect", "--json", at=tmp_path, given=shown["token"]).stdout)
    assert (
        read["grants"]
        == shown["grants"]
        == [
            {"role": "owner", "node": "chn_1"},
            {"role": "cook", "node": "loc_1"},
        ]
    )
    assert (read["subject"], read["expires_at"]) == ("user:ada", shown["expires_at"])


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["create", "--role", "owner"], 2, "--node"),
        (["create", "--role", "owner", "--node", "a", "--ttl", "soon"], 2, "'soon' is not a length of time"),
        (["create", "--role", "owner", "--node", "a", "--ttl", "31d"], 1, "between 1 s and 30 days"),
        (["create", "--role", "own er", "--node", "a"], 1, "CLAIM_INVALID"),
        (["create", "--role", "owner", "--node", "a", "--node", "b"], 2, "1 roles, 2 nodes"),
        (["create", "--role", "x", "--node", "a", "--role", "y", "--node", "b"], 2, "--tenant"),
        (["inspect", "nonsense"], 1, "TOKEN_INVALID"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, words: list[str], code: int, said: str) -> None:
    done = oms(*words, at=tmp_path)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
