"""Host names, IP addresses and ports, as rules on strings name them."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address

_LABEL = re.compile("[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?")
_NUMBER = re.compile("0|[1-9][0-9]{0,4}")
_DIGITS = re.compile("[0-9]+")
_LONGEST_NAME = 253
_LAST_PORT = 65535
_BITS = {4: 32, 6: 128}


def is_hostname(text: str) -> bool:
    """Say whether ``text`` is a host name of RFC 1034 whose last label is not a number."""
    if len(text) > _LONGEST_NAME:
        return False
    labels = text.removesuffix(".").split(".")
    return all(map(_LABEL.fullmatch, labels)) and not _DIGITS.fullmatch(labels[-1])


def is_ip(text: str) -> bool:
    """Say whether ``text`` is an IP address of either version."""
    return is_ipv4(text) or is_ipv6(text)


def is_ipv4(text: str) -> bool:
    """Say whether ``text`` is an IPv4 address in dotted decimals."""
    return _ipv4(text) is not None


def is_ipv6(text: str) -> bool:
    """Say whether ``text`` is an IPv6 address, perhaps with a zone (``fe80::1%eth0``)."""
    address, percent, zone = text.partition("%")
    return _ipv6(address) is not None and (not percent or (zone != "" and "\0" not in zone))


def is_address(text: str) -> bool:
    """Say whether ``text`` is a host name or an IP address."""
    return is_hostname(text) or is_ip(text)


def is_ip_with_prefixlen(text: str) -> bool:
    """Say whether ``text`` is an IP address with the length of its network's prefix."""
    return is_ipv4_with_prefixlen(text) or is_ipv6_with_prefixlen(text)


def is_ipv4_with_prefixlen(text: str) -> bool:
    """Say whether ``text`` is an IPv4 address with a prefix length: ``192.168.5.21/16``."""
    return _prefix(text, 4) is not None


def is_ipv6_with_prefixlen(text: str) -> bool:
    """Say whether ``text`` is an IPv6 address with a prefix length."""
    return _prefix(text, 6) is not None


def is_ip_prefix(text: str) -> bool:
    """Say whether ``text`` is a network: an address with nothing behind its prefix."""
    return is_ipv4_prefix(text) or is_ipv6_prefix(text)


def is_ipv4_prefix(text: str) -> bool:
    """Say whether ``text`` is an IPv4 network: ``192.168.0.0/16``."""
    return _prefix(text, 4) == 0


def is_ipv6_prefix(text: str) -> bool:
    """Say whether ``text`` is an IPv6 network."""
    return _prefix(text, 6) == 0


def is_host_and_port(text: str) -> bool:
    """Say whether ``text`` is a host name or an IP address (version 6 in brackets), and a port."""
    host, colon, port = text.rpartition(":")
    if not colon or not _NUMBER.fullmatch(port) or int(port) > _LAST_PORT:
        return False
    if host.startswith("["):
        return host.endswith("]") and is_ipv6(host[1:-1])
    return is_hostname(host) or is_ipv4(host)


def _prefix(text: str, version: int) -> int | None:
    """Return the bits behind the prefix as a number, or None where ``text`` has no address and prefix."""
    host, _, length = text.rpartition("/")
    address = _ipv4(host) if version == 4 else _ipv6(host)  # noqa: PLR2004 - a version's name
    bits = _BITS[version]
    if address is None or not _NUMBER.fullmatch(length) or int(length) > bits:
        return None
    return address & ((1 << (bits - int(length))) - 1)


def _ipv4(text: str) -> int | None:
    try:
        return int(IPv4Address(text))
    except AddressValueError:
        return None


def _ipv6(text: str) -> int | None:
    if "%" in text:
        return None
    try:
        return int(IPv6Address(text))
    except AddressValueError:
        return None
