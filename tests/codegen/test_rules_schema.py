"""What OpenAPI says of rules is never stricter than the rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from acme_protos.rules.v1 import messages, rules
from hypothesis import given
from hypothesis import strategies as st

from oms_core.codegen.generate import DEFAULT_PACKAGES
from oms_core.codegen.model import Contract
from oms_core.codegen.names import snake
from oms_core.codegen.openapi_schemas import reachable, schema_of
from oms_core.codegen.protoc import request_for
from oms_core.codegen.read import read_contract
from oms_core.codegen.source import Source
from tests.codegen.json_schema import fits
from tests.codegen.rules_oracle import filled
from tests.codegen.test_rules import KINDS, ORACLE, some


def _contract() -> Contract:
    request = request_for(Path(__file__).parent / "protos", packages={})
    packages = {**DEFAULT_PACKAGES, "acme": "acme_protos"}
    return read_contract(Source(request.proto_file), request.file_to_generate, packages)


CONTRACT = _contract()
SCHEMAS = {
    name: schema_of(name, CONTRACT)
    for name in reachable((m.type_name for m in CONTRACT.messages.values()), CONTRACT)
}


UNCHECKED = {"unchecked"}
"""A message that nobody checks still has the schema of its type."""


def empty(kind: str) -> tuple[set[str], dict[str, Any]]:
    """The fields that an empty message breaks rules of, by JSON name, and the schema of such messages."""
    name = f"acme.rules.v1.{kind}"
    found = getattr(rules, f"check_{snake(kind)}")(getattr(messages, kind)())
    names = {field.name: field.json_name for field in ORACLE.new(name).DESCRIPTOR.fields}
    return {names[one.field] for one in found if one.field in names}, SCHEMAS[name]


@pytest.mark.parametrize("kind", ["Numbers", "Integers", "Texts", "Formats", "Maps"])
def test_required_is_what_may_not_be_absent(kind: str) -> None:
    broken, schema = empty(kind)
    assert set(schema["required"]) == broken


@pytest.mark.parametrize("kind", ["PutOrderRequest", "Reals", "Raw", "Times", "Choice", "Known"])
def test_required_is_nothing_that_may_be_absent(kind: str) -> None:
    broken, schema = empty(kind)
    assert set(schema.get("required", ())) <= broken


@pytest.mark.parametrize("kind", KINDS)
@some
@given(data=st.data(), whole=st.booleans())
def test_a_field_that_breaks_no_rule_fits_its_schema(kind: str, data: st.DataObject, whole: bool) -> None:
    name = f"acme.rules.v1.{kind}"
    theirs = data.draw(filled(ORACLE, name))
    for field in theirs.DESCRIPTOR.fields:
        if field.message_type is not None and field.message_type.full_name == "google.protobuf.Any":
            theirs.ClearField(field.name)  # nobody knows what it holds, so it has no JSON
    message = getattr(messages, kind).parse(theirs.SerializeToString())
    broken = {
        one.field.partition(".")[0].partition("[")[0]
        for one in getattr(rules, f"check_{snake(kind)}")(message)
    }
    value = json.loads(ORACLE.to_json(theirs, always_print_fields_with_no_presence=whole))
    for field in theirs.DESCRIPTOR.fields:
        if field.name not in broken | UNCHECKED and field.json_name in value:
            assert fits(value[field.json_name], SCHEMAS[name]["properties"][field.json_name], SCHEMAS)
