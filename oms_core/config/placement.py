"""The settings that say which plugins run where, and how one process reaches another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

Port = Annotated[int, Meta(ge=0, le=65535)]
Address = Annotated[str, Meta(pattern=r"^[^\s/]+:[0-9]{1,5}$")]
"""``host:port`` of a gRPC server; an IPv6 address stands in brackets."""


class BundleSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Plugins that run together, in a process of their own."""

    serve: list[str]
    """The names of its plugins."""
    address: list[Address] = []
    """Where other bundles reach its gRPC; without one, on this machine at its port."""
    host: str = ""
    http_port: Port = 0
    grpc_port: Port = 0
    """Where it listens; 0 or empty: as ``server`` says."""
    database_url: str = ""
    """A PostgreSQL of its own; without one, the database of all."""
    workers: Annotated[int, Meta(ge=1, le=64)] = 1
    """Processes that share its ports."""


class RemoteSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A plugin that some other system serves."""

    address: Annotated[list[Address], Meta(min_length=1)]
    """Where it is reached; several are taken in turn."""
    manifest: Path | None = None
    """Its manifest, when it is not installed here."""


class TlsSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Certificates of gRPC, as PEM files. Without them nothing is encrypted."""

    certificate: Annotated[
        Path | None, Meta(description="what this process shows of itself, to callers and to other bundles")
    ] = None
    key: Annotated[Path | None, Meta(description="the private key of `tls.certificate`")] = None
    ca: Annotated[
        Path | None, Meta(description="whom to trust: with it other bundles are called over TLS only")
    ] = None
    require_client: Annotated[
        bool, Meta(description="take only callers with a certificate that `tls.ca` signed")
    ] = False
