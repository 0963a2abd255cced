"""A mistake in a contract is refused with its file, line and column, what is wrong, and what to write.

Each file in ``refusals`` begins with the whole text of the error that it must give.
"""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import takewhile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest, CodeGeneratorResponse

from oms_core.cli.main import main
from oms_core.codegen.generate import generate, generated
from oms_core.codegen.problems import ContractError
from oms_core.codegen.protoc import request_for
from oms_core.codegen.protoc_plugin import answer
from oms_core.errors import GenerateError

REFUSALS = sorted((Path(__file__).parent / "refusals").glob("*.proto"))
HEAD = 'syntax = "proto3";\npackage acme.bad.v1;\nimport "oms/options/v1/options.proto";\n'
MISTAKE = "message M { string a = 1 [(oms.options.v1.requires) = {}]; }\n"
SETTINGS = '[tool.oms.generate]\nroot = "protos"\npackages = { "acme" = "code/acme_protos" }\n'


def stated(file: Path) -> str:
    """Return the error that the file's header comment states."""
    lines = takewhile(lambda line: line.startswith("//"), file.read_text().splitlines())
    return "\n".join(line.removeprefix("//").removeprefix(" ") for line in lines)


@pytest.mark.parametrize("file", REFUSALS, ids=[file.stem for file in REFUSALS])
def test_each_mistake_is_refused_as_its_header_says(tmp_path: Path, file: Path) -> None:
    (tmp_path / file.name).write_text(file.read_text())
    with pytest.raises(ContractError) as refused:
        generated(request_for(tmp_path, packages={"acme": "acme_protos"}))
    assert str(refused.value) == stated(file)
    assert all(one.place.line and one.place.column and one.hint for one in refused.value.problems)


def test_mistakes_of_several_files_come_by_file_and_line(tmp_path: Path) -> None:
    for name in ("b", "a"):
        text = HEAD.replace("bad", name) + "\n" * 10 + MISTAKE + MISTAKE.replace("M", "N")
        (tmp_path / f"{name}.proto").write_text(text)
    with pytest.raises(ContractError) as refused:
        generated(request_for(tmp_path, packages={"acme": "acme_protos"}))
    places = [(one.place.file, one.place.line) for one in refused.value.problems]
    assert places == [("a.proto", 14), ("a.proto", 15), ("b.proto", 14), ("b.proto", 15)]


def test_without_source_info_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.proto").write_text(HEAD + MISTAKE)
    request = request_for(tmp_path, packages={"acme": "acme_protos"})
    for file in request.proto_file:
        file.ClearField("source_code_info")
    response = generate(request)
    assert response.error.startswith("bad.proto: acme.bad.v1.M.a: the permission of")
    assert not response.file


def test_a_file_in_another_encoding_is_refused_at_the_byte(tmp_path: Path) -> None:
    (tmp_path / "bad.proto").write_bytes(HEAD.encode() + b"// Caf\xe9\nmessage M {}\n")
    with pytest.raises(ContractError) as refused:
        request_for(tmp_path, packages={})
    assert str(refused.value) == (
        "bad.proto:4:7: The file holds bytes that are no UTF-8.\n  → Save the file as UTF-8."
    )


def test_no_protos_at_all(tmp_path: Path) -> None:
    with pytest.raises(GenerateError, match=r"no \.proto files"):
        request_for(tmp_path / "nowhere", packages={})


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "protos").mkdir()
    (tmp_path / "protos/bad.proto").write_text(HEAD + MISTAKE)
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    return tmp_path


WRONG = "acme.bad.v1.M.a: the permission of (oms.options.v1.requires) has no name."
RIGHT = 'Write { name: "a.b.c" }.'


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["generate", *arguments])


def test_a_person_sees_the_file_from_where_he_is(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run()
    assert done.exit_code == 1
    assert done.stderr == f"Error [UNSUPPORTED_CONTRACT] protos/bad.proto:4:27: {WRONG}\n  → {RIGHT}\n"
    monkeypatch.chdir(project / "protos")
    assert "] bad.proto:4:27: " in run("--project", "..").stderr
    assert not (project / "code").exists()


def test_what_protoc_refuses_looks_the_same(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (project / "protos/bad.proto").write_text(HEAD + "message M { string a = 1 }\n")
    done = run()
    assert done.exit_code == 1
    assert done.stderr.startswith("Error [PROTOC_REFUSED] protos/bad.proto:4:26: Expected ")
    assert capfd.readouterr() == ("", "")


def test_a_program_gets_objects(project: Path) -> None:
    done = run("--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout) == {
        "problems": [
            {
                "file": "protos/bad.proto",
                "line": 4,
                "column": 27,
                "code": "UNSUPPORTED_CONTRACT",
                "message": WRONG,
                "hint": RIGHT,
            }
        ],
        "missing": [],
        "stale": [],
        "extra": [],
        "files": 0,
    }


def test_a_program_gets_what_was_done(project: Path) -> None:
    (project / "protos/bad.proto").write_text(HEAD.rpartition("import")[0] + "message M {}")
    done = json.loads(run("--json").stdout)
    assert done["problems"] == []
    assert "code/acme_protos/bad/v1/messages.py" in done["missing"]
    assert json.loads(run("--json", "--check").stdout) == done | {"missing": []}


def test_github_gets_annotations(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = f"::error file=protos/bad.proto,line=4,col=27,title=UNSUPPORTED_CONTRACT::{WRONG} {RIGHT}\n"
    assert run("--format", "github").stdout == told
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert run().stdout == told


def test_a_broken_setting_is_told_in_every_format(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.oms.generate]\n")
    assert "Error [NO_PROJECT] " in run().stderr
    assert run("--format", "github").stdout.startswith("::error title=NO_PROJECT::")
    assert json.loads(run("--json").stdout)["problems"][0]["code"] == "NO_PROJECT"


def test_protoc_prints_the_same_text(project: Path) -> None:
    request = request_for(project / "protos", packages={"acme": "acme_protos"})
    response = CodeGeneratorResponse.FromString(answer(request.SerializeToString()))
    assert response.error == f"bad.proto:4:27: {WRONG}\n  → {RIGHT}"
    plugin = Path(sys.executable).with_name("protoc-gen-oms")
    done = subprocess.run([plugin], input=b"\xff no request", capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "holds no request" in CodeGeneratorResponse.FromString(done.stdout).error


def test_descriptors_that_do_not_fit_are_refused(project: Path) -> None:
    request = request_for(project / "protos", packages={"acme": "acme_protos"})
    alone = CodeGeneratorRequest(file_to_generate=["bad.proto"], proto_file=[request.proto_file[-1]])
    error = generate(alone).error
    assert error.startswith("bad.proto: ")
    assert "Give the output of protoc or buf" in error
