"""The settings of the runtime itself, with their defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]
Settings = dict[str, object]


class ServerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the world gets in."""

    host: str = "127.0.0.1"
    http_port: Port = 8080
    grpc_port: Port = 9090
    drain_seconds: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 20.0
    """How long running calls and handlers may take when the process is told to stop."""


class DatabaseSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where data is kept. Without a ``url``, a PostgreSQL of our own runs on the data folder."""

    url: str = ""
    pool_size: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 10


class AuthSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose tokens hold here."""

    issuer: str = "oms"
    audience: str = "oms"


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that ``oms.toml``, the environment and flags may say."""

    data: Path = Path(".oms")
    """Folder of the embedded database and the local keys."""
    plugins: list[str] | None = None
    """Names of the plugins to load; None loads every installed one."""
    server: ServerSettings = msgspec.field(default_factory=ServerSettings)
    database: DatabaseSettings = msgspec.field(default_factory=DatabaseSettings)
    auth: AuthSettings = msgspec.field(default_factory=AuthSettings)
    settings: dict[str, Settings] = msgspec.field(default_factory=dict)
    """One table for each plugin: ``[settings.<plugin>]``."""
