"""What a new plugin may be called."""

from __future__ import annotations

import importlib.util
import keyword
import re
from collections.abc import Collection

from oms_core.errors import ScaffoldError, StorageError
from oms_core.plugins import discover
from oms_core.storage.roles import plugin_role

_SNAKE = re.compile(r"[a-z][a-z0-9]+(_[a-z0-9]+)*")
_SCHEMAS = frozenset({"information_schema", "public"})
LONGEST_DESCRIPTION = 200


def check_name(name: str) -> None:
    """Refuse a name that no plugin can have, or that is taken here; raises ScaffoldError."""
    _check_word(name, "plugin")
    try:
        plugin_role(name)
    except StorageError as error:
        raise _refused(name, "plugin", "cannot name a schema and a role", hint=error.hint) from None
    if name in _SCHEMAS or name.startswith("pg_"):
        raise _refused(name, "plugin", "is the name of a schema that PostgreSQL has itself")
    for one in discover():
        if one.name == name:
            raise _refused(name, "plugin", f"is installed here already, by {one.distribution} {one.version}")
    for package in (f"oms_{name}", f"{name}_protos"):
        if importlib.util.find_spec(package):
            raise _refused(name, "plugin", f"would need the package {package}, which is there already")


def check_resource(resource: str, *, taken: Collection[str]) -> None:
    """Refuse a name that what a plugin keeps cannot have; raises ScaffoldError."""
    hint = "give its singular with --resource, for example  --resource stamp"
    _check_word(resource, "resource", hint=hint)
    if resource in taken:
        raise _refused(resource, "resource", "means something else in the new code", hint=hint)


def check_description(description: str) -> None:
    """Refuse what does not fit on a line; raises ScaffoldError."""
    if not description.isprintable() or not 1 <= len(description.strip()) <= LONGEST_DESCRIPTION:
        raise ScaffoldError(
            "SCAFFOLD_DESCRIPTION",
            f"the description {description!r} is not one line of 1 to {LONGEST_DESCRIPTION} characters",
            hint='say what it is for:  --description "Every tenth is free"',
        )


def _check_word(word: str, what: str, *, hint: str = "") -> None:
    if not _SNAKE.fullmatch(word):
        similar = "_".join(re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", word).lower()))
        better = f"try {similar!r}" if _SNAKE.fullmatch(similar) else "try a name such as 'stamps'"
        raise _refused(word, what, "is not in snake case (a-z, 0-9, _; a letter first)", hint=hint or better)
    if keyword.iskeyword(word) or keyword.issoftkeyword(word):
        raise _refused(word, what, "is a keyword of Python", hint=hint)


def _refused(word: str, what: str, problem: str, *, hint: str = "") -> ScaffoldError:
    return ScaffoldError("SCAFFOLD_NAME", f"{what} {word!r} {problem}", hint=hint or "choose another name")
