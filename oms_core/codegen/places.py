"""Where a contract says something: the file, line and column of each declaration and option."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    MethodDescriptorProto,
    ServiceDescriptorProto,
)

Path = tuple[int, ...]
Span = tuple[int, int]

_OF_ENUMS = EnumDescriptorProto.OPTIONS_FIELD_NUMBER


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a .proto file, counted from 1; line 0 means the file as a whole."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class _Declaration:
    file: FileDescriptorProto
    path: Path
    options: int


class Places:
    """The places in some files, by the full name of what is declared there, or a file's own name."""

    def __init__(self, files: Iterable[FileDescriptorProto]) -> None:
        self._declared: dict[str, _Declaration] = {}
        self._starts: dict[str, dict[Path, Span]] = {}
        for file in files:
            for name, path, options in _declarations(file):
                self._declared[name] = _Declaration(file, path, options)
            starts = self._starts.setdefault(file.name, {})
            for place in file.source_code_info.location:
                if len(place.span) > 1:
                    starts.setdefault(tuple(place.path), (place.span[0] + 1, place.span[1] + 1))

    def of(self, name: str, *below: int) -> Place:
        """Return where ``name`` is declared; ``below`` leads on to a part of it, by descriptor numbers."""
        found = self._declared.get(name)
        return Place(name) if found is None else self._place(found, below)

    def of_option(self, name: str, *option: int) -> Place:
        """Return where an option of ``name`` is set, or ``name`` itself where the option is not."""
        found = self._declared.get(name)
        return Place(name) if found is None else self._place(found, (found.options, *option))

    def _place(self, declaration: _Declaration, below: Path) -> Place:
        starts = self._starts[declaration.file.name]
        path = (*declaration.path, *below)
        while path:
            # ``option (a).b = 1`` has a place of its own for b, but none for a.
            inside = [place for place in starts if place[: len(path)] == path]
            if inside:
                return Place(declaration.file.name, *starts[min(inside, key=len)])
            path = path[:-1]
        return Place(declaration.file.name, 1, 1) if starts else Place(declaration.file.name)


def _declarations(file: FileDescriptorProto) -> Iterator[tuple[str, Path, int]]:
    yield file.name, (), FileDescriptorProto.OPTIONS_FIELD_NUMBER
    package = f"{file.package}." if file.package else ""
    for index, message in enumerate(file.message_type):
        at = (FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER, index)
        yield from _in_message(f"{package}{message.name}", message, at)
    for index, enum in enumerate(file.enum_type):
        yield f"{package}{enum.name}", (FileDescriptorProto.ENUM_TYPE_FIELD_NUMBER, index), _OF_ENUMS
    for index, service in enumerate(file.service):
        at = (FileDescriptorProto.SERVICE_FIELD_NUMBER, index)
        yield f"{package}{service.name}", at, ServiceDescriptorProto.OPTIONS_FIELD_NUMBER
        for position, method in enumerate(service.method):
            below = (*at, ServiceDescriptorProto.METHOD_FIELD_NUMBER, position)
            name = f"{package}{service.name}.{method.name}"
            yield name, below, MethodDescriptorProto.OPTIONS_FIELD_NUMBER


def _in_message(name: str, message: DescriptorProto, at: Path) -> Iterator[tuple[str, Path, int]]:
    yield name, at, DescriptorProto.OPTIONS_FIELD_NUMBER
    for index, field in enumerate(message.field):
        below = (*at, DescriptorProto.FIELD_FIELD_NUMBER, index)
        yield f"{name}.{field.name}", below, FieldDescriptorProto.OPTIONS_FIELD_NUMBER
    for index, nested in enumerate(message.nested_type):
        below = (*at, DescriptorProto.NESTED_TYPE_FIELD_NUMBER, index)
        yield from _in_message(f"{name}.{nested.name}", nested, below)
    for index, enum in enumerate(message.enum_type):
        yield f"{name}.{enum.name}", (*at, DescriptorProto.ENUM_TYPE_FIELD_NUMBER, index), _OF_ENUMS
