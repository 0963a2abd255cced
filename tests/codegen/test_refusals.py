"""What the compiler does not know it refuses, naming file, message and field or method."""

from __future__ import annotations

from pathlib import Path

import pytest

from oms_core.codegen.generate import generate
from oms_core.codegen.protoc import request_for
from oms_core.errors import GenerateError

HEAD = """
syntax = "proto3";
package acme.bad.v1;
import "google/api/annotations.proto";
import "google/protobuf/descriptor.proto";
import "oms/options/v1/options.proto";
message Empty {}
message Get { string id = 1; repeated string ids = 2; Empty empty = 3; optional string maybe = 4; }
"""
PUBLIC = "option (oms.options.v1.public) = true;"


def method(body: str, kinds: str = "(Get) returns (Empty)") -> str:
    return f"service Bad {{ rpc Do{kinds} {{ {body} }} }}"


def http(rule: str) -> str:
    return method(f"{PUBLIC} option (google.api.http) = {{ {rule} }};")


def hook(body: str, kinds: str = "(Get) returns (Empty)") -> str:
    return method(body, kinds).replace("{", "{ option (oms.options.v1.hooks) = true;", 1)


def whole(combine: str = "COMBINE_ALL") -> str:
    return (
        f"option (oms.options.v1.hook) = {{ combine: {combine} deadline_ms: 1 on_failure: ON_FAILURE_SKIP }};"
    )


REQUIRES = '[(oms.options.v1.requires) = { name: "bad.a.b" }]'
DENIED = 'option (oms.options.v1.permission) = { name: "a.b" };'


CASES = {
    f"message M {{ string a = 1 {REQUIRES}; }}": (
        "acme.bad.v1.M.a: (oms.options.v1.requires) has no effect here, because acme.bad.v1.M is no method's"
    ),
    f"message M {{ string a = 1 {REQUIRES}; M m = 2; }} {method(DENIED, '(M) returns (Empty)')}": (
        "acme.bad.v1.M.a: (oms.options.v1.requires) has no effect here, because acme.bad.v1.M is also inside"
        " acme.bad.v1.M.m"
    ),
    f"message M {{ string a = 1 {REQUIRES}; }} {method(PUBLIC, '(M) returns (Empty)')}": (
        "acme.bad.v1.Bad.Do: anybody may call it, so the field a of its request cannot require bad.a.b"
    ),
    'message M { string a = 1 [(oms.options.v1.requires) = { roles: "owner" }]; }': (
        "acme.bad.v1.M.a: the permission of (oms.options.v1.requires) has no name"
    ),
    'message M { string a = 1 [(oms.options.v1.requires) = { name: "a.b" node: "a" }]; }': (
        "acme.bad.v1.M.a: (oms.options.v1.requires) says where the permission must be held"
    ),
    "message M { google.protobuf.FileOptions options = 1; }": (
        "acme.bad.v1.M.options: google.protobuf.FileOptions has no class"
    ),
    'message M { string a = 1 [json_name = "b"]; string b = 2 [json_name = "c"]; }': (
        "acme.bad.v1.M: the fields a and b are both called b"
    ),
    'message M { option (oms.options.v1.event) = { name: "a.b" version: 1 key: "c" }; string d = 1; }': (
        "acme.bad.v1.M: the event's key 'c' is not a string field of it"
    ),
    'message M { option (oms.options.v1.event) = { name: "a.b" key: "d" }; string d = 1; }': (
        "acme.bad.v1.M: an event needs a name, and a version from 1 on"
    ),
    'message M { option (oms.options.v1.event) = { name: "a.b" version: 1 key: "d" }; string d = 1;'
    " string s = 2 [(oms.options.v1.sensitive) = true]; }": "acme.bad.v1.M.s: an event may carry nothing",
    method(""): "acme.bad.v1.Bad.Do: a method says either who may call it",
    method(f'{PUBLIC} option (oms.options.v1.permission) = {{ name: "a.b" }};'): "and this one says both",
    method(
        'option (oms.options.v1.permission) = { node: "id" };'
    ): "acme.bad.v1.Bad.Do: the permission has no name",
    method('option (oms.options.v1.permission) = { name: "a.b" node: "idd" };'): (
        "acme.bad.v1.Bad.Do: node: 'idd' is not a plain string field of acme.bad.v1.Get"
    ),
    method(
        'option (oms.options.v1.permission) = { name: "a.b" resource: "ids" };'
    ): "resource: 'ids' is not a plain",
    method(
        'option (oms.options.v1.permission) = { name: "a.b" node: "maybe" };'
    ): "node: 'maybe' is not a plain",
    method(
        f"{PUBLIC} option (oms.options.v1.idempotency) = IDEMPOTENCY_KEYED;"
        " option idempotency_level = IDEMPOTENT;"
    ): "idempotency is given twice",
    method(PUBLIC, "(stream Get) returns (Empty)"): "acme.bad.v1.Bad.Do: streams are not supported",
    method(
        PUBLIC, "(Get) returns (google.protobuf.FileOptions)"
    ): "google.protobuf.FileOptions cannot be a request",
    hook(whole(), "(Get) returns (google.protobuf.FileOptions)"): "cannot be a question or an answer",
    method("option (oms.options.v1.hook) = { combine: COMBINE_ALL };"): (
        "acme.bad.v1.Bad.Do: (oms.options.v1.hook) belongs into a service with (oms.options.v1.hooks) = true"
    ),
    "service Bad { option (oms.options.v1.hooks) = true; }": "acme.bad.v1.Bad: it declares no hook",
    hook(""): "acme.bad.v1.Bad/Do: a hook needs (oms.options.v1.hook), and this one has none",
    hook("option (oms.options.v1.hook) = { deadline_ms: 1 on_failure: ON_FAILURE_SKIP };"): (
        "acme.bad.v1.Bad/Do: a hook needs combine, one of COMBINE_ALL, COMBINE_FIRST, COMBINE_FOLD"
    ),
    hook("option (oms.options.v1.hook) = { combine: COMBINE_ALL deadline_ms: 1 };"): (
        "acme.bad.v1.Bad/Do: a hook needs on_failure, one of ON_FAILURE_SKIP, ON_FAILURE_ABORT"
    ),
    hook("option (oms.options.v1.hook) = { combine: COMBINE_ALL on_failure: ON_FAILURE_SKIP };"): (
        "acme.bad.v1.Bad/Do: a hook needs deadline_ms"
    ),
    hook(whole("COMBINE_FOLD")): (
        "request and response are one type, not acme.bad.v1.Get and acme.bad.v1.Empty"
    ),
    hook(f"{whole()} {PUBLIC}"): "acme.bad.v1.Bad/Do: (oms.options.v1.public) is for methods that are called",
    hook(f'{whole()} option (oms.options.v1.permission) = {{ name: "a.b" }};'): (
        "acme.bad.v1.Bad/Do: (oms.options.v1.permission) is for methods"
    ),
    hook(f'{whole()} option (google.api.http) = {{ get: "/v1" }};'): (
        "acme.bad.v1.Bad/Do: (google.api.http) is for methods"
    ),
    hook(f"{whole()} option idempotency_level = IDEMPOTENT;"): "Bad/Do: idempotency_level is for methods",
    hook(whole(), "(stream Get) returns (Empty)"): "acme.bad.v1.Bad/Do: streams are not supported",
    http('get: "/v1/{id=shelves/*}"'): "the path '/v1/{id=shelves/*}' is not made of",
    http('get: "/v1/**"'): "the path '/v1/**' is not made of",
    http('get: "/v1/{name}"'): "names name, which is no field of the request",
    http('get: "/v1/{ids}"'): "the field ids cannot stand in the path",
    http('get: "/v1/{id}"'): "empty is a message and fits into no query",
    http('get: "/v1" body: "*"'): "GET carries no body",
    http('post: "/v1" body: "empty"'): 'body may be "*" or absent',
    http('custom: { kind: "HEAD" path: "/v1" }'): "the HTTP method custom is not supported",
}


@pytest.mark.parametrize(("contract", "problem"), CASES.items(), ids=CASES.values())
def test_what_is_not_supported_is_refused_by_name(tmp_path: Path, contract: str, problem: str) -> None:
    (tmp_path / "bad.proto").write_text(HEAD + contract)
    response = generate(request_for(tmp_path, packages={"acme": "acme_protos"}))
    assert problem in response.error
    assert "→" in response.error
    assert not response.file


def test_a_package_without_a_home_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.proto").write_text('syntax = "proto3"; package other.v1; message M {}')
    assert "No Python package is configured for the proto package 'other.v1'" in (
        generate(request_for(tmp_path, packages={})).error
    )


@pytest.mark.parametrize("head", ['syntax = "proto2"; package acme.v1;', 'syntax = "proto3";'])
def test_only_proto3_with_a_package(tmp_path: Path, head: str) -> None:
    (tmp_path / "bad.proto").write_text(head + " message M {}")
    assert "bad.proto" in generate(request_for(tmp_path, packages={"acme": "acme_protos"})).error


def test_what_protoc_refuses_is_an_error_too(tmp_path: Path) -> None:
    (tmp_path / "bad.proto").write_text("no proto at all")
    with pytest.raises(GenerateError, match="protoc refused"):
        request_for(tmp_path, packages={})
    with pytest.raises(GenerateError, match=r"no \.proto files"):
        request_for(tmp_path / "nowhere", packages={})
