"""Which messages and enums the users of a client meet, and the module that gives them each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from oms_core.codegen.model import Contract, TypeName
from oms_core.codegen.sdk_model import SdkMethod, SdkResource
from oms_core.errors import GenerateError

_VERSION = re.compile(r"v\d+\w*")


def models(contract: Contract, found: Iterable[SdkResource]) -> dict[str, list[TypeName]]:
    """Return by module what methods take and give, and all that is in it; raises GenerateError.

    A request is not among them: its fields are the arguments. So is a page: there are pagers.
    """
    packages: dict[str, str] = {}
    owners: dict[str, TypeName] = {}
    modules: dict[str, list[TypeName]] = {}
    for type_name in _reached(contract, (method for resource in found for method in resource.methods)):
        module = _short(type_name.module)
        if packages.setdefault(module, type_name.module) != type_name.module:
            raise _taken(f"{packages[module]} and {type_name.module} would both be the models {module!r}")
        other = owners.setdefault(type_name.python_name, type_name)
        if other != type_name:
            raise _taken(f"{other.full_name} and {type_name.full_name} would both be {other.python_name!r}")
        modules.setdefault(module, []).append(type_name)
    return {m: sorted(modules[m], key=lambda t: t.python_name) for m in sorted(modules)}


def _reached(contract: Contract, methods: Iterable[SdkMethod]) -> list[TypeName]:
    waiting = [type_name for method in methods for type_name in _shown(method)]
    found: dict[str, TypeName] = {}
    while waiting:
        type_name = waiting.pop()
        if type_name.full_name in found:
            continue
        found[type_name.full_name] = type_name
        message = contract.messages.get(type_name.full_name)
        if message is not None:
            waiting.extend(field.type_name for field in message.fields if field.type_name)
    return sorted(found.values(), key=lambda type_name: type_name.full_name)


def _shown(method: SdkMethod) -> Iterator[TypeName]:
    yield method.paging.item if method.paging else method.rpc.response
    for field in method.positional + method.keywords:
        if field.type_name:
            yield field.type_name


def _short(module: str) -> str:
    """Return ``notes`` of ``acme_protos.notes.v1``."""
    return [part for part in module.split(".") if not _VERSION.fullmatch(part)][-1]


def _taken(problem: str) -> GenerateError:
    return GenerateError("SDK_NAME_TAKEN", f"{problem}.", hint="Rename one of them in the contract.")
