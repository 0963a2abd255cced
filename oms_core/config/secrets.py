"""What nobody should read over a shoulder: marked settings, and passwords inside addresses."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec

from oms_core.config.schema import Schema

Secret = Annotated[str, msgspec.Meta(extra_json_schema={"format": "password", "writeOnly": True})]
"""A text that is never shown: annotate a setting with it, alone or inside a list or table."""

MASK = "***"
_IN_ADDRESS = re.compile(r"(://[^:/?#@\s]*:).*@")
_IN_WORDS = re.compile(r"((?:password|passwd|secret|token)\s*=\s*)('[^']*'|[^&\s]+)", re.I)


def masked(value: object, schema: Schema) -> object:
    """Return ``value`` as it may be shown: a secret as ``***``, an address without its password."""
    if value and is_secret(schema):
        return MASK
    return _without_passwords(value)


def is_secret(schema: Schema) -> bool:
    """Say whether a setting, or anything in it, is marked as a secret."""
    inner = [*schema.get("anyOf", ())]
    inner += [
        one for one in (schema.get("items"), schema.get("additionalProperties")) if isinstance(one, dict)
    ]
    inner += schema.get("properties", {}).values()
    return bool(schema.get("writeOnly")) or any(is_secret(one) for one in inner)


def _without_passwords(value: object) -> object:
    if isinstance(value, str):
        return _IN_WORDS.sub(rf"\1{MASK}", _IN_ADDRESS.sub(rf"\1{MASK}@", value))
    if isinstance(value, dict):
        return {key: _without_passwords(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without_passwords(one) for one in value]
    return value
