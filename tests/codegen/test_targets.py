"""Each output is a target of its own, whichever door asks for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from oms_core.codegen.generate import content_of, generate
from oms_core.codegen.project import Project, expected
from oms_core.codegen.protoc import request_for
from oms_core.codegen.targets import TARGETS
from oms_core.errors import GenerateError

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
SHOP = "acme_protos/shop/v1/"


def generated(*targets: str) -> set[str]:
    """Return what these targets give for the shop, or the error."""
    request = request_for(HERE / "protos", packages={"acme": "acme_protos"})
    request.parameter += ",targets=" + "+".join(targets)
    response = generate(request)
    if response.error:
        raise GenerateError("REFUSED", response.error)
    return {file.name.removeprefix(SHOP) for file in response.file if file.name.startswith(SHOP)}


def test_all_of_them_are_every_file() -> None:
    assert generated(*TARGETS) == {path.name for path in (HERE / "golden" / SHOP).iterdir() if path.is_file()}


@pytest.mark.parametrize(
    ("targets", "files"),
    [
        (["openapi"], {"openapi.json"}),
        (["asyncapi", "rbac"], {"asyncapi.json", "rbac.json"}),
        (["docs"], {"shop_service.md"}),
        (["messages"], {"__init__.py", "messages.py", "wire.py"}),
        (["messages", "services"], {"__init__.py", "messages.py", "wire.py", "services.py"}),
        (["descriptor"], {"descriptor.binpb"}),
    ],
    ids=" ".join,
)
def test_a_target_gives_its_own_files(targets: list[str], files: set[str]) -> None:
    assert generated(*targets) == files


def test_what_is_generated_alone_imports(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text(
        f"[tool.oms.generate]\nroot = {json.dumps(str(HERE / 'protos'))}\n"
        'packages = { "acme" = "acme_protos" }\ntargets = ["messages", "hooks"]\n'
    )
    for path, content in expected(Project.read(project)).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    program = "import acme_protos.shop.v1 as shop; print(*shop.__all__)"
    environ = {**os.environ, "PYTHONPATH": str(project)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environ, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert {"Item", "ShopHooksCaller"} <= set(done.stdout.split())
    assert "ShopClient" not in done.stdout


def test_an_unknown_target_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(GenerateError, match="'openap' is no target; is 'openapi' meant"):
        generated("openap")


def test_a_target_without_what_it_imports_is_refused() -> None:
    with pytest.raises(GenerateError, match="'routes' imports what 'services' generates"):
        generated("messages", "routes")


def test_buf_gives_the_same_bytes(tmp_path: Path) -> None:
    request = request_for(HERE / "protos", packages={"acme": "acme_protos"})
    wanted = {file.name: content_of(file) for file in generate(request).file}
    imports = tmp_path / "all.binpb"
    imports.write_bytes(FileDescriptorSet(file=request.proto_file).SerializeToString())
    template = {
        "version": "v2",
        "plugins": [
            {
                "local": str(BIN / "protoc-gen-oms"),
                "out": str(tmp_path / "out"),
                "opt": ["acme=acme_protos"],
                "strategy": "all",
            }
        ],
        "inputs": [{"binary_image": str(imports), "paths": ["acme"]}],
    }
    done = subprocess.run(
        [BIN / "buf", "generate", "--template", json.dumps(template)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    out = tmp_path / "out"
    found = {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert found == wanted
