"""The door for people: a project's generated code, written as its pyproject.toml says, or compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from oms_core.codegen import protoc
from oms_core.codegen.generate import generated
from oms_core.codegen.generators import installed
from oms_core.codegen.pages import MARK
from oms_core.codegen.problems import under
from oms_core.codegen.sdk import GENERATED, generate_sdk
from oms_core.codegen.settings_table import generate_table
from oms_core.codegen.targets import chosen
from oms_core.errors import GenerateError

_GENERATED = {
    "__init__.py",
    "asyncapi.json",
    "descriptor.binpb",
    "hooks.py",
    "messages.py",
    "openapi.json",
    "rbac.json",
    "routes.py",
    "rules.py",
    "services.py",
    "wire.py",
}


@dataclass(frozen=True, slots=True)
class Project:
    """Where a project keeps its protos, and the folder of each Python package made of them.

    A client's project (``target = "sdk"``) has the ``sdk`` folder that its resources and models go to, and
    ``packages`` only name what they import. ``installed`` are protos of installed distributions that are
    compiled as well; ``messages`` is the kind of classes, ``betterproto2`` or ``struct``; ``targets`` are
    what to generate, all for none. ``also`` are projects below this one that are kept fresh with it.
    """

    folder: Path
    root: Path
    packages: Mapping[str, Path]
    includes: tuple[Path, ...] = ()
    installed: tuple[str, ...] = ()
    messages: str = "betterproto2"
    targets: tuple[str, ...] = ()
    sdk: Path | None = None
    also: tuple[Project, ...] = ()

    @classmethod
    def read(cls, folder: Path) -> Project:
        """Read ``[tool.oms.generate]`` of the pyproject.toml in ``folder``; raises GenerateError."""
        file = folder / "pyproject.toml"
        try:
            settings = generate_table(file)
            return cls(
                folder=folder,
                root=folder / settings["root"],
                packages={prefix: folder / path for prefix, path in settings["packages"].items()},
                includes=tuple(folder / path for path in settings.get("includes", ())),
                installed=tuple(settings.get("installed", ())),
                messages=settings.get("messages", "betterproto2"),
                targets=tuple(settings.get("targets", ())),
                sdk=_sdk_folder(folder, settings),
                also=tuple(cls.read(folder / path) for path in settings.get("also", ())),
            )
        except FileNotFoundError:
            problem = f"There is no pyproject.toml in {folder}."
        except (KeyError, TypeError) as error:
            problem = f"{file} does not say what to generate ({error} under [tool.oms.generate])."
        raise GenerateError(
            "NO_PROJECT",
            problem,
            hint='[tool.oms.generate] needs root = "protos", packages = { "acme" = "protos/acme_protos" }.',
        )


@dataclass(frozen=True, slots=True)
class Differences:
    """How the files on disk differ from what the contract gives; paths relative to the project."""

    missing: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.missing or self.stale or self.extra)


def expected(project: Project) -> dict[Path, bytes]:
    """Return every generated file of the project with its content; raises GenerateError.

    A problem of the contract names its file as seen from the working directory.
    """
    with under(project.root):
        files = _expected_sdk(project, project.sdk) if project.sdk else _expected_packages(project)
    for other in project.also:
        files |= expected(other)
    return files


def _expected_sdk(project: Project, folder: Path) -> dict[Path, bytes]:
    modules = {prefix: path.name for prefix, path in project.packages.items()}
    request = protoc.request_for(project.root, packages=modules, includes=project.includes)
    files = generate_sdk(request, packages=modules, output=folder.name)
    return {folder / name: content for name, content in files.items()}


def _expected_packages(project: Project) -> dict[Path, bytes]:
    modules = {prefix: path.name for prefix, path in project.packages.items()}
    request = protoc.request_for(
        project.root, packages=modules, includes=project.includes, installed=project.installed
    )
    request.parameter += f",messages={project.messages},targets={'+'.join(sorted(chosen(project.targets)))}"
    parents = {path.name: path.parent for path in project.packages.values()}
    made = generated(request, others=installed())
    files = {parents[name.partition("/")[0]] / name: content for name, content in made.items()}
    return files | _markers(project, files)


def differences(project: Project, files: Mapping[Path, bytes]) -> Differences:
    """Compare the files on disk with ``files``."""
    present = {path for path in _on_disk(project) if path not in files}
    missing = [path for path in files if not path.is_file()]
    stale = [path for path, content in files.items() if path.is_file() and path.read_bytes() != content]
    return Differences(*(_relative(project, paths) for paths in (missing, stale, present)))


def write(project: Project, files: Mapping[Path, bytes]) -> Differences:
    """Bring the disk to ``files``, removing generated files that belong to nothing; returns what was done."""
    found = differences(project, files)
    for name in (*found.missing, *found.stale):
        path = project.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(files[path])
    for name in found.extra:
        (project.folder / name).unlink()
    return found


def _markers(project: Project, files: Mapping[Path, bytes]) -> dict[Path, bytes]:
    """Return what makes each package importable on the way down to its modules, and typed."""
    markers: dict[Path, bytes] = {}
    for root in project.packages.values():
        inside = [path for path in files if path.is_relative_to(root)]
        if inside:
            markers[root / "py.typed"] = b""
        for path in inside:
            for parent in path.parents:
                if parent == root.parent:
                    break
                init = parent / "__init__.py"
                if init not in files:
                    markers[init] = b"# Generated by protoc-gen-oms; do not edit.\n"
    return markers


def _sdk_folder(folder: Path, settings: Mapping[str, str]) -> Path | None:
    target = settings.get("target", "packages")
    if target not in {"packages", "sdk"}:
        raise TypeError(f"target: {target!r} is neither packages nor sdk")
    return folder / settings["output"] if target == "sdk" else None


def _on_disk(project: Project) -> list[Path]:
    return [path for one in (project, *project.also) for path in _generated(one)]


def _generated(project: Project) -> list[Path]:
    if project.sdk:
        head = GENERATED.encode()
        return [path for path in project.sdk.rglob("*.py") if path.read_bytes().startswith(head)]
    return [
        path
        for root in project.packages.values()
        for path in root.rglob("*")
        if path.is_file() and (path.name in _GENERATED or _is_page(path))
    ]


def _is_page(path: Path) -> bool:
    return path.suffix == ".md" and path.read_bytes().startswith(MARK.encode())


def _relative(project: Project, paths: list[Path] | set[Path]) -> tuple[str, ...]:
    return tuple(sorted(path.relative_to(project.folder).as_posix() for path in paths))
