"""Contracts that were damaged at random are compiled or refused with a place, never a traceback."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest, CodeGeneratorResponse
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.message import Message
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from oms_core.codegen.generate import generate, generated
from oms_core.codegen.problems import ContractError
from oms_core.codegen.protoc import request_for
from oms_core.codegen.protoc_plugin import answer

HERE = Path(__file__).parent
PROTOS = HERE / "protos"
GOLDEN = sorted(file.relative_to(PROTOS) for file in PROTOS.rglob("*.proto"))
SEEDS = [*(PROTOS / file for file in GOLDEN), *sorted((HERE / "refusals").glob("*.proto"))]
PACKAGES = {"acme": "acme_protos"}


def _kind(token: str) -> str:
    return "number" if token.isdigit() else "name" if token.isidentifier() else "sign"


_ODD = """
    " \\\" { } ; = 0 -1 1 19000 536870911 536870912 2147483648 1e999 é None self class __init__ Message Route
    ROUTES stream optional repeated oneof map<string,Order> map<Order,string> group required extend reserved
    enum service rpc message option import syntax package bytes double google.protobuf.Any .acme.v1.Order
"""
ODD = _ODD.split()
TOKENS = {seed: re.findall(r"\w+|\s+|[^\w\s]", seed.read_text()) for seed in SEEDS}
EVERY = sorted({token for tokens in TOKENS.values() for token in tokens} | set(ODD))

KINDS = ("number", "name", "sign")
LIKE = {kind: [token for token in EVERY if _kind(token) == kind] for kind in KINDS}

# One example takes up to a second: shrinking a failure would take longer than reading it.

examples = settings(
    max_examples=int(os.environ.get("OMS_EXAMPLES", "15")),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@st.composite
def damaged_texts(draw: st.DrawFn) -> tuple[Path, str]:
    seed = draw(st.sampled_from(SEEDS))
    tokens = list(TOKENS[seed])
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(tokens) - 1))
        how = draw(st.sampled_from(["drop", "double", "replace", "insert", "like", "like", "like"]))
        new = draw(st.sampled_from(LIKE[_kind(tokens[at])] if how == "like" else EVERY))
        tokens[at : at + 1] = {
            "drop": [],
            "double": [tokens[at]] * 2,
            "replace": [new],
            "like": [new],
            "insert": [tokens[at], new],
        }[how]
    return seed, "".join(tokens)


@examples
@given(damaged=damaged_texts())
def test_a_damaged_text_is_compiled_or_refused_at_a_line(damaged: tuple[Path, str]) -> None:
    seed, text = damaged
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        if seed.is_relative_to(PROTOS):
            shutil.copytree(PROTOS, root, dirs_exist_ok=True)
        target = root / (seed.relative_to(PROTOS) if seed.is_relative_to(PROTOS) else seed.name)
        target.write_text(text)
        try:
            generated(request_for(root, packages=PACKAGES))
        except ContractError as refused:
            for one in refused.problems:
                assert (root / one.place.file).is_file(), one
                assert one.place.line, one
                assert one.place.column, one
                assert one.hint, one


REQUEST = request_for(PROTOS, packages=PACKAGES)
OWN = [file for file in REQUEST.proto_file if file.package.startswith("acme.")]


@examples
@given(data=st.data())
def test_damaged_bytes_are_compiled_or_refused(data: st.DataObject) -> None:
    whole = bytearray(REQUEST.SerializeToString())
    # Somewhere in one of our own files; the most bytes are google's.
    own = OWN[data.draw(st.integers(0, len(OWN) - 1))].SerializeToString()
    first = bytes(whole).index(own)
    for _ in range(data.draw(st.integers(1, 3))):
        whole[first + data.draw(st.integers(0, len(own) - 1))] = data.draw(st.integers(0, 255))
    response = CodeGeneratorResponse.FromString(answer(bytes(whole)))
    assert bool(response.error) != bool(response.file)
    assert "mistake of the generator" not in response.error


@examples
@given(data=st.data())
def test_damaged_descriptors_are_compiled_or_refused(data: st.DataObject) -> None:
    request = CodeGeneratorRequest()
    request.CopyFrom(REQUEST)
    own = [file for file in request.proto_file if file.package.startswith("acme.")]
    for _ in range(data.draw(st.integers(1, 3))):
        _damage(own[data.draw(st.integers(0, len(own) - 1))], data)
    response = generate(request)
    assert bool(response.error) != bool(response.file)
    assert "mistake of the generator" not in response.error


def _damage(file: FileDescriptorProto, data: st.DataObject) -> None:
    found = _set_fields(file)
    owner, field = found[data.draw(st.integers(0, len(found) - 1))]
    if field.is_repeated or data.draw(st.booleans()):
        owner.ClearField(field.name)
    elif field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        setattr(owner, field.name, data.draw(st.sampled_from([*ODD, ".acme.v1.State", "order_id", "v1"])))
    elif field.cpp_type == FieldDescriptor.CPPTYPE_ENUM:
        numbers = [value.number for value in field.enum_type.values]
        setattr(owner, field.name, data.draw(st.sampled_from(numbers)))
    elif field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        setattr(owner, field.name, data.draw(st.booleans()))
    else:
        setattr(owner, field.name, data.draw(st.sampled_from([0, 1, 2, 7, 2**29 - 1, 2**31 - 1])))


def _set_fields(message: Message) -> list[tuple[Message, FieldDescriptor]]:
    found: list[tuple[Message, FieldDescriptor]] = []
    for field, value in message.ListFields():
        if field.name == "source_code_info":
            continue
        if field.cpp_type != FieldDescriptor.CPPTYPE_MESSAGE or field.is_repeated:
            found.append((message, field))
        if field.cpp_type == FieldDescriptor.CPPTYPE_MESSAGE:
            for inner in value if field.is_repeated else [value]:
                found += _set_fields(inner)
    return found


def test_a_name_that_is_no_text_is_refused() -> None:
    request = CodeGeneratorRequest()
    request.CopyFrom(REQUEST)
    data = request.SerializeToString()
    name = request.file_to_generate[0].encode()
    response = CodeGeneratorResponse.FromString(answer(data.replace(name, b"\xff" + name[1:])))
    assert "bytes that are no UTF-8" in response.error


def test_files_that_import_each_other_are_refused() -> None:
    request = CodeGeneratorRequest(file_to_generate=["a.proto"])
    for name, other in (("a", "b"), ("b", "a")):
        request.proto_file.add(
            name=f"{name}.proto", syntax="proto3", package="acme", dependency=[f"{other}.proto"]
        )
    assert "import each other in a circle: a.proto → b.proto → a.proto" in generate(request).error
