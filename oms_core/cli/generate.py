"""``oms generate``: the contract in code."""

from __future__ import annotations

from pathlib import Path

import click

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
    r"""Turn .proto files into messages, services, routes, descriptors and OpenAPI.

    pyproject.toml says where they lie and where the code goes:

    \b
      [tool.oms.generate]
      root = "protos"
      packages = { "acme" = "protos/acme_protos" }
    """
    found = Project.read(project.resolve())
    files = expected(found)
    if not check:
        changes = write(found, files)
        _list(changes, verbs=("new", "changed", "removed"))
        click.echo(f"{len(files)} files are fresh.")
        return
    if changes := differences(found, files):
        _list(changes, verbs=("missing", "stale", "extra"))
        raise click.ClickException("generated code does not match the contract; run: oms generate")
    click.echo(f"{len(files)} files are fresh.")


def _list(changes: Differences, *, verbs: tuple[str, str, str]) -> None:
    for verb, names in zip(verbs, (changes.missing, changes.stale, changes.extra), strict=True):
        for name in names:
            click.echo(f"{verb:8} {name}")
