"""The descriptors of one request, read with the extensions that the request itself defines.

Everything lives in a pool of its own, so that the result depends on the request alone and not on which
generated modules happen to be imported in this process.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Any, cast

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf.descriptor_pb2 import DescriptorProto, FileDescriptorProto, SourceCodeInfo

from oms_core.codegen.places import Place, Places
from oms_core.codegen.problems import Problems
from oms_core.codegen.readable import refuse_bytes
from oms_core.errors import GenerateError
from oms_wire.fields import json_name_of

OPTIONS_PACKAGE = "oms.options.v1"
HTTP = "google.api.http"

_DESCRIPTOR_FILE = "google/protobuf/descriptor.proto"


class Source:
    """The files of a request, the option values in them, and what is wrong with them."""

    def __init__(self, files: Iterable[FileDescriptorProto]) -> None:
        """Take the files of a request, dependencies first; raises GenerateError for what is no contract."""
        pool = descriptor_pool.DescriptorPool()
        by_name: dict[str, FileDescriptorProto] = {}
        for file in files:
            refuse_bytes(file, file.name)
            for message in file.message_type:
                _name_in_json(message)
            by_name[file.name] = file
        given = _in_order(by_name)
        if all(file.name != _DESCRIPTOR_FILE for file in given):
            pool.AddSerializedFile(descriptor_pb2.DESCRIPTOR.serialized_pb)
        for file in given:
            _add(pool, file)
        self._pool = pool
        kind = self._class("google.protobuf.FileDescriptorProto")
        parsed = [cast("FileDescriptorProto", kind.FromString(f.SerializeToString())) for f in given]
        self.files = {file.name: file for file in parsed}
        """Every file by name, dependencies first."""
        self.problems = Problems(self.place)
        """What is wrong with the contract, gathered by whoever reads it."""

    def option(self, options: Any, name: str) -> Any:
        """Return the value of the extension ``name``, or None where it is not set."""
        try:
            extension = self._pool.FindExtensionByName(name)
        except KeyError:
            return None
        return options.Extensions[extension] if options.HasExtension(extension) else None

    def place(self, name: str, *below: int, option: str = "") -> Place:
        """Return where the file says ``name``: a full name, a part of it, or an extension option on it."""
        if not option:
            return self._places.of(name, *below)
        try:
            number = self._pool.FindExtensionByName(option).number
        except KeyError:
            return self._places.of(name)
        return self._places.of_option(name, number)

    @cached_property
    def _places(self) -> Places:
        return Places(self.files.values())

    def custom_options(self, options: Any) -> dict[str, Any]:
        """Return the extensions that are set, by full name, as JSON has them; fields keep their names."""
        given = json_format.MessageToDict(
            options, preserving_proto_field_name=True, descriptor_pool=self._pool
        )
        return {name[1:-1]: value for name, value in given.items() if name.startswith("[")}

    def descriptor_set(self, names: Iterable[str]) -> bytes:
        """Return a FileDescriptorSet of the named files and all that they import, without comments."""
        wanted = self._with_imports(names)
        result = self._class("google.protobuf.FileDescriptorSet")()
        for name, file in self.files.items():
            if name in wanted:
                copy = result.file.add()
                copy.CopyFrom(file)
                copy.ClearField("source_code_info")
                _strip_declarations(copy)
        return cast("bytes", result.SerializeToString(deterministic=True))

    def _with_imports(self, names: Iterable[str]) -> set[str]:
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting.extend(self.files[name].dependency)
        return found

    def _class(self, name: str) -> Any:
        return message_factory.GetMessageClass(self._pool.FindMessageTypeByName(name))


def _in_order(files: dict[str, FileDescriptorProto]) -> list[FileDescriptorProto]:
    """Return the files with dependencies first, sorted: it matters not how they came."""
    imported = {name for file in files.values() for name in file.dependency}
    try:
        TopologicalSorter({name: file.dependency for name, file in files.items()}).prepare()
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise GenerateError(
            "UNREADABLE_REQUEST",
            f"The files import each other in a circle: {circle}.",
            hint="Give the output of protoc or buf.",
        ) from None
    done: dict[str, FileDescriptorProto] = {}
    waiting = [*sorted(imported & files.keys(), reverse=True), *sorted(files.keys() - imported, reverse=True)]
    while waiting:
        file = files[waiting[-1]]
        missing = [name for name in file.dependency if name in files and name not in done]
        if missing:
            waiting.extend(reversed(missing))
        else:
            done.setdefault(waiting.pop(), file)
    return list(done.values())


class Comments:
    """The comments of one file, by the path of what they stand before."""

    def __init__(self, info: SourceCodeInfo) -> None:
        self._by_path = {
            tuple(place.path): _plain(place.leading_comments or place.trailing_comments)
            for place in info.location
        }

    def at(self, *path: int) -> str:
        """Return the comment of the declaration at ``path``, without comment signs; empty for none."""
        return self._by_path.get(path, "")


def _name_in_json(message: DescriptorProto) -> None:
    """Fill in what protoc says to a plugin, and leaves out of the descriptors in the code that it makes."""
    for field in message.field:
        field.json_name = field.json_name or json_name_of(field.name)
    for nested in message.nested_type:
        _name_in_json(nested)


def _add(pool: descriptor_pool.DescriptorPool, file: FileDescriptorProto) -> None:
    try:
        pool.AddSerializedFile(file.SerializeToString())
    except (TypeError, ValueError) as error:
        # Only a request that no compiler wrote comes here: protoc and buf look first.
        raise GenerateError(
            "UNREADABLE_REQUEST",
            f"{file.name}: {str(error).strip().rstrip('.')}.",
            hint="Give the output of protoc or buf, with every import before the file that needs it.",
        ) from None


def _strip_declarations(file: FileDescriptorProto) -> None:
    """Remove what is for compilers alone; plugins never see it, and both doors must give the same bytes."""
    for message in file.message_type:
        for reserved in message.extension_range:
            reserved.options.ClearField("declaration")
            if not reserved.options.ByteSize():
                reserved.ClearField("options")


def _plain(comment: str | bytes) -> str:
    if isinstance(comment, bytes):  # no UTF-8
        comment = comment.decode("utf-8", errors="replace")
    lines = [line.removeprefix(" ").rstrip() for line in comment.strip("\n").splitlines()]
    return "\n".join(lines).strip()
