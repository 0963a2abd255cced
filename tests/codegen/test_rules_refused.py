"""Rules that cannot hold, or that Python would read differently, are refused with the field's name."""

from __future__ import annotations

from pathlib import Path

import pytest

from oms_core import codegen
from oms_core.codegen.generate import generate
from oms_core.codegen.protoc import request_for

RULES = Path(codegen.__file__).parent / "protos/buf/validate/validate.proto"
HEAD = """
syntax = "proto3";
package acme.bad.v1;
import "buf/validate/validate.proto";
import "google/protobuf/duration.proto";
"""


def field(rules: str, kind: str = "string") -> str:
    return f"message M {{ {kind} a = 1 [{rules}]; }}"


def on(rule: str, kind: str = "string") -> str:
    return field(f"(buf.validate.field).{rule}", kind)


CASES = {
    on("int32.gt = 1"): "acme.bad.v1.M.a: it has int32 rules, and needs string rules",
    on("string.min_len = 1", "repeated string"): "M.a: it has string rules, and needs repeated rules",
    on(
        "repeated.items.int32.gt = 1", "repeated string"
    ): "M.a, its items: it has int32 rules, and needs string",
    on("map.keys.int32.gt = 1", "map<string, string>"): "M.a, its keys: it has int32 rules, and needs string",
    on("map.values.int32.gt = 1", "map<string, M>"): "M.a, its values: it has int32 rules, and needs message",
    on("repeated.unique = true", "repeated M"): "M.a: unique is for scalars and enums",
    on("duration.gt = {nanos: 1}", "google.protobuf.Duration"): "M.a: gt says nanoseconds",
    'message M { option (buf.validate.message).oneof = { fields: ["b"] }; string a = 1; }': (
        "acme.bad.v1.M: a oneof rule names the field b, which it lacks"
    ),
    on(r'string.pattern = "\\pL"'): r"M.a: the pattern '\\pL' has \p, which RE2 or Python does not read",
    on(r'string.pattern = "a(?=b)"'): "has '(?=b', which RE2 or Python does not read",
    on(r'string.pattern = "(a)\\1"'): r"has \1, which RE2 or Python does not read",
    on('string.pattern = "a*+"'): "repeats a repetition, which RE2 does not read",
    on('string.pattern = "a{1001}"'): "repeats more than 1000 times",
    on('string.pattern = "(a"'): "is no regular expression: missing )",
    on('string.pattern = "[[:greek:]]"'): "has the class [:greek:], which only RE2 reads",
    on('string.pattern = "[a"'): "has a [ without its ]",
}


def _place(contract: str) -> tuple[int, int]:
    """Return where the option stands: behind the bracket, or with its keyword."""
    before, _, _ = contract.partition("(buf.validate")
    start = len(before.removesuffix("option "))
    return HEAD.count("\n") + 1, start + 1


@pytest.mark.parametrize(("contract", "problem"), CASES.items(), ids=CASES.values())
def test_rules_that_cannot_hold_are_refused_by_name(tmp_path: Path, contract: str, problem: str) -> None:
    (tmp_path / "bad.proto").write_text(HEAD + contract)
    response = generate(request_for(tmp_path, packages={"acme": "acme_protos"}))
    assert problem in response.error
    line, column = _place(contract)
    assert response.error.startswith(f"bad.proto:{line}:{column}: ")
    assert "→" in response.error
    assert not response.file


def test_a_rule_that_is_not_known_is_refused_and_not_skipped(tmp_path: Path) -> None:
    """Somebody brings a newer buf/validate/validate.proto than ours."""
    newer = RULES.read_text().replace(
        "optional uint64 len = 19", "optional bool shouting = 99;\n  optional uint64 len = 19"
    )
    (tmp_path / "include/buf/validate").mkdir(parents=True)
    (tmp_path / "include/buf/validate/validate.proto").write_text(newer)
    (tmp_path / "protos").mkdir()
    (tmp_path / "protos/bad.proto").write_text(HEAD + on("string.shouting = true"))
    response = generate(
        request_for(tmp_path / "protos", packages={"acme": "acme_protos"}, includes=[tmp_path / "include"])
    )
    assert "M.a: the rule buf.validate.StringRules.shouting is not known here" in response.error
