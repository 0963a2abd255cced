"""The base of generated JSON shapes."""

from __future__ import annotations

import msgspec

from oms_wire.fields import json_name_of


class JsonShape(
    msgspec.Struct,
    rename=json_name_of,
    omit_defaults=True,
    forbid_unknown_fields=True,
    gc=False,
):
    """A message as its JSON says it: numbers of 64 bits, enums and times as text, defaults left out."""
