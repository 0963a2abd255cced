"""Contracts that we did not write: the files of googleapis-common-protos, with both kinds of classes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import google.api.annotations_pb2 as annotations
import pytest

from oms_core.codegen.project import Project, expected, write

ROOT = Path(annotations.__file__).parents[2]
MESSAGES = """
import importlib, sys
from oms_wire.message import Message
kinds = {
    kind
    for name in sys.argv[1:]
    for kind in vars(importlib.import_module(name)).values()
    if isinstance(kind, type) and issubclass(kind, Message)
}
for kind in kinds:
    message = kind()
    assert kind.parse(bytes(message)) == kind.decode_json(message.encode_json()) == message, kind
print(len(kinds))
"""


def _of_messages_alone() -> list[str]:
    """Return the proto3 files that declare no service: theirs say nothing about permissions."""
    found = []
    for path in sorted((ROOT / "google").rglob("*.proto")):
        text = path.read_text(encoding="utf-8")
        if 'syntax = "proto3"' in text and "\nservice " not in text and "\nextend " not in text:
            found.append(path.relative_to(ROOT).as_posix())
    return found


@pytest.mark.parametrize("messages", ["betterproto2", "struct"])
def test_contracts_of_others_compile_and_import(tmp_path: Path, messages: str) -> None:
    (tmp_path / "protos").mkdir()
    (tmp_path / "protos/own.proto").write_text(
        'syntax = "proto3"; package own.v1; message Own { int32 id = 1; }'
    )
    packages = {
        "own": "own",
        "google": "others",
        "google.api": "others_api",
        "google.rpc": "others_rpc",
        "google.type": "others_type",
    }
    project = Project(
        folder=tmp_path,
        root=tmp_path / "protos",
        packages={prefix: tmp_path / name for prefix, name in packages.items()},
        installed=tuple(_of_messages_alone()),
        messages=messages,
    )
    files = expected(project)
    write(project, files)
    modules = [
        path.parent.relative_to(tmp_path).as_posix().replace("/", ".")
        for path in files
        if path.name == "messages.py"
    ]
    done = subprocess.run(
        [sys.executable, "-c", MESSAGES, *modules], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 100
