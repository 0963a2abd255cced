"""Patterns find in Python what they find in protovalidate, whose expressions are RE2's."""

from __future__ import annotations

import json
import re
from typing import Any

import protovalidate
import pytest
from google.protobuf import descriptor_pool, message_factory

from oms_core.codegen.protoc import request_for
from oms_core.codegen.rules_pattern import translated

PATTERNS = [
    "a", "^a", "a$", "^a$", "^$", "", ".", "^.$", "^..$", "(?s)^.$", "(?i)^ab$", "^(?i:A)b$", r"^\d+$",
    r"^\D$", r"^\w$", r"^\W$", r"^\s$", r"^\S$", r"^[\d\-a]$", r"^[^\d]$", r"^[\D]$", r"^[\s\S]$",
    r"^[^\S]$", r"^[\w.]+$", r"\bab\b", r"\Aab\z", r"^[]a]$", r"^[^]a]$", r"^[a-c-]$", r"^[-a]$",
    r"^[[]$", r"^[a\]b]$", "^[[:alpha:]]$", "^[[:digit:]x]$", "^[[:punct:]]$", "^[[:space:]]$",
    "^[[:word:]]$", r"^\x61$", r"^\x{1F600}$", r"^[\x{1F600}é]$", r"^\t$", r"^\.$", r"^\/$", r"^\"$",
    "^a{2}$", "^a{1,2}$", "^a{2,}$", "^a{0}b$", "^a{,2}$", "a{", "^a{x}$", "^(a|b)c$", "^(?:a|b)*?c$",
    "^(?P<name>a)$", "^a??b$", "^(a+)(b+)$", "a|^$", "^&&$", "^[a&&b]$", "^[~~]$", "^[a||b]$", "^#.*$",
    "^ $", r"^\v$", "^é$", "^[à-é]$", "^ß$", "(?i)^é$",
]  # fmt: skip
TEXTS = [
    "", "a", "b", "ab", "AB", "Ab", "aB", "aa", "aaa", "aab", "ac", "bc", "c", "abab", "a b", "ab cd",
    "1", "12", "٣", "_", "-", ".", " ", "\t", "\n", "\v", "\f", "\r", "\u00a0", "\u2028", "a\n", "\na",
    "12\n", "é", "É", "à", "ß", "ẞ", "😀", "]", "[", "\\", "/", '"', "{", "a{", "a{,2}", "a{x}", "&", "&&",
    "~", "|", "#", "#a", "x", "!", "aé", "éab", "abé",
]  # fmt: skip


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> type[Any]:
    folder = tmp_path_factory.mktemp("patterns")
    fields = "".join(
        f"string f{number} = {number} [(buf.validate.field).string.pattern = {json.dumps(pattern)}];\n"
        for number, pattern in enumerate(PATTERNS, start=1)
    )
    head = 'syntax = "proto3"; package acme.patterns.v1; import "buf/validate/validate.proto";'
    (folder / "patterns.proto").write_text(f"{head} message M {{ {fields} }}")
    pool = descriptor_pool.DescriptorPool()
    for file in request_for(folder, packages={}).proto_file:
        file.ClearField("source_code_info")
        pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("acme.patterns.v1.M"))


@pytest.mark.parametrize("text", TEXTS)
def test_patterns_find_the_same(oracle: type[Any], text: str) -> None:
    message = oracle(**{f"f{number}": text for number in range(1, len(PATTERNS) + 1)})
    broken = {v.proto.field.elements[0].field_name for v in protovalidate.collect_violations(message)}
    found = {
        f"f{number}"
        for number, pattern in enumerate(PATTERNS, start=1)
        if not re.search(translated(pattern).python, text)
    }
    assert {PATTERNS[int(name[1:]) - 1] for name in found} == {PATTERNS[int(name[1:]) - 1] for name in broken}


@pytest.mark.parametrize("pattern", ["^[a-z]+$", r"^\d\.\x61$", "(?:a|b)", "a{2}?", "[^a]"])
def test_what_javascript_reads_alike_is_portable(pattern: str) -> None:
    assert translated(pattern).portable


@pytest.mark.parametrize("pattern", ["(?i)a", r"\Aa\z", "[[:alpha:]]", "(?P<x>a)", r"\x{61}", "a{"])
def test_what_javascript_reads_differently_is_not(pattern: str) -> None:
    assert not translated(pattern).portable
