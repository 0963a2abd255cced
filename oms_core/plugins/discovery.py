"""Finding plugins by their manifests: installed is not loaded, and loaded is not enabled."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from oms_core.errors import PluginError
from oms_core.plugins.manifest import API_VERSION, FILE, Manifest, from_json

GROUP = "oms.plugins"
"""The entry point group by which a distribution offers a plugin."""


@dataclass(frozen=True, slots=True)
class Installed:
    """A plugin that some distribution offers; nothing of it is imported yet.

    ``manifest`` is what it says of itself; without one, ``problem`` says why.
    """

    name: str
    distribution: str
    version: str
    entry_point: EntryPoint
    manifest: Manifest | None = None
    problem: PluginError | None = None
    elsewhere: tuple[str, ...] = ()
    """Where it is reached, when another process runs it; nothing of it is imported then."""

    @property
    def requires(self) -> list[str]:
        """The plugins without which it cannot be."""
        return self.manifest.requires if self.manifest else []

    @property
    def after(self) -> list[str]:
        """The plugins that come first if they take part."""
        return self.manifest.after if self.manifest else []


def discover() -> list[Installed]:
    """Return every installed plugin, by name; two of one name are both returned, whatever they point at."""
    # A distribution that lies twice on the path counts once: importlib.metadata sees to that.
    points = sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value))
    return sorted(map(_installed, points), key=lambda one: (one.name, one.distribution))


def described(name: str, file: Path) -> Installed:
    """Return a plugin that is not installed here, as its manifest in ``file`` describes it.

    What is wrong with the file is the plugin's ``problem``.
    """
    point = EntryPoint(name, "", GROUP)
    try:
        manifest = from_json(file.read_bytes())
        if manifest.name != name:
            raise PluginError("MANIFEST_INVALID", f"it is that of {manifest.name!r}")
        return Installed(name, manifest.distribution, manifest.version, point, manifest)
    except (OSError, PluginError) as error:
        problem = PluginError(
            "MANIFEST_INVALID",
            f"remotes.{name}: its manifest {file} cannot be read: {_first_line(error)}",
            hint=f"ask whoever runs {name!r} for its {FILE}",
        )
        return Installed(name, "unknown", "0", point, problem=problem)


def manifest_file(module: str) -> Path | None:
    """Return where the manifest of a plugin in ``module`` belongs; imports nothing.

    None: the package of ``module`` is not there, or it is no package.
    """
    package, *inner = module.split(".")
    # Asked for the top alone: asked for more, find_spec imports what is above.
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations or not inner:
        return None
    return Path(next(iter(spec.submodule_search_locations))).joinpath(*inner[:-1], FILE)


def _installed(point: EntryPoint) -> Installed:
    owner, version = (point.dist.name, point.dist.version) if point.dist else ("unknown", "0")
    try:
        manifest = _read(point, owner)
    except PluginError as problem:
        return Installed(point.name, owner, version, point, problem=problem)
    return Installed(point.name, owner, version, point, manifest)


def _read(point: EntryPoint, owner: str) -> Manifest:
    file = manifest_file(point.module)
    if file is None:
        raise PluginError(
            "PLUGIN_IMPORT",
            f"plugin {point.name!r} ({owner}): there is no package {point.module.partition('.')[0]!r}",
            hint=f"install {owner} again, or correct its {GROUP} entry point {point.value!r}",
        )
    try:
        manifest = from_json(file.read_bytes())
    except FileNotFoundError:
        raise PluginError(
            "MANIFEST_MISSING",
            f"plugin {point.name!r} ({owner}) has no {FILE} beside {point.module}",
            hint=f"run  oms generate  in the project of {owner}, and install it again",
        ) from None
    except (OSError, PluginError) as error:
        raise PluginError(
            "MANIFEST_INVALID",
            f"plugin {point.name!r} ({owner}): its {FILE} cannot be read: {_first_line(error)}",
            hint=f"run  oms generate  in the project of {owner}, and install it again",
        ) from None
    _check_head(manifest, point, owner)
    return manifest


def _check_head(manifest: Manifest, point: EntryPoint, owner: str) -> None:
    if manifest.api != API_VERSION:
        old = manifest.api < API_VERSION
        raise PluginError(
            "PLUGIN_API",
            f"plugin {point.name!r} ({owner}) is written for plugin API {manifest.api}, which is too "
            f"{'old' if old else 'new'}: this runtime speaks {API_VERSION}",
            hint=f"install {'a newer' if old else 'an older'} {owner}"
            + ("" if old else ", or a newer oms-core"),
        )
    if manifest.name != point.name:
        raise PluginError(
            "MANIFEST_STALE",
            f"plugin {point.name!r} ({owner}): its {FILE} is that of {manifest.name!r}",
            hint=f"run  oms generate  in the project of {owner}, and install it again",
        )


def _first_line(error: Exception) -> str:
    text = error.message if isinstance(error, PluginError) else str(error)
    return text.partition("\n")[0]
