"""How ``:verb``, ``**`` and percent signs reach Litestar: each path is put into its terms before it routes.

``POST /v1/things/t1:close`` is routed as ``/v1/things/t1/:close``, a native route with guards, options and
a line in ``litestar routes`` of its own. See docs/adr/0005-how-verbs-and-double-stars-reach-litestar.md.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, cast
from urllib.parse import quote

from litestar import Litestar
from litestar.enums import ScopeType
from litestar.exceptions import ImproperlyConfiguredException
from litestar.handlers import HTTPRouteHandler
from litestar.types import Receive, Scope, Send

from oms_core.servers.http.matching import Matcher
from oms_wire.template import Template


class TemplateHandler(HTTPRouteHandler):
    """A Litestar handler under a path template; works in any Litestar application."""

    template: Template
    """Set before the handler comes into an application."""

    def on_registration(self, app: Litestar) -> None:
        """Tell the application's router the template; raises ImproperlyConfiguredException if it has it."""
        super().on_registration(app)
        router = _TemplateRouter.of(app)
        name = f"{self.opt['method']} ({self.name})"
        for method in self.http_methods:
            first = router.matcher.add(self.template, str(method), name)
            if first != name:
                # Litestar itself would let the later one replace the earlier.
                raise ImproperlyConfiguredException(f"{name} and {first} are one route")


class _TemplateRouter:
    """Stands before an application's router, which it hands each path in terms that it knows."""

    def __init__(self, router: Any) -> None:
        self._router = router
        self.matcher = Matcher()

    @classmethod
    def of(cls, app: Litestar) -> _TemplateRouter:
        """Return the one of ``app``, which is put in place by the first handler of the kind."""
        # While an application is made, nothing stands before its router; later its handler has it inside.
        place = "asgi_handler" if hasattr(app, "asgi_handler") else "asgi_router"
        for found in (app.asgi_router, getattr(app, place)):
            if isinstance(found, cls):
                return found
        router = cls(getattr(app, place))
        setattr(app, place, router)
        return router

    def __getattr__(self, name: str) -> Any:
        return getattr(self._router, name)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Serve one request; the ASGI protocol."""
        if scope["type"] == ScopeType.HTTP:
            raw = scope.get("raw_path") or quote(scope["path"]).encode()
            if self.matcher.is_tangled or b":" in raw or b"%" in raw:
                root = scope.get("root_path", "")
                # Litestar's test client leaves the query in it.
                sent = raw.decode("latin-1").partition("?")[0]
                path = self.matcher.route(sent.removeprefix(root), scope["method"])
                if path is not None:
                    scope["path"] = root + path
        return cast("Awaitable[None]", self._router(scope, receive, send))
