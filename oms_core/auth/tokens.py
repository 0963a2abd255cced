"""Tokens: who somebody is and which roles they hold where, signed for a while.

A token is a JWT (RFC 9068 in spirit): header ``alg: EdDSA``, ``typ: at+jwt``, ``kid``; claims ``iss``,
``aud``, ``sub``, ``iat``, ``exp``, ``jti``, ``tenant`` and ``grants``, a list of [role, node].
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import jwt

from oms_core.auth.keys import KeyRing
from oms_core.clock import Clock, SystemClock
from oms_core.context import Grant, Principal
from oms_core.errors import AuthError
from oms_core.ids import new_id
from oms_wire.errors import Unauthenticated

ALGORITHM = "EdDSA"
TYPE = "at+jwt"
PLATFORM = "platform"
"""The tenant of principals outside every tenant."""
PLATFORM_NODE = "*"
"""The node at which a platform principal's roles are held."""
LEEWAY = 30
"""Seconds by which two machines' clocks may differ."""
MAX_BYTES = 8192
MAX_TTL = timedelta(days=30)
MAX_GRANTS = 100

_CLAIMS = ["iss", "aud", "exp", "iat", "sub", "jti"]
_TENANT = re.compile(r"[a-z][a-z0-9_]{0,62}")  # what storage takes, too
_NAME = re.compile(r"[A-Za-z0-9_.\-]{1,100}")
_NODE = re.compile(r"[A-Za-z0-9_.\-]{1,100}|\*")
_SUBJECT = re.compile(r"user:[!-~]{1,200}")
_CACHE_SIZE = 1024
_CACHE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a verified token says; ``expires_at`` is in seconds since the epoch."""

    tenant: str
    principal: Principal
    expires_at: float
    token_id: str


class Issuer:
    """Signs tokens; ``issuer`` and ``audience`` are what a Verifier will ask for."""

    def __init__(self, keys: KeyRing, *, issuer: str, audience: str, clock: Clock | None = None) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._clock = clock or SystemClock()

    def issue(self, subject: str, *, tenant: str, grants: Sequence[Grant], ttl: timedelta) -> str:
        """Return a token for ``subject`` (``user:<id>``) that holds ``grants`` in ``tenant`` for ``ttl``.

        Raises AuthError when the token would be refused, or could live longer than 30 days.
        """
        if not timedelta() < ttl <= MAX_TTL:
            raise AuthError(
                "TTL_INVALID", f"a token cannot live {ttl}", hint="choose between 1 s and 30 days"
            )
        now = int(self._clock.now().timestamp())
        claims: dict[str, object] = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": subject,
            "iat": now,
            "exp": now + int(ttl.total_seconds()),
            "jti": new_id("tok"),
            "tenant": tenant,
            "grants": [[grant.role, grant.node] for grant in grants],
        }
        try:
            _read(claims)
        except ValueError as error:
            raise AuthError(
                "CLAIM_INVALID",
                f"no token can say that: {error}",
                hint="check role, node, tenant and subject",
            ) from error
        kid, key = self._keys.signing_key()
        return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"typ": TYPE, "kid": kid})


class Verifier:
    """Tells whose a token is. Cheap for a token seen in the last minute; else about 0.1 ms."""

    def __init__(self, keys: KeyRing, *, issuer: str, audience: str) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._seen: dict[str, tuple[float, Credentials]] = {}
        self._generation = keys.generation

    def verify(self, token: str) -> Credentials:
        """Return what ``token`` says; raises Unauthenticated with TOKEN_EXPIRED or TOKEN_INVALID.

        The answer never says which check failed: only the holder of a good token is helped by reasons.
        """
        seen = self._seen.get(token)
        if seen is not None and time.time() < seen[0] and self._generation == self._keys.generation:
            return seen[1]
        credentials = self._check(token)
        self._remember(token, credentials)
        return credentials

    def _check(self, token: str) -> Credentials:
        if len(token) > MAX_BYTES:
            raise _invalid()
        try:
            key = self._keys.public_key(str(jwt.get_unverified_header(token).get("kid", "")))
            if key is None:
                raise _invalid()
            decoded = jwt.decode_complete(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=self._audience,
                issuer=self._issuer,
                leeway=LEEWAY,
                options={"require": _CLAIMS, "strict_aud": True},
            )
            if decoded["header"].get("typ") != TYPE:
                raise _invalid()
            return _read(decoded["payload"])
        except jwt.ExpiredSignatureError:
            raise Unauthenticated("TOKEN_EXPIRED", "the token has expired; get a new one") from None
        except (jwt.PyJWTError, ValueError):
            raise _invalid() from None

    def _remember(self, token: str, credentials: Credentials) -> None:
        if self._generation != self._keys.generation or len(self._seen) >= _CACHE_SIZE:
            self._seen.clear()
            self._generation = self._keys.generation
        until = min(credentials.expires_at, time.time() + _CACHE_SECONDS)
        self._seen[token] = (until, credentials)


def _invalid() -> Unauthenticated:
    return Unauthenticated("TOKEN_INVALID", "the token does not hold here; get a new one")


def _read(claims: Mapping[str, object]) -> Credentials:
    """Return the claims in our terms; raises ValueError naming the one that is not in shape."""
    expires_at = claims["exp"]
    if not isinstance(expires_at, int | float):
        raise ValueError(f"exp is {expires_at!r}, not a number")
    return Credentials(
        tenant=_text(claims, "tenant", _TENANT),
        principal=Principal(_text(claims, "sub", _SUBJECT), _grants(claims.get("grants"))),
        expires_at=float(expires_at),
        token_id=_text(claims, "jti", _NAME),
    )


def _text(claims: Mapping[str, object], name: str, shape: re.Pattern[str]) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or shape.fullmatch(value) is None:
        raise ValueError(f"{name} is {value!r}")
    return value


def _grants(value: object) -> tuple[Grant, ...]:
    if not isinstance(value, list) or len(value) > MAX_GRANTS:
        raise ValueError(f"grants are {value!r}, not a list of at most {MAX_GRANTS}")
    return tuple(_grant(pair) for pair in value)


def _grant(pair: object) -> Grant:
    match pair:
        case [str(role), str(node)] if _NAME.fullmatch(role) and _NODE.fullmatch(node):
            return Grant(role, node)
    raise ValueError(f"grant {pair!r} is not [role, node]")
