from __future__ import annotations

import pytest

from oms_core.context import Context, Principal, current, use


def test_a_context_holds_inside_its_block_only() -> None:
    outer, inner = Context("t_1"), Context("t_2")
    with use(outer):
        with use(inner):
            assert current() is inner
        assert current() is outer
    with pytest.raises(LookupError):
        current()


def test_passing_a_call_on_keeps_the_user_and_names_the_plugin() -> None:
    context = Context("t_1", Principal("user:ann"))
    passed = context.acting("one").acting("two")
    assert (passed.principal.subject, passed.actor, passed.trace) == ("user:ann", "two", context.trace)


def test_a_deadline_only_ever_shrinks() -> None:
    context = Context("t_1").within(1)
    assert context.within(100).deadline == context.deadline
    assert context.within(0.001).remaining < 0.01
