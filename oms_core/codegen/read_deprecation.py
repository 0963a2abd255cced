"""What a contract says about a method that callers should leave."""

from __future__ import annotations

from datetime import date

from google.protobuf.descriptor_pb2 import MethodDescriptorProto

from oms_core.codegen.model import Deprecation
from oms_core.codegen.source import OPTIONS_PACKAGE, Source
from oms_core.errors import GenerateError


def deprecation(source: Source, method: MethodDescriptorProto, where: str) -> Deprecation | None:
    """Return it, or None; raises GenerateError for a day that is none, and for one without ``deprecated``."""
    since, sunset = (_day(source, method, name, where) for name in ("deprecated_since", "sunset"))
    if method.options.deprecated:
        if since and sunset and sunset < since:
            raise _error(f"{where}: its sunset, {sunset}, comes before it is deprecated, {since}")
        return Deprecation(since, sunset)
    if since or sunset:
        raise _error(f"{where}: it says when it goes, but not that it is deprecated")
    return None


def _day(source: Source, method: MethodDescriptorProto, name: str, where: str) -> str:
    text = source.option(method.options, f"{OPTIONS_PACKAGE}.{name}") or ""
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise _error(f"{where}: ({OPTIONS_PACKAGE}.{name}) is no day: {text!r}") from None


def _error(problem: str) -> GenerateError:
    return GenerateError(
        "UNSUPPORTED_CONTRACT",
        f"{problem}.",
        hint=f'Write: option deprecated = true; option ({OPTIONS_PACKAGE}.sunset) = "2027-01-01";',
    )
