"""Where the token comes from: fixed, or from a provider that is asked again before it ends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from oms_sdk.clock import Clock

if TYPE_CHECKING:
    import asyncio

_EARLY = 60.0
"""Seconds before its end at which a token is replaced; half its life, if that is shorter."""


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token; ``expires_in`` is in seconds from now, None: unknown, good until it is refused."""

    value: str
    expires_in: float | None = None


TokenProvider = Callable[[], "Token | str"]
"""Returns a token that holds now. Asked by one thread at a time, and only when one is needed."""
AsyncTokenProvider = Callable[[], "Token | str | Awaitable[Token | str]"]
"""The same for AsyncOMS; may be a coroutine function."""


class _Held:
    """The token in use, and until when (on the monotonic clock)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._value: str | None = None
        self._until: float | None = None

    def good(self, refused: str | None) -> str | None:
        """Return the token unless it is about to end, or is the one that was refused."""
        if self._until is not None and self._clock.monotonic() >= self._until:
            return None
        return None if self._value == refused else self._value

    def keep(self, token: Token | str) -> str:
        given = Token(token) if isinstance(token, str) else token
        self._value = given.value
        life = given.expires_in
        self._until = None if life is None else self._clock.monotonic() + life - min(_EARLY, life / 2)
        return self._value


class TokenSource:
    """The tokens of one client; many threads may ask at once, and one of them asks the provider."""

    def __init__(self, token: str | TokenProvider | None, clock: Clock) -> None:
        self._provider = token if callable(token) else None
        self._fixed = None if callable(token) else token
        self._held = _Held(clock)
        self._lock = Lock()

    @property
    def renewable(self) -> bool:
        """Whether asking again may give another token."""
        return self._provider is not None

    def current(self, refused: str | None = None) -> str | None:
        """Return a token, and not the one that was ``refused``; None where the client has none."""
        if self._provider is None:
            return self._fixed
        found = self._held.good(refused)
        if found is None:
            with self._lock:
                found = self._held.good(refused) or self._held.keep(self._provider())
        return found


class AsyncTokenSource:
    """The same for tasks."""

    def __init__(self, token: str | AsyncTokenProvider | None, clock: Clock) -> None:
        self._provider = token if callable(token) else None
        self._fixed = None if callable(token) else token
        self._held = _Held(clock)
        self._lock: asyncio.Lock | None = None

    @property
    def renewable(self) -> bool:
        """Whether asking again may give another token."""
        return self._provider is not None

    async def current(self, refused: str | None = None) -> str | None:
        """Return a token, and not the one that was ``refused``; None where the client has none."""
        if self._provider is None:
            return self._fixed
        found = self._held.good(refused)
        if found is None:
            async with self._renewing():
                found = self._held.good(refused)
                if found is None:
                    given = self._provider()
                    found = self._held.keep(given if isinstance(given, str | Token) else await given)
        return found

    def _renewing(self) -> asyncio.Lock:
        if self._lock is None:
            import asyncio  # noqa: PLC0415 - takes long to import

            self._lock = asyncio.Lock()
        return self._lock
