"""What the compiler left beside a service base: routes, descriptors, API document."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib import import_module
from importlib.resources import files
from typing import Any

from oms_core.errors import PluginError
from oms_wire.route import Route
from oms_wire.service import Service

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Contract:
    """One generated package, for example ``oms_protos.echo.v1``."""

    package: str
    routes: tuple[Route[Any, Any], ...]
    descriptors: bytes
    """A serialised ``google.protobuf.FileDescriptorSet`` with everything it imports."""
    openapi: Document


def contract_of(service: type[Service], *, plugin: str) -> Contract:
    """Return the contract that ``service`` of ``plugin`` implements: the package of its generated base.

    Raises PluginError when something of it is missing.
    """
    base = next(kind for kind in service.__mro__ if Service in kind.__bases__)
    package = base.__module__.rpartition(".")[0]
    try:
        return _read(package)
    except Exception as cause:  # whatever a file that is missing or half there leads to
        raise PluginError(
            "CONTRACT_INCOMPLETE",
            f"plugin {plugin!r}: the generated files of {service.SERVICE} in {package} are not complete: "
            f"{type(cause).__name__}: {cause}",
            hint=f"run  oms generate  in the project of {package.partition('.')[0]}, and install it again",
        ) from cause


def contract_at(package: str) -> Contract | None:
    """Return the contract of a plugin that runs elsewhere; None where it is not installed in this process."""
    try:
        return _read(package)
    except (ImportError, ValueError, OSError, AttributeError):
        return None


@functools.cache
def _read(package: str) -> Contract:
    folder = files(package)
    return Contract(
        package,
        import_module(f"{package}.routes").ROUTES,
        folder.joinpath("descriptor.binpb").read_bytes(),
        json.loads(folder.joinpath("openapi.json").read_text(encoding="utf-8")),
    )
