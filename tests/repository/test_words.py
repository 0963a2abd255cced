"""The core knows no word of the trade: it speaks of plugins, nodes, services and events."""

from __future__ import annotations

import re
from pathlib import Path

CORE = Path(__file__).parents[2] / "oms_core"

TRADE = re.compile(
    r"(?i)(?<![a-z])(restaurant|menu|kitchen|ticket|courier|loyalty|modifier|location|brand|chain|dish|pizza|"
    r"burger|guest|cashier|cook|basket|eighty.?six|dine|takeout|delivery.?fee|franchise|"
    r"orders|order (id|state|line|placed|accepted)|an? order(?! by))s?(?![a-z])"
)


FOREIGN = re.compile(r"submodule_search_locations|spec_from_file_location|info\.location")
"""Names that Python and protobuf gave."""


def apart(line: str) -> str:
    """Return the line with the words of compound names set apart."""
    line = FOREIGN.sub("", line)
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", line).replace("_", " ")


def test_the_core_knows_no_word_of_the_trade() -> None:
    found = [
        f"{path.relative_to(CORE)}:{number}: {line.strip()}"
        for path in sorted(CORE.rglob("*"))
        if path.suffix in {".py", ".sql", ".jinja", ".toml", ".html"}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if TRADE.search(apart(line))
    ]
    assert not found, "\n".join(found)


def test_the_search_can_find_something() -> None:
    for guilty in ("class MenuItem", "kitchen_id = 1", "# Tickets wait", "a_location", "orders = []"):
        assert TRADE.search(apart(guilty)), guilty
