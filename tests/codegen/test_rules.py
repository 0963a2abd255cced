"""What compiled rules find is what protovalidate finds: the same fields, the same rules."""

from __future__ import annotations

import importlib
import os

import pytest
from acme_protos.rules.v1 import messages, rules
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from oms_core.codegen.names import snake
from tests.codegen import structs  # noqa: F401 - makes the second package
from tests.codegen.oracle import Oracle
from tests.codegen.rules_oracle import Broken, broken, filled, ours

EXAMPLES = int(os.environ.get("OMS_EXAMPLES", "60"))
ORACLE = Oracle("acme_protos.rules.v1")
EXPRESSIONS = Oracle("acme_protos.expressions.v1")
some = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))

KINDS = [
    *("PutOrderRequest", "FindOrdersRequest", "Bag", "Numbers", "Integers", "Reals", "Texts", "Raw"),
    *("Times", "Choice", "Maps", "Known"),
]
both_back_ends = pytest.mark.parametrize("package", ["acme_protos", "acme_structs"])


def found_in(package: str, name: str, data: bytes, *, suffix: str = "") -> Broken:
    """What the compiled rules of a package find in a message; ``name`` is its full name in the contract."""
    module, _, kind = name.rpartition(".")
    folder = f"{package}.{module.removeprefix('acme.')}"
    message = getattr(importlib.import_module(f"{folder}.messages"), kind).parse(data)
    check = getattr(importlib.import_module(f"{folder}.rules"), f"check_{snake(kind)}{suffix}")
    return ours(check(message))


@both_back_ends
@pytest.mark.parametrize("name", KINDS)
@some
@given(data=st.data())
def test_rules_are_broken_where_protovalidate_says(package: str, name: str, data: st.DataObject) -> None:
    theirs = data.draw(filled(ORACLE, f"acme.rules.v1.{name}"))
    assert found_in(package, f"acme.rules.v1.{name}", theirs.SerializeToString()) == broken(theirs)


@both_back_ends
@pytest.mark.parametrize("name", ["BookRequest", "Guest", "Booking"])
@some
@given(data=st.data())
def test_cel_stands_beside_compiled_rules(package: str, name: str, data: st.DataObject) -> None:
    texts = st.sampled_from(["", "X", "Y", "#a", "a"])
    theirs = data.draw(filled(EXPRESSIONS, f"acme.expressions.v1.{name}", texts))
    found = found_in(package, f"acme.expressions.v1.{name}", theirs.SerializeToString(), suffix="_with_cel")
    assert found == broken(theirs)


HOSTS = [
    "example.com", "a-b.c", "xn--a.de", "1.2.3.4", "1.2.3", "a.1", "::1", "fe80::1%eth0",
    "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "2001:db8::", "01.2.3.4",
    "256.1.1.1", "a" * 64 + ".b", "a..b", "a.", ".", "-a.b", "a-.b",
]  # fmt: skip
NETWORKS = [
    "10.0.0.0/8", "10.0.0.1/8", "0.0.0.0/0", "1.2.3.4/32", "1.2.3.4/33", "1.2.3.4/08", "2001:db8::/32",
    "2001:db8::1/32", "::/0", "::1/128", "::1/129", "fe80::%a/64", "1.2.3.4/", "/8",
]  # fmt: skip
PAIRS = [
    "example.com:80", "1.2.3.4:0", "[::1]:65535", "[::1]:65536", "[::1%eth0]:1", "::1:80", "[::1]", "a:b",
    "a:080", ":1", "a:",
]  # fmt: skip
URIS = [
    "https://user:pw@example.com:8080/a/b;c?d=e/f?#g/h?", "http://[::1]/", "http://[fe80::1%25eth0]:1/",
    "http://[v1.a:b]", "urn:isbn:1", "mailto:a@b.c", "http://%61/%zz", "http://%ff/", "http://a b/",
    "//host/p", "/a//b", "a:b", "a/b:c", "./a:b", "?q", "#f", "1a:b", "http://[::1",
    "http://[fe80::1%eth0]", "http:", "http:///a", "http://a:b/", "http://[v1.]", "é:a", "http://é",
    "http://[::1%25%ff]/",
]  # fmt: skip
IDS = [
    "8bad1dc1-6a24-4a5b-9c1f-1c1c1c1c1c1c", "8bad1dc16a244a5b9c1f1c1c1c1c1c1c",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV", "acme.v1.Item", ".acme.Item", "a.1",
]  # fmt: skip
MAILS = [
    "a@b", "a.b+c@d-e.fg", "a@", "@b", "a@b@c", "a@-b", "a@b.", 'a"@b', "ä@b.c", "a@b\n", "a@" + "b" * 63,
    "a@" + "b" * 64,
]  # fmt: skip
HEADERS = [
    "Content-Type", ":path", "a b", "a\tb", "a\nb", "a\0", "a,b", "", "ä", "\x7f", "`",
]  # fmt: skip
SEEDS = [*HOSTS, *NETWORKS, *PAIRS, *URIS, *IDS, *MAILS, *HEADERS]


@st.composite
def spoiled(draw: st.DrawFn) -> str:
    """A text that is nearly of some format."""
    text = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(text)))
        drop = draw(st.integers(0, 1))
        text = text[:at] + draw(st.sampled_from([*"aZ0917:/.-%[]@?#_~!v ,\n\0éß٣", ""])) + text[at + drop :]
    return text


FORMATS = [field.name for field in ORACLE.new("acme.rules.v1.Formats").DESCRIPTOR.fields]


@settings(some, max_examples=EXAMPLES * 20)
@given(text=spoiled())
@example("")
def test_formats_are_those_of_protovalidate(text: str) -> None:
    theirs = ORACLE.new("acme.rules.v1.Formats")
    for name in FORMATS:
        setattr(theirs, name, text)
    message = messages.Formats(**dict.fromkeys(FORMATS, text))
    assert ours(rules.check_formats(message)) == broken(theirs)


@pytest.mark.parametrize("text", SEEDS)
def test_every_seed_is_judged_alike(text: str) -> None:
    test_formats_are_those_of_protovalidate.hypothesis.inner_test(text)  # type: ignore[attr-defined]
