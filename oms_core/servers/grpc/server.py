"""A grpc.aio server around the endpoints, with health and reflection."""

from __future__ import annotations

from collections.abc import Sequence

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from oms_core.auth import ServiceVerifier, Verifier
from oms_core.calls import Answers, Endpoints
from oms_core.calls.connecting import KEEPALIVE_SECONDS
from oms_core.servers.entrance import Entrance
from oms_core.servers.grpc.handlers import service_handler
from oms_core.servers.grpc.hook_handlers import hook_handler, only_plugins
from oms_core.servers.grpc.reflection import add_reflection
from oms_core.servers.ports import busy, listen

MESSAGE_LIMIT = 256 * 1024
"""Bytes of one request."""
SETTING = "server.grpc_port"


class GrpcServer:
    """Serves every endpoint on ``host`` and ``port``.

    ``answers`` are the hooks that other processes of the same system may ask, whose tokens ``services``
    verifies. ``descriptors`` are serialised FileDescriptorSets, for reflection. With ``credentials`` it
    speaks TLS, and nothing else. ``shares_port``: other workers of the same server listen there too.
    ``start`` raises ServerError.
    """

    def __init__(
        self,
        endpoints: Endpoints,
        *,
        verifier: Verifier,
        services: ServiceVerifier | None = None,
        answers: Answers | None = None,
        credentials: grpc.ServerCredentials | None = None,
        shares_port: bool = False,
        descriptors: Sequence[bytes] = (),
        host: str = "127.0.0.1",
        port: int = 9090,
        message_limit: int = MESSAGE_LIMIT,
    ) -> None:
        self._address = (host, port)
        self._endpoints = endpoints
        self._entrance = Entrance(verifier, services)
        self._answers = answers
        self._credentials = credentials
        self._shares_port = shares_port
        self._descriptors = descriptors
        self._limit = message_limit
        self._health = health.aio.HealthServicer()
        self._server: grpc.aio.Server | None = None

    async def start(self) -> None:
        """Return when calls are taken; raises ServerError if the port is not free."""
        host, port = self._address
        if not self._shares_port:
            # grpc says of a taken port only that it failed; asking first tells why.
            listen(host, port, setting=SETTING).close()
        server = self._build()
        address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        try:
            if self._credentials is None:
                server.add_insecure_port(address)
            else:
                server.add_secure_port(address, self._credentials)
        except RuntimeError as error:
            raise busy(host, port, setting=SETTING) from error
        await server.start()
        self._server = server
        for service in self._endpoints.by_service():
            await self._health.set(service, health_pb2.HealthCheckResponse.SERVING)

    async def stop(self, *, drain: float = 20.0) -> None:
        """Take no more calls and return when the running ones are answered, or ``drain`` seconds passed."""
        if self._server is None:
            return
        await self._health.enter_graceful_shutdown()
        await self._server.stop(drain)
        self._server = None

    def _build(self) -> grpc.aio.Server:
        server = grpc.aio.server(
            options=[
                # Without need two servers would share a port, and neither would complain.
                ("grpc.so_reuseport", int(self._shares_port)),
                # Half of what our own channels send; without it they are told that they ask too much.
                ("grpc.http2.min_recv_ping_interval_without_data_ms", KEEPALIVE_SECONDS * 500),
                # Callers come back in turn, so that a new process gets its share of them.
                ("grpc.max_connection_age_ms", 600_000),
                ("grpc.max_connection_age_grace_ms", 3_600_000),
                ("grpc.max_receive_message_length", self._limit),
                ("grpc.max_metadata_size", 16 * 1024),
            ]
        )
        services = self._endpoints.by_service()
        server.add_generic_rpc_handlers(
            [service_handler(name, endpoints, self._entrance) for name, endpoints in services.items()]
        )
        if self._answers is not None:
            server.add_generic_rpc_handlers(
                [
                    hook_handler(hooks, self._answers, self._entrance, admit=only_plugins)
                    for hooks in self._answers.answered
                ]
            )
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        add_reflection(server, [*services, health.SERVICE_NAME], self._descriptors)
        return server
