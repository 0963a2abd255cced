"""The messages of google.protobuf that are something else in JSON than an object of their fields."""

from __future__ import annotations

from dataclasses import dataclass

from oms_core.codegen.model import Kind

_PACKAGE = "google.protobuf"


@dataclass(frozen=True, slots=True)
class Known:
    """The mixin of ``oms_wire.known`` that such a class has, and its JSON shape."""

    module: str
    mixin: str
    shape: str


VALUE = f"{_PACKAGE}.Value"
NULL_VALUE = f"{_PACKAGE}.NullValue"

FIELD_KINDS = {f"{_PACKAGE}.Timestamp": Kind.TIMESTAMP, f"{_PACKAGE}.Duration": Kind.DURATION}
"""Messages that are a Python type of their own in fields."""

WRAPPED = {
    f"{_PACKAGE}.DoubleValue": Kind.DOUBLE,
    f"{_PACKAGE}.FloatValue": Kind.FLOAT,
    f"{_PACKAGE}.Int64Value": Kind.INT64,
    f"{_PACKAGE}.UInt64Value": Kind.UINT64,
    f"{_PACKAGE}.Int32Value": Kind.INT32,
    f"{_PACKAGE}.UInt32Value": Kind.UINT32,
    f"{_PACKAGE}.BoolValue": Kind.BOOL,
    f"{_PACKAGE}.StringValue": Kind.STRING,
    f"{_PACKAGE}.BytesValue": Kind.BYTES,
}
"""Messages that are their value, or None, in fields."""

KNOWN = {
    f"{_PACKAGE}.Timestamp": Known("times", "MomentJson", "str"),
    f"{_PACKAGE}.Duration": Known("times", "SpanJson", "str"),
    f"{_PACKAGE}.FieldMask": Known("masks", "MaskJson", "str"),
    f"{_PACKAGE}.Struct": Known("structs", "StructJson", "dict[str, object]"),
    f"{_PACKAGE}.ListValue": Known("structs", "ListJson", "list[object]"),
    VALUE: Known("structs", "ValueJson", "object"),
    f"{_PACKAGE}.Any": Known("packing", "AnyJson", "dict[str, object]"),
    **dict.fromkeys(WRAPPED, Known("wrappers", "WrapperJson", "object")),
}
"""Every such message by its full name."""
