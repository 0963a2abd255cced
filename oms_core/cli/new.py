"""``oms new``: projects from templates."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from oms_core.scaffold import (
    Step,
    Template,
    build,
    check_description,
    check_name,
    check_resource,
    missing_for_tests,
    place,
    try_out,
)
from oms_core.scaffold.building import check_free

_DESCRIPTION = "A plugin for OMS."
_FOLDER = click.Path(path_type=Path, file_okay=False)
_EPILOG = """\b
Examples:
  oms new plugin stamps
  oms new plugin stamps --resource card --description "Every tenth is free" --yes
  oms new plugin stamps --dry-run
"""


@click.group()
def new() -> None:
    """Write new projects that work at once."""


@new.command("plugin", epilog=_EPILOG)
@click.argument("name")
@click.option("--description", help=f"What it is for, in one line. [default: {_DESCRIPTION}]")
@click.option("--resource", help="What it keeps, in the singular. [default: made of NAME]")
@click.option("--output", type=_FOLDER, default=Path(), help="Folder to put it in. [default: here]")
@click.option("--dry-run", is_flag=True, help="Only list the files that would be written.")
@click.option("--no-test", is_flag=True, help="Do not run the new plugin's tests.")
@click.option("--yes", is_flag=True, help="Ask nothing.")
def new_plugin(
    name: str,
    *,
    description: str | None,
    resource: str | None,
    output: Path,
    dry_run: bool,
    no_test: bool,
    yes: bool,
) -> None:
    """Write a plugin called NAME: contract, service, table, event handler, hook answer and their tests.

    It goes to a folder NAME, whole or not at all; then its tests run.
    """
    check_name(name)
    target = output / name
    if not dry_run:
        check_free(target)
    if description is None:
        description = _ask_description(yes=yes or dry_run)
    check_description(description)
    template = Template.find("plugin")
    answers = {"name": name, "description": description.strip()}
    variables = template.complete(answers | ({"resource": resource} if resource else {}))
    check_resource(str(variables["resource"]), taken=template.taken)
    with _progress(steps=len(Step)) as progress, build(template, variables, on_step=progress) as project:
        files = sorted(path.relative_to(project) for path in project.rglob("*") if path.is_file())
        if not dry_run:
            place(project, target)
    if dry_run:
        for file in files:
            click.echo(target / file)
        click.echo(f"{len(files)} files; nothing was written.")
        return
    click.echo(f"Wrote {len(files)} files to {target}.")
    if not no_test:
        _test(target, template)
    _say_what_next(name, target)


def _ask_description(*, yes: bool) -> str:
    if yes or not sys.stdin.isatty():
        return _DESCRIPTION
    answer = click.prompt("What is it for, in one line?", default=_DESCRIPTION)
    assert isinstance(answer, str)
    return answer


def _test(project: Path, template: Template) -> None:
    if missing := missing_for_tests(template.requires):
        click.echo(f"Its tests were not run; they need:  python -m pip install {' '.join(missing)}")
        return
    with _progress(steps=1) as progress:
        progress("running its tests on a PostgreSQL of their own")
        trial = try_out(project)
    if not trial.passed:
        raise click.ClickException(
            f"the tests of {project} do not pass ({trial.summary}):\n\n{trial.output.strip()}\n\n"
            f"It stays where it is; once it is mended:  cd {shlex.quote(str(project))} && python -m pytest"
        )
    click.echo(f"Its tests: {trial.summary}.")


def _say_what_next(name: str, project: Path) -> None:
    where = str(project) if project.is_absolute() else f"./{project.as_posix()}"
    click.echo("\nNext:")
    for command, purpose in (
        (f"python -m pip install -e {shlex.quote(where)}", "what is installed takes part"),
        (f"oms plugins inspect {name}", "what it brings"),
        ("oms run", "serve it"),
    ):
        click.echo(f"  {command}  # {purpose}")


class _Reporter:
    """Shows the step that is being taken."""

    def __init__(self, progress: Progress, steps: int) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=steps)
        self._begun = False

    def __call__(self, step: Step | str) -> None:
        if self._begun:
            self._progress.advance(self._task)
        self._begun = True
        self._progress.update(self._task, description=step.value if isinstance(step, Step) else step)


@contextmanager
def _progress(*, steps: int) -> Iterator[_Reporter]:
    # On standard error, and gone at the end: what was done is said on standard output.
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(20),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield _Reporter(progress, steps)
