"""What an operator may set."""

from __future__ import annotations

from typing import Annotated

import msgspec


class OrdersSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table ``[settings.orders]``."""

    quote_seconds: Annotated[
        int, msgspec.Meta(ge=1, le=86400, description="how long a quote holds, in seconds")
    ] = 900
