from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_core.errors import PluginError
from oms_core.plugins import Plugin, in_dependency_order

NAMES = "abcdefgh"


def plugin(name: str, requires: Sequence[str] = (), after: Sequence[str] = ()) -> Plugin:
    kind = type(name, (Plugin,), {"requires": tuple(requires), "after": tuple(after)})
    made = kind(name)
    assert isinstance(made, Plugin)
    return made


@given(st.data())
def test_everything_stands_behind_what_it_requires_whatever_the_input_order(data: st.DataObject) -> None:
    plugins = [
        plugin(name, data.draw(st.lists(st.sampled_from(NAMES[:at]), unique=True)) if at else ())
        for at, name in enumerate(NAMES)
    ]
    line = [one.name for one in in_dependency_order(plugins)]
    shuffled = data.draw(st.permutations(plugins))
    assert [one.name for one in in_dependency_order(shuffled)] == line
    for one in plugins:
        assert all(line.index(wanted) < line.index(one.name) for wanted in one.requires)


def test_ties_are_settled_by_name_and_after_is_only_a_wish() -> None:
    line = in_dependency_order([plugin("c"), plugin("a", after=["c", "absent"]), plugin("b")])
    assert [one.name for one in line] == ["b", "c", "a"]


def test_every_missing_requirement_is_named() -> None:
    with pytest.raises(PluginError, match=r"'a' requires 'x'; 'b' requires 'y'") as caught:
        in_dependency_order([plugin("b", ["y"]), plugin("a", ["x"])])
    assert caught.value.code == "PLUGIN_MISSING"


def test_a_circle_is_drawn() -> None:
    with pytest.raises(PluginError, match=r"a → b → a|b → a → b") as caught:
        in_dependency_order([plugin("a", ["b"]), plugin("b", ["a"])])
    assert caught.value.code == "PLUGIN_CIRCLE"
