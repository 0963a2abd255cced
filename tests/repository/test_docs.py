"""The pages say what is so: their code runs, their commands, links, settings and permissions exist."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from oms_core.config import Written
from oms_core.config.convert import convert
from tests.repository import permissions
from tests.repository.commands import wrong_in
from tests.repository.documents import ROOT, Page, occurs, pages

PAGES = pages()
FOREIGN = {"PR_SET_PDEATHSIG"}
"""Names in capitals that others gave."""
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def sources(suffix: str) -> dict[Path, str]:
    """Return the files of real code: what ships, and the examples, all of which tests run."""
    folders = ("oms_core", "protos", "plugins", "sdk", "examples")
    files = (path for folder in folders for path in (ROOT / folder).rglob(f"*{suffix}"))
    return {path: path.read_text(encoding="utf-8") for path in [*files, *ROOT.glob(f"*{suffix}")]}


PYTHON, TOML, PROTO = sources(".py"), sources(".toml"), sources(".proto")
EXAMPLE_ROUTES = {
    f"{verb.upper()} {path}"
    for file, text in PROTO.items()
    if "examples" in file.parts
    for verb, path in re.findall(r'\b(get|post|put|patch|delete): "(/v1/[^"]+)"', text)
}


@each_page
def test_every_block_of_code_is_a_part_of_what_runs(page: Page) -> None:
    for block in page.of("python"):
        assert any(occurs(block.text, source) for source in PYTHON.values()), block.text
    for block in page.of("proto"):
        assert any(occurs(block.text, source) for source in PROTO.values()), block.text
    for block in page.of("json"):
        json.loads(block.text)
    for block in page.of("toml"):
        if not any(occurs(block.text, source) for source in TOML.values()):
            convert(tomllib.loads(block.text), Written)


@each_page
def test_every_command_exists(page: Page) -> None:
    wrong = [
        f"{problem}: {line}"
        for line in page.command_lines
        for problem in wrong_in(line, makefile=ROOT / "Makefile")
    ]
    assert not wrong, "\n".join(wrong)


@each_page
def test_every_link_leads_somewhere(page: Page) -> None:
    anchors = {other.path: other.anchors for other in PAGES}
    for link in page.links:
        place, _, anchor = link.partition("#")
        if not re.match(r"[a-z]+:", link):
            target = (page.path.parent / place).resolve() if place else page.path
            assert target.exists(), link
            assert not anchor or anchor in anchors[target], link


@each_page
def test_no_page_names_a_private_path(page: Page) -> None:
    private = re.compile(
        rf"(?<![\w.])(/work/|/root\b|/home/|/Users/|/tmp/|{re.escape(str(ROOT))}/)|site-packages"
    )
    assert not private.search(page.text)


@each_page
def test_what_a_page_names_exists(page: Page) -> None:
    """Files, modules, routes and codes in the text; tables of benchmarks speak of others' code too."""
    templates = {f"{route.http_method} {route.template}" for route in permissions.routes()} | EXAMPLE_ROUTES
    code = "\n".join([*PYTHON.values(), *PROTO.values()])
    for span in page.spans:
        path = re.fullmatch(r"(oms_core|protos|plugins|sdk|examples|docs|tests|benchmarks)/[\w./-]*", span)
        assert not path or (ROOT / span).exists(), span
        if re.fullmatch(r"oms_(core|wire)(\.\w+)+", span):
            assert _is_there(span), span
        if re.fullmatch(r"(GET|POST|PUT|PATCH|DELETE) /v1/\S*", span):
            assert span.partition("?")[0] in templates, span
        if (
            re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+", span)
            and not span.startswith("OMS_")
            and span not in FOREIGN
        ):
            assert re.search(rf"\b\w*{span}\b", code), span


def _is_there(dotted: str) -> bool:
    module, _, name = dotted.rpartition(".")
    try:
        return hasattr(import_module(module), name) or bool(import_module(dotted))
    except ModuleNotFoundError:
        return module.count(".") > 0 and _is_there(module)


def test_the_example_plugins_code_is_fresh() -> None:
    project = ROOT / "examples" / "snippets" / "notes"
    command = [sys.executable, "-m", "oms_core.cli.main", "generate", "--check", "--project", str(project)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_readme_is_one_screen() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 50


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("oms fly", "oms has no command 'fly'"),
        ("$ oms db plan --loud", "oms db plan has no option --loud"),
        ("OMS_DATA=x oms events dlq bury a  # gone", "oms events dlq has no command 'bury'"),
        ("oms db plan now", "oms db plan takes 0 arguments, not 1"),
        ("make tea", "make has no target 'tea'"),
        ("make run test", None),
        ("oms token create --role cook --node '*' > file", None),
        ("oms events dlq replay <consumer> [--event <id>]     a fresh set", None),
    ],
)
def test_a_wrong_command_would_be_found(line: str, problem: str | None) -> None:
    assert list(wrong_in(line, makefile=ROOT / "Makefile")) == ([problem] if problem else [])


def test_a_block_that_no_file_has_would_be_found() -> None:
    source = "class A:\n    def b(self) -> None:\n        return\n"
    assert occurs("def b(self) -> None:\n    return\n", source)
    assert not occurs("def b(self) -> None:\n    ...\n", source)
    assert not occurs("def b(self) -> None:\nreturn\n", source)
