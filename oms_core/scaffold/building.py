"""From a template to a project that works: rendered, generated, migrated, formatted; then put in place."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory

from oms_core.errors import ScaffoldError
from oms_core.scaffold.preview import Preview, preview
from oms_core.scaffold.template import Template


class Step(Enum):
    """What happens in turn; the value says so to a person."""

    RENDER = "rendering the template"
    GENERATE = "generating code and manifest from the contract"
    MIGRATE = "writing the first migration"
    FORMAT = "formatting"


@contextmanager
def build(
    template: Template, variables: Mapping[str, object], *, on_step: Callable[[Step], None]
) -> Iterator[Path]:
    """Make a project aside and give its folder, which is gone after the block; raises ScaffoldError."""
    with TemporaryDirectory(prefix="oms-new-") as folder:
        on_step(Step.RENDER)
        project = template.render(variables, Path(folder).resolve())
        with preview(project) as seen:
            on_step(Step.GENERATE)
            _generate(seen)
            on_step(Step.MIGRATE)
            seen.must("writing the first migration", "-m", "oms_core.scaffold.first_migration")
            on_step(Step.FORMAT)
            _format(seen)
        yield project


def place(project: Path, target: Path) -> None:
    """Move a finished project to ``target``, whole or not at all.

    Raises ScaffoldError when it is taken, or cannot be written there.
    """
    check_free(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # Beside the target first: what lies on another disk is copied, and a rename is at once.
        with TemporaryDirectory(prefix=".oms-new-", dir=target.parent) as folder:
            near = Path(shutil.copytree(project, Path(folder) / project.name))
            near.rename(target)
    except OSError as error:
        check_free(target)  # somebody else was faster
        raise _unwritable(target, error) from error


def check_free(target: Path) -> None:
    """Refuse a folder that is there and not empty; raises ScaffoldError."""
    try:
        taken = target.is_symlink() or target.exists()
        empty = target.is_dir() and not any(target.iterdir())
    except OSError as error:
        raise _unwritable(target, error) from error
    if taken and not empty:
        raise ScaffoldError(
            "SCAFFOLD_TAKEN",
            f"{target} is there already, and nothing of it was changed",
            hint="choose another name, or another folder with --output",
        )


def _unwritable(target: Path, error: OSError) -> ScaffoldError:
    return ScaffoldError(
        "SCAFFOLD_PLACE",
        f"{target} cannot be written: {error.strerror or error}",
        hint="choose another folder with --output, or let this user write there",
    )


def _generate(seen: Preview) -> None:
    seen.must("oms generate", "-m", "oms_core.cli.main", "generate", "--project", str(seen.project))


def _format(seen: Preview) -> None:
    # Which import comes first, and where a line ends, depends on the names.
    seen.must("ruff check", "-m", "ruff", "check", "--quiet", "--select=I", "--fix", "--no-cache", ".")
    seen.must("ruff format", "-m", "ruff", "format", "--quiet", "--no-cache", ".")
