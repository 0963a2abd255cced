"""The options of buf.validate to the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
)

from oms_core.codegen.model import Message
from oms_core.codegen.read_rule_values import has_cel, read_values, refuse_unknown
from oms_core.codegen.rules_model import (
    ExclusiveFields,
    MessageRules,
    RequiredOneof,
    RuledField,
    Rules,
    Shape,
    ValueRules,
    ValueType,
)
from oms_core.codegen.source import Source
from oms_core.errors import GenerateError

PACKAGE = "buf.validate"
_FOREIGN = ("google.", f"{PACKAGE}.")
_OPTIONS = {"cel", "cel_expression", "oneof"}
_KINDS = {
    ".google.protobuf.Any": "any",
    ".google.protobuf.Duration": "duration",
    ".google.protobuf.FieldMask": "field_mask",
    ".google.protobuf.Timestamp": "timestamp",
    ".google.protobuf.BoolValue": "bool",
    ".google.protobuf.BytesValue": "bytes",
    ".google.protobuf.DoubleValue": "double",
    ".google.protobuf.FloatValue": "float",
    ".google.protobuf.Int32Value": "int32",
    ".google.protobuf.Int64Value": "int64",
    ".google.protobuf.StringValue": "string",
    ".google.protobuf.UInt32Value": "uint32",
    ".google.protobuf.UInt64Value": "uint64",
}


def read_rules(source: Source, messages: Mapping[str, Message], *, exact_times: bool = False) -> Rules:
    """Return the rules of ``messages``; those that cannot hold are kept as problems of ``source``.

    With ``exact_times`` moments and spans are messages, and may be compared to the nanosecond.
    """
    reader = _Reader(source, exact_times=exact_times)
    found = {name: reader.message(message) for name, message in messages.items()}
    return Rules(
        found, ruled=_reaching(found, _has_rules), cel=_reaching(found, _has_cel), exact_times=exact_times
    )


class _Reader:
    def __init__(self, source: Source, *, exact_times: bool) -> None:
        self._source = source
        self._exact_times = exact_times
        self._descriptors: dict[str, DescriptorProto] = {}
        self._enums: dict[str, EnumDescriptorProto] = {}
        for file in source.files.values():
            for enum in file.enum_type:
                self._enums[f".{file.package}.{enum.name}"] = enum
            for message in file.message_type:
                self._index(message, f".{file.package}.{message.name}")

    def _index(self, message: DescriptorProto, name: str) -> None:
        self._descriptors[name] = message
        for enum in message.enum_type:
            self._enums[f"{name}.{enum.name}"] = enum
        for nested in message.nested_type:
            self._index(nested, f"{name}.{nested.name}")

    def message(self, known: Message) -> MessageRules:
        """Return the rules of one message."""
        full_name = known.type_name.full_name
        message = self._descriptors[f".{full_name}"]
        groups: list[Any] = []
        attributes = {field.name: field.python_name for field in known.fields}
        option = self._source.option(message.options, f"{PACKAGE}.message")
        with self._source.problems.at(full_name, option=f"{PACKAGE}.message"):
            groups = self._groups(option, message, full_name)
        together = {name for group in groups for name in group.fields}
        fields = {
            field.name: self._field(
                field, f"{full_name}.{field.name}", attributes, together=field.name in together
            )
            for field in message.field
        }
        return MessageRules(
            full_name=full_name,
            fields=tuple(fields.values()),
            exclusive=tuple(
                ExclusiveFields(tuple(fields[name] for name in group.fields), group.required)
                for group in groups
            ),
            oneofs=tuple(self._required_oneofs(message, fields)),
            cel=option is not None and has_cel(option),
        )

    @staticmethod
    def _groups(option: Any, message: DescriptorProto, full_name: str) -> list[Any]:
        """Return the oneof rules in the ``option`` of a message."""
        if option is None:
            return []
        refuse_unknown(option, _OPTIONS, full_name)
        groups = list(option.oneof)
        named = {name for group in groups for name in group.fields}
        if unknown := sorted(named - {field.name for field in message.field}):
            raise _error(f"{full_name}: a oneof rule names the field {unknown[0]}, which it lacks")
        return groups

    def _required_oneofs(
        self, message: DescriptorProto, fields: dict[str, RuledField]
    ) -> Iterator[RequiredOneof]:
        for index, oneof in enumerate(message.oneof_decl):
            option = self._source.option(oneof.options, f"{PACKAGE}.oneof")
            if option is not None and option.required:
                members = [
                    f.name for f in message.field if f.HasField("oneof_index") and f.oneof_index == index
                ]
                yield RequiredOneof(oneof.name, tuple(fields[name] for name in members))

    def _field(
        self, field: FieldDescriptorProto, where: str, attributes: Mapping[str, str], *, together: bool
    ) -> RuledField:
        shape, value, key = self._type(field)
        option = self._source.option(field.options, f"{PACKAGE}.field")
        rules = ValueRules()
        if option is not None:
            with self._source.problems.at(where, option=f"{PACKAGE}.field"):
                rules = read_values(option, where, shape, value, key, exact_times=self._exact_times)
        repeated = shape is not Shape.SINGLE
        return RuledField(
            name=field.name,
            python_name=attributes[field.name],
            shape=shape,
            presence=not repeated
            and (field.HasField("oneof_index") or field.type == FieldDescriptorProto.TYPE_MESSAGE),
            value=value,
            rules=rules,
            key=key,
            optional_together=together and not (option is not None and option.HasField("ignore")),
        )

    def _type(self, field: FieldDescriptorProto) -> tuple[Shape, ValueType, ValueType | None]:
        if field.label != FieldDescriptorProto.LABEL_REPEATED:
            return Shape.SINGLE, self._value(field), None
        entry = self._descriptors.get(field.type_name)
        if entry is not None and entry.options.map_entry:
            key, value = entry.field
            return Shape.MAP, self._value(value), self._value(key)
        return Shape.LIST, self._value(field), None

    def _value(self, field: FieldDescriptorProto) -> ValueType:
        if field.type == FieldDescriptorProto.TYPE_ENUM:
            enum = self._enums[field.type_name]
            return ValueType("enum", enum={value.number: value.name for value in reversed(enum.value)})
        if field.type == FieldDescriptorProto.TYPE_MESSAGE:
            foreign = field.type_name[1:].startswith(_FOREIGN)
            return ValueType(_KINDS.get(field.type_name, "message"), "" if foreign else field.type_name[1:])
        return ValueType(FieldDescriptorProto.Type.Name(field.type).removeprefix("TYPE_").lower())


def _has_rules(message: MessageRules) -> bool:
    own = (
        f.rules.required or f.rules.rules or _holds(f.rules, lambda r: bool(r.rules)) for f in message.fields
    )
    return bool(message.exclusive or message.oneofs) or any(own)


def _has_cel(message: MessageRules) -> bool:
    return message.cel or any(_holds(field.rules, lambda rules: rules.cel) for field in message.fields)


def _holds(rules: ValueRules, wanted: Callable[[ValueRules], bool]) -> bool:
    inner = (rules.items, rules.keys, rules.entries)
    return wanted(rules) or any(_holds(one, wanted) for one in inner if one is not None)


def _reaching(messages: Mapping[str, MessageRules], wanted: Callable[[MessageRules], bool]) -> frozenset[str]:
    """Return the messages that have, or lead to a message that has, what is wanted."""
    users: dict[str, set[str]] = {}
    for message in messages.values():
        for field in message.fields:
            if field.value.message:
                users.setdefault(field.value.message, set()).add(message.full_name)
    found: set[str] = set()
    waiting = [name for name, message in messages.items() if wanted(message)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(users.get(name, ()))
    return frozenset(found)


def _error(problem: str) -> GenerateError:
    return GenerateError(
        "UNSUPPORTED_CONTRACT", f"{problem}.", hint="Mend the rule, then run oms generate again."
    )
