"""A compiler request to the contract model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from google.protobuf.descriptor_pb2 import FileDescriptorProto

from oms_core.codegen.clashes import refuse_clashes
from oms_core.codegen.model import Contract, EnumType, HookService, Message, Package, Service
from oms_core.codegen.read_hooks import HookReader, declares_hooks
from oms_core.codegen.read_messages import MessageReader
from oms_core.codegen.read_rules import read_rules
from oms_core.codegen.read_services import ServiceReader
from oms_core.codegen.requirements import refuse_unchecked
from oms_core.codegen.route_conflicts import refuse_conflicts
from oms_core.codegen.rules_model import Rules
from oms_core.codegen.source import Source
from oms_core.codegen.type_names import TypeNames, full_names, used_types
from oms_core.errors import GenerateError


def read_contract(
    source: Source, wanted: Sequence[str], packages: Mapping[str, str], *, exact_times: bool = False
) -> Contract:
    """Read the ``wanted`` files; ``packages`` maps prefixes of proto packages to Python packages.

    With ``exact_times`` moments and spans are messages, and no kinds of their own. Raises GenerateError,
    which names everything that is wrong with its place.
    """
    for name in wanted:
        if name not in source.files:
            with source.problems.at(name):
                raise GenerateError(
                    "UNREADABLE_REQUEST",
                    "The file is to be compiled, and the request does not hold it.",
                    hint="Give the output of protoc or buf.",
                )

    def module_of(package: str) -> str:
        return _module_of(package, packages)

    messages: dict[str, Message] = {}
    enums: dict[str, EnumType] = {}
    by_package: dict[str, list[FileDescriptorProto]] = {}
    types = TypeNames(source.files.values(), module_of)
    spoken_of = _spoken_of(source.files.values())
    for file in source.files.values():
        # Files that only define options have no classes: no code speaks of their messages.
        if file.extension and not file.service and file.name not in spoken_of:
            continue
        if not (file.name in wanted or _has_home(file, packages)):
            continue
        if file.name in wanted:
            known = source.problems
            with known.at(file.name, FileDescriptorProto.SYNTAX_FIELD_NUMBER):
                _refuse_syntax(file)
            with known.at(file.name, FileDescriptorProto.PACKAGE_FIELD_NUMBER):
                _refuse_package(file, module_of)
            if known.concern(file.name):
                continue
            by_package.setdefault(file.package, []).append(file)
        reader = MessageReader(source, file, types, exact_times=exact_times)
        messages.update((message.type_name.full_name, message) for message in reader.messages())
        enums.update((enum.type_name.full_name, enum) for enum in reader.enums())
    # Rules speak of fields, of which some may have been refused.
    rules = Rules() if source.problems else read_rules(source, messages, exact_times=exact_times)
    packages_read = tuple(
        _package(
            source, sorted(files, key=lambda file: file.name), module_of(name), messages, enums, rules=rules
        )
        for name, files in sorted(by_package.items())
    )
    refuse_unchecked(packages_read, messages, _requests(source, by_package), source.problems)
    for package in packages_read:
        refuse_clashes(package, source.problems)
    refuse_conflicts(packages_read, source.problems)
    source.problems.insist()
    return Contract(packages=packages_read, messages=messages, enums=enums, rules=rules)


def _requests(source: Source, files: Mapping[str, Sequence[FileDescriptorProto]]) -> set[str]:
    """Return the requests of all methods, also of those that are refused for something else."""
    services = (service for some in files.values() for file in some for service in file.service)
    return {
        method.input_type.removeprefix(".")
        for service in services
        if not declares_hooks(source, service)
        for method in service.method
    }


def _package(
    source: Source,
    files: Sequence[FileDescriptorProto],
    module: str,
    messages: Mapping[str, Message],
    enums: Mapping[str, EnumType],
    *,
    rules: Rules,
) -> Package:
    services: list[Service] = []
    hook_services: list[HookService] = []
    for file in files:
        services.extend(ServiceReader(source, file, messages).services())
        hook_services.extend(HookReader(source, file, messages).services())
    return Package(
        name=files[0].package,
        module=module,
        files=tuple(file.name for file in files),
        messages=tuple(m for m in messages.values() if m.type_name.module == module),
        enums=tuple(e for e in enums.values() if e.type_name.module == module),
        services=tuple(services),
        hook_services=tuple(hook_services),
        rules=rules,
    )


def _spoken_of(files: Iterable[FileDescriptorProto]) -> set[str]:
    """Return the files whose messages and enums are in fields of messages that are no options."""
    by_name = {file.name: file for file in files}
    homes = {f".{name}": file.name for file in by_name.values() for name in full_names(file)}
    waiting = [name for name, file in by_name.items() if not file.extension]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(homes[used] for used in used_types(by_name[name]))
    return found


def _has_home(file: FileDescriptorProto, packages: Mapping[str, str]) -> bool:
    """Say whether an imported file can have classes: what has none is refused where it is used."""
    return file.syntax == "proto3" and any(f"{file.package}.".startswith(f"{prefix}.") for prefix in packages)


def _module_of(package: str, packages: Mapping[str, str]) -> str:
    for prefix in sorted(packages, key=len, reverse=True):
        if package == prefix or package.startswith(prefix + "."):
            return packages[prefix] + package.removeprefix(prefix)
    raise GenerateError(
        "UNKNOWN_PACKAGE",
        f"No Python package is configured for the proto package {package!r}.",
        hint=f'Add "{package.partition(".")[0]}" to packages under [tool.oms.generate] in pyproject.toml.',
    )


def _refuse_syntax(file: FileDescriptorProto) -> None:
    if file.syntax != "proto3":
        raise GenerateError(
            "UNSUPPORTED_CONTRACT",
            f'The file is written in {file.syntax or "proto2"!r}, and only "proto3" is supported.',
            hint='Begin the file with: syntax = "proto3";',
        )


def _refuse_package(file: FileDescriptorProto, module_of: Callable[[str], str]) -> None:
    if not file.package:
        raise GenerateError(
            "UNSUPPORTED_CONTRACT",
            "The file has no package.",
            hint="Write one, for example: package acme.stamps.v1;",
        )
    module_of(file.package)
