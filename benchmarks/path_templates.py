"""Three ways for ``:verb`` and ``**`` to reach Litestar: CPU per request, in process, against a plain route.

Run with ``python -m benchmarks.path_templates``; docs/adr/0005 has what came of it.
"""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Litestar, Request, asgi, post
from litestar.handlers import HTTPRouteHandler
from litestar.types import Receive, Scope, Send

from oms_core.servers.http.answer import Answer, success
from oms_core.servers.http.matching import Matcher, litestar_paths
from oms_core.servers.http.routing import TemplateHandler
from oms_wire.template import parse

ROUNDS, COUNT = 15, 4000
BODY = b'{"id":"o1"}'
VERB = "/v1/orders/{order_id}:cancel"
NOISE = [f"/v1/things{number}/{{thing_id}}:close" for number in range(30)]
_seeds = itertools.count()
App = Callable[[Any, Any, Any], Awaitable[None]]


async def _answer(request: Request[Any, Any, Any]) -> Answer:
    assert request.scope["path_params"]["order_id"].startswith("o1")
    return success(BODY, "t")


def _app(*handlers: Any) -> Litestar:
    return Litestar([*handlers], openapi_config=None, logging_config=None)


def plain() -> tuple[App, str]:
    """Give a route without a verb, as one writes it by hand: what the others are measured by."""
    noise = [post(t.replace("}:", ":str}/"), name=t)(_answer) for t in NOISE]
    return _app(post("/v1/orders/{order_id:str}/cancel")(_answer), *noise), "/v1/orders/o1/cancel"


def dispatched() -> tuple[App, str]:
    """Give one handler a path, which takes the verb off the last value."""
    verbs = {"cancel": _answer, "close": _answer}

    async def handle(request: Request[Any, Any, Any]) -> Answer:
        value, _, verb = request.scope["path_params"]["order_id"].rpartition(":")
        request.scope["path_params"] = {**request.scope["path_params"], "order_id": value}
        return await verbs[verb](request)

    noise = [post(t.partition("}:")[0] + ":str}", name=t)(_answer) for t in NOISE]
    return _app(post("/v1/orders/{order_id:str}")(handle), *noise), "/v1/orders/o1:cancel"


def _template(text: str) -> HTTPRouteHandler:
    template = parse(text)
    handler = TemplateHandler(litestar_paths(template), http_method="POST", name=text, opt={"method": text})
    handler.template = template
    return handler(_answer)


def rewritten() -> tuple[App, str]:
    """Put the path into Litestar's terms before it routes, which is what we do."""
    return _app(*map(_template, [VERB, *NOISE])), "/v1/orders/o1:cancel"


def tangled() -> tuple[App, str]:
    """Do the same for a path without a verb in an application with ``**``, whose every path is looked at."""
    templates = ["/v1/orders/{order_id}", "/v1/{name=files/**}", *NOISE]
    return _app(*map(_template, templates)), "/v1/orders/o1"


def mounted() -> tuple[App, str]:
    """Give a bare ASGI application under Litestar, with a router of its own."""
    matcher = Matcher()
    for text in [VERB, *NOISE]:
        matcher.add(parse(text), "POST", text)

    @asgi("/v1", is_mount=True)
    async def transcoder(scope: Scope, receive: Receive, send: Send) -> None:
        path = matcher.route(scope["raw_path"].decode("latin-1"), "POST")
        assert path is not None
        await success(BODY, "t")(scope, receive, send)

    return _app(transcoder), "/v1/orders/o1:cancel"


async def _measure(app: App, path: str) -> float:
    sent: list[Any] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(event: Any) -> None:
        sent.append(event.get("status"))

    # Each another order, as in life: Litestar's cache of paths has not seen it.
    seed = next(_seeds)
    paths = [path.replace("o1", f"o1{seed}x{number}") for number in range(COUNT)]
    begin = time.process_time()
    for number in range(COUNT):
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": paths[number],
            "raw_path": paths[number].encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [(b"host", b"localhost")],
            "client": ("127.0.0.1", number),
            "server": ("127.0.0.1", 80),
            "extensions": {},
            "state": {},
        }
        await app(scope, receive, send)
    spent = time.process_time() - begin
    assert set(sent) == {200, None}, set(sent)
    return spent / COUNT * 1e6


async def _main() -> None:
    ways = [plain, dispatched, rewritten, tangled, mounted]
    apps = [(way.__name__, *way()) for way in ways]
    spent: dict[str, list[float]] = {name: [] for name, _, _ in apps}
    for number in range(ROUNDS + 1):
        for name, app, path in apps if number % 2 else reversed(apps):
            figure = await _measure(app, path)
            if number:
                spent[name].append(figure)
    base = statistics.median(spent["plain"])
    for name, figures in spent.items():
        median = statistics.median(figures)
        print(f"{name:12} {median:7.1f} µs  {median / base:.2f}")


if __name__ == "__main__":
    asyncio.run(_main())
