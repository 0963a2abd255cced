"""How the world gets in: the same endpoints over HTTP and gRPC.

See ``oms_core.servers.http`` and ``oms_core.servers.grpc`` for how to build and run each.
"""
