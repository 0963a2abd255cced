"""The descriptors of one request, read with the extensions that the request itself defines.

Everything lives in a pool of its own, so that the result depends on the request alone and not on which
generated modules happen to be imported in this process.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor_pb2 import FileDescriptorProto, SourceCodeInfo

OPTIONS_PACKAGE = "oms.options.v1"
HTTP = "google.api.http"

_DESCRIPTOR_FILE = "google/protobuf/descriptor.proto"


class Source:
    """The files of a request, and the option values in them."""

    def __init__(self, files: Iterable[FileDescriptorProto]) -> None:
        pool = descriptor_pool.DescriptorPool()
        given = list(files)
        if all(file.name != _DESCRIPTOR_FILE for file in given):
            pool.AddSerializedFile(descriptor_pb2.DESCRIPTOR.serialized_pb)
        for file in given:
            pool.AddSerializedFile(file.SerializeToString())
        self._pool = pool
        kind = self._class("google.protobuf.FileDescriptorProto")
        parsed = [cast("FileDescriptorProto", kind.FromString(f.SerializeToString())) for f in given]
        self.files = {file.name: file for file in parsed}
        """Every file by name, dependencies first."""

    def option(self, options: Any, name: str) -> Any:
        """Return the value of the extension ``name``, or None where it is not set."""
        try:
            extension = self._pool.FindExtensionByName(name)
        except KeyError:
            return None
        return options.Extensions[extension] if options.HasExtension(extension) else None

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


def _strip_declarations(file: FileDescriptorProto) -> None:
    """Remove what is for compilers alone; plugins never see it, and both doors must give the same bytes."""
    for message in file.message_type:
        for reserved in message.extension_range:
            reserved.options.ClearField("declaration")
            if not reserved.options.ByteSize():
                reserved.ClearField("options")


def _plain(comment: str) -> str:
    lines = [line.removeprefix(" ").rstrip() for line in comment.strip("\n").splitlines()]
    return "\n".join(lines).strip()
