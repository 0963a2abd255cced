"""gRPC: every endpoint under its contract's path, with health and reflection.

::

    server = GrpcServer(endpoints, verifier=verifier, descriptors=[contract.descriptors, …],
                        host="127.0.0.1", port=9090)
    await server.start()                    # ServerError PORT_BUSY if taken
    await server.stop(drain=20.0)

Metadata in: authorization (Bearer), idempotency-key, traceparent, x-request-id. The deadline is gRPC's
own, and only shortens ours. Errors carry a ``google.rpc.Status`` with ErrorInfo (the code), RequestInfo
(the trace), BadRequest (fields) and RetryInfo.
"""

from oms_core.servers.grpc.server import GrpcServer

__all__ = ["GrpcServer"]
