"""From the files that ``tls`` names to what gRPC takes."""

from __future__ import annotations

from pathlib import Path

import grpc

from oms_core.config import TlsSettings
from oms_core.errors import ConfigError


def for_calls(tls: TlsSettings) -> grpc.ChannelCredentials | None:
    """Return how other processes are called: over TLS once it is said whom to trust. Raises ConfigError."""
    if tls.ca is None:
        return None
    key, certificate = _pair(tls)
    return grpc.ssl_channel_credentials(_read(tls.ca, "ca"), key, certificate)


def for_serving(tls: TlsSettings) -> grpc.ServerCredentials | None:
    """Return how this process is called: over TLS once it has a certificate. Raises ConfigError."""
    key, certificate = _pair(tls)
    if tls.require_client and (tls.ca is None or certificate is None):
        raise ConfigError(
            "TLS_INCOMPLETE",
            "tls.require_client needs tls.certificate, tls.key and tls.ca",
            hint="name all three files",
        )
    if key is None or certificate is None:
        return None
    ca = _read(tls.ca, "ca") if tls.require_client and tls.ca is not None else None
    return grpc.ssl_server_credentials(
        [(key, certificate)], root_certificates=ca, require_client_auth=tls.require_client
    )


def _pair(tls: TlsSettings) -> tuple[bytes | None, bytes | None]:
    if (tls.certificate is None) != (tls.key is None):
        raise ConfigError(
            "TLS_INCOMPLETE",
            "tls.certificate and tls.key belong together, and one of them is missing",
            hint="name both files, or neither",
        )
    if tls.certificate is None or tls.key is None:
        return None, None
    return _read(tls.key, "key"), _read(tls.certificate, "certificate")


def _read(file: Path, setting: str) -> bytes:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ConfigError(
            "TLS_UNREADABLE",
            f"tls.{setting}: cannot read {file}: {error.strerror}",
            hint="let this user read it",
        ) from None
    if b"-----BEGIN " not in content:
        raise ConfigError("TLS_UNREADABLE", f"tls.{setting}: {file} is no PEM file", hint="convert it to PEM")
    return content
