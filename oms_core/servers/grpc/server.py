"""A grpc.aio server around the endpoints, with health and reflection."""

from __future__ import annotations

from collections.abc import Sequence

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from oms_core.auth import Verifier
from oms_core.calls import Endpoints
from oms_core.servers.entrance import Entrance
from oms_core.servers.grpc.handlers import service_handler
from oms_core.servers.grpc.reflection import add_reflection
from oms_core.servers.ports import busy, listen

MESSAGE_LIMIT = 256 * 1024
"""Bytes of one request."""
SETTING = "server.grpc_port"


class GrpcServer:
    """Serves every endpoint on ``host`` and ``port``.

    ``descriptors`` are serialised FileDescriptorSets, for reflection. ``start`` raises ServerError.
    """

    def __init__(
        self,
        endpoints: Endpoints,
        *,
        verifier: Verifier,
        descriptors: Sequence[bytes] = (),
        host: str = "127.0.0.1",
        port: int = 9090,
        message_limit: int = MESSAGE_LIMIT,
    ) -> None:
        self._address = (host, port)
        self._endpoints = endpoints
        self._entrance = Entrance(verifier)
        self._descriptors = descriptors
        self._limit = message_limit
        self._health = health.aio.HealthServicer()
        self._server: grpc.aio.Server | None = None

    async def start(self) -> None:
        """Return when calls are taken; raises ServerError if the port is not free."""
        host, port = self._address
        # grpc says of a taken port only that it failed; asking first tells why.
        listen(host, port, setting=SETTING).close()
        server = self._build()
        try:
            server.add_insecure_port(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
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
                ("grpc.so_reuseport", 0),  # else two servers share a port and neither complains
                ("grpc.max_receive_message_length", self._limit),
                ("grpc.max_metadata_size", 16 * 1024),
            ]
        )
        services = self._endpoints.by_service()
        server.add_generic_rpc_handlers(
            [service_handler(name, endpoints, self._entrance) for name, endpoints in services.items()]
        )
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        add_reflection(server, [*services, health.SERVICE_NAME], self._descriptors)
        return server
