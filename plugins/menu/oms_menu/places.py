"""Where a menu is: brands and locations, asked of identity; and how a request is refused."""

from __future__ import annotations

from collections.abc import Sequence

from oms_protos.identity.v1 import GetNodeRequest, IdentityClient, Node, NodeKind
from oms_protos.types.v1 import Money
from oms_wire.errors import Aborted, FieldViolation, InvalidArgument

INVALID_FIELD = "INVALID_FIELD"


class Places:
    """Finds the nodes of the tree that menus speak of."""

    def __init__(self, identity: IdentityClient) -> None:
        self._identity = identity

    async def location(self, location_id: str) -> Node:
        """Return a location; raises NotFound, or InvalidArgument when it is something else."""
        return await self._node(location_id, NodeKind.LOCATION, field="location_id")

    async def brand(self, brand_id: str) -> Node:
        """Return a brand; raises NotFound, or InvalidArgument when it is something else."""
        return await self._node(brand_id, NodeKind.BRAND, field="brand_id")

    async def _node(self, node_id: str, kind: NodeKind, *, field: str) -> Node:
        node = await self._identity.get_node(GetNodeRequest(node_id=node_id))
        if node.kind is not kind:
            message = f"{node_id} is a {node.kind.name.lower()}, not a {kind.name.lower()}"
            refuse([FieldViolation(field, message)])
        return node


def refuse(wrong: Sequence[FieldViolation], *, code: str = INVALID_FIELD) -> None:
    """Raise InvalidArgument when something is wrong."""
    if wrong:
        raise InvalidArgument(code, f"{wrong[0].field}: {wrong[0].message}", violations=wrong)


def refuse_currency(price: Money | None, location: Node) -> None:
    """Raise InvalidArgument when a price is not in the currency of the location."""
    if price is not None and price.currency != location.currency:
        message = f"{location.node_id} sells in {location.currency}, not in {price.currency}"
        raise InvalidArgument(
            "CURRENCY_MISMATCH", message, violations=[FieldViolation("price.currency", message)]
        )


def stale(what: str, *, sent: int, current: int) -> Aborted:
    """Return what a writer gets who has read another version than the one in force."""
    return Aborted(
        "VERSION_MISMATCH",
        f"{what} is at version {current}, not {sent}: read it again and decide again",
        details={"sent": str(sent), "current": str(current)},
    )
