"""What every first-party plugin's tests start from."""

from __future__ import annotations

from tests.shop import plugins, shop

__all__ = ["plugins", "shop"]
