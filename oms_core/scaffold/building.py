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
    """Move a finished project to ``target``, whole or not at all; raises ScaffoldError when it is taken."""
    check_free(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    # Beside the target first: what lies on another disk is copied, and a rename is at once.
    with TemporaryDirectory(prefix=".oms-new-", dir=target.parent) as folder:
        near = Path(shutil.copytree(project, Path(folder) / project.name))
        try:
            near.rename(target)
        except OSError:
            check_free(target)
            raise


def check_free(target: Path) -> None:
    """Refuse a folder that is there and not empty; raises ScaffoldError."""
    if target.is_dir() and not any(target.iterdir()):
        return
    if target.exists() or target.is_symlink():
        raise ScaffoldError(
            "SCAFFOLD_TAKEN",
            f"{target} is there already, and nothing of it was changed",
            hint="choose another name, or another folder with --output",
        )


def _generate(seen: Preview) -> None:
    seen.must("oms generate", "-m", "oms_core.cli.main", "generate", "--project", str(seen.project))


def _format(seen: Preview) -> None:
    # Which import comes first, and where a line ends, depends on the names.
    seen.must("ruff check", "-m", "ruff", "check", "--quiet", "--select=I", "--fix", "--no-cache", ".")
    seen.must("ruff format", "-m", "ruff", "format", "--quiet", "--no-cache", ".")
