"""Rules at the edges of the compiler: the contract of the rules, OpenAPI, missing extras, errors."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from acme_protos.expressions.v1.services import ExpressionsServiceBase
from acme_protos.rules.v1 import messages, rules
from acme_protos.rules.v1.services import RulesServiceBase
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from protovalidate._gen.buf.validate import validate_pb

from oms_core.codegen.protoc import request_for
from oms_wire.rules import Violation, refusal

HERE = Path(__file__).parent


DOCUMENT = json.loads((HERE / "golden/acme_protos/rules/v1/openapi.json").read_text())
SCHEMAS = DOCUMENT["components"]["schemas"]


def test_the_rules_are_those_that_protovalidate_reads(tmp_path: Path) -> None:
    (tmp_path / "any.proto").write_text('syntax = "proto3"; import "buf/validate/validate.proto";')
    files = {file.name: file for file in request_for(tmp_path, packages={}).proto_file}
    ours = files["buf/validate/validate.proto"]
    theirs = FileDescriptorProto.FromString(bytes(validate_pb._DESC.proto.to_binary()))
    assert _plain(ours) == _plain(theirs)


def _plain(file: FileDescriptorProto) -> FileDescriptorProto:
    file.ClearField("source_code_info")
    for message in file.message_type:
        for field in message.field:
            field.ClearField("json_name")
        for reserved in message.extension_range:
            reserved.options.ClearField("declaration")
    for field in file.extension:
        field.ClearField("json_name")
    return file


def test_methods_check_their_requests() -> None:
    assert RulesServiceBase.PUT_ORDER.check is rules.check_put_order_request
    assert ExpressionsServiceBase.BOOK.check is not None
    request = messages.PutOrderRequest(
        lines=[messages.Line(item_id="a", quantity=100, same_size=messages.Size.SMALL)]
    )
    found = rules.check_put_order_request(request)
    assert (
        Violation("lines[0].quantity", "int32.gt_lte", "must be greater than 0 and less than or equal to 99")
        in found
    )
    error = refusal(found)
    assert error.code == "INVALID_FIELD"
    assert [one.field for one in error.violations] == ["", "order_id", "lines[0].quantity", "gift"]
    assert error.message == "one of pickup_at, address must be set (3 more)."


def test_keys_of_maps_stand_in_paths_as_json() -> None:
    broken = messages.Maps(counts={'a"b': 0}, texts={True: "x"}, sizes={"a": messages.Size(5)})
    assert [(one.field, one.rule) for one in rules.check_maps(broken)] == [
        ('counts["a\\"b"]', "string.max_len"),
        ('counts["a\\"b"]', "int32.gt"),
        ("texts[true]", "string.min_len"),
        ('sizes["a"]', "enum.defined_only"),
    ]


def test_bytes_that_are_no_text_match_no_pattern() -> None:
    found = {(one.field, one.rule) for one in rules.check_raw(messages.Raw(code=b"A1\xff"))}
    assert ("code", "bytes.pattern") in found


def test_nothing_that_is_found_quotes_the_value() -> None:
    (found,) = (v for v in rules.check_texts(messages.Texts(sensitive="hush-hush")) if v.field == "sensitive")
    assert "hush" not in repr(found)


def test_rules_in_cel_need_protovalidate_when_code_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "acme_protos.expressions.v1.rules"
    monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "protovalidate", None)
    with pytest.raises(
        ImportError, match=r'acme_protos\.expressions\.v1 has rules in CEL.*pip install "oms-core\[cel\]"'
    ):
        importlib.import_module(name)


def properties(name: str) -> dict[str, Any]:
    found: dict[str, Any] = SCHEMAS[f"acme.rules.v1.{name}"]["properties"]
    return found


def test_openapi_has_the_rules_of_a_message() -> None:
    line = properties("Line")
    assert (line["itemId"]["minLength"], line["itemId"]["maxLength"]) == (1, 4)
    assert line["quantity"] == {"type": "integer", "format": "int32", "exclusiveMinimum": 0, "maximum": 99}
    assert line["extras"]["maxItems"] == 1
    assert line["otherSize"]["enum"] == ["SIZE_UNSPECIFIED", "SIZE_SMALL"]
    assert line["sameSize"]["const"] == "SIZE_SMALL"
    assert line["size"]["not"] == {"enum": ["SIZE_LARGE"]}
    assert SCHEMAS["acme.rules.v1.Line"]["required"] == ["itemId", "quantity", "sameSize"]


def test_openapi_has_the_rules_of_parameters_and_inlined_bodies() -> None:
    put = DOCUMENT["paths"]["/v1/orders/{order_id}"]["put"]
    (order_id,) = put["parameters"]
    assert order_id["schema"] == {"type": "string", "minLength": 1, "format": "uuid"}
    body = put["requestBody"]["content"]["application/json"]["schema"]
    assert body["required"] == ["lines", "gift"]
    assert (body["properties"]["lines"]["minItems"], body["properties"]["lines"]["maxItems"]) == (1, 3)
    find = {one["name"]: one for one in DOCUMENT["paths"]["/v1/orders"]["get"]["parameters"]}
    assert find["text"]["required"] is True
    assert find["text"]["schema"] == {"type": "string", "minLength": 1, "maxLength": 5, "pattern": "^\\w+$"}
    assert find["sizes"]["schema"]["uniqueItems"] is True
    assert find["limit"]["schema"].get("minimum") != 1  # zero passes as well
    assert find["class"]["schema"]["enum"] == ["a", "b"]
