"""Rules written in CEL, evaluated by protovalidate: an extra, asked for when generated code is imported."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Protocol

from oms_wire.rules import Violation, shown_key

if TYPE_CHECKING:
    from protovalidate import Violation as Found

_EXPRESSIONS = {"cel", "cel_expression"}
_STANDARD = {"message.oneof", "required"}


class _Writable(Protocol):
    def __bytes__(self) -> bytes: ...


class CelRules:
    """The CEL rules of one generated package.

    Raises ImportError, naming ``package`` and what to install, where protovalidate is missing: a rule that
    nobody evaluates would let everything through.
    """

    def __init__(self, package: str) -> None:
        try:
            # An extra: only contracts with CEL need it.
            from google.protobuf import descriptor_pb2, descriptor_pool, message_factory  # noqa: PLC0415
            from protovalidate import Validator  # noqa: PLC0415
        except ImportError:
            raise ImportError(
                f"the contract {package} has rules in CEL, and protovalidate is not installed: "
                'pip install "oms-core[cel]"'
            ) from None
        data = files(package).joinpath("descriptor.binpb").read_bytes()
        self._pool = descriptor_pool.DescriptorPool()
        for file in descriptor_pb2.FileDescriptorSet.FromString(data).file:
            self._pool.AddSerializedFile(file.SerializeToString())
        self._class_of = message_factory.GetMessageClass
        self._collect = Validator().collect_violations

    def broken(self, name: str, message: _Writable) -> list[Violation]:
        """Return the rules in CEL that a message breaks, also inside; ``name`` is its full proto name."""
        read = self._class_of(self._pool.FindMessageTypeByName(name)).FromString(bytes(message))
        return [
            Violation(_path(one), one.proto.rule_id, one.proto.message)
            for one in self._collect(read)
            if _is_cel(one)
        ]


def _is_cel(found: Found) -> bool:
    rule = found.proto.rule
    if not rule or not rule.elements:
        return found.proto.rule_id not in _STANDARD
    last = rule.elements[-1].field_name
    return last in _EXPRESSIONS or last.startswith("[")


def _path(found: Found) -> str:
    path = ""
    for element in found.proto.field.elements if found.proto.field else ():
        path += f".{element.field_name}" if path else element.field_name
        if element.subscript:
            path += f"[{shown_key(element.subscript.value)}]"
    return path
