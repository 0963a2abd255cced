"""Tokens between the processes of one system: who acts for whom, signed for a minute and one plugin.

A JWT like a user's, under keys of its own: ``typ: oms-service+jwt``; ``aud`` is the one plugin that it is
for, ``sub``, ``tenant`` and ``grants`` are the principal's, and ``act.sub`` (RFC 8693) the plugin that calls
for him. Without ``act`` a call was only passed on, and the principal's permissions are still to be checked.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import jwt

from oms_core.auth.keys import KeyRing
from oms_core.auth.tokens import ALGORITHM, LEEWAY, MAX_BYTES
from oms_core.context import ANONYMOUS, Context, Grant, Principal
from oms_wire.errors import Unauthenticated

TYPE = "oms-service+jwt"
LIFETIME = 60
"""Seconds."""
_CACHE_SIZE = 4096
_CLAIMS = ["iss", "aud", "exp", "iat", "sub"]


@dataclass(frozen=True, slots=True)
class Voucher:
    """What a service token says: whom a call is for, and which plugin makes it (empty: it is passed on)."""

    tenant: str
    principal: Principal
    actor: str


class ServiceIssuer:
    """Vouches for the calls of this process to plugins in others."""

    def __init__(self, keys: KeyRing, *, issuer: str) -> None:
        self._keys = keys
        self._issuer = issuer
        self._made: dict[tuple[str, Principal, str, str], tuple[float, str]] = {}

    def vouch(self, context: Context, plugin: str) -> str:
        """Return a token for a call to ``plugin`` in ``context``; one that was made a moment ago will do."""
        key = (context.tenant, context.principal, context.actor, plugin)
        made = self._made.get(key)
        now = time.time()
        if made is not None and now < made[0]:
            return made[1]
        token = self._sign(context, plugin, int(now))
        if len(self._made) >= _CACHE_SIZE:
            self._made.clear()
        self._made[key] = (now + LIFETIME / 2, token)
        return token

    def _sign(self, context: Context, plugin: str, now: int) -> str:
        principal = context.principal
        claims: dict[str, object] = {
            "iss": self._issuer,
            "aud": f"plugin:{plugin}",
            "sub": principal.subject,
            "iat": now,
            "exp": now + LIFETIME,
            "tenant": context.tenant,
            "grants": [[grant.role, grant.node] for grant in principal.grants],
        }
        if context.actor:
            claims["act"] = {"sub": f"plugin:{context.actor}"}
        kid, key = self._keys.signing_key()
        return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"typ": TYPE, "kid": kid})


class ServiceVerifier:
    """Tells for whom another process of the same system calls."""

    def __init__(self, keys: KeyRing, *, issuer: str) -> None:
        self._keys = keys
        self._issuer = issuer
        self._seen: dict[tuple[str, str], tuple[float, Voucher]] = {}

    def verify(self, token: str, *, plugin: str) -> Voucher:
        """Return what a token for ``plugin`` says; raises Unauthenticated, without saying what is wrong."""
        seen = self._seen.get((token, plugin))
        if seen is not None and time.time() < seen[0]:
            return seen[1]
        expires_at, voucher = self._check(token, plugin)
        if len(self._seen) >= _CACHE_SIZE:
            self._seen.clear()
        self._seen[token, plugin] = (expires_at, voucher)
        return voucher

    def _check(self, token: str, plugin: str) -> tuple[float, Voucher]:
        try:
            key = self._keys.public_key(str(jwt.get_unverified_header(token[:MAX_BYTES]).get("kid", "")))
            if key is None:
                raise _invalid()
            decoded = jwt.decode_complete(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=f"plugin:{plugin}",
                issuer=self._issuer,
                leeway=LEEWAY,
                options={"require": _CLAIMS, "strict_aud": True},
            )
            if decoded["header"].get("typ") != TYPE:
                raise _invalid()
            return float(decoded["payload"]["exp"]), _read(decoded["payload"])
        except (jwt.PyJWTError, ValueError, TypeError):
            raise _invalid() from None


def _read(claims: Mapping[str, object]) -> Voucher:
    subject, tenant, grants = claims["sub"], claims.get("tenant"), claims.get("grants")
    if not (isinstance(subject, str) and isinstance(tenant, str) and isinstance(grants, list)):
        raise ValueError("not in shape")
    held = tuple(Grant(str(role), str(node)) for role, node in grants)
    principal = ANONYMOUS if subject == ANONYMOUS.subject else Principal(subject, held)
    act = claims.get("act")
    acting = str(act["sub"]) if isinstance(act, dict) and "sub" in act else ""
    return Voucher(tenant, principal, acting.removeprefix("plugin:"))


def _invalid() -> Unauthenticated:
    return Unauthenticated(
        "SERVICE_TOKEN_INVALID", "the service token does not hold here: do both processes have the same keys?"
    )
