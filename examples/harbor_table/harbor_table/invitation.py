"""What the demo prints first: where things are, a token, and three commands that work as printed."""

from __future__ import annotations

import random
import shlex
import shutil
import sys
from pathlib import Path

from harbor_table.choosing import Chooser
from harbor_table.guests import on_offer
from harbor_table.seed import Chain, Location
from oms_sdk import Line

BADGE_FILE = "harbor_table.token"


def keep_token(data: Path, token: str) -> Path:
    """Write the token where the commands read it; only we can."""
    file = data / BADGE_FILE
    file.unlink(missing_ok=True)
    file.touch(mode=0o600, exist_ok=False)
    file.write_text(token, encoding="utf-8")
    return file


def commands(chain: Chain, url: str, token_file: Path) -> list[str]:
    """Return one line for a shell each: read the orders, read the menu, price and place an order."""
    curl = "curl" if shutil.which("curl") else f"{shlex.quote(sys.executable)} -m harbor_table.fetch"
    badge = f'-H "Authorization: Bearer $(cat {shlex.quote(str(token_file))})"'
    here, first = chain.locations[0], chain.locations[-1]
    return [
        f"{curl} -s {badge} '{url}/v1/orders?locationId={here.location_id}&pageSize=3'",
        f"{curl} -s {badge} '{url}/v1/locations/{first.location_id}/menu'",
        _place(first, url, f"{curl} -s -X POST {badge}"),
    ]


def _place(location: Location, url: str, post: str) -> str:
    item, dice = location.menu.items[0], random.Random(0)  # noqa: S311 - always the same example
    line = Line(
        variation_id=on_offer(item.variations)[0].variation_id,
        quantity=2,
        modifiers=Chooser(location.menu, dice).answer(item.modifier_groups),
    )
    basket = (
        f'"locationId":"{location.location_id}","serviceMode":"SERVICE_MODE_TAKEOUT",'
        f'"lines":[{line.encode_json().decode()}]'
    )
    quote = r"""sed 's/.*"quoteToken":"\([^"]*\)".*/\1/'"""
    order = r'"{$B,\"quoteToken\":\"$Q\",\"channel\":\"web\"}"'
    return (
        f"B='{basket}'; Q=$({post} -d \"{{$B}}\" {url}/v1/orders:price | {quote}); "
        f'{post} -H "Idempotency-Key: try-$(date +%s)-$$" -d {order} {url}/v1/orders'
    )
