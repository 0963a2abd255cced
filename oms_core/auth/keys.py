"""The Ed25519 keys that sign tokens, in a folder.

::

    active.pem            the private key that signs
    next.pem              the private key that will; its tokens are accepted already
    retired-<kid>.pem     public keys whose tokens may still live

A key's id is the fingerprint of its public half, so no table maps one to the other. To rotate: ``prepare``
makes the next key, every process learns of it within a minute, ``promote`` lets it sign and keeps the
old one's public half; ``forget`` ends that key's tokens.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import time
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from oms_core.auth.files import create_once, private_folder, replace
from oms_core.errors import AuthError

logger = logging.getLogger(__name__)

RELOAD_AFTER = 30.0
"""Seconds between two looks at the folder, however many unknown key ids come in."""


class KeyRing:
    """The keys of one folder; ``open`` it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._public: dict[str, Ed25519PublicKey] = {}
        self._looked = 0.0
        self._stamp = -1
        self.generation = 0
        """Grows whenever the set of accepted keys may have changed."""
        self._load()

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Return the keys in ``folder``, with a first key pair made if there is none; raises AuthError."""
        create_once(private_folder(folder) / "active.pem", _new_private)
        return cls(folder)

    def signing_key(self) -> tuple[str, Ed25519PrivateKey]:
        """Return the id and the private half of the key that signs; raises AuthError."""
        return self.active_kid, self._active

    def public_key(self, kid: str) -> Ed25519PublicKey | None:
        """Return the public key of that id, or None; looks at the folder again now and then."""
        if time.monotonic() - self._looked >= RELOAD_AFTER:
            self._look_again()
        return self._public.get(kid)

    def prepare(self) -> str:
        """Make the next key, unless there is one; returns its id."""
        kid = _kid(_private(self._folder / "next.pem", create=True).public_key())
        self._load()
        return kid

    def promote(self) -> str:
        """Let the next key sign and retire the one that did; returns the new one's id, raises AuthError."""
        coming = _private(self._folder / "next.pem")
        public = self._active.public_key()
        replace(self._folder / f"retired-{self.active_kid}.pem", _public_pem(public))
        (self._folder / "next.pem").replace(self._folder / "active.pem")
        self._load()
        return _kid(coming.public_key())

    def forget(self, kid: str) -> None:
        """Accept no more tokens of the retired key ``kid``; raises AuthError."""
        try:
            (self._folder / f"retired-{kid}.pem").unlink()
        except FileNotFoundError as error:
            raise AuthError(
                "KEY_UNKNOWN",
                f"no retired key {kid!r} in {self._folder}",
                hint="only a retired key can be forgotten",
            ) from error
        self._load()

    def _look_again(self) -> None:
        self._looked = time.monotonic()
        try:
            if self._folder.stat().st_mtime_ns != self._stamp:
                self._load()
        except (OSError, AuthError) as error:
            # Tokens that held a moment ago still do: a folder in the middle of a change locks nobody out.
            logger.warning(
                "the keys in %s cannot be read again, the known ones stay: %s", self._folder, error
            )

    def _load(self) -> None:
        stamp = self._folder.stat().st_mtime_ns
        active = _private(self._folder / "active.pem")
        accepted = [active.public_key()]
        if (self._folder / "next.pem").exists():
            accepted.append(_private(self._folder / "next.pem").public_key())
        accepted += [_public(path) for path in self._folder.glob("retired-*.pem")]
        self._active, self.active_kid = active, _kid(active.public_key())
        self._public = {_kid(key): key for key in accepted}
        self._stamp, self._looked = stamp, time.monotonic()
        self.generation += 1


def _kid(key: Ed25519PublicKey) -> str:
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.urlsafe_b64encode(hashlib.sha256(raw).digest()[:12]).decode()


def _new_private() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _public_pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def _private(path: Path, *, create: bool = False) -> Ed25519PrivateKey:
    try:
        pem = create_once(path, _new_private) if create else path.read_bytes()
        key = serialization.load_pem_private_key(pem, password=None)
    except (OSError, ValueError, TypeError) as error:
        raise _unreadable(path) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _unreadable(path)
    return key


def _public(path: Path) -> Ed25519PublicKey:
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise _unreadable(path) from error
    if not isinstance(key, Ed25519PublicKey):
        raise _unreadable(path)
    return key


def _unreadable(path: Path) -> AuthError:
    return AuthError(
        "KEY_UNREADABLE",
        f"{path} holds no Ed25519 key in PEM that can be read",
        hint="restore it from a backup; moving it away makes a new key, and every token out there void",
    )
