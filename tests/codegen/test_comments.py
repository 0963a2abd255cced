"""Comments of the contract become docstrings, whatever stands in them; the order of files changes nothing."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from oms_core.codegen.generate import content_of, generate
from oms_core.codegen.protoc import request_for

HERE = Path(__file__).parent
COMMENTS = [
    r"A path C:\Users\new, \N{DASH} and \x41.",
    'It says "yes".',
    '"Yes" it says, and ends with "yes"',
    "Three \"\"\" of them, and ''' as well.",
    "It ends with a backslash \\",
    "Long " + "and long " * 60 + "it is.",
    "Größe, 価格, 🍕, and {{ braces }} {% raw %} # sign",
    "",
]


@pytest.mark.parametrize("comment", COMMENTS, ids=range(len(COMMENTS)))
def test_a_comment_is_the_docstring(tmp_path: Path, comment: str) -> None:
    # A // comment that ends with a backslash would go on in the next line.
    lead = f"/* {comment}\n */" if comment.endswith("\\") else f"// {comment}"
    (tmp_path / "odd.proto").write_text(
        'syntax = "proto3";\npackage acme.odd.v1;\nimport "oms/options/v1/options.proto";\n'
        f"{lead}\nmessage M {{\n{lead}\nstring a = 1;\n}}\n"
        f"{lead}\nenum E {{\n{lead}\nE_NONE = 0;\n}}\n"
        f"{lead}\nservice S {{\n{lead}\nrpc Do(M) returns (M) {{\n"
        "option (oms.options.v1.public) = true;\n}\n}\n",
        encoding="utf-8",
    )
    response = generate(request_for(tmp_path, packages={"acme": "acme"}))
    assert not response.error
    modules = [file for file in response.file if file.name.endswith(".py")]
    trees = {Path(module.name).name: ast.parse(content_of(module)) for module in modules}
    found = {
        node.name: ast.get_docstring(node)
        for tree in (trees["messages.py"], trees["services.py"])
        for node in ast.walk(tree)
        if isinstance(node, (ast.ClassDef, ast.AsyncFunctionDef))
    }
    names = {"M": "acme.odd.v1.M", "E": "acme.odd.v1.E", "SBase": "acme.odd.v1.S", "do": "acme.odd.v1.S/Do"}
    for name, full_name in names.items():
        assert (found[name] or "").rstrip() == (comment or f"{full_name}.")


def test_neither_the_order_of_files_nor_the_hash_seed_changes_a_byte(tmp_path: Path) -> None:
    root = HERE.parents[1]
    includes = [HERE / "protos", root / "protos", root / "oms_core/codegen/protos", _google()]
    names = [path.relative_to(HERE / "protos").as_posix() for path in (HERE / "protos").rglob("*.proto")]
    found = []
    for seed, order in (("0", sorted(names)), ("1", sorted(names, reverse=True))):
        out = tmp_path / seed
        out.mkdir()
        subprocess.run(
            [
                *(sys.executable, "-m", "grpc_tools.protoc"),
                f"--plugin={Path(sys.executable).parent / 'protoc-gen-oms'}",
                *(f"-I{include}" for include in includes),
                *(f"--oms_out={out}", "--oms_opt=acme=acme_protos", *order),
            ],
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        found.append({p.relative_to(out): p.read_bytes() for p in out.rglob("*") if p.is_file()})
    assert found[0] == found[1]
    assert len(found[0]) > 10


def _google() -> Path:
    import google.api.annotations_pb2 as annotations

    return Path(annotations.__file__).parents[2]
