"""The suite's own messages, compiled by the compiler that is under test."""

from __future__ import annotations

from pathlib import Path

from oms_core.codegen import project

PACKAGE = "conformance_protos"
MODULE = f"{PACKAGE}.proto3"
_PROTO = "google/protobuf/test_messages_proto3.proto"


def compile_messages(suite: Path, folder: Path, *, messages: str) -> None:
    """Write the Python package of the suite's messages into ``folder``, with ``messages`` as back end."""
    protos = folder / "protos" / _PROTO
    protos.parent.mkdir(parents=True, exist_ok=True)
    protos.write_bytes((suite / "include" / _PROTO).read_bytes())
    (folder / "pyproject.toml").write_text(
        "[tool.oms.generate]\n"
        'root = "protos"\n'
        f'packages = {{ "protobuf_test_messages" = "{PACKAGE}" }}\n'
        f'messages = "{messages}"\n'
    )
    wanted = project.Project.read(folder)
    project.write(wanted, project.expected(wanted))
