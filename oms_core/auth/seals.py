"""Texts that callers carry for us and cannot change: page tokens and the like."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Self

from itsdangerous import BadSignature, SignatureExpired, TimestampSigner

from oms_core.auth.files import create_once, private_folder
from oms_core.clock import Clock, SystemClock
from oms_core.errors import AuthError
from oms_wire.errors import InvalidArgument

MAX_CHARACTERS = 65536
_SECRET_BYTES = 32


class SealBroken(InvalidArgument):
    """The text was not sealed here, not for this purpose, or was changed since."""


class SealExpired(SealBroken):
    """The text was sealed here, too long ago."""


class Seals:
    """Signs bytes for one purpose (``notes.page``, say) and opens them again; nothing is hidden."""

    def __init__(self, secret: bytes, *, clock: Clock | None = None) -> None:
        self._secret = secret
        self._clock = clock or SystemClock()
        self._signers: dict[str, TimestampSigner] = {}

    @classmethod
    def in_folder(cls, folder: Path, *, clock: Clock | None = None) -> Self:
        """Return the seals of the keys folder, whose secret is made at the first time; raises AuthError."""
        path = private_folder(folder) / "seals.key"
        secret = create_once(path, lambda: secrets.token_hex(_SECRET_BYTES).encode())
        if len(secret) < _SECRET_BYTES:
            raise AuthError(
                "KEY_UNREADABLE",
                f"{path} holds {len(secret)} bytes, too few for a secret",
                hint="restore it from a backup; moving it away makes a new one, and all that was sealed void",
            )
        return cls(secret, clock=clock)

    def seal(self, purpose: str, data: bytes) -> str:
        """Return ``data``, the time and a signature over both, safe in a URL."""
        text = base64.urlsafe_b64encode(data).rstrip(b"=")
        return self._signer(purpose).sign(text).decode("ascii")

    def open(self, purpose: str, text: str, *, max_age: timedelta) -> bytes:
        """Return what was sealed for ``purpose`` at most ``max_age`` ago; raises SealExpired, SealBroken."""
        if len(text) > MAX_CHARACTERS:
            raise _broken()
        try:
            sealed = self._signer(purpose).unsign(text, max_age=int(max_age.total_seconds()))
            return base64.urlsafe_b64decode(sealed + b"=" * (-len(sealed) % 4))
        except SignatureExpired:
            raise SealExpired("SEAL_EXPIRED", "it is too old; ask for a new one") from None
        except (BadSignature, binascii.Error, ValueError):
            raise _broken() from None

    def _signer(self, purpose: str) -> TimestampSigner:
        signer = self._signers.get(purpose)
        if signer is None:
            signer = self._signers[purpose] = _Signer(self._secret, f"oms.seal.{purpose}", self._clock)
        return signer


class _Signer(TimestampSigner):
    def __init__(self, secret: bytes, salt: str, clock: Clock) -> None:
        super().__init__(secret, salt=salt, key_derivation="hmac", digest_method=hashlib.sha256)
        self._clock = clock

    def get_timestamp(self) -> int:
        """Return our clock's seconds since the epoch."""
        return int(self._clock.now().timestamp())


def _broken() -> SealBroken:
    return SealBroken("SEAL_BROKEN", "it was not issued here for this use, or was changed; ask for a new one")
