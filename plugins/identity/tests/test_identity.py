from __future__ import annotations

import pytest

from oms_core.auth import PLATFORM, PLATFORM_NODE
from oms_identity.directory import IdentityDirectory
from oms_protos.identity.v1 import (
    CreateBrandRequest,
    CreateChainRequest,
    CreateLocationRequest,
    CreateRoleRequest,
    GetNodeRequest,
    IdentityClient,
    ListNodesRequest,
    ListRolesRequest,
    Node,
    NodeKind,
)
from oms_protos.orders.v1 import CancelOrderRequest, OrdersClient, OrderState
from oms_wire.errors import AlreadyExists, InvalidArgument, NotFound, PermissionDenied
from tests.shop import Shop, open_shop


def location(brand_id: str, **changed: str) -> CreateLocationRequest:
    fields = {"brand_id": brand_id, "name": "Kiosk", "time_zone": "Europe/Berlin", "currency": "EUR"}
    return CreateLocationRequest(**(fields | changed))


class TestTree:
    async def test_a_location_is_read_as_it_was_opened(self, shop: Shop) -> None:
        opened = await shop.identity.create_location(location(shop.noodles, business_day_cutoff="04:00"))
        assert opened == Node(
            node_id=opened.node_id,
            parent_id=shop.noodles,
            kind=NodeKind.LOCATION,
            name="Kiosk",
            time_zone="Europe/Berlin",
            currency="EUR",
            business_day_cutoff="04:00",
        )
        assert await shop.identity.get_node(GetNodeRequest(node_id=opened.node_id)) == opened

    async def test_a_business_day_begins_at_midnight_unless_told_otherwise(self, shop: Shop) -> None:
        assert (await shop.identity.create_location(location(shop.noodles))).business_day_cutoff == "00:00"

    async def test_everything_below_is_listed_parents_first(self, shop: Shop) -> None:
        nodes = (await shop.identity.list_nodes(ListNodesRequest(root_id=shop.chain_id))).nodes
        assert [node.node_id for node in nodes] == [
            shop.chain_id,
            shop.noodles,
            shop.pier,
            shop.market,
            shop.burgers,
            shop.airport,
        ]
        below = (await shop.identity.list_nodes(ListNodesRequest(root_id=shop.burgers))).nodes
        assert [node.node_id for node in below] == [shop.burgers, shop.airport]

    async def test_every_bad_field_is_named(self, shop: Shop) -> None:
        bad = location(
            shop.noodles, name="", time_zone="Mars/Base", currency="eur", business_day_cutoff="25:00"
        )
        with pytest.raises(InvalidArgument) as caught:
            await shop.identity.create_location(bad)
        assert [violation.field for violation in caught.value.violations] == [
            "name",
            "time_zone",
            "currency",
            "business_day_cutoff",
        ]

    async def test_each_kind_hangs_under_its_own(self, shop: Shop) -> None:
        with pytest.raises(InvalidArgument, match="not a brand"):
            await shop.identity.create_location(location(shop.pier))
        with pytest.raises(InvalidArgument, match="not a chain"):
            await shop.identity.create_brand(CreateBrandRequest(chain_id=shop.noodles, name="Brand"))

    async def test_one_chain_knows_nothing_of_another(self, shop: Shop) -> None:
        neighbour = await open_shop(shop.running)
        with pytest.raises((PermissionDenied, NotFound)):
            await neighbour.identity.get_node(GetNodeRequest(node_id=shop.pier))
        with pytest.raises((PermissionDenied, NotFound)):
            await neighbour.identity.create_brand(CreateBrandRequest(chain_id=shop.chain_id, name="Brand"))

    async def test_only_the_platform_opens_chains(self, shop: Shop) -> None:
        for role, tenant, node in [("owner", PLATFORM, PLATFORM_NODE), ("operator", shop.chain_id, "")]:
            client = shop.running.client(IdentityClient, tenant=tenant, role=role, node=node)
            with pytest.raises(PermissionDenied):
                await client.create_chain(CreateChainRequest(name="Mine"))


class TestRoles:
    async def test_a_chain_s_own_role_may_do_what_it_says_where_it_is_held(self, shop: Shop) -> None:
        await shop.identity.create_role(
            CreateRoleRequest(chain_id=shop.chain_id, name="shift_lead", permissions=["orders.orders.cancel"])
        )
        lead = shop.running.client(OrdersClient, tenant=shop.chain_id, role="shift_lead", node=shop.pier)
        mine, other = await shop.place(), await shop.place(location_id=shop.market)
        cancelled = await lead.cancel_order(CancelOrderRequest(order_id=mine.order_id))
        assert cancelled.state is OrderState.CANCELLED
        with pytest.raises(PermissionDenied):
            await lead.cancel_order(CancelOrderRequest(order_id=other.order_id))

    async def test_a_name_is_given_once(self, shop: Shop) -> None:
        request = CreateRoleRequest(
            chain_id=shop.chain_id, name="lead", permissions=["b.b.b", "a.a.a", "b.b.b"]
        )
        role = await shop.identity.create_role(request)
        assert role.permissions == ["a.a.a", "b.b.b"]
        with pytest.raises(AlreadyExists) as caught:
            await shop.identity.create_role(request)
        assert caught.value.code == "ROLE_EXISTS"
        assert (await shop.identity.list_roles(ListRolesRequest(chain_id=shop.chain_id))).roles == [role]

    async def test_an_owner_of_a_brand_makes_no_roles_for_the_chain(self, shop: Shop) -> None:
        owner = shop.running.client(IdentityClient, tenant=shop.chain_id, role="owner", node=shop.noodles)
        for chain_id, refusal in [(shop.chain_id, PermissionDenied), (shop.noodles, InvalidArgument)]:
            with pytest.raises(refusal):
                await owner.create_role(
                    CreateRoleRequest(chain_id=chain_id, name="lead", permissions=["a.a.a"])
                )
            with pytest.raises(refusal):
                await owner.list_roles(ListRolesRequest(chain_id=chain_id))


class TestDirectory:
    async def test_what_another_process_adds_is_found_at_once(self, shop: Shop) -> None:
        # A storage of its own has a memory of its own, as another process has.
        elsewhere = IdentityDirectory(shop.running.database.storage("identity"))
        assert await elsewhere.path(shop.chain_id, shop.pier) == (shop.pier, shop.noodles, shop.chain_id)
        opened = (await shop.identity.create_location(location(shop.burgers))).node_id
        assert await elsewhere.path(shop.chain_id, opened) == (opened, shop.burgers, shop.chain_id)

    async def test_nodes_of_nobody_and_of_others_have_no_path(self, shop: Shop) -> None:
        directory = IdentityDirectory(shop.running.database.storage("identity"))
        neighbour = await open_shop(shop.running)
        for node in ("", "x", "loc_none", neighbour.pier, neighbour.chain_id):
            assert await directory.path(shop.chain_id, node) is None
        assert await directory.path(PLATFORM, shop.pier) is None
