"""REST: every google.api.http binding as a native Litestar route.

::

    app = build_app(routes, endpoints, verifier=verifier, ready=ready, documents=[contract.openapi, …])
    server = HttpServer(app, host="127.0.0.1", port=8080)   # ServerError PORT_BUSY if taken
    await server.start()
    await server.stop(drain=20.0)

``ready`` is ``async () -> dict[str, str]``: what is missing and why; empty when requests are welcome.
Headers in: Authorization: Bearer, Idempotency-Key, X-Request-Timeout (seconds), traceparent, X-Request-Id.
Out: X-Request-Id (the trace), Retry-After and WWW-Authenticate where they belong. Errors: problem+json.
"""

from oms_core.servers.http.app import BODY_LIMIT, build_app
from oms_core.servers.http.embedding import contract_openapi, route_handlers
from oms_core.servers.http.server import HttpServer

__all__ = ["BODY_LIMIT", "HttpServer", "build_app", "contract_openapi", "route_handlers"]
