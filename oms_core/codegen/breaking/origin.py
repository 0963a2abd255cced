"""Where the two sides come from: the project as it is, and a git revision or a file of descriptors."""

from __future__ import annotations

import io
import subprocess
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from google.protobuf.message import DecodeError

from oms_core.codegen import protoc
from oms_core.codegen.breaking.compare import is_unstable
from oms_core.codegen.breaking.surface import Surface
from oms_core.codegen.problems import under
from oms_core.codegen.project import Project
from oms_core.errors import GenerateError

Own = Callable[[FileDescriptorProto], bool]


def owner(project: Project, *, ignore_unstable: bool) -> Own:
    """Return the test for the files that a project answers for: those of the packages that it generates."""

    def own(file: FileDescriptorProto) -> bool:
        inside = any(file.package == p or file.package.startswith(f"{p}.") for p in project.packages)
        return inside and not (ignore_unstable and is_unstable(file.package))

    return own


def surface_now(project: Project, own: Own) -> Surface:
    """Return the contract as it lies on disk; raises GenerateError."""
    with under(project.root):
        return Surface(_compiled(project.root, project.includes), own=own)


def surface_then(project: Project, against: str, own: Own) -> Surface:
    """Return the contract of a git revision, or of a FileDescriptorSet in a file; raises GenerateError."""
    file = Path(against)
    if file.is_file():
        return Surface(_read(file), own=own)
    top = Path(_git(project.folder, "rev-parse", "--show-toplevel", against=against).decode().strip())
    wanted = ("--verify", "--quiet", "--end-of-options", f"{against}^{{commit}}")
    revision = _git(top, "rev-parse", *wanted, against=against)
    with TemporaryDirectory(prefix="oms-breaking-") as folder:
        there = Path(folder)
        root, *includes = (
            _at(top, revision.decode().strip(), one, there) for one in (project.root, *project.includes)
        )
        if not any(root.rglob("*.proto")):
            return Surface([], own=own)
        return Surface(_compiled(root, includes), own=own)


def _compiled(root: Path, includes: Sequence[Path]) -> Sequence[FileDescriptorProto]:
    return protoc.request_for(root, packages={}, includes=includes).proto_file


def _read(file: Path) -> Sequence[FileDescriptorProto]:
    try:
        found = FileDescriptorSet.FromString(file.read_bytes()).file
    except (OSError, DecodeError) as error:
        raise GenerateError(
            "BAD_DESCRIPTORS",
            f"{file} is no file of descriptors: {error}.",
            hint="Write one with: buf build -o before.binpb",
        ) from None
    known = {one.name for one in found}
    if missing := sorted({name for one in found for name in one.dependency} - known):
        raise GenerateError(
            "BAD_DESCRIPTORS",
            f"{file} lacks {missing[0]}, which it imports.",
            hint="Write it with all imports: protoc --include_imports --descriptor_set_out=before.binpb …",
        )
    return found


def _at(top: Path, revision: str, folder: Path, target: Path) -> Path:
    """Lay ``folder`` as it was at ``revision`` below ``target``; outside of the repository it is as it is."""
    resolved = folder.resolve()
    if not resolved.is_relative_to(top.resolve()):
        return folder
    inside = resolved.relative_to(top.resolve())
    there = target / inside
    there.mkdir(parents=True, exist_ok=True)
    listed = _git(
        top, "ls-tree", "-d", revision, "--", f"{inside}/" if str(inside) != "." else ".", against=revision
    )
    if listed or str(inside) == ".":
        archive = _git(top, "archive", revision, "--", str(inside), against=revision)
        with tarfile.open(fileobj=io.BytesIO(archive)) as content:
            content.extractall(target, filter="data")
    return there


def _git(folder: Path, *arguments: str, against: str) -> bytes:
    try:
        command = ["git", "-C", str(folder), *arguments]
        return subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603 - no shell
    except FileNotFoundError:
        reason = "git is not installed"
    except subprocess.CalledProcessError as error:
        reason = (
            error.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
            or "git knows no such revision"
        )
    raise GenerateError(
        "NO_REVISION",
        f"{against} is neither a file nor a revision of {folder}: {reason}.",
        hint="Give a branch, a tag, a commit, or a FileDescriptorSet: oms breaking --against origin/main",
    )
