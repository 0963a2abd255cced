"""The statements that write and read a field in binary, straight from the wire format's description."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from oms_core.codegen import names
from oms_core.codegen.expressions import Expressions, python_type, zero
from oms_core.codegen.model import MESSAGES, Field, Kind, Message
from oms_core.codegen.varint import varint

_LENGTH, _FIXED64, _FIXED32 = 2, 1, 5
_WIRE_TYPES = {
    **dict.fromkeys(MESSAGES | {Kind.STRING, Kind.BYTES}, _LENGTH),
    **dict.fromkeys((Kind.FIXED64, Kind.SFIXED64, Kind.DOUBLE), _FIXED64),
    **dict.fromkeys((Kind.FIXED32, Kind.SFIXED32, Kind.FLOAT), _FIXED32),
}
_MODULES = {Kind.TIMESTAMP: "moments", Kind.DURATION: "durations"}
_KEY, _VALUE = 1, 2


@dataclass(frozen=True, slots=True)
class BinaryExpressions:
    """Statements for the fields of one module's messages."""

    fields: Expressions

    def put(self, field: Field) -> Iterator[str]:
        """Give the lines that append a field, of ``self``, to ``out``."""
        value = f"self.{field.python_name}"
        item = f"{field.python_name}_item"
        if field.key:
            # Names of their own: in one function a variable has one type.
            key = f"{field.python_name}_key"
            yield f"for {key}, {item} in {value}.items():"
            yield "    entry = bytearray()"
            yield f"    put_{field.key.value}(entry, {_tag(_KEY, field.key)}, {key})"
            yield f"    {self._put(field, item, out='entry', number=_VALUE)}"
            yield f"    put_bytes(out, {_literal(field.number, _LENGTH)}, entry)"
        elif field.packable and not field.loose:
            yield f"if {value}:"
            packed = f"packed_{_function(field.kind)}({value})"
            yield f"    put_bytes(out, {_literal(field.number, _LENGTH)}, {packed})"
        elif field.repeated and (chunks := self._chunks(field, value)):
            yield f"put_each(out, {_literal(field.number, _LENGTH)}, {chunks})"
        elif field.repeated:
            yield f"for {item} in {value}:"
            yield f"    {self._put(field, item)}"
        else:
            yield f"if {_is_set(field, value)}:"
            yield f"    {self._put(field, value)}"

    def reads(self, message: Message, field: Field) -> Iterator[tuple[int, list[str]]]:
        """Give each tag by which a field comes, and the lines that read what stands behind it."""
        local = names.local(field.python_name)
        if field.key:
            yield field.number << 3 | _LENGTH, list(self._read_entry(field, local))
            return
        lines = list(self._read_list(field, local) if field.repeated else self._read_one(field, local))
        if field.oneof:
            members = dict(message.oneofs).get(field.oneof, ())
            others = [names.local(m.python_name) for m in members if m is not field]
            # Of several members that come, the last one counts.
            lines += [" = ".join([*others, "None"])] if others else []
        yield _tag_number(field.number, field), lines
        if field.packable:
            values = f"read_packed_{_function(field.kind)}(chunk)"
            if field.kind is Kind.ENUM:
                values = f"map({self.fields.enum_names(field)}.member, {values})"
            packed = ["chunk, at = read_bytes(data, at)", f"{local}.extend({values})"]
            yield field.number << 3 | _LENGTH, packed

    def start(self, field: Field) -> str:
        """Return the statement with which reading begins; a message's bytes are gathered first."""
        local = names.local(field.python_name)
        if not field.repeated and (field.wrapped or field.kind in MESSAGES):
            return f"{local}: bytes | None = None"
        if field.repeated or field.presence:
            return f"{local}: {self.fields.annotation(field)} = {self.fields.default(field)}"
        return f"{local} = {self.fields.default(field)}"

    def result(self, field: Field) -> str:
        """Return what the constructor is given at the end of reading."""
        local = names.local(field.python_name)
        if not field.repeated and (field.wrapped or field.kind in MESSAGES):
            return f"None if {local} is None else {self._built(field, local)}"
        return local

    def _put(self, field: Field, value: str, *, out: str = "out", number: int = 0) -> str:
        number = number or field.number
        if field.wrapped:
            kind = field.kind
            inner = f"wrapped(put_{_function(kind)}, {_tag(_KEY, kind)}, {value})"
            return f"put_bytes({out}, {_literal(number, _LENGTH)}, {inner})"
        if field.has_class:
            value = f"{value}.__bytes__()"
        elif field.kind in MESSAGES:
            value = f"{_MODULES[field.kind]}.to_wire({value})"
        return f"put_{_function(field.kind)}({out}, {_tag(number, field.kind)}, {value})"

    def _chunks(self, field: Field, value: str) -> str:
        """Return what gives the values of a list as bytes; empty where they are no chunks."""
        if field.wrapped:
            return ""
        if field.kind is Kind.BYTES:
            return value
        if field.has_class:
            return f"map({self.fields.type_of(field)}.__bytes__, {value})"
        if field.kind in MESSAGES:
            return f"map({_MODULES[field.kind]}.to_wire, {value})"
        return f"map(str.encode, {value})" if field.kind is Kind.STRING else ""

    def _read_one(self, field: Field, local: str) -> Iterator[str]:
        if field.wrapped or field.kind in MESSAGES:
            yield "chunk, at = read_bytes(data, at)"
            yield f"{local} = chunk if {local} is None else {local} + chunk"
        else:
            yield f"{local}, at = {self._reader(field)}(data, at)"

    def _read_list(self, field: Field, local: str) -> Iterator[str]:
        if field.wrapped or field.kind in MESSAGES:
            yield "chunk, at = read_bytes(data, at)"
            yield f"{local}.append({self._built(field, 'chunk')})"
            return
        if field.kind is Kind.ENUM:
            yield "number, at = read_int32(data, at)"
            yield f"{local}.append({self.fields.enum_names(field)}.member(number))"
            return
        kinds = {"str": "text", "bytes": "chunk", "bool": "flag", "float": "real"}
        item = kinds.get(python_type(field.kind), "number")
        yield f"{item}, at = {self._reader(field)}(data, at)"
        yield f"{local}.append({item})"

    def _read_entry(self, field: Field, local: str) -> Iterator[str]:
        assert field.key is not None
        key = f"{_tag_number(_KEY, field.key)}, read_{field.key.value}, {zero(field.key)}"
        yield "chunk, at = read_bytes(data, at)"
        if field.wrapped or field.kind in MESSAGES:
            yield f"read_message_entry(chunk, {local}, {key}, {self._builder(field)})"
        else:
            value = f"{_tag_number(_VALUE, field.kind)}, {self._reader(field)}, {self.fields.zero(field)}"
            yield f"read_entry(chunk, {local}, {key}, {value})"

    def _reader(self, field: Field) -> str:
        if field.kind is Kind.ENUM:
            return f"{self.fields.enum_names(field)}.read"
        return f"read_{field.kind.value}"

    def _builder(self, field: Field) -> str:
        if field.wrapped:
            return f"lambda chunk: {self._built(field, 'chunk')}"
        return self._built(field, "").removesuffix("()")

    def _built(self, field: Field, chunk: str) -> str:
        """Return one value made of the bytes of its message."""
        if field.wrapped:
            kind = field.kind
            return f"unwrapped({chunk}, {_tag_number(_KEY, kind)}, read_{_function(kind)}, {zero(kind)})"
        if field.has_class:
            return f"{self.fields.type_of(field)}.parse({chunk})"
        return f"{_MODULES[field.kind]}.from_wire({chunk})"


def _function(kind: Kind) -> str:
    """Return the end of the names of the functions that write and read one value."""
    if kind is Kind.ENUM:
        return "int32"
    return "bytes" if kind in MESSAGES else kind.value


def _tag_number(number: int, of: Field | Kind) -> int:
    kind = of if isinstance(of, Kind) else of.kind
    wrapped = isinstance(of, Field) and of.wrapped
    return number << 3 | (_LENGTH if wrapped else _WIRE_TYPES.get(kind, 0))


def _tag(number: int, kind: Kind) -> str:
    return _literal(number, _WIRE_TYPES.get(kind, 0))


def _literal(number: int, wire_type: int) -> str:
    """Return the bytes of a tag, as a literal."""
    digits = "".join(f"\\x{byte:02x}" for byte in varint(number << 3 | wire_type))
    return f'b"{digits}"'


def _is_set(field: Field, value: str) -> str:
    if field.presence:
        return f"{value} is not None"
    return f"nonzero({value})" if field.kind in {Kind.FLOAT, Kind.DOUBLE} else value
