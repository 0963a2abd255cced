"""Take the contracts out of wheels that were made of them: ``python extract.py google_cloud_kms-….whl …``.

Older client libraries ship modules that protoc made, each with its file's descriptor in it, services, routes
and all. They are read, never run.
"""

from __future__ import annotations

import ast
import gzip
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

HERE = Path(__file__).parent


def main(wheels: list[str]) -> None:
    """Write the files of each wheel as ``<distribution>.binpb.gz``."""
    for name in wheels:
        wheel = Path(name)
        files = {file.name: file for file in _files(wheel)}
        whole = FileDescriptorSet(file=[files[key] for key in sorted(files)])
        target = HERE / f"{wheel.name.partition('-')[0]}.binpb.gz"
        # Without a name and a time in it, the same wheel gives the same bytes.
        target.write_bytes(gzip.compress(whole.SerializeToString(deterministic=True), mtime=0))
        print(f"{target.name}: {len(files)} files, {target.stat().st_size} bytes")  # noqa: T201


def _files(wheel: Path) -> Iterator[FileDescriptorProto]:
    with ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.endswith("_pb2.py"):
                for data in _descriptors(archive.read(name)):
                    yield FileDescriptorProto.FromString(data)


def _descriptors(source: bytes) -> Iterator[bytes]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = getattr(node.func, "attr", "") or getattr(node.func, "id", "")
        given = [k.value for k in node.keywords if k.arg == "serialized_pb" and called == "FileDescriptor"]
        for value in node.args[:1] if called == "AddSerializedFile" else given:
            found = value.args[0] if isinstance(value, ast.Call) else value  # _b("…") of Python 2's days
            if isinstance(found, ast.Constant) and isinstance(found.value, str | bytes):
                yield found.value if isinstance(found.value, bytes) else found.value.encode("latin-1")


if __name__ == "__main__":
    main(sys.argv[1:])
