"""The jinja2 environment of the templates beside this module."""

from __future__ import annotations

import jinja2

from oms_core.codegen import names
from oms_core.codegen.imports import module_alias, names_constant
from oms_core.codegen.known import KNOWN
from oms_core.codegen.model import EnumValue, Field, Hook, Message, Method
from oms_core.codegen.render_streams import answered, asked, carried
from oms_wire.fields import json_name_of

_LONGEST_LINE = 100


def environment() -> jinja2.Environment:
    """Return the environment; an undefined name in a template is an error."""
    env = jinja2.Environment(  # noqa: S701 - what comes out is Python, not HTML
        loader=jinja2.PackageLoader("oms_core.codegen"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    env.filters |= {
        "answered": answered,
        "asked": asked,
        "carried": carried,
        "docstring": docstring,
        "given": given,
        "local": names.local,
        "module_alias": module_alias,
        "names_constant": names_constant,
        "quoted": names.quoted,
        "noted": noted,
        "summary": summary,
    }
    env.filters["shape"] = lambda message: KNOWN[message.type_name.full_name].shape
    env.tests |= {"renamed": is_renamed, "known": lambda message: message.type_name.full_name in KNOWN}
    return env


def is_renamed(field: Field) -> bool:
    """Say whether the JSON name of a field does not follow from its name in Python."""
    return field.json_name != json_name_of(field.python_name)


def given(hook: Hook, response: str) -> str:
    """Return the type of what a caller gets who asks ``hook``, whose answers are called ``response``."""
    return {"ALL": f"list[Given[{response}]]", "FIRST": f"{response} | None", "FOLD": response}[hook.combine]


def noted(one: Message | Field | EnumValue | Method) -> str:
    """Return the comment of what may be deprecated, with a word that it is."""
    if isinstance(one, Method):
        note = str(one.deprecation or "").capitalize()
    else:
        note = "Deprecated" if one.deprecated else ""
    return "\n\n".join(filter(None, [one.comment, note and f"{note}."]))


def summary(comment: str) -> str:
    """Return the first paragraph of a comment."""
    return comment.partition("\n\n")[0]


def docstring(comment: str, otherwise: str, indent: int) -> str:
    """Return a comment of the contract as a docstring, ``indent`` columns from the left."""
    text = (comment or f"{otherwise}.").replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    lines = text.splitlines()
    if lines[-1].endswith('"'):
        lines[-1] += " "
    if len(lines) == 1 and len(lines[0]) + indent <= _LONGEST_LINE:
        return f'"""{lines[0]}"""'
    margin = " " * indent
    body = "\n".join(margin + line if line else "" for line in lines[1:])
    return f'"""{lines[0]}\n{body}\n{margin}"""' if body else f'"""{lines[0]}\n{margin}"""'
