"""The line of plugins, from manifests that nobody wrote to disk."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from importlib.metadata import EntryPoint

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_core.errors import PluginError
from oms_core.plugins import Installed, Roster, resolve
from oms_core.plugins.manifest import Command, Manifest, Permission, PublishedEvent, Rpc, ServedService

NAMES = "abcdefgh"


def plugin(name: str, requires: Sequence[str] = (), after: Sequence[str] = (), **parts: object) -> Installed:
    manifest = Manifest(
        name=name,
        distribution=f"oms-{name}",
        version="1",
        api=1,
        summary="",
        requires=list(requires),
        after=list(after),
        **parts,  # type: ignore[arg-type]
    )
    return Installed(name, f"oms-{name}", "1", EntryPoint(name, f"{name}.plugin:P", "oms.plugins"), manifest)


def lined_up(
    *plugins: Installed, chosen: Collection[str] | None = None, degraded: Collection[str] = ()
) -> Roster:
    return resolve(plugins, chosen, degrades=lambda name: name in degraded)


def names(roster: Roster) -> list[str]:
    return [one.name for one in roster.on]


def refusal(roster: Roster) -> PluginError:
    with pytest.raises(PluginError) as caught:
        roster.insist()
    return caught.value


@given(st.data())
def test_everything_stands_behind_what_it_requires_whatever_the_input_order(data: st.DataObject) -> None:
    plugins = [
        plugin(name, data.draw(st.lists(st.sampled_from(NAMES[:at]), unique=True)) if at else ())
        for at, name in enumerate(NAMES)
    ]
    line = names(lined_up(*plugins))
    assert names(lined_up(*data.draw(st.permutations(plugins)))) == line
    for one in plugins:
        assert all(line.index(wanted) < line.index(one.name) for wanted in one.requires)


@given(st.data())
def test_who_stands_on_one_that_is_off_is_off_and_nobody_else(data: st.DataObject) -> None:
    graph = {
        name: data.draw(st.lists(st.sampled_from(NAMES[:at]), unique=True)) if at else []
        for at, name in enumerate(NAMES)
    }
    broken = data.draw(st.sampled_from(NAMES))
    roster = lined_up(*(plugin(name, graph[name]) for name in NAMES), degraded=NAMES)
    roster.fail(broken, PluginError("X", "it broke"), phase="load")
    off = {broken}
    for name in NAMES:  # a name requires earlier ones only
        if off & set(graph[name]):
            off.add(name)
    assert set(roster.off) == off
    assert all("it broke" in reason for reason in roster.off.values())


def test_ties_are_settled_by_name_and_after_is_only_a_wish() -> None:
    line = lined_up(plugin("c"), plugin("a", after=["c", "absent"]), plugin("b"))
    assert names(line) == ["b", "c", "a"]


def test_a_single_problem_keeps_its_code() -> None:
    error = refusal(lined_up(plugin("a", ["x"])))
    assert error.code == "PLUGIN_MISSING"
    assert "'a' requires 'x'" in str(error)


def test_every_problem_is_in_one_message() -> None:
    roster = lined_up(
        *(plugin("a", ["x"]), plugin("b", ["y"])),
        *(plugin("c", ["d"]), plugin("d", ["c"]), plugin("e", ["f"]), plugin("f", ["e"])),
        *(plugin("g"), Installed("g", "acme-g", "2", EntryPoint("g", "acme.g:G", "oms.plugins"))),
        chosen=[*"abcdefg", "mneu"],
    )
    error = refusal(roster)
    assert error.code == "PLUGINS_REFUSED"
    for said in (
        *("'a' requires 'x'", "'b' requires 'y'", "c → d → c", "e → f → e"),
        *("oms-g, acme-g", "no installed plugin is named 'mneu'"),
    ):
        assert str(error).count(said) == 1, said


def test_a_plugin_that_is_installed_but_not_chosen_is_said_to_be_so() -> None:
    error = refusal(lined_up(plugin("a", ["b"]), plugin("b"), chosen=["a"]))
    assert "installed but not chosen" in str(error)
    assert "name 'b' in `plugins`" in str(error)


def test_dependents_of_one_that_is_off_are_told_the_whole_chain() -> None:
    roster = lined_up(plugin("a", ["x"]), plugin("b", ["a"]), plugin("c", ["b"]), plugin("d"), degraded="abc")
    assert names(roster) == ["d"]
    assert roster.off["c"].startswith(
        "it requires 'b', which is off: it requires 'a', which is off: plugin 'a'"
    )


def test_one_that_must_not_be_off_keeps_everything_from_starting() -> None:
    error = refusal(lined_up(plugin("a", ["x"]), plugin("b", ["a"]), degraded="a"))
    assert error.code == "PLUGIN_REQUIRED"
    assert '[failure]  b = "degrade"' in str(error)


def test_a_circle_of_those_that_may_be_off_leaves_the_others_on() -> None:
    assert names(lined_up(plugin("a", ["b"]), plugin("b", ["a"]), plugin("c"), degraded="ab")) == ["c"]


def serving(name: str, route: str) -> dict[str, object]:
    rpc = Rpc(name="Do", scope="public", idempotency="none", routes=[route])
    return {"services": [ServedService(name=f"{name}.v1.Service", methods=[rpc])]}


SETTINGS = {"type": "object", "properties": {"rate": {"type": "integer"}}}


@pytest.mark.parametrize(
    ("code", "first", "second"),
    [
        ("ROUTE_DUPLICATE", serving("a", "GET /v1/x/{id}"), serving("b", "GET /v1/x/{other}")),
        ("SERVICE_RIVALS", serving("a", "GET /v1/a"), serving("a", "GET /v1/a")),
        *(
            (code, {part: [entry]}, {part: [entry]})
            for code, part, entry in (
                ("PERMISSION_RIVALS", "permissions", Permission(name="x.read")),
                ("EVENT_RIVALS", "events", PublishedEvent(name="x.done", version=1, message="m.Done")),
                ("COMMAND_RIVALS", "commands", Command(name="wash")),
            )
        ),
    ],
)
def test_two_plugins_on_one_thing_are_refused_by_both_names(
    code: str, first: dict[str, object], second: dict[str, object]
) -> None:
    roster = lined_up(plugin("b", **first), plugin("a", **second))
    error = refusal(roster)
    assert code in (error.code, str(error)) or f"[{code}]" in str(error)
    assert "'a' and 'b'" in str(error)


def test_two_settings_behind_one_variable_are_refused_by_both_names() -> None:
    nested = {"type": "object", "properties": {"hour_rate": {"type": "integer"}}}
    error = refusal(lined_up(plugin("happy", settings=nested), plugin("happy_hour", settings=SETTINGS)))
    assert error.code == "SETTING_RIVALS"
    assert "OMS_SETTINGS_HAPPY_HOUR_RATE" in str(error)


def test_of_two_rivals_the_one_further_back_is_off() -> None:
    roster = lined_up(
        plugin("a", **serving("a", "GET /v1/x")), plugin("b", **serving("b", "GET /v1/x")), degraded="ab"
    )
    assert names(roster) == ["a"]
    assert "'a' and 'b'" in roster.off["b"]


def test_who_is_off_with_what_it_requires_is_nobodys_rival() -> None:
    roster = lined_up(
        plugin("a", ["x"], **serving("a", "GET /v1/x")),
        plugin("b", ["a"], **serving("b", "GET /v1/x")),
        plugin("c", **serving("c", "GET /v1/x")),
        degraded="ab",
    )
    assert names(roster) == ["c"]
    roster.insist()
