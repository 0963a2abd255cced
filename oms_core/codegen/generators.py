"""Generators of other distributions: files of their own, made of options of their own.

::

    [project.entry-points."oms.codegen"]      # in the pyproject.toml of whoever has the options
    audit = "acme_audit.generator"

    @hookimpl                                 # acme_audit/generator.py; hookimpl is oms_core.plugins'
    def oms_codegen_options(package: Declared) -> dict[str, str]: ...
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import entry_points
from pathlib import PurePosixPath

import pluggy

from oms_core.codegen.declarations import Declared
from oms_core.errors import GenerateError

GROUP = "oms.codegen"
"""The entry point group by which a distribution offers a generator: a module, or an object with the hook."""

hookspec = pluggy.HookspecMarker("oms")


class GeneratorHooks:
    """What a generator may implement."""

    @hookspec
    def oms_codegen_options(self, package: Declared) -> Mapping[str, str]:  # type: ignore[empty-body]
        """Return further files of a package: content by name, in the folder of its Python package.

        The same declarations give the same files. Names are those of the generator alone.
        """


def generators(given: Mapping[str, object]) -> pluggy.PluginManager:
    """Return the register of ``given`` generators, by name."""
    register = pluggy.PluginManager("oms")
    register.add_hookspecs(GeneratorHooks)
    for name, generator in sorted(given.items()):
        register.register(generator, name=name)
    return register


def installed() -> pluggy.PluginManager:
    """Return the register of all installed generators; raises GenerateError for one that cannot be loaded."""
    found: dict[str, object] = {}
    for point in entry_points(group=GROUP):
        try:
            found[point.name] = point.load()
        except Exception as error:
            raise _failed(point.name, f"cannot be loaded from {point.value}", error) from error
    return generators(found)


def files_of(
    register: pluggy.PluginManager, packages: Iterable[Declared], ours: Iterable[str]
) -> dict[str, bytes]:
    """Return what the generators make of ``packages``, by path; raises GenerateError.

    ``ours`` are the paths that are taken.
    """
    taken = dict.fromkeys(ours, "protoc-gen-oms")
    files: dict[str, bytes] = {}
    answerers = sorted(register.hook.oms_codegen_options.get_hookimpls(), key=lambda one: one.plugin_name)
    for package in packages:
        for answerer in answerers:
            for name, text in _made(answerer, package).items():
                path = _path(answerer.plugin_name, package, name)
                owner = taken.setdefault(path, answerer.plugin_name)
                if path in files or owner != answerer.plugin_name:
                    raise _failed(answerer.plugin_name, f"writes {path}, which {owner} writes")
                files[path] = text.encode()
    return files


def _made(answerer: pluggy.HookImpl, package: Declared) -> Mapping[str, str]:
    arguments = [package] if answerer.argnames else []
    try:
        made: object = answerer.function(*arguments)
    except Exception as error:
        raise _failed(answerer.plugin_name, f"fails for {package.name}", error) from error
    if made is None:
        return {}
    if isinstance(made, Mapping) and all(isinstance(x, str) for pair in made.items() for x in pair):
        return made
    raise _failed(answerer.plugin_name, f"returns {type(made).__name__}, and not text by file name")


def _path(generator: str, package: Declared, name: str) -> str:
    if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts or not name:
        raise _failed(generator, f"writes {name!r}, which is outside of its package's folder")
    return f"{package.module.replace('.', '/')}/{PurePosixPath(name)}"


def _failed(generator: str, problem: str, cause: Exception | None = None) -> GenerateError:
    why = f": {type(cause).__name__}: {cause}" if cause else ""
    return GenerateError(
        "GENERATOR_FAILED",
        f"The generator {generator!r} {problem}{why}.",
        hint="Mend or uninstall the distribution that has this entry point of oms.codegen.",
    )
