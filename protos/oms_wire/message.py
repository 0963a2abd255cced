"""The base of generated messages: codecs that are compiled, strict and quick.

The classes are betterproto2's (``data_message``) or msgspec's (``struct_message``). Everything that
reads or writes is ours: a generated class compiles ``__bytes__``, ``parse`` and the two ways between
itself and its JSON shape into its body, and this base builds the other doors on them, with the names
and signatures that betterproto2 gives them.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any, ClassVar, Self

import betterproto2
import msgspec
from betterproto2 import Casing, OutputFormat

from oms_wire import dictionary, exact, faults, registry
from oms_wire.errors import EncodeError
from oms_wire.fields import Field, fields_of
from oms_wire.reading import invalid, read_varint

if TYPE_CHECKING:
    from _typeshed import SupportsRead

WRITE_ERRORS = (EncodeError, TypeError, AttributeError, UnicodeEncodeError, ValueError)
"""What compiled writers raise when a field holds a value of the wrong type or range."""

_encode = msgspec.json.Encoder().encode


class _Decoder:
    """Becomes the decoder of a class's JSON shape when it is first asked for: it takes time to build."""

    def __get__(self, _: object, kind: type[Message]) -> msgspec.json.Decoder[Any]:
        decoder = msgspec.json.Decoder(kind._shape)
        kind._decoder = decoder  # type: ignore[assignment] # it takes the place of this descriptor
        return decoder


class Message:
    """A message of a contract.

    Reading raises InvalidArgument; writing raises EncodeError when a field holds what its type cannot,
    or when two members of a oneof are set. Fields that the contract does not know are kept when they
    come in binary, and refused in JSON.
    """

    _decoder = _Decoder()
    if not TYPE_CHECKING:
        __slots__ = ()
    else:
        # Hidden at run time: betterproto2 evaluates the annotations of bases inside generated modules.
        _NAME: ClassVar[str]
        _shape: ClassVar[Any]
        _unknown_fields: bytes

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if name := cls.__dict__.get("_NAME"):
            registry.register(name, cls)

    def encode_json(self) -> bytes:
        """Return proto3 JSON, UTF-8, without fields at their default."""
        try:
            return _encode(self._to_wire())
        except WRITE_ERRORS as error:
            raise self._fault(error) from None

    @classmethod
    def decode_json(cls, data: bytes | str) -> Self:
        """Read proto3 JSON in any legal spelling."""
        try:
            return cls._from_wire(cls._decoder.decode(data))
        except (ValueError, KeyError, RecursionError):
            return exact.from_bytes(cls, data)

    def __bytes__(self) -> bytes:
        """Return the binary format."""
        raise NotImplementedError(type(self))

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read the binary format."""
        raise NotImplementedError(cls)

    def SerializeToString(self) -> bytes:  # noqa: N802 - as google and betterproto2 call it
        """Return the binary format."""
        return self.__bytes__()

    @classmethod
    def FromString(cls, data: bytes) -> Self:  # noqa: N802 - as google and betterproto2 call it
        """Read the binary format."""
        return cls.parse(data)

    def load(self, stream: SupportsRead[bytes], size: int | None = None) -> Self:
        """Merge the binary message in ``stream`` into this one.

        ``size`` is in bytes, or betterproto2's SIZE_DELIMITED; without it the stream is read to its end.
        """
        if size == betterproto2.SIZE_DELIMITED:
            size = _announced_size(stream)
        data = stream.read() if size is None else stream.read(size)
        if size is not None and len(data) < size:
            raise invalid(f"{size} bytes are announced, and {len(data)} are left")
        # Merging two messages is the same as reading one after the other: the format is made so.
        merged = type(self).parse(bytes(self) + data)
        for field in fields_of(type(self)):
            setattr(self, field.name, getattr(merged, field.name))
        return merged._with_unknown(self)

    def to_dict(
        self,
        *,
        output_format: OutputFormat = OutputFormat.PROTO_JSON,
        casing: Casing = Casing.CAMEL,
        include_default_values: bool = False,
    ) -> dict[str, Any]:
        """Return the fields as a dictionary of JSON values, or of Python values."""
        value: dict[str, Any] = dictionary.to_dict(
            self, output_format=output_format, casing=casing, include_default_values=include_default_values
        )
        return value

    @classmethod
    def from_dict(cls, value: Mapping[str, Any] | Any, *, ignore_unknown_fields: bool = False) -> Self:
        """Read what a JSON parser returned."""
        return exact.from_value(cls, value, ignore_unknown=ignore_unknown_fields)

    def to_json(
        self,
        indent: int | str | None = None,
        include_default_values: bool = False,
        casing: Casing = Casing.CAMEL,
    ) -> str:
        """Return proto3 JSON; ``encode_json`` is the quick way for the plain form."""
        if indent is None and not include_default_values and casing is Casing.CAMEL:
            return self.encode_json().decode()
        plain = _encode(self.to_dict(include_default_values=include_default_values, casing=casing))
        if indent is None:
            return plain.decode()
        width = indent if isinstance(indent, int) else len(indent)
        return msgspec.json.format(plain, indent=width).decode()

    @classmethod
    def from_json(cls, value: str | bytes, *, ignore_unknown_fields: bool = False) -> Self:
        """Read proto3 JSON; ``decode_json`` is the quick and strict way."""
        if ignore_unknown_fields:
            return exact.from_bytes(cls, value, ignore_unknown=True)
        return cls.decode_json(value)

    def __repr__(self) -> str:
        return dictionary.text_of(self)

    def __deepcopy__(self, memo: Any = None) -> Self:
        fields = {field.name: deepcopy(getattr(self, field.name), memo) for field in fields_of(type(self))}
        return self._with_unknown(type(self)(**fields))

    def __copy__(self, _: Any = None) -> Self:
        return self._with_unknown(
            type(self)(**{f.name: getattr(self, f.name) for f in fields_of(type(self))})
        )

    def _with_unknown(self, copy: Self) -> Self:
        copy._unknown_fields = self._unknown_fields
        return copy

    @classmethod
    def _fields(cls) -> tuple[Field, ...]:
        raise NotImplementedError(cls)

    def _to_wire(self) -> Any:
        raise NotImplementedError(type(self))

    @classmethod
    def _from_wire(cls, w: Any) -> Self:
        raise NotImplementedError(cls)

    def _fault(self, error: Exception) -> EncodeError:
        return faults.find(self) or EncodeError(f"{type(self).__name__}: {error}")


def _announced_size(stream: SupportsRead[bytes]) -> int:
    prefix = b""
    while not prefix or prefix[-1] >= 0x80:  # noqa: PLR2004 - the bit that says: more to come
        byte = stream.read(1)
        if not byte:
            raise invalid("the input ends inside the size")
        prefix += byte
    return read_varint(prefix, 0)[0]
