"""What `oms new plugin` refuses, and that it then leaves nothing."""

from __future__ import annotations

import keyword
import re
import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_core.errors import ScaffoldError
from oms_core.scaffold import Template, check_name, template
from tests.scaffold.new_plugin import new_plugin


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Stamps", "plugin 'Stamps' is not in snake case (a-z, 0-9, _; a letter first)\n  → try 'stamps'"),
        ("happy-hour", "→ try 'happy_hour'"),
        ("HappyHour", "→ try 'happy_hour'"),
        ("2go", "→ try a name such as 'stamps'"),
        ("../up", "→ try 'up'"),
        ("class", "plugin 'class' is a keyword of Python"),
        ("match", "plugin 'match' is a keyword of Python"),
        ("menu", "plugin 'menu' is installed here already, by oms-menu 0.1.0"),
        ("core", "would need the package oms_core, which is there already"),
        ("oms", "would need the package oms_protos, which is there already"),
        ("owner", "plugin 'owner' cannot name a schema and a role"),
        ("public", "is the name of a schema that PostgreSQL has itself"),
        ("pg_stamps", "is the name of a schema that PostgreSQL has itself"),
        ("a" * 42, "use at most 41 of a-z, 0-9 and _"),
    ],
)
def test_a_bad_name_is_refused(name: str, said: str, tmp_path: Path) -> None:
    done = new_plugin(name, "--yes", "--output", str(tmp_path))
    assert (done.exit_code, done.stdout) == (1, "")
    assert "Error [SCAFFOLD_NAME]" in done.stderr
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("flag", "value", "said"),
    [
        ("--resource", "Card", "resource 'Card' is not in snake case"),
        ("--resource", "line", "resource 'line' means something else in the new code"),
        ("--description", "two\nlines", "is not one line of 1 to 200 characters"),
        ("--description", " ", "is not one line of 1 to 200 characters"),
    ],
)
def test_a_bad_answer_is_refused(flag: str, value: str, said: str, tmp_path: Path) -> None:
    done = new_plugin("stamps", "--yes", "--output", str(tmp_path), flag, value)
    assert done.exit_code == 1
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_taken_folder_is_left_as_it_is(tmp_path: Path) -> None:
    mine = tmp_path / "stamps" / "mine.txt"
    mine.parent.mkdir()
    mine.write_text("precious")
    done = new_plugin("stamps", "--yes", "--output", str(tmp_path))
    assert done.exit_code == 1
    assert f"{mine.parent} is there already, and nothing of it was changed" in done.stderr
    assert (list(tmp_path.rglob("*")), mine.read_text()) == ([mine.parent, mine], "precious")


def test_a_place_that_cannot_be_is_named(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.touch()
    done = new_plugin("stamps", "--yes", "--no-test", "--output", str(file / "inside"))
    assert done.exit_code == 1
    assert f"Error [SCAFFOLD_PLACE] {file / 'inside' / 'stamps'} cannot be written: Not a dir" in done.stderr


def test_braces_in_an_answer_are_braces(tmp_path: Path) -> None:
    said = "Fill {{ this }} {% and %} {# that #}"
    variables = Template.find("plugin").complete({"name": "stamps", "description": said})
    assert (variables["description"], variables["resource"]) == (said, "stamp")
    project = Template.find("plugin").render(variables, tmp_path)
    assert said in (project / "README.md").read_text()


def test_a_template_that_cannot_be_rendered_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "templates" / "plugin"
    shutil.copytree(Template.find("plugin").folder, broken)
    (project,) = broken.glob("{{*")
    (project / "README.md").write_text("{{ cookiecutter.nobody_said_this }}")
    monkeypatch.setattr(template, "_PLACES", (broken.parent,))
    done = new_plugin("stamps", "--yes", "--output", str(tmp_path / "here"))
    assert done.exit_code == 1
    assert "Error [SCAFFOLD_RENDER] the template 'plugin' cannot be rendered" in done.stderr
    assert "nobody_said_this" in done.stderr
    assert not (tmp_path / "here").exists()


def test_a_contract_that_does_not_compile_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "templates" / "plugin"
    shutil.copytree(Template.find("plugin").folder, broken)
    (proto,) = broken.rglob("*.proto")
    proto.write_text(proto.read_text() + "message {")
    monkeypatch.setattr(template, "_PLACES", (broken.parent,))
    done = new_plugin("stamps", "--yes", "--output", str(tmp_path / "here"))
    assert done.exit_code == 1
    assert "Error [SCAFFOLD_STEP] oms generate failed" in done.stderr
    assert "Expected message name" in done.stderr
    assert not (tmp_path / "here").exists()


def test_without_cookiecutter_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in [name for name in sys.modules if name.partition(".")[0] == "cookiecutter"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "cookiecutter", None)
    done = new_plugin("stamps", "--yes", "--output", str(tmp_path))
    assert done.exit_code == 1
    assert (
        'Error [MISSING_TOOL] cookiecutter, which renders templates, is not installed.\n  → pip install "oms-'
        in (done.stderr)
    )
    assert list(tmp_path.iterdir()) == []


@given(name=st.text(max_size=60) | st.from_regex(r"[a-z_0-9]{1,50}", fullmatch=True))
def test_what_is_not_refused_can_name_a_module_and_a_schema(name: str) -> None:
    try:
        check_name(name)
    except ScaffoldError:
        return
    assert re.fullmatch("[a-z][a-z0-9_]{1,40}", name)
    assert not keyword.iskeyword(name)
