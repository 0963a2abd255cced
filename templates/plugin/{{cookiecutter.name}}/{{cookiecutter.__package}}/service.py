{%- set c = cookiecutter -%}
"""What the contract offers: load, decide, store, tell."""

from __future__ import annotations

from oms_core.calls import new_id
from oms_core.clock import Clock
from oms_core.storage import Storage
from oms_protos.identity.v1 import GetNodeRequest, IdentityClient
from oms_wire.errors import InvalidArgument, NotFound

from {{ c.__package }} import rules, store
from {{ c.__protos }}.v1 import (
    Create{{ c.__Resource }}Request,
    Get{{ c.__Resource }}Request,
    {{ c.__Resource }},
    {{ c.__Resource }}Created,
    {{ c.__Resources }}ServiceBase,
)


class {{ c.__Resources }}Service({{ c.__Resources }}ServiceBase):
    """What the constructor asks for is injected by type."""

    def __init__(self, storage: Storage, identity: IdentityClient, clock: Clock) -> None:
        self._storage = storage
        self._identity = identity
        self._clock = clock

    async def create_{{ c.resource }}(self, request: Create{{ c.__Resource }}Request, /) -> {{ c.__Resource }}:
        """Create one at a location: once, however often a request with one idempotency key comes."""
        if wrong := rules.check_name(request.name):
            raise InvalidArgument("INVALID_FIELD", f"name: {wrong[0].message}", violations=wrong)
        # Calls to others first.
        location = await self._identity.get_node(GetNodeRequest(node_id=request.location_id))
        {{ c.resource }} = {{ c.__Resource }}(
            {{ c.resource }}_id=new_id("{{ c.resource }}"),
            location_id=location.node_id,
            name=request.name,
            created_at=self._clock.now(),
        )
        # Then one short transaction: the row, the event and the answer commit together or not at all.
        async with self._storage.transaction() as tx:
            await store.write({{ c.resource }})
            tx.emit(
                {{ c.__Resource }}Created(
                    {{ c.resource }}_id={{ c.resource }}.{{ c.resource }}_id, location_id={{ c.resource }}.location_id
                ),
                version=1,
            )
            tx.answer({{ c.resource }})
        return {{ c.resource }}

    async def locate_{{ c.resource }}(self, {{ c.resource }}_id: str, /) -> str:
        """Return its location, at which the permission must be held."""
        return (await self._find({{ c.resource }}_id)).location_id

    async def get_{{ c.resource }}(self, request: Get{{ c.__Resource }}Request, /) -> {{ c.__Resource }}:
        """Return one."""
        return await self._find(request.{{ c.resource }}_id)

    async def _find(self, {{ c.resource }}_id: str) -> {{ c.__Resource }}:
        async with self._storage.transaction():
            found = await store.read({{ c.resource }}_id)
        if found is None:
            raise NotFound("{{ c.resource.upper() }}_NOT_FOUND", f"there is no {{ c.__words }} {{ '{' }}{{ c.resource }}_id!r}")
        return found
