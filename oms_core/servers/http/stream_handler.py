"""What a generated streaming route does with a request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from litestar import Request

from oms_core.calls import StreamEndpoint
from oms_core.context import STREAM_TIMEOUT
from oms_core.servers.entrance import trace_of
from oms_core.servers.http.answer import AnyAnswer, failure, success
from oms_core.servers.http.body import read_whole
from oms_core.servers.http.deprecation import Handle
from oms_core.servers.http.incoming import Enter, checked, pairs, text, timeout_of
from oms_core.servers.http.stream_answer import Deliver, StreamAnswer
from oms_core.servers.http.stream_formats import format_for
from oms_core.servers.http.stream_requests import Body
from oms_wire.errors import InvalidArgument, RpcError
from oms_wire.method import Q
from oms_wire.route import Route
from oms_wire.streaming import Cursor, one


def stream_handle(
    route: Route[Any, Any],
    endpoint: StreamEndpoint[Any, Any],
    enter: Enter,
    *,
    body_limit: int,
    heartbeat: float,
) -> Handle:
    """Return the function that answers the requests for ``route``."""
    stream = _StreamRoute(route, endpoint, enter, body_limit=body_limit, heartbeat=heartbeat)

    async def handle(request: Request[Any, Any, Any]) -> AnyAnswer:
        return await stream.answer(request)

    return handle


class _StreamRoute:
    """A route and what stands behind it."""

    def __init__(
        self,
        route: Route[Any, Any],
        endpoint: StreamEndpoint[Any, Any],
        enter: Enter,
        *,
        body_limit: int,
        heartbeat: float,
    ) -> None:
        self._route = route
        self._endpoint = endpoint
        self._enter = enter
        self._limit = body_limit
        self._heartbeat = heartbeat

    async def answer(self, request: Request[Any, Any, Any]) -> AnyAnswer:
        """Return the answer to one request, or the answer that goes on."""
        headers = dict(request.scope["headers"])
        trace = trace_of(text(headers, b"traceparent"), text(headers, b"x-request-id"))
        try:
            return await self._answer(request, headers, trace)
        except RpcError as error:
            return failure(error, trace)

    async def _answer(
        self, request: Request[Any, Any, Any], headers: Mapping[bytes, bytes], trace: str
    ) -> AnyAnswer:
        streaming = self._route.method.streaming
        form = format_for(text(headers, b"accept")) if streaming.of_answers else None
        context = self._enter(
            text(headers, b"authorization"), timeout=timeout_of(headers), trace=trace, longest=STREAM_TIMEOUT
        )
        body = Body(request.receive, limit=self._limit)
        path, query = checked(request.scope["path_params"]), pairs(request.scope["query_string"])
        if streaming.of_requests:
            requests = self._bound(path, query, body)
        else:
            data = await read_whole(self._route, request, headers, context, limit=self._limit)
            requests = one(self._resumed(self._route.bind(path, query, data), headers))
            body.ended()
        if form is None:
            answers: list[Any] = []

            async def keep(answer: Any) -> None:
                answers.append(answer)

            await self._endpoint.serve(requests, context, keep)
            return success(self._json(answers[0]), trace)

        async def produce(deliver: Deliver) -> None:
            async def take(answer: Any) -> None:
                await deliver(self._json(answer), self._cursor_of(answer))

            await self._endpoint.serve(requests, context, take)

        name = self._route.method.full_name
        return StreamAnswer(produce, form, name=name, trace=trace, gone=body.gone, heartbeat=self._heartbeat)

    async def _bound(
        self, path: Mapping[str, str], query: Sequence[tuple[str, str]], body: Body
    ) -> AsyncIterator[Any]:
        async for line in body.lines():
            yield self._route.bind(path, query, line)

    def _resumed(self, message: Q, headers: Mapping[bytes, bytes]) -> Q:
        """Let the stream begin behind the event that the caller has seen last."""
        cursor, last = self._route.method.cursor, headers.get(b"last-event-id")
        if cursor is not None and last is not None:
            try:
                setattr(message, cursor.request, last.decode())
            except UnicodeDecodeError:
                raise InvalidArgument("CURSOR_INVALID", "Last-Event-ID is not UTF-8") from None
        return message

    def _json(self, answer: Any) -> bytes:
        answered = self._route.answer
        data: bytes = answer.encode_json() if answered is None else answered(answer)[1]
        return data

    def _cursor_of(self, answer: object) -> str:
        cursor: Cursor | None = self._route.method.cursor
        return str(getattr(answer, cursor.response)) if cursor else ""
