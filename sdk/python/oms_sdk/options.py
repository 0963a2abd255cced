"""What a client is set up with."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

DEFAULT_URL = "http://127.0.0.1:8080"
"""Where ``oms run`` listens."""
CONNECT_SECONDS = 3.0
TIMEOUT = 30.0
ATTEMPT_TIMEOUT = 15.0
MAX_RETRIES = 2
RETRY_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Options:
    """Times in seconds: ``timeout`` for a call with all its attempts, ``attempt_timeout`` for one of them."""

    base_url: str
    timeout: float = TIMEOUT
    attempt_timeout: float = ATTEMPT_TIMEOUT
    max_retries: int = MAX_RETRIES

    def __post_init__(self) -> None:
        if not self.base_url.startswith(("http://", "https://")):
            raise ValueError(f"base_url has to begin with http:// or https://, and is {self.base_url!r}")
        if self.timeout <= 0 or self.attempt_timeout <= 0 or self.max_retries < 0:
            raise ValueError("timeout and attempt_timeout are above zero, and max_retries is not below")


def options_of(base_url: str | None, timeout: float, attempt_timeout: float, max_retries: int) -> Options:
    """Return the options; without an address that of ``OMS_BASE_URL`` as it is now, else a local server's."""
    url = base_url or os.environ.get("OMS_BASE_URL") or DEFAULT_URL
    return Options(url.rstrip("/"), timeout, attempt_timeout, max_retries)


def changed(
    options: Options, timeout: float | None, attempt_timeout: float | None, max_retries: int | None
) -> Options:
    """Return the options with what is given."""
    return replace(
        options,
        timeout=options.timeout if timeout is None else timeout,
        attempt_timeout=options.attempt_timeout if attempt_timeout is None else attempt_timeout,
        max_retries=options.max_retries if max_retries is None else max_retries,
    )


def token_of_environment() -> str | None:
    """Return ``OMS_TOKEN`` as it is now."""
    return os.environ.get("OMS_TOKEN") or None
