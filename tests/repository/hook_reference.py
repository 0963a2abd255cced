"""Print every first-party hook as a page; ``COMMAND`` writes it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from oms_core.codegen.generate import DEFAULT_PACKAGES
from oms_core.codegen.model import Contract, Field, Hook, Kind, TypeName
from oms_core.codegen.protoc import request_for
from oms_core.codegen.read import read_contract
from oms_core.codegen.source import Source
from tests.repository.documents import ROOT

PAGE = ROOT / "docs" / "hook-reference.md"
COMMAND = "python -m tests.repository.hook_reference > docs/hook-reference.md"

_HEAD = f"""# Hooks

What plugins ask each other, from their contracts; how to offer, ask and answer is said in [hooks](hooks.md).

    {COMMAND}
"""
_COMBINE = {
    "ALL": "everybody's, at once, in plugin order",
    "FIRST": "the first in plugin order that is not `NoAnswer`",
    "FOLD": "one after the other, each on what the one before it answered",
}
_FAILING = {"SKIP": "is left out and logged", "ABORT": "ends the question"}


def page() -> str:
    """Return the page."""
    request = request_for(ROOT / "protos", packages={"oms": "oms_protos"})
    contract = read_contract(Source(request.proto_file), request.file_to_generate, DEFAULT_PACKAGES)
    parts = [_HEAD]
    for package in contract.packages:
        for service in package.hook_services:
            parts.append(f"## {service.name}\n\n`{service.full_name}`: {service.comment}\n")
            parts.extend(_hook(package.module, service.name, hook, contract) for hook in service.hooks)
    return "\n".join(parts)


def _hook(module: str, service: str, hook: Hook, contract: Contract) -> str:
    name = f"{service}.{hook.python_name}"
    return f"""### {name}

    from {module} import {service}, {service}Caller, {hook.request.python_name}, {hook.response.python_name}

| | |
|---|---|
| question | `{hook.request.python_name}` |
| answer | `{hook.response.python_name}` |
| what the asker gets | {_COMBINE[hook.combine]} |
| time for the whole question | {hook.deadline_ms} ms |
| an answer that fails or is late | {_FAILING[hook.on_failure]} |

{hook.comment}

{_messages(hook, contract)}"""


def _messages(hook: Hook, contract: Contract) -> str:
    tables = []
    for type_name in _reachable((hook.request, hook.response), contract):
        message = contract.messages[type_name.full_name]
        rows = "\n".join(
            f"| `{field.python_name}` | {_type(field)} | {_cell(field.comment)} |" for field in message.fields
        )
        said = f": {message.comment}" if message.comment else ""
        tables.append(f"`{type_name.python_name}`{said}\n\n| field | type | |\n|---|---|---|\n{rows}\n")
    return "\n".join(tables)


def _reachable(types: Iterable[TypeName], contract: Contract) -> Iterator[TypeName]:
    """Give the messages that are spoken of, each once, those that speak of others first."""
    waiting, seen = list(types), set[str]()
    while waiting:
        type_name = waiting.pop(0)
        if type_name.full_name not in seen:
            seen.add(type_name.full_name)
            yield type_name
            fields = contract.messages[type_name.full_name].fields
            waiting.extend(f.type_name for f in fields if f.type_name and f.kind is Kind.MESSAGE)


def _type(field: Field) -> str:
    name = field.type_name.python_name if field.type_name else field.kind.value
    few = "repeated " if field.repeated else "optional " if field.optional else ""
    return f"{few}{name}"


def _cell(comment: str) -> str:
    return comment.replace("\n", " ").replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(page())
