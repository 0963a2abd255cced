"""The routes that need no token: health, readiness, the API document and a page to read it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from html import escape
from typing import Any

import msgspec
from litestar import MediaType, Response, get
from litestar.handlers import HTTPRouteHandler

Readiness = Callable[[], Awaitable[dict[str, str]]]
"""What is not ready, by name, and why; empty when all is."""
Degraded = Callable[[], Mapping[str, msgspec.Struct]]
"""Which plugins are off or not well while the others serve, and what anybody may know of it."""

_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "code{font:14px ui-monospace,monospace}b{display:inline-block;min-width:4.5rem}"
    "li{list-style:none;margin:.4rem 0}ul{padding:0}p{margin:0 0 0 4.5rem;color:#555}"
)


def none_degraded() -> Mapping[str, msgspec.Struct]:
    """Say that every plugin is well."""
    return {}


def pages(
    document: dict[str, Any], ready: Readiness, *, degraded: Degraded = none_degraded
) -> list[HTTPRouteHandler]:
    """Return the handlers of /healthz, /readyz, /openapi.json and /docs."""
    document_bytes = msgspec.json.encode(document)
    page = _page(document)

    @get("/healthz", name="healthz", include_in_schema=False)
    async def healthz() -> dict[str, str]:
        """Say that the process is alive."""
        return {"status": "ok"}

    @get("/readyz", name="readyz", include_in_schema=False)
    async def readyz() -> Response[dict[str, Any]]:
        """Say whether requests should be sent here, and what is missing."""
        missing = await ready()
        content: dict[str, Any] = {"status": "ready"}
        if missing:
            content = {"status": "unready", "missing": missing}
        if off := degraded():
            content["degraded"] = dict(off)
        return Response(content, status_code=503 if missing else 200)

    @get("/openapi.json", name="openapi", include_in_schema=False)
    async def openapi() -> Response[bytes]:
        """Return the API document."""
        return Response(document_bytes, media_type=MediaType.JSON)

    @get("/docs", name="docs", include_in_schema=False)
    async def docs() -> Response[bytes]:
        """Return the API document as a page."""
        return Response(page, media_type=MediaType.HTML)

    return [healthz, readyz, openapi, docs]


def _page(document: dict[str, Any]) -> bytes:
    title = escape(document["info"]["title"])
    rows = "".join(
        f"<li><b>{escape(method.upper())}</b><code>{escape(path)}</code>{_summary(operation)}</li>"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if isinstance(operation, dict)
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
        f'<h1>{title}</h1><p><a href="/openapi.json">openapi.json</a></p><ul>{rows}</ul></html>'
    ).encode()


def _summary(operation: dict[str, Any]) -> str:
    text = operation.get("summary") or operation.get("description") or ""
    return f"<p>{escape(str(text))}</p>" if text else ""
