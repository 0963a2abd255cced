"""``oms breaking`` sees what a change does to those who call, listen, answer and guard."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from oms_core.cli.main import main
from oms_core.codegen.breaking.finding import HINTS
from oms_core.codegen.protoc import request_for
from tests.codegen.breaking.cases import CASES, Case

SHOP = (Path(__file__).parent / "breaking/shop.proto").read_text()
BUF = Path(sys.executable).with_name("buf")
SETTINGS = '[tool.oms.generate]\nroot = "protos"\npackages = { "acme" = "acme_protos" }\n'


VALIDATE = """syntax = "proto3";
package buf.validate;
import "google/protobuf/descriptor.proto";
extend google.protobuf.FieldOptions { optional FieldRules field = 1159; }
message FieldRules { StringRules string = 14; }
message StringRules { optional uint64 min_len = 2; optional uint64 max_len = 3; }
"""  # of the real one, what is asked here


class Shop:
    """A project with one contract, and its contract as it was in before.binpb."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.proto = folder / "protos/acme/v1/shop.proto"
        self.proto.parent.mkdir(parents=True)
        self.proto.write_text(SHOP)
        (folder / "pyproject.toml").write_text(SETTINGS)
        self.before = self.descriptors("before.binpb")

    def descriptors(self, name: str) -> Path:
        file = self.folder / name
        files = request_for(self.folder / "protos", packages={}).proto_file
        file.write_bytes(FileDescriptorSet(file=files).SerializeToString())
        return file

    def change(self, old: str, new: str) -> None:
        assert SHOP.count(old) == 1, old
        self.proto.write_text(SHOP.replace(old, new))

    def breaking(self, *arguments: str, against: str = "") -> Result:
        against = against or str(self.before)
        command = ["breaking", "--against", against, "--project", str(self.folder), *arguments]
        return CliRunner().invoke(main, command)

    def git(self, *arguments: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
        subprocess.run(
            ["git", "-C", str(self.folder), *identity, *arguments], check=True, capture_output=True
        )


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "shop")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_each_change_is_found_with_its_place(shop: Shop, case: Case) -> None:
    shop.change(case.old, case.new)
    done = shop.breaking("--json")
    findings = json.loads(done.stdout)
    assert {(one["rule"], one["at"]) for one in findings} == set(case.found), done.output
    assert done.exit_code == (1 if case.found else 0)
    assert all(one["file"] == "acme/v1/shop.proto" and one["line"] > 0 for one in findings)


def test_every_rule_is_shown_by_a_case() -> None:
    shown = {rule for case in CASES.values() for rule, _ in case.found}
    elsewhere = {"SERVICE_DELETED", "ROUTE_MOVED", "ROUTE_VARIABLE", "VALIDATION_TIGHTENED"}
    assert shown | elsewhere == set(HINTS)


def test_a_variable_that_is_called_otherwise_is_found(shop: Shop) -> None:
    shop.proto.write_text(
        SHOP.replace("string order_id = 1;", "string order_id = 1;\n  string id = 99;").replace(
            'get: "/v1/orders/{order_id}"', 'get: "/v1/orders/{id}"'
        )
    )
    done = shop.breaking()
    assert (
        "ROUTE_VARIABLE acme.v1.Orders.GetOrder: GET /v1/orders/{order_id}: its path is /v1/orders/{id} now"
        in done.output
    )


def test_a_route_that_another_method_took_is_found(shop: Shop) -> None:
    shop.proto.write_text(
        SHOP.replace('post: "/v1/orders"', 'post: "/v1/other"').replace(
            "(oms.options.v1.public) = true;",
            '(oms.options.v1.public) = true; option (google.api.http) = { post: "/v1/orders" };',
        )
    )
    done = shop.breaking()
    assert (
        "ROUTE_MOVED acme.v1.Orders.PlaceOrder: POST /v1/orders calls acme.v1.Orders.CountOrders now"
        in done.output
    )


@pytest.mark.parametrize(
    ("was", "now", "message"),
    [
        ("max_len: 20", "max_len: 10", "the rule string.max_len was 20, and is 10"),
        ("max_len: 20", "max_len: 20 min_len: 1", "the rule string.min_len is new: 1"),
        ("min_len: 2", "min_len: 1", ""),
        ("max_len: 20", "max_len: 40", ""),
        ("max_len: 20", "", ""),
    ],
)
def test_validation_may_become_wider_but_not_tighter(shop: Shop, was: str, now: str, message: str) -> None:
    rules = shop.folder / "protos/buf/validate/validate.proto"
    rules.parent.mkdir(parents=True)
    rules.write_text(VALIDATE)
    imported = SHOP.replace("import ", 'import "buf/validate/validate.proto";\nimport ', 1)
    field = "string cash = 8 [(buf.validate.field).string = {{ {} }}];"
    shop.proto.write_text(imported.replace("string cash = 8;", field.format(was)))
    before = shop.descriptors("ruled.binpb")
    shop.proto.write_text(imported.replace("string cash = 8;", field.format(now)))
    done = shop.breaking(against=str(before))
    assert done.exit_code == (1 if message else 0)
    assert (f"VALIDATION_TIGHTENED acme.v1.Order.cash: {message}" in done.output) == bool(message)


def test_what_is_gone_as_a_whole_is_said_once(shop: Shop) -> None:
    shop.proto.write_text(SHOP[: SHOP.index("service Orders {")])
    done = shop.breaking("--json")
    assert [(one["rule"], one["at"]) for one in json.loads(done.stdout)] == [
        ("SERVICE_DELETED", "acme.v1.OrderHooks"),
        ("SERVICE_DELETED", "acme.v1.Orders"),
    ]


def test_text_names_file_line_rule_and_the_way_out(shop: Shop) -> None:
    shop.change("int32 quantity = 2;", "int64 quantity = 2;")
    done = shop.breaking()
    line = 1 + shop.proto.read_text().splitlines().index("  int64 quantity = 2;")
    said = "FIELD_TYPE acme.v1.Order.quantity: its type was int32, and is int64"
    assert f"protos/acme/v1/shop.proto:{line}: {said}" in done.output
    assert "→ leave it as it was, and add a new one beside it" in done.output
    assert "1 breaking, 0 loosened, 0 agreed to." in done.output


def test_github_gets_annotations(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.change("int32 quantity = 2;", "int64 quantity = 2;")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    done = shop.breaking()
    assert re.search(
        r"::error file=\S*protos/acme/v1/shop\.proto,line=\d+,title=FIELD_TYPE::acme\.v1\.Order", done.output
    )


def test_against_a_revision_of_git(shop: Shop) -> None:
    shop.git("init", "-q")
    shop.git("add", ".")
    shop.git("commit", "-qm", "first")
    shop.change("int32 quantity = 2;", "int64 quantity = 2;")
    assert "FIELD_TYPE" in shop.breaking(against="HEAD").output
    shop.proto.write_text(SHOP)
    done = shop.breaking(against="HEAD")
    assert (done.exit_code, done.output) == (0, "Against HEAD: nothing breaks.\n")


def test_a_contract_that_was_not_there_yet_breaks_nobody(shop: Shop) -> None:
    shop.git("init", "-q")
    shop.git("add", "pyproject.toml")
    shop.git("commit", "-qm", "first")
    assert shop.breaking(against="HEAD").exit_code == 0


@pytest.mark.parametrize("against", ["nowhere", "--help-me", "HEAD~400"])
def test_what_is_no_revision_is_named(shop: Shop, against: str) -> None:
    shop.git("init", "-q")
    done = CliRunner().invoke(main, ["breaking", f"--against={against}", "--project", str(shop.folder)])
    assert done.exit_code == 1
    assert f"{against} is neither a file nor a revision" in done.output


def test_a_file_that_holds_no_descriptors_is_named(shop: Shop) -> None:
    nonsense = shop.folder / "nonsense.binpb"
    nonsense.write_bytes(b"\xff\xff\xff")
    done = shop.breaking(against=str(nonsense))
    assert done.exit_code == 1
    assert f"{nonsense} is no file of descriptors" in done.output


def test_what_was_agreed_to_passes_and_is_counted(shop: Shop) -> None:
    shop.change("int32 quantity = 2;", "int64 quantity = 2;")
    agree(shop, '{ rule = "FIELD_TYPE", at = "acme.v1.Order.*", reason = "nobody counts past two billion" }')
    done = shop.breaking()
    assert (done.exit_code, done.output) == (
        0,
        f"Against {shop.before}: 0 breaking, 0 loosened, 1 agreed to.\n",
    )


def test_an_agreement_that_nothing_needs_is_mentioned(shop: Shop) -> None:
    agree(shop, '{ rule = "FIELD_TYPE", at = "acme.v1.Order.quantity", reason = "long ago" }')
    assert (
        "nothing needs the agreement FIELD_TYPE at acme.v1.Order.quantity any more" in shop.breaking().output
    )


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ('{ rule = "FIELD_TYPE", at = "a.b", reason = " " }', "FIELD_TYPE at a.b has no reason"),
        ('{ rule = "FIELD_KIND", at = "a.b", reason = "c" }', "'FIELD_KIND' is no rule"),
        ('{ rule = "FIELD_TYPE", reason = "c" }', "missing required field `at`"),
    ],
)
def test_an_agreement_needs_a_rule_a_place_and_a_reason(shop: Shop, entry: str, problem: str) -> None:
    agree(shop, entry)
    done = shop.breaking()
    assert done.exit_code == 1
    assert problem in done.output


def test_an_unstable_package_may_change(shop: Shop) -> None:
    unstable = SHOP.replace("package acme.v1;", "package acme.v1beta1;").replace("acme.v1.", "acme.v1beta1.")
    shop.proto.write_text(unstable)
    before = shop.descriptors("beta.binpb")
    shop.proto.write_text(unstable.replace("int32 quantity = 2;", "int64 quantity = 2;"))
    assert shop.breaking(against=str(before)).exit_code == 0
    (shop.folder / "pyproject.toml").write_text(f"{SETTINGS}[tool.oms.breaking]\nignore-unstable = false\n")
    assert shop.breaking(against=str(before)).exit_code == 1


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_whatever_buf_finds_is_found(shop: Shop, case: Case) -> None:
    shop.change(case.old, case.new)
    after = shop.descriptors("after.binpb")
    rules = '{"version":"v2","breaking":{"use":["PACKAGE","WIRE_JSON"]}}'
    buf = subprocess.run(
        [BUF, "breaking", str(after), "--against", str(shop.before), "--config", rules, "--path", "acme"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert buf.returncode in {0, 100}, buf.stderr
    if buf.returncode:
        assert shop.breaking().exit_code == 1, buf.stdout


def agree(shop: Shop, entry: str) -> None:
    (shop.folder / "pyproject.toml").write_text(f"{SETTINGS}[tool.oms.breaking]\nallow = [{entry}]\n")
