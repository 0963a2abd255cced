"""A third party's options lead to a third party's files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from oms_core.cli.generate import generate as command
from oms_core.codegen.declarations import Declared
from oms_core.codegen.generate import content_of, generate
from oms_core.codegen.generators import generators
from oms_core.codegen.protoc import request_for
from oms_core.plugins import hookimpl

OPTIONS = """
syntax = "proto3";
package audit.options.v1;
import "google/protobuf/descriptor.proto";
message Audited { string level = 1; repeated int64 keep_days = 2; }
extend google.protobuf.MethodOptions { Audited audited = 60001; }
extend google.protobuf.FieldOptions { string label = 60002; }
"""
CONTRACT = """
syntax = "proto3";
package acme.pay.v1;
import "audit/options.proto";
import "oms/options/v1/options.proto";
service Pay {
  // Give it back.
  rpc Refund(Payment) returns (Payment) {
    option (oms.options.v1.public) = true;
    option (audit.options.v1.audited) = { level: "high" keep_days: 30 keep_days: 365 };
  }
}
message Payment { string iban = 1 [(audit.options.v1.label) = "pii"]; string note = 2; }
"""
MODULE = """
import json
from oms_core.plugins import hookimpl

@hookimpl
def oms_codegen_options(package):
    found = package.having("audit.options.v1.audited")
    return {"audit.json": json.dumps({one.full_name: one.options for one in found})} if found else {}
"""


class Making:
    """A generator that returns what it is given, and remembers what it saw."""

    def __init__(self, made: object = None) -> None:
        self.made = made
        self.seen: list[Declared] = []

    @hookimpl
    def oms_codegen_options(self, package: Declared) -> object:
        self.seen.append(package)
        if isinstance(self.made, Exception):
            raise self.made
        return self.made


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in {"audit/options.proto": OPTIONS, "acme/pay.proto": CONTRACT}.items():
        (tmp_path / "protos" / name).parent.mkdir(parents=True)
        (tmp_path / "protos" / name).write_text(text)
    return tmp_path / "protos"


def made(root: Path, **given: object) -> dict[str, bytes]:
    request = request_for(root, packages={"acme": "acme_protos", "audit": "audit_protos"})
    response = generate(request, others=generators(given))
    if response.error:
        raise AssertionError(response.error)
    return {file.name: content_of(file) for file in response.file}


def test_options_come_as_plain_values_with_names_and_comments(root: Path) -> None:
    generator = Making()
    made(root, audit=generator)
    [pay] = [package for package in generator.seen if package.name == "acme.pay.v1"]
    assert pay.module == "acme_protos.pay.v1"
    [refund] = pay.having("audit.options.v1.audited")
    assert (refund.kind, refund.full_name, refund.comment) == (
        "method",
        "acme.pay.v1.Pay/Refund",
        "Give it back.",
    )
    assert refund.options["audit.options.v1.audited"] == {"level": "high", "keep_days": ["30", "365"]}
    assert refund.options["oms.options.v1.public"] is True
    assert [one.full_name for one in pay.having("audit.options.v1.label")] == ["acme.pay.v1.Payment.iban"]


def test_what_a_generator_returns_lies_beside_our_files(root: Path) -> None:
    files = made(root, audit=Making({"audit/rules.txt": "rules"}), nothing=Making())
    assert files["acme_protos/pay/v1/audit/rules.txt"] == b"rules"
    assert "acme_protos/pay/v1/messages.py" in files


@pytest.mark.parametrize(
    ("what", "problem"),
    [
        ({"../x.py": ""}, "'../x.py', which is outside of its package's folder"),
        ({"/etc/x": ""}, "'/etc/x', which is outside"),
        ({"messages.py": ""}, "messages.py, which protoc-gen-oms writes"),
        ({"a.bin": b""}, "returns dict, and not text by file name"),
        (ValueError("no level"), "fails for acme.pay.v1: ValueError: no level"),
    ],
)
def test_a_generator_that_goes_wrong_is_named(root: Path, what: object, problem: str) -> None:
    with pytest.raises(AssertionError) as refused:
        made(root, audit=Making(what))
    assert "The generator 'audit'" in str(refused.value)
    assert problem in str(refused.value)


def test_two_generators_cannot_write_one_file(root: Path) -> None:
    with pytest.raises(AssertionError, match=r"'b' writes .*/x.txt, which a writes"):
        made(root, b=Making({"x.txt": ""}), a=Making({"x.txt": ""}))


def test_an_installed_generator_takes_part(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "site" / "acme_audit-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-audit\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[oms.codegen]\naudit = acme_audit_generator\n")
    (tmp_path / "site" / "acme_audit_generator.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    (tmp_path / "pyproject.toml").write_text(
        '[tool.oms.generate]\nroot = "protos"\n'
        'packages = { "acme" = "acme_protos", "audit" = "audit_protos" }\n'
    )
    done = CliRunner().invoke(command, ["--project", str(tmp_path)])
    assert done.exit_code == 0, done.output
    written = json.loads((tmp_path / "acme_protos/pay/v1/audit.json").read_text())
    assert written["acme.pay.v1.Pay/Refund"]["audit.options.v1.audited"]["level"] == "high"
    (info / "entry_points.txt").write_text("[oms.codegen]\naudit = acme_gone\n")
    again = CliRunner().invoke(command, ["--project", str(tmp_path)])
    assert again.exit_code == 1
    assert "The generator 'audit' cannot be loaded from acme_gone" in again.output
