"""The manifests of a project's plugins: described by a fresh process, written or compared like other code."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from oms_core.codegen.project import Differences
from oms_core.codegen.settings_table import generate_table, pyproject
from oms_core.errors import GenerateError, PluginError
from oms_core.plugins.discovery import GROUP
from oms_core.plugins.manifest import FILE, from_json
from oms_core.plugins.manifest_process import Candidate, Described


@dataclass(frozen=True, slots=True)
class PluginProject:
    """A folder with a pyproject.toml that offers plugins."""

    folder: Path
    candidates: Sequence[Candidate]

    def file(self, candidate: Candidate) -> Path:
        """Return where the manifest of one of its plugins belongs: beside the module with its class."""
        *package, _ = candidate.place.partition(":")[0].split(".")
        for root in (self.folder, self.folder / "src"):
            if package and root.joinpath(*package).is_dir():
                return root.joinpath(*package, FILE)
        raise GenerateError(
            "NO_PACKAGE",
            f"plugin {candidate.name!r}: {candidate.place} is in no package of {self.folder.name}",
            hint=f'correct [project.entry-points."{GROUP}"]: it names package.module:Class',
        )


def plugin_projects(folder: Path) -> list[PluginProject]:
    """Return the project in ``folder`` and those that its ``[tool.oms.generate] plugins`` match.

    Only those that offer plugins; raises GenerateError for a pyproject.toml that cannot be read.
    """
    patterns = _table(folder).get("plugins", [])
    below = sorted({found for pattern in patterns for found in folder.glob(f"{pattern}/pyproject.toml")})
    projects = [_project(one) for one in (folder, *(file.parent for file in below))]
    return [project for project in projects if project.candidates]


def has_contract(folder: Path) -> bool:
    """Say whether the project in ``folder`` has protos of its own."""
    return "root" in _table(folder)


def expected_manifests(projects: Sequence[PluginProject]) -> tuple[dict[Path, bytes], list[GenerateError]]:
    """Return the content of each manifest, and an error for each plugin that cannot be described.

    A process of its own imports the plugins, since their generated code may be newer than what this one
    has imported.
    """
    places = {candidate: project.file(candidate) for project in projects for candidate in project.candidates}
    if not places:
        return {}, []
    described = _describe(list(places))
    files: dict[Path, bytes] = {}
    errors: list[GenerateError] = []
    for (candidate, file), one in zip(places.items(), described, strict=True):
        if one.error:
            errors.append(GenerateError("NO_MANIFEST", one.error, hint=one.hint))
        elif file in files:
            problem = f"plugin {candidate.name!r}: another plugin has its {FILE} in the same folder"
            errors.append(GenerateError("NO_MANIFEST", problem, hint="give each plugin a package of its own"))
        else:
            files[file] = one.manifest.encode()
    return files, errors


def manifest_differences(
    folder: Path, projects: Sequence[PluginProject], files: dict[Path, bytes]
) -> Differences:
    """Compare the manifests on disk with ``files``; paths relative to ``folder``."""
    wanted = {project.file(candidate) for project in projects for candidate in project.candidates}
    found = {file for project in projects for file in project.folder.glob(f"*/{FILE}")}
    extra = sorted(file for file in found - wanted if _is_ours(file))
    missing = [file for file in files if not file.is_file()]
    stale = [file for file, content in files.items() if file.is_file() and file.read_bytes() != content]
    names = [
        tuple(sorted(f.relative_to(folder).as_posix() for f in found)) for found in (missing, stale, extra)
    ]
    return Differences(*names)


def _is_ours(file: Path) -> bool:
    """Say whether a file is a plugin's manifest: others, such as browsers, have files of that name too."""
    try:
        from_json(file.read_bytes())
    except (OSError, PluginError):
        return False
    return True


def write_manifests(folder: Path, projects: Sequence[PluginProject], files: dict[Path, bytes]) -> Differences:
    """Bring the manifests on disk to ``files``; returns what was done."""
    found = manifest_differences(folder, projects, files)
    for name in (*found.missing, *found.stale):
        (folder / name).write_bytes(files[folder / name])
    for name in found.extra:
        (folder / name).unlink()
    return found


def _project(folder: Path) -> PluginProject:
    file = folder / "pyproject.toml"
    project = pyproject(file).get("project", {}) if file.is_file() else {}
    contracts = [str((folder / package).parent) for package in _table(folder).get("packages", {}).values()]
    paths = [str(folder), str(folder / "src"), *contracts]
    candidates = [
        Candidate(
            name=name,
            place=place,
            distribution=project.get("name", ""),
            version=project.get("version", "0"),
            paths=tuple(dict.fromkeys(paths)),
        )
        for name, place in sorted(project.get("entry-points", {}).get(GROUP, {}).items())
    ]
    return PluginProject(folder, candidates)


def _table(folder: Path) -> dict[str, Any]:
    file = folder / "pyproject.toml"
    return generate_table(file) if file.is_file() else {}


def _describe(candidates: Sequence[Candidate]) -> list[Described]:
    process = subprocess.run(
        [sys.executable, "-m", "oms_core.plugins.manifest_process"],
        input=msgspec.json.encode(candidates),
        capture_output=True,
        check=False,
    )
    if process.returncode:
        said = process.stderr.decode(errors="replace").strip().splitlines() or ["nothing"]
        raise GenerateError(
            "NO_MANIFEST", f"the plugins could not be described: {said[-1]}", hint="import them one by one"
        )
    return msgspec.json.decode(process.stdout, type=list[Described])
