"""One finding, and the rules with what to do about each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

BREAKING, LOOSENED = "breaking", "loosened"
"""Whoever uses the contract is broken; or somebody may see or do what they could not before."""

_KEEP = "keep it, mark it deprecated, and take it away with the next major version of the package"
_NEW = "leave it as it was, and add a new one beside it"
_GUARD = "put it back, or agree to it under [tool.oms.breaking] with a reason"

HINTS: Mapping[str, str] = {
    "MESSAGE_DELETED": _KEEP,
    "FIELD_DELETED": _KEEP,
    "FIELD_RENAMED": "a name is part of the JSON: put it back",
    "FIELD_JSON_NAME": "put the json_name back",
    "FIELD_TYPE": _NEW,
    "FIELD_CARDINALITY": _NEW,
    "FIELD_ONEOF": _NEW,
    "ONEOF_DELETED": _KEEP,
    "ENUM_DELETED": _KEEP,
    "ENUM_VALUE_DELETED": _KEEP,
    "ENUM_VALUE_RENAMED": "a name is part of the JSON: put it back",
    "RESERVED_DELETED": "what was reserved was used once, and stays reserved for ever",
    "SERVICE_DELETED": _KEEP,
    "METHOD_DELETED": _KEEP,
    "METHOD_REQUEST": _NEW,
    "METHOD_RESPONSE": _NEW,
    "METHOD_STREAMING": _NEW,
    "METHOD_IDEMPOTENCY": "clients repeat their calls as the contract told them: put it back",
    "ROUTE_DELETED": "keep the old route in additional_bindings",
    "ROUTE_MOVED": "the route calls another method now: put it back",
    "ROUTE_VARIABLE": "clients and the SDK name what stands in the path: put the name back",
    "ROUTE_BODY": "keep the old body, and give the new one a route of its own",
    "ROUTE_RESPONSE_BODY": "keep the old response_body, and give the new one a route of its own",
    "PERMISSION_TIGHTENED": "callers may be refused: give the new permission to the old roles first",
    "PERMISSION_LOOSENED": _GUARD,
    "FIELD_ACCESS_TIGHTENED": "whoever could set it may be refused: put it back, or add a new field",
    "FIELD_ACCESS_LOOSENED": _GUARD,
    "SENSITIVE_REMOVED": _GUARD,
    "HOOK_CHANGED": "plugins that answer were written for the old promise: declare a new hook beside it",
    "CURSOR_CHANGED": "whoever lost a stream comes again with what it kept: put the cursor back",
    "SUNSET_EARLIER": "callers were promised more time to leave: put the later day back",
    "EVENT_CHANGED": "declare a message with the next version, and publish both for a while",
    "VALIDATION_TIGHTENED": "what was accepted is refused now: accept it until the next major version",
}
"""Every rule that can be broken, with the way out."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One change; ``line`` counts from 1 and is 0 where the element is gone with its file."""

    file: str
    line: int
    rule: str
    at: str
    message: str

    @property
    def severity(self) -> str:
        """BREAKING or LOOSENED."""
        loosened = self.rule.endswith("_LOOSENED") or self.rule == "SENSITIVE_REMOVED"
        return LOOSENED if loosened else BREAKING

    @property
    def hint(self) -> str:
        """What to do about it."""
        return HINTS[self.rule]

    @property
    def place(self) -> str:
        """``file:line``, as editors and terminals open it."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def as_json(self) -> dict[str, object]:
        """Return what ``--json`` prints."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "at": self.at,
            "file": self.file,
            "line": self.line,
            "message": self.message,
            "hint": self.hint,
        }
