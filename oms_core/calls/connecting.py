"""gRPC channels to other processes: balanced, kept alive, retried where the contract allows it.

The library does the work: https://github.com/grpc/proposal/blob/master/A6-client-retries.md for retries,
https://github.com/grpc/grpc/blob/master/doc/load-balancing.md for balancing.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterable, Sequence

import grpc
import grpc.aio

from oms_core.errors import ConfigError

KEEPALIVE_SECONDS = 20
"""Between two pings on a connection that carries calls."""
ATTEMPTS = 4
"""Of a call that may be repeated and that nobody took; about a second passes between first and last."""

MethodName = tuple[str, str]
"""A service's full name, and the method's own."""


def connected(
    addresses: Sequence[str],
    *,
    repeatable: Iterable[MethodName],
    credentials: grpc.ChannelCredentials | None = None,
) -> grpc.aio.Channel:
    """Return a channel to ``addresses``, in turn; nothing is waited for.

    ``repeatable`` are the methods of which a second call does no harm. Raises ConfigError for addresses
    that cannot be balanced. Without ``credentials`` nothing is encrypted.
    """
    options = [
        ("grpc.service_config", json.dumps(_service_config(repeatable))),
        ("grpc.keepalive_time_ms", KEEPALIVE_SECONDS * 1000),
        ("grpc.keepalive_timeout_ms", 5_000),
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.min_reconnect_backoff_ms", 100),
        ("grpc.max_reconnect_backoff_ms", 1_000),
        # Its own connections: closing it then closes them, whoever else calls the same address.
        ("grpc.use_local_subchannel_pool", 1),
    ]
    target = target_of(addresses)
    if credentials is None:
        return grpc.aio.insecure_channel(target, options=options)
    return grpc.aio.secure_channel(target, credentials, options=options)


def target_of(addresses: Sequence[str]) -> str:
    """Return what gRPC resolves: one name, which may stand for many machines, or IP addresses of one kind.

    Raises ConfigError for several names: gRPC resolves but one.
    """
    if len(addresses) == 1:
        return f"dns:///{addresses[0]}"
    kinds = {_kind(address) for address in addresses}
    if len(kinds) != 1 or None in kinds:
        raise ConfigError(
            "ADDRESSES_MIXED",
            f"gRPC cannot balance over {', '.join(addresses)}",
            hint="give IP addresses of one kind, or one name that resolves to all of them",
        )
    return f"{kinds.pop()}:{','.join(addresses)}"


def _kind(address: str) -> str | None:
    host = address.rpartition(":")[0].strip("[]")
    try:
        return f"ipv{ipaddress.ip_address(host).version}"
    except ValueError:
        return None


def _service_config(repeatable: Iterable[MethodName]) -> dict[str, object]:
    names = [{"service": service, "method": method} for service, method in repeatable]
    config: dict[str, object] = {"loadBalancingConfig": [{"round_robin": {}}]}
    if names:
        retry = {
            "maxAttempts": ATTEMPTS,
            "initialBackoff": "0.1s",
            "maxBackoff": "1s",
            "backoffMultiplier": 2,
            "retryableStatusCodes": ["UNAVAILABLE"],
        }
        config["methodConfig"] = [{"name": names, "retryPolicy": retry}]
    return config
