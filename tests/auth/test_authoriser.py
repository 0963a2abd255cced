"""Default deny: a permission is held by a role, at a node or above it, in one's own tenant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_core.auth import Authoriser
from oms_core.context import Context, Grant, Principal
from oms_wire.errors import PermissionDenied, Unauthenticated
from oms_wire.method import Access, Scope
from tests.echo import Tree

READ = Access("echo.notes.read", Scope.NODE, field="location_id", roles=("owner", "cashier"))
LIST = Access("echo.notes.list", Scope.TENANT, roles=("owner",))
OPEN = Access("echo.chains.open", Scope.PLATFORM, roles=("operator",))
NODES = ["chn_a", "loc_a1", "loc_a2", "chn_b", "*", "platform", "loc_unknown"]

authoriser = Authoriser(Tree())


def caller(tenant: str, *grants: tuple[str, str]) -> Context:
    return Context(tenant, Principal("user:1", tuple(Grant(*grant) for grant in grants)))


@pytest.mark.parametrize(
    ("access", "context", "node"),
    [
        (READ, caller("chn_a", ("cashier", "loc_a1")), "loc_a1"),
        (READ, caller("chn_a", ("cashier", "chn_a")), "loc_a2"),
        (READ, caller("chn_a", ("cook", "chn_a"), ("owner", "loc_a1")), "loc_a1"),
        (READ, caller("chn_a", ("auditor", "chn_a")), "loc_a1"),
        (LIST, caller("chn_a", ("owner", "chn_a")), ""),
        (OPEN, caller("platform", ("operator", "*")), ""),
        (Access("", Scope.PUBLIC), Context(""), ""),
    ],
)
async def test_allowed(access: Access, context: Context, node: str) -> None:
    await authoriser.authorise(access, context, node)


@pytest.mark.parametrize(
    ("access", "context", "node"),
    [
        pytest.param(READ, caller("chn_a"), "loc_a1", id="no grant"),
        pytest.param(READ, caller("chn_a", ("cook", "chn_a")), "loc_a1", id="another role"),
        pytest.param(READ, caller("chn_a", ("cashier", "loc_a2")), "loc_a1", id="a sister node"),
        pytest.param(READ, caller("chn_a", ("cashier", "loc_a1")), "chn_a", id="the node above"),
        pytest.param(READ, caller("chn_b", ("owner", "chn_b")), "loc_a1", id="another tenant"),
        pytest.param(READ, caller("chn_b", ("owner", "loc_a1")), "loc_a1", id="a grant beyond the tenant"),
        pytest.param(READ, caller("chn_a", ("owner", "*")), "loc_a1", id="a platform grant in a tenant"),
        pytest.param(READ, caller("platform", ("owner", "*")), "loc_a1", id="the platform in a tenant"),
        pytest.param(READ, caller("chn_a", ("owner", "chn_a")), "loc_unknown", id="an unknown node"),
        pytest.param(READ, caller("chn_a", ("owner", "chn_a")), "", id="no node"),
        pytest.param(READ, caller("chn_b", ("auditor", "chn_b")), "chn_b", id="a role of another tenant"),
        pytest.param(LIST, caller("chn_a", ("owner", "loc_a1")), "", id="tenant scope from below"),
        pytest.param(LIST, caller("platform", ("owner", "platform")), "", id="tenant scope on the platform"),
        pytest.param(OPEN, caller("chn_a", ("operator", "*")), "", id="a tenant on the platform"),
        pytest.param(OPEN, caller("platform", ("operator", "chn_a")), "", id="platform from a node"),
        pytest.param(OPEN, caller("platform", ("owner", "*")), "", id="platform with another role"),
    ],
)
async def test_denied(access: Access, context: Context, node: str) -> None:
    with pytest.raises(PermissionDenied) as denied:
        await authoriser.authorise(access, context, node)
    assert denied.value.code == "PERMISSION_DENIED"
    assert denied.value.details["permission"] == access.permission
    assert access.permission in denied.value.message
    assert access.roles[0] in denied.value.message


async def test_a_foreign_node_and_an_unknown_one_get_the_same_answer() -> None:
    context = caller("chn_b", ("owner", "chn_b"))
    texts = []
    for node in ("loc_a1", "loc_xx"):
        with pytest.raises(PermissionDenied) as denied:
            await authoriser.authorise(READ, context, node)
        texts.append(denied.value.message.replace(node, "…"))
    assert texts[0] == texts[1]


@pytest.mark.parametrize("access", [READ, LIST, OPEN])
async def test_nobody_is_asked_for_a_token(access: Access) -> None:
    with pytest.raises(Unauthenticated) as refused:
        await authoriser.authorise(access, Context(""), "loc_a1")
    assert refused.value.code == "TOKEN_MISSING"


@given(
    tenant=st.sampled_from(["chn_a", "chn_b", "platform", ""]),
    grants=st.lists(
        st.tuples(st.sampled_from(["owner", "cashier", "cook", "auditor"]), st.sampled_from(NODES))
    ),
    node=st.sampled_from(NODES),
)
async def test_the_rule(tenant: str, grants: list[tuple[str, str]], node: str) -> None:
    path = Tree.paths.get(tenant, {}).get(node, ())
    holds = {"owner", "cashier"} | ({"auditor"} if tenant == "chn_a" else set())
    expected = any(role in holds and at in path for role, at in grants)
    try:
        await authoriser.authorise(READ, caller(tenant, *grants), node)
    except PermissionDenied:
        assert not expected
    else:
        assert expected
