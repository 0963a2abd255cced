"""``oms generate``: the contract in code, and what each plugin is in its manifest."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from oms_core.codegen.manifests import (
    PluginProject,
    expected_manifests,
    has_contract,
    manifest_differences,
    plugin_projects,
    write_manifests,
)
from oms_core.codegen.project import Differences, Project, differences, expected, write

_EPILOG = """\b
Examples:
  oms generate            write what has changed
  oms generate --check    write nothing; exit with 1 and name each file that is not fresh
"""
_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


@click.command(epilog=_EPILOG)
@click.option("--check", is_flag=True, help="Only say which files are missing, stale or extra.")
@click.option(
    "--project", type=_FOLDER, default=Path(), help="Folder with the pyproject.toml. [default: here]"
)
def generate(*, check: bool, project: Path) -> None:
    r"""Turn .proto files into code, and write the manifest of each plugin.

    pyproject.toml says where protos lie and where the code goes, and which folders below hold plugins; a
    project that offers a plugin gets its manifest.json beside plugin.py without being named.

    \b
      [tool.oms.generate]
      root = "protos"
      packages = { "acme" = "protos/acme_protos" }
      plugins = ["plugins/*"]
    """
    folder = project.resolve()
    plugins = plugin_projects(folder)
    verbs = ("missing", "stale", "extra") if check else ("new", "changed", "removed")
    # Code first: the manifests are made by a process that imports it.
    code, count = _code(folder, plugins, check=check)
    _list(code, verbs=verbs)
    files, errors = expected_manifests(plugins)
    manifests = (manifest_differences if check else write_manifests)(folder, plugins, files)
    _list(manifests, verbs=verbs)
    for error in errors[:-1]:
        click.secho(f"Error [{error.code}] ", fg="red", bold=True, nl=False, err=True)
        click.echo(str(error), err=True)
    if errors:
        raise errors[-1]
    if check and (code or manifests):
        raise click.ClickException("generated files do not match their sources; run: oms generate")
    click.echo(f"{count + len(files)} files are fresh.")


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
