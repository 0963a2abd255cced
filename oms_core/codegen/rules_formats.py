"""Checks of formats: those of strings and bytes, and those of HTTP headers."""

from __future__ import annotations

from collections.abc import Iterator

from oms_core.codegen.rules_model import Check, RuleValue

_FORMATS = {
    "email": "email address",
    "hostname": "hostname",
    "ip": "IP address",
    "ipv4": "IPv4 address",
    "ipv6": "IPv6 address",
    "uri": "URI",
    "address": "hostname, or IP address",
    "uuid": "UUID",
    "tuuid": "trimmed UUID",
    "ip_with_prefixlen": "IP prefix",
    "ipv4_with_prefixlen": "IPv4 address with prefix length",
    "ipv6_with_prefixlen": "IPv6 address with prefix length",
    "ip_prefix": "IP prefix",
    "ipv4_prefix": "IPv4 prefix",
    "ipv6_prefix": "IPv6 prefix",
    "host_and_port": "host (hostname or IP address) and port pair",
    "ulid": "ULID",
    "protobuf_fqn": "fully-qualified Protobuf name",
    "protobuf_dot_fqn": "fully-qualified Protobuf name with a leading dot",
}
_SIZES = {"ip": (4, 16), "ipv4": (4,), "ipv6": (16,), "uuid": (16,)}
_HEADER_NAME, _HEADER_VALUE = 1, 2

TEXT_FORMATS = frozenset({*_FORMATS, "uri_ref"})
"""The names of the rules by which a string has a format."""


def format_checks(kind: str, rule: str, value: str) -> Iterator[Check]:
    """Give the checks of the format that ``rule`` names; ``kind`` is ``string`` or ``bytes``."""
    name = f"{kind}.{rule}"
    if rule == "uri_ref":  # the empty one is one
        yield Check(name, f"not is_uri_ref({value})", "must be a valid URI Reference")
        return
    noun = _FORMATS[rule]
    if kind == "bytes":
        broken = f"len({value}) not in {(*_SIZES[rule], 0)}"
    else:
        broken = f"{value} and not is_{rule}({value})"
    yield Check(f"{name}_empty", f"not {value}", f"is empty, which is not a valid {noun}")
    yield Check(name, broken, f"must be a valid {noun}")


def header_checks(which: RuleValue, value: str, *, strict: bool) -> Iterator[Check]:
    """Give the checks of ``well_known_regex``; without ``strict`` only NUL and line ends are barred."""
    loose = "" if strict else "loose_"
    rule = "string.well_known_regex"
    if which == _HEADER_NAME:
        noun = "HTTP header name"
        yield Check(f"{rule}.header_name_empty", f"not {value}", f"is empty, which is not a valid {noun}")
        yield Check(
            f"{rule}.header_name",
            f"{value} and not is_{loose}header_name({value})",
            f"must be a valid {noun}",
        )
    elif which == _HEADER_VALUE:
        yield Check(
            f"{rule}.header_value",
            f"not is_{loose}header_value({value})",
            "must be a valid HTTP header value",
        )
