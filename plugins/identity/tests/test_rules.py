from __future__ import annotations

from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_identity import rules
from oms_protos.identity.v1 import CreateLocationRequest, CreateRoleRequest, Node, NodeKind


def location(**changed: str) -> CreateLocationRequest:
    fields = {
        "brand_id": "brd_1",
        "name": "Pier 4",
        "time_zone": "America/New_York",
        "currency": "USD",
        "business_day_cutoff": "04:00",
    }
    return CreateLocationRequest(**(fields | changed))


def fields_of(request: CreateLocationRequest) -> list[str]:
    return [violation.field for violation in rules.check_location(request)]


class TestLocations:
    def test_a_good_one_passes(self) -> None:
        assert fields_of(location()) == []
        assert fields_of(location(business_day_cutoff="")) == []

    @given(st.sampled_from(sorted(available_timezones())))
    def test_every_zone_of_the_database_passes(self, zone: str) -> None:
        assert fields_of(location(time_zone=zone)) == []

    @pytest.mark.parametrize(
        "zone", ["", "Mars/Base", "America", "../../etc/passwd", "/etc/passwd", "nul\x00"]
    )
    def test_no_other_zone_does(self, zone: str) -> None:
        assert fields_of(location(time_zone=zone)) == ["time_zone"]

    @given(st.text(max_size=20))
    def test_any_text_as_a_zone_is_answered(self, zone: str) -> None:
        assert fields_of(location(time_zone=zone)) in ([], ["time_zone"])

    @pytest.mark.parametrize("currency", ["", "usd", "US", "USDX", "U1D", "ÜSD"])
    def test_a_currency_is_three_capitals(self, currency: str) -> None:
        assert fields_of(location(currency=currency)) == ["currency"]

    @pytest.mark.parametrize("cutoff", ["4:00", "24:00", "04:60", "04:00:00", "noon", "\u0660\u0664:00"])
    def test_a_cutoff_is_a_time_of_day(self, cutoff: str) -> None:
        assert fields_of(location(business_day_cutoff=cutoff)) == ["business_day_cutoff"]

    def test_everything_wrong_is_named_at_once(self) -> None:
        bad = location(name=" ", time_zone="x", currency="x", business_day_cutoff="x")
        assert fields_of(bad) == ["name", "time_zone", "currency", "business_day_cutoff"]


class TestRoles:
    def test_a_good_one_passes(self) -> None:
        request = CreateRoleRequest(name="shift_lead", permissions=["orders.orders.cancel"])
        assert rules.check_role(request) == []

    def test_each_bad_permission_is_named(self) -> None:
        request = CreateRoleRequest(name="lead", permissions=["a.b.c", "a.b", "A.b.c", "*"])
        wrong = [violation.field for violation in rules.check_role(request)]
        assert wrong == ["permissions[1]", "permissions[2]", "permissions[3]"]

    @pytest.mark.parametrize("name", ["", "Lead", "shift lead", "x" * 41])
    def test_a_name_is_a_lower_case_word(self, name: str) -> None:
        [violation] = rules.check_role(CreateRoleRequest(name=name, permissions=["a.b.c"]))
        assert violation.field == "name"


@given(st.lists(st.integers(0, 30), max_size=20))
def test_below_has_parents_before_children(parents: list[int]) -> None:
    nodes = [Node(node_id="n00", kind=NodeKind.CHAIN)]
    for number, parent in enumerate(parents, start=1):
        above = nodes[parent % len(nodes)].node_id
        nodes.append(Node(node_id=f"n{number:02}", parent_id=above, kind=NodeKind.BRAND))
    listed = [node.node_id for node in rules.below("n00", reversed(nodes))]
    assert sorted(listed) == sorted(node.node_id for node in nodes)
    for node in nodes[1:]:
        assert listed.index(node.parent_id) < listed.index(node.node_id)


def test_below_leaves_out_what_is_beside() -> None:
    nodes = [
        Node(node_id="chn_1", kind=NodeKind.CHAIN),
        Node(node_id="brd_1", parent_id="chn_1", kind=NodeKind.BRAND),
        Node(node_id="brd_2", parent_id="chn_1", kind=NodeKind.BRAND),
        Node(node_id="loc_1", parent_id="brd_1", kind=NodeKind.LOCATION),
    ]
    assert [node.node_id for node in rules.below("brd_1", nodes)] == ["brd_1", "loc_1"]
    assert rules.below("brd_3", nodes) == []
