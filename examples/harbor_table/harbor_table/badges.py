"""The tokens that the people of the chain carry, made with the keys in the server's data folder."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from oms_core.auth import PLATFORM, PLATFORM_NODE, Issuer, KeyRing
from oms_core.cli.token import KEYS
from oms_core.config import AuthSettings
from oms_core.context import Grant

LIFETIME = timedelta(hours=12)
_RENEW_AFTER = 3600.0


class BadgeOffice:
    """Issues tokens as ``oms token create`` does."""

    def __init__(self, data: Path) -> None:
        settings = AuthSettings()
        keys = KeyRing.open(data / KEYS)
        self._issuer = Issuer(keys, issuer=settings.issuer, audience=settings.audience)

    def operator(self) -> Callable[[], str]:
        """Return the token of who may open chains."""
        return self.badge("operator", PLATFORM_NODE, tenant=PLATFORM)

    def badge(self, role: str, node: str, *, tenant: str) -> Callable[[], str]:
        """Return a source of tokens that hold ``role`` at ``node``; asked later, it gives a fresh one."""
        issued: list[tuple[float, str]] = []

        def current() -> str:
            if not issued or time.monotonic() - issued[0][0] > _RENEW_AFTER:
                text = self._issuer.issue(
                    f"user:{role}", tenant=tenant, grants=[Grant(role, node)], ttl=LIFETIME
                )
                issued[:] = [(time.monotonic(), text)]
            return issued[0][1]

        return current
