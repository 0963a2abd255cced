"""The settings of the runtime itself, with their defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from oms_core.config.placement import BundleSettings, Port, RemoteSettings, TlsSettings
from oms_core.config.sources import Sources

Settings = dict[str, object]
OnFailure = Literal["abort", "degrade"]
"""What a plugin that cannot start does: keep everything from starting, or only itself."""


class ServerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the world gets in."""

    host: Annotated[str, Meta(description="address to listen on")] = "127.0.0.1"
    http_port: Annotated[Port, Meta(description="REST")] = 8080
    grpc_port: Annotated[Port, Meta(description="gRPC")] = 9090
    drain_seconds: Annotated[
        float,
        Meta(
            ge=0,
            le=3600,
            description="how long each part may finish what runs when the process is told to stop",
        ),
    ] = 20.0


class DatabaseSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where data is kept. Without a ``url``, a PostgreSQL of our own runs on the data folder."""

    url: Annotated[str, Meta(description="a PostgreSQL of your own; without it one is started on `data`")] = (
        ""
    )
    pool_size: Annotated[
        int, Meta(ge=1, le=1000, description="connections for calls; 4 more for events, 1 for leases")
    ] = 10


class BrokerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What carries events between processes. Without a ``url``, the database does."""

    url: Annotated[
        str, Meta(description="a RabbitMQ, amqp:// or amqps://; without it events travel over the database")
    ] = ""
    namespace: Annotated[
        str,
        Meta(
            pattern="^[A-Za-z0-9_-]{1,32}$",
            description="begins the name of every exchange and queue: two systems on one broker need two",
        ),
    ] = "oms"


class EventSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How events are moved."""

    outbox_limit: Annotated[
        int,
        Meta(
            ge=1,
            description="events that may wait to leave; with more, calls that change something get a 503",
        ),
    ] = 50_000


class AuthSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose tokens hold here."""

    issuer: Annotated[str, Meta(description="`iss` of the tokens that hold here")] = "oms"
    audience: Annotated[str, Meta(description="`aud` of the tokens that hold here")] = "oms"


Seconds = Annotated[float, Meta(gt=0, le=3600)]


class LifecycleSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long each plugin may take in each phase of its own, in seconds."""

    setup_seconds: Annotated[Seconds, Meta(description="its setup")] = 30.0
    start_seconds: Annotated[Seconds, Meta(description="its start")] = 30.0
    ready_seconds: Annotated[Seconds, Meta(description="what it does when all is served")] = 30.0
    stop_seconds: Annotated[Seconds, Meta(description="its stop; for drain see `server.drain_seconds`")] = 5.0


class Written(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that ``oms.toml``, the environment and flags may say."""

    data: Annotated[Path, Meta(description="folder of the keys and the embedded database")] = Path(".oms")
    plugins: Annotated[
        list[str] | None,
        Meta(
            description="names of the plugins to load, in the environment with commas between; "
            "without it every installed one"
        ),
    ] = None
    bundle: Annotated[
        str,
        Meta(description="which of `bundles` this process is; without it all plugins run in this process"),
    ] = ""
    on_failure: Annotated[
        OnFailure,
        Meta(
            description="what a plugin that cannot start does: `abort` keeps everything from starting, "
            "`degrade` leaves it out, and whatever requires it"
        ),
    ] = "abort"
    server: ServerSettings = msgspec.field(default_factory=ServerSettings)
    database: DatabaseSettings = msgspec.field(default_factory=DatabaseSettings)
    broker: BrokerSettings = msgspec.field(default_factory=BrokerSettings)
    events: EventSettings = msgspec.field(default_factory=EventSettings)
    auth: AuthSettings = msgspec.field(default_factory=AuthSettings)
    lifecycle: LifecycleSettings = msgspec.field(default_factory=LifecycleSettings)
    tls: TlsSettings = msgspec.field(default_factory=TlsSettings)
    bundles: Annotated[
        dict[str, BundleSettings],
        Meta(description="plugins that run together in a process of their own, by the bundle's name"),
    ] = msgspec.field(default_factory=dict)
    remotes: Annotated[
        dict[str, RemoteSettings], Meta(description="plugins that other systems serve, by the plugin's name")
    ] = msgspec.field(default_factory=dict)
    failure: Annotated[dict[str, OnFailure], Meta(description="`on_failure` of one plugin, by its name")] = (
        msgspec.field(default_factory=dict)
    )
    settings: Annotated[dict[str, Settings], Meta(description="one table for each plugin, by its name")] = (
        msgspec.field(default_factory=dict)
    )


class Config(Written, frozen=True, kw_only=True):
    """What is written, and where each value came from."""

    sources: Sources = msgspec.field(default_factory=Sources)
