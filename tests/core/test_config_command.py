"""``oms config``, as it is typed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"
TOML = """
plugins = ["identity", "menu", "orders"]

[server]
http_port = 8081
grpc_port = 9091

[database]
url = "postgresql://oms:pssst@db.example/oms"

[failure]
menu = "degrade"

[settings.orders]
quote_seconds = 60
"""


def oms(*words: str, at: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command; the last line of standard error names the plugins that it imported."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("OMS_")}
    script = (
        "import sys\nfrom oms_core.cli.main import main\n"
        "try:\n    main()\n"
        "finally:\n"
        "    found = {'oms_identity', 'oms_menu', 'oms_orders'} & {*sys.modules}\n"
        "    print(sorted(found), file=sys.stderr)"
    )
    return subprocess.run(
        [sys.executable, "-c", script, "config", *words],
        cwd=at,
        env=environ | {"COLUMNS": "110", **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "oms.toml").write_text(TOML)
    return tmp_path


def rows(output: str) -> dict[str, Sequence[object]]:
    return {one["name"]: (one["value"], one["source"], one["default"]) for one in json.loads(output)}


def test_every_setting_is_shown_with_where_it_came_from(folder: Path) -> None:
    done = oms("show", "--grpc-port", "9092", at=folder, OMS_SERVER_GRPC_PORT="1", OMS_AUTH_ISSUER="harbor")
    assert (done.returncode, done.stderr) == (0, "[]\n")  # no plugin was imported
    assert done.stdout == (GOLDEN / "config_show.txt").read_text(encoding="utf-8")
    assert [path.name for path in folder.iterdir()] == ["oms.toml"]  # nor a database started


def test_a_program_reads_the_same(folder: Path) -> None:
    done = oms(
        "show", "--json", at=folder, OMS_SETTINGS_ORDERS_QUOTE_SECONDS="30", OMS_FAILURE_ORDERS="abort"
    )
    assert (done.returncode, done.stderr) == (0, "[]\n")
    shown = rows(done.stdout)
    assert shown["settings.orders.quote_seconds"] == (30, "OMS_SETTINGS_ORDERS_QUOTE_SECONDS", 900)
    assert shown["server.http_port"] == (8081, "oms.toml:5", 8080)
    assert shown["server.host"] == ("127.0.0.1", "default", "127.0.0.1")
    assert shown["database.url"] == ("postgresql://oms:***@db.example/oms", "oms.toml:9", "")
    assert shown["failure.menu"] == ("degrade", "oms.toml:12", None)
    assert shown["failure.orders"] == ("abort", "OMS_FAILURE_ORDERS", None)
    assert "failure.identity" not in shown


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("OMS_SETTINGS_ORDERS_QUOTE_SECOND", "1", "did you mean 'OMS_SETTINGS_ORDERS_QUOTE_SECONDS'?"),
        ("OMS_SETTINGS_ORDERS_QUOTE_SECONDS", "soon", 'quote_seconds is "soon", but must be an integer'),
        ("OMS_SETTINGS_KITCHEN_X", "1", "there is no setting 'OMS_SETTINGS_KITCHEN_X'"),
        ("OMS_PLUGINS", "identity", "settings.orders: no plugin named 'orders' takes part"),
    ],
)
def test_a_mistake_is_named(folder: Path, variable: str, value: str, said: str) -> None:
    done = oms("show", at=folder, **{variable: value})
    assert (done.returncode, done.stdout) == (1, "")
    assert "Error [CONFIG_INVALID]" in done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_schema_has_the_settings_of_every_installed_plugin(folder: Path) -> None:
    done = oms("schema", at=folder)
    assert (done.returncode, done.stderr) == (0, "[]\n")
    schema = json.loads(done.stdout)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["additionalProperties"] is False
    orders = schema["properties"]["settings"]["properties"]["orders"]
    assert orders["properties"]["quote_seconds"]["maximum"] == 86400
    assert schema["properties"]["failure"]["properties"]["orders"] == {"enum": ["abort", "degrade"]}
