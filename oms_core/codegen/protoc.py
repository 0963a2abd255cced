"""Runs grpcio-tools' protoc in this process, and makes of its output the request that plugins get."""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from oms_core.codegen.protoc_messages import refusal_of
from oms_core.codegen.readable import refuse_other_encodings
from oms_core.errors import GenerateError

_OPTIONS = "oms/options/v1/options.proto"
_ANNOTATIONS = "google/api/annotations.proto"
_STDERR = 2


def request_for(
    root: Path,
    *,
    packages: Mapping[str, str],
    includes: Iterable[Path] = (),
    installed: Iterable[str] = (),
) -> CodeGeneratorRequest:
    """Return the request for every .proto file below ``root``; raises GenerateError.

    ``includes`` are further folders in which imports are looked for, ``installed`` the names of files
    found there or in installed distributions that are compiled as well.
    """
    names = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.proto"))
    if not names:
        raise GenerateError(
            "NO_PROTOS",
            f"There are no .proto files below {root}.",
            hint="Write one, or set root under [tool.oms.generate] in pyproject.toml.",
        )
    refuse_other_encodings(root, names)
    names += sorted(installed)
    return CodeGeneratorRequest(
        file_to_generate=names,
        parameter=",".join(f"{prefix}={module}" for prefix, module in sorted(packages.items())),
        proto_file=_compiled(names, root, [*includes, *_installed(root)]).file,
    )


def _compiled(names: Iterable[str], root: Path, includes: Iterable[Path]) -> FileDescriptorSet:
    try:
        # Only this door needs protoc, which is an extra, and importing it takes 40 ms.
        from grpc_tools import protoc  # noqa: PLC0415
    except ImportError:
        raise GenerateError(
            "MISSING_TOOL",
            "grpcio-tools, which holds protoc, is not installed.",
            hint='pip install "oms-core[codegen]"',
        ) from None
    with tempfile.TemporaryDirectory(prefix="oms-generate-") as scratch:
        target, said = Path(scratch) / "request.binpb", Path(scratch) / "said.txt"
        with _stderr_in(said):
            status = protoc.main([
                "protoc",
                *(f"-I{folder}" for folder in (root, *includes)),
                "--include_imports",
                "--include_source_info",
                f"--descriptor_set_out={target}",
                *names,
            ])  # fmt: skip
        if status != 0:
            raise refusal_of(said.read_text(encoding="utf-8", errors="replace"), root)
        sys.stderr.write(said.read_text(encoding="utf-8", errors="replace"))
        return FileDescriptorSet.FromString(target.read_bytes())


@contextmanager
def _stderr_in(file: Path) -> Iterator[None]:
    """Lead what protoc prints, below Python's own streams, into a file."""
    sys.stderr.flush()
    kept = os.dup(_STDERR)
    try:
        with file.open("wb") as target:
            os.dup2(target.fileno(), _STDERR)
        yield
    finally:
        os.dup2(kept, _STDERR)
        os.close(kept)


def _installed(root: Path) -> list[Path]:
    """Return the folders of installed distributions that hold protos which contracts import."""
    found = [
        _folder("oms_core.codegen", "protos", holding="buf/validate/validate.proto"),
        _folder("grpc_tools", "_proto", holding="google/protobuf/descriptor.proto"),
        _folder("google.api", "../..", holding=_ANNOTATIONS),
    ]
    if not (root / _OPTIONS).is_file():
        # From a wheel the protos lie inside the package, from a checkout beside it.
        found.append(
            _folder("oms_protos", "proto", holding=_OPTIONS) or _folder("oms_protos", "..", holding=_OPTIONS)
        )
    return [folder for folder in found if folder is not None]


def _folder(package: str, inside: str, *, holding: str) -> Path | None:
    try:
        spec = importlib.util.find_spec(package)
    except ModuleNotFoundError:
        return None
    for place in (spec and spec.submodule_search_locations) or ():
        folder = (Path(place) / inside).resolve()
        if (folder / holding).is_file():
            return folder
    return None
