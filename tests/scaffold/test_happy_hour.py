"""A stranger's plugin, installed from its wheel: it works beside ours, and ours work without it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from oms_core.testing.running import running
from oms_protos.orders.v1 import GetOrderRequest, Line, OrdersClient, PriceOrderRequest, ServiceMode
from tests.repository.documents import ROOT
from tests.scaffold.new_plugin import OMS, python

PROJECT = ROOT / "examples" / "happy_hour"
ROUTES = """
from oms_core.plugins import discover
text = " ".join(str(one.manifest) for one in discover())
print("happy_hour" if "happy" in text else "", end="")
"""
"""Whatever any manifest says of routes, permissions, handlers and answers."""
pytestmark = pytest.mark.timeout(300)  # whole runs of tests in processes of their own


def listed(folder: Path, site: str = "") -> set[str]:
    done = python(*OMS, "plugins", "list", "--json", folder=folder, environ={"PYTHONPATH": site})
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    rows = found["plugins"] if isinstance(found, dict) else found
    return {row["name"] for row in rows}


def test_its_generated_code_and_manifest_are_fresh() -> None:
    done = python(*OMS, "generate", "--check", "--project", str(PROJECT), folder=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_wheel_holds_code_contract_and_manifest_but_no_tests(happy_hour: Path) -> None:
    assert {path.name for path in happy_hour.iterdir()} == {
        "oms_happy_hour",
        "happy_hour_protos",
        "oms_happy_hour-0.1.0.dist-info",
    }
    for file in (
        "oms_happy_hour/manifest.json",
        "oms_happy_hour/py.typed",
        "happy_hour_protos/py.typed",
        "happy_hour_protos/v1/descriptor.binpb",
        "happy_hour_protos/proto/happy_hour/v1/happy_hour.proto",
    ):
        assert (happy_hour / file).is_file(), file
    assert list((happy_hour / "oms_happy_hour" / "migrations").glob("happy_hour_*.py"))


def test_it_is_there_where_it_is_installed_and_nowhere_else(happy_hour: Path, tmp_path: Path) -> None:
    assert listed(tmp_path, str(happy_hour)) - listed(tmp_path) == {"happy_hour"}


def test_its_own_tests_pass_as_it_was_installed(happy_hour: Path, tmp_path: Path) -> None:
    # Away from its source: what they import is what the wheel holds.
    shutil.copytree(PROJECT / "tests", tmp_path / "tests")
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    environ = {"PYTHONPATH": str(happy_hour)}
    done = python("-m", "pytest", "-q", "-p", "no:cacheprovider", folder=tmp_path, environ=environ)
    assert done.returncode == 0, done.stdout


def test_the_tests_of_orders_and_menu_pass_beside_it(happy_hour: Path) -> None:
    tests = [f"plugins/{name}/tests" for name in ("orders", "menu")]
    environ = {"PYTHONPATH": str(happy_hour)}
    done = python("-m", "pytest", "-q", "-p", "no:cacheprovider", *tests, folder=ROOT, environ=environ)
    assert done.returncode == 0, done.stdout


async def test_taken_out_it_leaves_its_schema_and_no_other_trace(
    happy_hour: Path, database_dsn: str, tmp_path: Path
) -> None:
    evening = spend_an_evening(database_dsn, happy_hour)
    discount = ["happy_hour", "HAPPY_HOUR", -150]
    assert (evening["quote"], evening["quoted"]) == ([discount], 600)
    assert (evening["order"], evening["total"]) == ([discount], 600)
    assert evening["given"] == [["2026-01-05", 1, 150]]

    async with running(database_dsn) as plugins:  # without it, on the same database
        orders = plugins.client(OrdersClient, tenant=evening["chain_id"], role="owner")
        order = await orders.get_order(GetOrderRequest(order_id=evening["order_id"]))
        assert [(one.plugin, one.code) for one in order.adjustments] == [("happy_hour", "HAPPY_HOUR")]
        quote = await orders.price_order(
            PriceOrderRequest(
                location_id=evening["location_id"],
                service_mode=ServiceMode.TAKEOUT,
                lines=[Line(variation_id=evening["variation_id"], quantity=3)],
            )
        )
        assert (quote.adjustments, quote.total and quote.total.amount) == ([], 750)
        await plugins.settle()  # nothing waits for a consumer that is gone
        assert "happy_hour" not in {endpoint.plugin for endpoint in plugins.endpoints}
        assert not [one for one in plugins.endpoints if "happy_hour" in one.method.access.permission]
        kept = await plugins.sql("select count(*) from happy_hour.given_days")
        assert kept[0][0] == 1

    environ = {"OMS_DATABASE_URL": database_dsn}
    plan = python(*OMS, "db", "plan", "--json", folder=tmp_path, environ=environ)
    assert (plan.returncode, json.loads(plan.stdout)) == (0, []), plan.stderr
    routes = python("-c", ROUTES, folder=tmp_path)
    assert (routes.returncode, routes.stdout) == (0, ""), routes.stderr


def spend_an_evening(dsn: str, site: Path) -> Any:
    done = python("-m", "tests.scaffold.with_happy_hour", dsn, folder=ROOT, environ={"PYTHONPATH": str(site)})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
