"""``oms breaking``: what a change of the contract breaks."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import click

from oms_core.codegen.breaking.allowed import Allowed, read_allowed
from oms_core.codegen.breaking.compare import compare
from oms_core.codegen.breaking.finding import LOOSENED, Finding
from oms_core.codegen.breaking.origin import owner, surface_now, surface_then
from oms_core.codegen.project import Project

_EPILOG = """\b
Examples:
  oms breaking --against origin/main         what this branch breaks
  oms breaking --against v1.4.0 --json       against a release, for a program
  oms breaking --against before.binpb        against a FileDescriptorSet, as buf build writes it
"""
_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
_FORMATS = click.Choice(["text", "json", "github"])


@click.command(epilog=_EPILOG)
@click.option("--against", required=True, metavar="REV|FILE", help="The contract that was.")
@click.option(
    "--project", type=_FOLDER, default=Path(), help="Folder with the pyproject.toml. [default: here]"
)
@click.option("--format", "form", type=_FORMATS, help="How to print. [default: text; github in its actions]")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def breaking(*, against: str, project: Path, form: str | None, as_json: bool) -> None:
    """Compare the contract with what it was, and exit with 1 when somebody would be broken.

    Seen are messages, fields, enums, services and methods, and what other tools do not look at: routes,
    permissions (tighter or looser), hooks, events, idempotency and validation. What you agree to break stands
    with its reason under [tool.oms.breaking] in pyproject.toml.
    """
    found = Project.read(project.resolve())
    allowed = read_allowed(found.folder)
    own = owner(found, ignore_unstable=allowed.ignore_unstable)
    findings = compare(surface_then(found, against, own), surface_now(found, own))
    form = "json" if as_json else form or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text")
    open_ones, agreed = allowed.split(findings)
    if form == "json":
        click.echo(json.dumps([{**one.as_json(), "allowed": one in agreed} for one in findings]))
    else:
        _tell(found, against, open_ones, agreed, github=form == "github")
        _tell_unused(allowed, findings)
    if open_ones:
        raise click.exceptions.Exit(1)


def _tell(
    project: Project, against: str, findings: Sequence[Finding], agreed: Sequence[Finding], *, github: bool
) -> None:
    root = os.path.relpath(project.root)
    for one in findings:
        if github:
            message = f"{one.at}: {one.message}. {one.hint}".replace("%", "%25").replace("\n", "%0A")
            line = f",line={one.line}" if one.line else ""
            click.echo(f"::error file={root}/{one.file}{line},title={one.rule}::{message}")
        else:
            click.echo(f"{root}/{one.place}: ", nl=False)
            click.secho(one.rule, fg="yellow" if one.severity == LOOSENED else "red", bold=True, nl=False)
            click.echo(f" {one.at}: {one.message}\n  → {one.hint}")
    loosened = sum(one.severity == LOOSENED for one in findings)
    counts = f"{len(findings) - loosened} breaking, {loosened} loosened, {len(agreed)} agreed to"
    click.echo(
        f"Against {against}: {counts}." if findings or agreed else f"Against {against}: nothing breaks."
    )


def _tell_unused(allowed: Allowed, findings: Sequence[Finding]) -> None:
    for entry in allowed.unused(findings):
        click.echo(f"Note: nothing needs the agreement {entry.rule} at {entry.at} any more.", err=True)
