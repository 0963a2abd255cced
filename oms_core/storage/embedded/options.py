"""How the embedded server is set up."""

from __future__ import annotations

INITDB = (
    "--username=postgres",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)
"""Who can open the socket's folder is the administrator; text sorts the same on every machine."""

_SETTINGS = {
    # Only the socket: nothing listens on the network.
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "random_page_cost": "1.1",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    # What was acknowledged is on the disk.
    "fsync": "on",
    "synchronous_commit": "on",
    # Short statements only: neither workers nor a compiler earn their start-up.
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "io_method": "sync",
    # Queue tables turn over fast.
    "autovacuum_naptime": "15s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Statements and details may carry people's data; the log does not.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}
SERVER = tuple(word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}"))
"""Arguments of ``postgres``; said at each start, so an older data folder gets them too."""
