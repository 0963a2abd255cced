"""Whether a contract is text at all: bytes that are no UTF-8 are refused before names are made of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from google.protobuf.message import Message

from oms_core.codegen.places import Place
from oms_core.codegen.problems import ContractError, Problem
from oms_core.errors import GenerateError

_COMMENTS = "source_code_info"
_CODE, _WRONG, _RIGHT = "NOT_UTF8", "The file holds bytes that are no UTF-8.", "Save the file as UTF-8."


def refuse_other_encodings(root: Path, names: Iterable[str]) -> None:
    """Raise ContractError for the files below ``root`` that are no UTF-8, each at its first such byte."""
    problems = []
    for name in names:
        try:
            (root / name).read_bytes().decode("utf-8")
        except FileNotFoundError:
            continue  # installed elsewhere, and read by protoc alone
        except UnicodeDecodeError as error:
            before = error.object[: error.start].decode("utf-8")
            line, column = before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1
            problems.append(Problem(Place(name, line, column), _CODE, _WRONG, _RIGHT))
    if problems:
        raise ContractError(problems)


def refuse_bytes(file: Message, name: str | bytes) -> None:
    """Raise GenerateError for a descriptor whose names are no UTF-8; protobuf gives those as bytes."""
    if isinstance(name, bytes) or _has_bytes(file):
        shown = name.decode("utf-8", errors="replace") if isinstance(name, bytes) else name
        raise GenerateError(_CODE, f"{shown}: {_WRONG}", hint=_RIGHT)


def _has_bytes(message: Message) -> bool:
    for field, value in message.ListFields():
        values = value if field.is_repeated else (value,)
        text = field.cpp_type == field.CPPTYPE_STRING and field.type != field.TYPE_BYTES
        inside = field.cpp_type == field.CPPTYPE_MESSAGE and field.name != _COMMENTS
        if (text and any(isinstance(one, bytes) for one in values)) or (
            inside and any(map(_has_bytes, values))
        ):
            return True
    return False
