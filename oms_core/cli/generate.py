"""``oms generate``: the contract in code, and what each plugin is in its manifest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from oms_core.cli.problems import FORMATS, chosen, tell
from oms_core.codegen.manifests import (
    PluginProject,
    expected_manifests,
    has_contract,
    manifest_differences,
    plugin_projects,
    write_manifests,
)
from oms_core.codegen.problems import Problem, problems_of
from oms_core.codegen.project import Differences, Project, differences, expected, write
from oms_core.errors import GenerateError

_EPILOG = """\b
Examples:
  oms generate            write what has changed
  oms generate --check    write nothing; exit with 1 and name each file that is not fresh
  oms generate --json     what was done, or what is wrong with file, line and column, for a program
"""
_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


@dataclass
class Outcome:
    """What one run found and did."""

    code: Differences = field(default_factory=Differences)
    manifests: Differences = field(default_factory=Differences)
    count: int = 0
    problems: list[Problem] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        """Return it as one object: the problems, and what happened to which file."""
        changes = {
            name: [*getattr(self.code, name), *getattr(self.manifests, name)]
            for name in ("missing", "stale", "extra")
        }
        return {"problems": [one.as_json() for one in self.problems], **changes, "files": self.count}


@click.command(epilog=_EPILOG)
@click.option("--check", is_flag=True, help="Only say which files are missing, stale or extra.")
@click.option(
    "--project", type=_FOLDER, default=Path(), help="Folder with the pyproject.toml. [default: here]"
)
@click.option(
    "--format", "form", type=FORMATS, help="How to print. [default: text; github in GitHub's actions]"
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def generate(*, check: bool, project: Path, form: str | None, as_json: bool) -> None:
    r"""Turn .proto files into code, and write the manifest of each plugin.

    pyproject.toml says where protos lie and where the code goes, and which folders below hold plugins; a
    project that offers a plugin gets its manifest.json beside plugin.py without being named.

    \b
      [tool.oms.generate]
      root = "protos"
      packages = { "acme" = "protos/acme_protos" }
      plugins = ["plugins/*"]
    """
    form = chosen(form, as_json=as_json)
    outcome = _generated(project.resolve(), check=check)
    if form == "json":
        click.echo(json.dumps(outcome.as_json(), indent=2, ensure_ascii=False))
    else:
        for changes in (outcome.code, outcome.manifests):
            _list(changes, verbs=("missing", "stale", "extra") if check else ("new", "changed", "removed"))
        tell(outcome.problems, form)
    unfresh = check and bool(outcome.code or outcome.manifests)
    if unfresh and form != "json":
        click.echo("Error: generated files do not match their sources; run: oms generate", err=True)
    if unfresh or outcome.problems:
        raise click.exceptions.Exit(1)
    if form != "json":
        click.echo(f"{outcome.count} files are fresh.")


def _generated(folder: Path, *, check: bool) -> Outcome:
    outcome = Outcome()
    try:
        plugins = plugin_projects(folder)
        # Code first: the manifests are made by a process that imports it.
        outcome.code, outcome.count = _code(folder, plugins, check=check)
        files, errors = expected_manifests(plugins)
        outcome.manifests = (manifest_differences if check else write_manifests)(folder, plugins, files)
        outcome.count += len(files)
    except GenerateError as error:
        errors = [error]
    outcome.problems = [problem for error in errors for problem in problems_of(error)]
    return outcome


def _code(folder: Path, plugins: Sequence[PluginProject], *, check: bool) -> tuple[Differences, int]:
    if plugins and not has_contract(folder):
        return Differences(), 0
    found = Project.read(folder)
    files = expected(found)
    return (differences(found, files) if check else write(found, files)), len(files)


def _list(changes: Differences, *, verbs: Sequence[str]) -> None:
    for verb, names in zip(verbs, (changes.missing, changes.stale, changes.extra), strict=True):
        for name in names:
            click.echo(f"{verb:8} {name}")
