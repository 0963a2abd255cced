"""A template, and what cookiecutter makes of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import cast

from oms_core.errors import ScaffoldError

_CONTEXT = "cookiecutter"
_HERE = Path(__file__).parent
_PLACES = (_HERE / "templates", _HERE.parents[1] / "templates")
"""In a wheel the templates lie inside the package, in a checkout beside it."""


@dataclass(frozen=True, slots=True)
class Template:
    """A folder that cookiecutter can render.

    ``requires`` are the plugins that the tests of what it makes run with, ``taken`` words that its code uses
    itself, so that what the new plugin keeps cannot be called so.
    """

    folder: Path
    requires: Sequence[str]
    taken: Sequence[str]

    @classmethod
    def find(cls, name: str) -> Template:
        """Return the template of that name; raises ScaffoldError."""
        for place in _PLACES:
            file = place / name / "cookiecutter.json"
            if file.is_file():
                settings = json.loads(file.read_text(encoding="utf-8"))
                return cls(file.parent, settings["_requires"], settings["_taken"])
        raise ScaffoldError(
            "SCAFFOLD_TEMPLATE",
            f"there is no template {name!r} in {_PLACES[0]}",
            hint="pip install --force-reinstall oms-core",
        )

    def complete(self, answers: Mapping[str, str]) -> dict[str, object]:
        """Return every variable of the template, those that nobody gave by its defaults."""
        try:
            # An extra, and no other command needs it.
            from cookiecutter.generate import generate_context  # noqa: PLC0415
            from cookiecutter.prompt import prompt_for_config  # noqa: PLC0415
        except ImportError:
            raise _no_cookiecutter() from None
        # cookiecutter renders what it is given: a person's braces are meant as braces.
        literal = {name: answer.replace("{", "{{ '{' }}") for name, answer in answers.items()}
        given = {"_core": version("oms-core"), **literal}
        context = generate_context(str(self.folder / "cookiecutter.json"), extra_context=given)
        return cast("dict[str, object]", prompt_for_config(context, no_input=True))

    def render(self, variables: Mapping[str, object], folder: Path) -> Path:
        """Render into ``folder`` and return the project's folder in it; raises ScaffoldError."""
        try:
            # As above; not cookiecutter's front door, which leaves a replay in the home folder.
            from cookiecutter.exceptions import CookiecutterException  # noqa: PLC0415
            from cookiecutter.generate import generate_files  # noqa: PLC0415
        except ImportError:
            raise _no_cookiecutter() from None
        try:
            project = generate_files(
                self.folder, context={_CONTEXT: dict(variables)}, output_dir=folder, accept_hooks=False
            )
        except (CookiecutterException, OSError) as error:
            raise ScaffoldError(
                "SCAFFOLD_RENDER",
                f"the template {self.folder.name!r} cannot be rendered: {error}",
                hint="nothing was written; please report it with the name you gave",
            ) from error
        return Path(project)


def _no_cookiecutter() -> ScaffoldError:
    return ScaffoldError(
        "MISSING_TOOL",
        "cookiecutter, which renders templates, is not installed.",
        hint='pip install "oms-core[scaffold]"',
    )
