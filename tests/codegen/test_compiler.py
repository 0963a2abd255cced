"""The compiler's doors: fresh files, `oms generate --check`, protoc's plugin, and clear refusals."""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from acme_protos.shop.v1 import Item, ItemPut, ShopClient, ShopHooks, ShopHooksCaller, ShopServiceBase
from acme_protos.shop.v1.routes import ROUTES
from click.testing import CliRunner

from oms_core.cli.generate import generate as command
from oms_core.codegen.generate import content_of, generate, generated
from oms_core.codegen.project import Project, differences, expected
from oms_core.codegen.protoc import request_for
from oms_core.errors import GenerateError
from oms_wire.event import EventMessage, EventType
from oms_wire.hook import Combine, OnFailure
from oms_wire.method import Access, FieldAccess, Idempotency, Scope
from tests.codegen import structs

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.mark.parametrize("folder", [HERE, ROOT], ids=["golden", "first-party"])
def test_committed_code_is_fresh(folder: Path) -> None:
    project = Project.read(folder)
    found = differences(project, expected(project))
    assert not found, f"run: oms generate --project {folder.relative_to(ROOT)}\n{found}"


def test_two_runs_give_the_same_bytes() -> None:
    request = request_for(HERE / "protos", packages={"acme": "acme_protos"})
    assert generate(request).SerializeToString() == generate(request).SerializeToString()


def test_methods_say_who_may_call_them_and_how_often() -> None:
    rules = {m.name: (m.access, m.idempotency) for m in ShopServiceBase.METHODS}
    assert rules == {
        "get_item": (Access("", Scope.PUBLIC), Idempotency.NO_SIDE_EFFECTS),
        "search_items": (Access("shop.items.search", Scope.TENANT), Idempotency.NO_SIDE_EFFECTS),
        "put_item": (
            Access(
                "shop.items.put",
                Scope.RESOURCE,
                "item_id",
                "locate_item",
                ("owner", "clerk"),
                (
                    FieldAccess("put_at", "shop.items.backdate", ("owner",), presence=True),
                    FieldAccess("labels", "shop.items.label"),
                ),
            ),
            Idempotency.KEYED,
        ),
        "count_items": (
            Access("shop.items.count", Scope.NODE, "shop_id", roles=("owner",)),
            Idempotency.IDEMPOTENT,
        ),
        "find_item": (Access("shop.items.search", Scope.TENANT), Idempotency.NO_SIDE_EFFECTS),
        "close_shops": (
            Access("shop.shops.close", Scope.PLATFORM, roles=("operator",)),
            Idempotency.NONE,
        ),
    }
    assert ShopClient.METHODS is ShopServiceBase.METHODS
    assert ShopServiceBase.PUT_ITEM.path == "/acme.shop.v1.ShopService/PutItem"


def test_the_api_says_what_a_field_needs() -> None:
    document = json.loads((HERE / "golden/acme_protos/shop/v1/openapi.json").read_text())
    operation = document["paths"]["/v1/items/{item_id}:put"]["put"]
    assert operation["x-oms-field-permissions"] == {
        "put_at": "shop.items.backdate",
        "labels": "shop.items.label",
    }
    body = operation["requestBody"]["content"]["application/json"]["schema"]["properties"]
    assert body["putAt"]["description"] == (
        "When it was put there, if that was not now.\n\nWhoever sets it needs `shop.items.backdate` as well."
    )
    assert body["labels"]["description"] == "Whoever sets it needs `shop.items.label` as well."


def test_hooks_say_how_answers_combine_and_by_when() -> None:
    rules = {hook.name: (hook.combine, hook.deadline, hook.on_failure) for hook in ShopHooks.HOOKS}
    assert rules == {
        "suggest_items": (Combine.ALL, 1.5, OnFailure.SKIP),
        "find_stock": (Combine.FIRST, 0.25, OnFailure.ABORT),
        "list_": (Combine.FOLD, 2.0, OnFailure.SKIP),
    }
    assert ShopHooks.list_.package == "acme.shop.v1"
    assert ShopHooks.list_.service == ShopHooks.SERVICE == ShopHooksCaller.SERVICE


def test_hooks_are_neither_routes_nor_part_of_the_api() -> None:
    assert {route.method.service for route in ROUTES} == {"acme.shop.v1.ShopService"}
    document = (HERE / "golden/acme_protos/shop/v1/openapi.json").read_text()
    assert "Hooks" not in document


def test_a_service_that_lacks_a_method_cannot_be_made() -> None:
    class Half(ShopServiceBase):
        pass

    with pytest.raises(TypeError, match="locate_item"):
        Half()  # type: ignore[abstract]


def test_fields_whose_names_are_taken_keep_their_json_names() -> None:
    item = Item(class_="a", data="b", parse_="c", odd_name="d", value_2x=1)
    assert item.encode_json() == b'{"class":"a","data":"b","parse":"c","@odd":"d","value2x":1}'
    assert Item.decode_json(b'{"class":"a","data":"b","parse":"c","odd_name":"d","value_2x":1}') == item
    assert Item.parse(bytes(item)) == item


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(HERE / "protos", tmp_path / "protos")
    settings = '[tool.oms.generate]\nroot = "protos"\npackages = { "acme" = "code/acme_protos" }\n'
    (tmp_path / "pyproject.toml").write_text(settings)
    return tmp_path


def run(project: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(command, ["--project", str(project), *arguments])
    return done.exit_code, done.output


def test_check_names_every_file_that_is_not_fresh(project: Path) -> None:
    assert run(project)[0] == 0
    assert run(project, "--check") == (0, "57 files are fresh.\n")
    code = project / "code/acme_protos"
    (code / "shop/v1/messages.py").write_text("changed by hand")
    (code / "shop/v1/openapi.json").unlink()
    (code / "gone/v1").mkdir(parents=True)
    (code / "gone/v1/messages.py").write_text("")
    status, output = run(project, "--check")
    assert status == 1
    for line in (
        "missing  code/acme_protos/shop/v1/openapi.json",
        "stale    code/acme_protos/shop/v1/messages.py",
        "extra    code/acme_protos/gone/v1/messages.py",
        "run: oms generate",
    ):
        assert line in output
    assert run(project)[0] == 0
    assert run(project, "--check")[0] == 0


def test_protoc_gen_oms_gives_the_same_files(tmp_path: Path) -> None:
    request = request_for(HERE / "protos", packages={"acme": "acme_protos"})
    plugin = Path(sys.executable).parent / "protoc-gen-oms"
    includes = [HERE / "protos", ROOT / "protos", ROOT / "oms_core/codegen/protos", *_installed()]
    subprocess.run(
        [
            *(sys.executable, "-m", "grpc_tools.protoc", f"--plugin={plugin}"),
            *(f"-I{include}" for include in includes),
            *(f"--oms_out={tmp_path}", "--oms_opt=acme=acme_protos", *request.file_to_generate),
        ],
        check=True,
    )
    wanted = {file.name: content_of(file) for file in generate(request).file}
    written = {p.relative_to(tmp_path).as_posix(): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    assert written == wanted


def test_the_kind_of_classes_is_a_parameter() -> None:
    request = request_for(HERE / "protos", packages={"acme": "acme_protos"})
    request.parameter += ",messages=struct"
    sources = {file.name: content_of(file) for file in generate(request).file}
    assert b"class Scalars(StructMessage):" in sources["acme_protos/kinds/v1/messages.py"]
    assert b"betterproto2" not in sources["acme_protos/kinds/v1/messages.py"]
    request.parameter += ",messages=pydantic"
    assert "'messages=pydantic' is no parameter" in generate(request).error


def test_events_of_both_kinds_know_their_name() -> None:
    event = importlib.import_module("acme_structs.shop.v1").ItemPut
    assert event.EVENT == ItemPut.EVENT == EventType(name="shop.item_put", version=2, key="item_id")
    assert isinstance(event(), EventMessage)


def test_decoders_are_built_when_they_are_needed() -> None:
    script = (
        "from acme_protos.shop.v1 import Item\n"
        "assert not [name for name in vars(Item) if name == '_decoder']\n"
        "Item.decode_json(b'{}')\n"
        "assert [name for name in vars(Item) if name == '_decoder']\n"
    )
    path = f"{HERE / 'golden'}:{ROOT / 'protos'}"
    subprocess.run([sys.executable, "-c", script], check=True, env={"PYTHONPATH": path})


def _installed() -> list[Path]:
    import google.api.annotations_pb2 as annotations

    return [Path(annotations.__file__).parents[2]]


@pytest.mark.parametrize(
    ("folder", "package"), [(HERE / "golden", "acme_protos"), (structs.FOLDER, "acme_structs")]
)
def test_generated_code_is_strictly_typed(tmp_path: Path, folder: Path, package: str) -> None:
    subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "--no-error-summary", f"--cache-dir={tmp_path}"),
            *("--config-file=", "--python-version=3.11", "--explicit-package-bases", "-p", package),
        ],
        check=True,
        env={"MYPYPATH": f"{folder}:{ROOT / 'protos'}", "PATH": ""},
    )


def test_a_broken_pyproject_is_named(tmp_path: Path) -> None:
    with pytest.raises(GenerateError, match=r"no pyproject\.toml"):
        Project.read(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[project]")
    with pytest.raises(GenerateError, match="does not say what to generate"):
        Project.read(tmp_path)


def test_what_a_contract_names_freely_is_data_and_never_code(tmp_path: Path) -> None:
    odd, told = r"\"\\n'{{ 1 }}é", "\"\\n'{{ 1 }}é"
    (tmp_path / "odd.proto").write_text(
        'syntax = "proto3"; package acme.odd.v1;'
        ' import "google/api/annotations.proto"; import "oms/options/v1/options.proto";'
        f' message Odd {{ option (oms.options.v1.event) = {{ name: "{odd}" version: 1 key: "a" }};'
        f' string a = 1 [json_name = "{{{{ 1 }}}}é"]; }}'
        " service OddService { rpc Do(Odd) returns (Odd) {"
        ' option (google.api.http) = { get: "/v1/odd" };'
        f' option (oms.options.v1.permission) = {{ name: "{odd}" roles: "{odd}" }}; }} }}'
    )
    files = generated(request_for(tmp_path, packages={"acme": "odd_protos"}))
    for name, content in files.items():
        target = tmp_path / "code" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    read = (
        "from odd_protos.odd.v1 import Odd, OddClient\n"
        "access = OddClient.METHODS[0].access\n"
        "print(ascii([Odd.EVENT.name, access.permission, *access.roles, *Odd(a='b').to_dict()]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", read], cwd=tmp_path / "code", check=False, capture_output=True, text=True
    )
    assert done.stderr == ""
    assert done.stdout == ascii([told, told, told, "{{ 1 }}é"]) + "\n"
