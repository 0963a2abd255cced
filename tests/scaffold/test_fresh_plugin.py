"""What `oms new plugin` writes is whole: generated, typed, formatted, tested, loaded, served."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from oms_core.scaffold import Template
from oms_core.scaffold.preview import preview
from tests.repository.documents import ROOT
from tests.scaffold.new_plugin import OMS, Fresh, new_plugin, python

GOLDEN = Path(__file__).parent / "golden" / "files.txt"
pytestmark = pytest.mark.timeout(300)  # it starts many processes
GENERATED = re.compile(r"\w+_protos/|.*/migrations/|.*/manifest\.json")


def test_it_has_the_rooms_of_the_golden_list(fresh: Fresh) -> None:
    files = [re.sub(r"\d{4}_\d\d_\d\dt[\d_]+", "<moment>", file) for file in fresh.files]
    assert files == GOLDEN.read_text(encoding="utf-8").splitlines()


def test_its_own_tests_have_passed(fresh: Fresh) -> None:
    assert re.search(r"^Its tests: 6 passed in [\d.]+s\.$", fresh.said, re.M), fresh.said


def test_its_generated_code_and_manifest_are_fresh(fresh: Fresh) -> None:
    done = python(*OMS, "generate", "--check", folder=fresh.project)
    assert done.returncode == 0, done.stdout + done.stderr


def test_its_first_migration_leads_to_its_tables(fresh: Fresh) -> None:
    with preview(fresh.project) as seen:
        done = seen.run(*OMS, "db", "new-migration", "stamps")
    assert "no change of the tables since the last migration" in done.stdout


@pytest.mark.parametrize(
    "tool", [("mypy", "--strict", "--cache-dir=/dev/null"), ("ruff", "check"), ("ruff", "format", "--check")]
)
def test_its_code_is_typed_and_tidy(fresh: Fresh, tool: tuple[str, ...]) -> None:
    arguments = tool if tool[0] == "mypy" else (*tool, "--no-cache", ".")
    with preview(fresh.project) as seen:
        done = seen.run("-m", *arguments)
    assert done.returncode == 0, done.stdout


def test_it_is_listed_with_what_it_brings(fresh: Fresh) -> None:
    with preview(fresh.project) as seen:
        rows = json.loads(seen.must("the list", *OMS, "plugins", "list", "--json"))
        manifest = json.loads(seen.must("the manifest", *OMS, "plugins", "inspect", "stamps", "--json"))
    assert "stamps" in json.dumps(rows)
    assert "oms.orders.v1.OrderHooks/AdjustPrice" in json.dumps(manifest)
    assert "stamps.stamps.create" in json.dumps(manifest)


def test_a_dry_run_lists_these_files_and_writes_nothing(fresh: Fresh, tmp_path: Path) -> None:
    done = new_plugin("stamps", "--dry-run", "--output", str(tmp_path))
    assert done.exit_code == 0, done.output
    *files, last = done.stdout.splitlines()
    migration = re.compile(r"stamps_\d[\dt_]+\.py$")
    shown = [migration.sub("", Path(file).relative_to(tmp_path / "stamps").as_posix()) for file in files]
    assert sorted(shown) == sorted(migration.sub("", file) for file in fresh.files)
    assert last == f"{len(files)} files; nothing was written."
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("loyalty", (), ("LoyaltyClient", "/v1/loyalties")),
        ("gift_boxes", (), ("GiftBoxesClient", "/v1/gift-boxes")),
        ("birthday", ("--resource", "day"), ("DaysClient", "/v1/days")),
        ("quotes", ("--description", 'He said: "50 % \\ off"'), ("QuotesClient", "/v1/quotes")),
    ],
)
def test_other_names_make_code_that_compiles(
    name: str, options: tuple[str, ...], expected: tuple[str, str], tmp_path: Path
) -> None:
    done = new_plugin(name, "--yes", "--no-test", "--output", str(tmp_path), *options)
    assert done.exit_code == 0, done.output
    client, route = expected
    package = tmp_path / name / f"{name}_protos" / "v1"
    assert route in (package / "routes.py").read_text()
    assert client.replace("LoyaltyClient", "LoyaltiesClient") in (package / "services.py").read_text()


def test_happy_hour_has_the_rooms_that_its_answers_give(tmp_path: Path) -> None:
    """It was rendered before it was filled: no room is missing but those that it says it does without."""
    project = ROOT / "examples" / "happy_hour"
    told = tomllib.loads((project / "pyproject.toml").read_text())["tool"]["oms"]["scaffold"]
    template = Template.find(told["template"])
    variables = template.complete({"name": told["name"], "resource": told["resource"]})
    rendered = template.render(variables, tmp_path)
    files = {path.relative_to(rendered).as_posix() for path in rendered.rglob("*") if path.is_file()}
    mine = {path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file()}
    assert files - mine == {"oms_happy_hour/settings.py"}
    own = {file for file in mine if "__pycache__" not in file and not file.startswith(".")}
    assert {file for file in own - files if not GENERATED.match(file)} == set()
