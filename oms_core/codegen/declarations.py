"""What a contract declares, as other generators see it: names, comments, custom options as plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto, FileDescriptorProto

from oms_core.codegen.model import Package
from oms_core.codegen.source import Comments, Source

Path = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Declaration:
    """One thing of a contract.

    ``kind`` is file, message, field, enum, enum_value, service or method. ``options`` are the custom options
    that it sets, by full name, with values as proto3 JSON has them (64-bit numbers are text); the names of
    fields inside them are the contract's.
    """

    kind: str
    full_name: str
    comment: str
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Declared:
    """The declarations of a proto package, in the line of its files, and the Python package made of it."""

    name: str
    module: str
    declarations: tuple[Declaration, ...]

    def having(self, option: str) -> tuple[Declaration, ...]:
        """Return what sets the option with that full name."""
        return tuple(one for one in self.declarations if option in one.options)


def declared(source: Source, package: Package) -> Declared:
    """Return the declarations of ``package``."""
    every = (one for name in package.files for one in _Reader(source, source.files[name]).read())
    return Declared(package.name, package.module, tuple(every))


class _Reader:
    """Walks through one file."""

    def __init__(self, source: Source, file: FileDescriptorProto) -> None:
        self._source = source
        self._file = file
        self._comments = Comments(file.source_code_info)

    def read(self) -> Iterator[Declaration]:
        file = self._file
        yield self._one("file", file.name, file, ())
        for at, message in enumerate(file.message_type):
            yield from self._message(message, f"{file.package}.{message.name}", (4, at))
        for at, enum in enumerate(file.enum_type):
            yield from self._enum(enum, f"{file.package}.{enum.name}", (5, at))
        for at, service in enumerate(file.service):
            name = f"{file.package}.{service.name}"
            yield self._one("service", name, service, (6, at))
            for index, method in enumerate(service.method):
                yield self._one("method", f"{name}/{method.name}", method, (6, at, 2, index))

    def _message(self, message: DescriptorProto, name: str, path: Path) -> Iterator[Declaration]:
        yield self._one("message", name, message, path)
        for at, field in enumerate(message.field):
            yield self._one("field", f"{name}.{field.name}", field, (*path, 2, at))
        for at, nested in enumerate(message.nested_type):
            if not nested.options.map_entry:
                yield from self._message(nested, f"{name}.{nested.name}", (*path, 3, at))
        for at, enum in enumerate(message.enum_type):
            yield from self._enum(enum, f"{name}.{enum.name}", (*path, 4, at))

    def _enum(self, enum: EnumDescriptorProto, name: str, path: Path) -> Iterator[Declaration]:
        yield self._one("enum", name, enum, path)
        for at, value in enumerate(enum.value):
            yield self._one("enum_value", f"{name}.{value.name}", value, (*path, 2, at))

    def _one(self, kind: str, name: str, owner: Any, path: Path) -> Declaration:
        options = self._source.custom_options(owner.options)
        return Declaration(kind, name, self._comments.at(*path), options)
