"""The Python names of all messages and enums of a request, each once in its package."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from google.protobuf.descriptor_pb2 import DescriptorProto, FileDescriptorProto

from oms_core.codegen import names
from oms_core.codegen.model import TypeName

ModuleOf = Callable[[str], str]
"""Gives the Python package of a proto package; raises GenerateError where none is configured."""


class TypeNames:
    """The Python home of each type, by its full name in the contract."""

    def __init__(self, files: Iterable[FileDescriptorProto], module_of: ModuleOf) -> None:
        self._module_of = module_of
        self._packages: dict[str, str] = {}
        self._names: dict[str, str] = {}
        taken: set[tuple[str, str]] = set()
        paths = [(f.package, path) for f in files if f.syntax == "proto3" for path in _paths(f)]
        # What lies at the top keeps its name: NoteState before Note.State.
        for package, path in sorted(paths, key=lambda entry: entry[1].count(".")):
            name = names.type_name(path)
            while (package, name) in taken:
                name += "_"
            taken.add((package, name))
            full_name = f"{package}.{path}" if package else path
            self._packages[full_name], self._names[full_name] = package, name

    def has_class(self, full_name: str) -> bool:
        """Say whether there is a Python class of a message or enum: only those of proto3 have one."""
        return full_name.removeprefix(".") in self._names

    def __call__(self, full_name: str) -> TypeName:
        """Return the Python home of a message or enum; a leading dot is ignored; raises GenerateError."""
        full_name = full_name.removeprefix(".")
        return TypeName(full_name, self._module_of(self._packages[full_name]), self._names[full_name])


def full_names(file: FileDescriptorProto) -> Iterator[str]:
    """Give the full name of each message and enum in a file."""
    return (f"{file.package}.{path}" if file.package else path for path in _paths(file))


def used_types(file: FileDescriptorProto) -> Iterator[str]:
    """Give the messages and enums in the fields of a file's messages, with a leading dot."""
    waiting = list(file.message_type)
    while waiting:
        message = waiting.pop()
        entries = [nested for nested in message.nested_type if nested.options.map_entry]
        waiting += message.nested_type
        own = {entry.name for entry in entries}
        for field in message.field:
            if field.type_name and field.type_name.rpartition(".")[2] not in own:
                yield field.type_name


def _paths(file: FileDescriptorProto) -> Iterator[str]:
    yield from (enum.name for enum in file.enum_type)
    for message in file.message_type:
        yield from _inside(message, message.name)


def _inside(message: DescriptorProto, path: str) -> Iterator[str]:
    yield path
    yield from (f"{path}.{enum.name}" for enum in message.enum_type)
    for nested in message.nested_type:
        if not nested.options.map_entry:
            yield from _inside(nested, f"{path}.{nested.name}")
