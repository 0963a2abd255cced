"""One API document out of those that the contracts carry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from oms_core.errors import PluginError

Document = Mapping[str, Any]


def merge(documents: Iterable[Document], *, title: str, version: str) -> dict[str, Any]:
    """Return one OpenAPI 3.1 document; raises PluginError when two of them contradict each other.

    Merged are paths (by operation), components (by kind and name) and tags; a bearer token is declared.
    """
    paths: dict[str, dict[str, Any]] = {}
    components: dict[str, dict[str, Any]] = {}
    tags: dict[str, Any] = {}
    for document in documents:
        for path, operations in document.get("paths", {}).items():
            _add(paths.setdefault(path, {}), operations, f"paths {path}")
        for kind, entries in document.get("components", {}).items():
            _add(components.setdefault(kind, {}), entries, f"components {kind}")
        tags |= {tag["name"]: tag for tag in document.get("tags", [])}
    components.setdefault("securitySchemes", {}).setdefault(
        "bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    )
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "tags": list(tags.values()),
        "security": [{"bearer": []}],
        "paths": dict(sorted(paths.items())),
        "components": components,
    }


def _add(known: dict[str, Any], entries: Mapping[str, Any], where: str) -> None:
    for name, entry in entries.items():
        if known.setdefault(name, entry) != entry:
            raise PluginError(
                "OPENAPI_CONFLICT",
                f"two contracts describe {where} {name} differently",
                hint="rename one of them, or generate both with the same version of `oms generate`",
            )
