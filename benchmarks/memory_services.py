"""Services behind the generated bases that answer from memory, as far as the benchmarks ask them."""

from __future__ import annotations

from typing import Never

from benchmarks import sample
from oms_protos.identity.v1 import GetNodeRequest, IdentityServiceBase, Node
from oms_protos.orders.v1 import GetOrderRequest, Order, OrdersServiceBase, PlaceOrderRequest
from oms_wire.errors import NotFound, Unimplemented
from oms_wire.method import WireMessage


async def not_asked(_self: object, request: WireMessage, /) -> Never:
    """Stand for a method that no benchmark calls."""
    raise Unimplemented("NOT_ASKED", f"no benchmark sends a {type(request).__name__}")


class MemoryOrders(OrdersServiceBase):
    """Knows one order."""

    def __init__(self) -> None:
        self._orders = {sample.ORDER: Order.decode_json(sample.order_json())}

    async def locate_order(self, order_id: str, /) -> str:
        """Return the order's location."""
        return self._order(order_id).location_id

    async def get_order(self, request: GetOrderRequest, /) -> Order:
        """Return the order."""
        return self._order(request.order_id)

    async def place_order(self, request: PlaceOrderRequest, /) -> Order:  # noqa: ARG002
        """Return the order as if it had been placed now."""
        return self._orders[sample.ORDER]

    price_order = list_orders = cancel_order = hand_off_order = not_asked

    def _order(self, order_id: str) -> Order:
        try:
            return self._orders[order_id]
        except KeyError:
            raise NotFound("ORDER_NOT_FOUND", f"there is no order {order_id!r}") from None


class MemoryIdentity(IdentityServiceBase):
    """Knows one node."""

    create_chain = create_brand = create_location = list_nodes = create_role = list_roles = not_asked

    def __init__(self) -> None:
        self._nodes = {sample.LOCATION: Node.decode_json(sample.node_json())}

    async def get_node(self, request: GetNodeRequest, /) -> Node:
        """Return the node."""
        try:
            return self._nodes[request.node_id]
        except KeyError:
            raise NotFound("NODE_NOT_FOUND", f"there is no node {request.node_id!r}") from None
