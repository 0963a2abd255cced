"""Two surfaces to findings."""

from __future__ import annotations

import re

from oms_core.codegen.breaking.access import changed_access
from oms_core.codegen.breaking.finding import Finding
from oms_core.codegen.breaking.promises import changed_promises
from oms_core.codegen.breaking.routes import changed_routes
from oms_core.codegen.breaking.services import changed_services
from oms_core.codegen.breaking.surface import Surface
from oms_core.codegen.breaking.types import changed_types
from oms_core.codegen.breaking.validation import changed_validation

_SIDES = (
    changed_types,
    changed_services,
    changed_routes,
    changed_access,
    changed_promises,
    changed_validation,
)
_UNSTABLE = re.compile(r"v\d+(alpha|beta|test)\d*|v0")


def compare(old: Surface, new: Surface) -> list[Finding]:
    """Return what the change from ``old`` to ``new`` breaks, by file and line."""
    return sorted({finding for side in _SIDES for finding in side(old, new)})


def is_unstable(package: str) -> bool:
    """Say whether a package's name announces that it may change: v1alpha1, v1beta, v0."""
    return any(_UNSTABLE.fullmatch(part) for part in package.split("."))
