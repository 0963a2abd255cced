{%- set c = cookiecutter -%}
"""The service, through its generated client."""

from __future__ import annotations

import pytest
from oms_core.testing.running import Running
from oms_protos.identity.v1 import Node
from oms_wire.errors import InvalidArgument, NotFound, PermissionDenied

from {{ c.__protos }}.v1 import Create{{ c.__Resource }}Request, Get{{ c.__Resource }}Request, {{ c.__Resources }}Client


async def test_one_key_creates_one(
    location: Node, {{ c.__plural }}: {{ c.__Resources }}Client
) -> None:
    request = Create{{ c.__Resource }}Request(location_id=location.node_id, name="First")
    created = await {{ c.__plural }}.create_{{ c.resource }}(request, idempotency_key="k-1")
    assert await {{ c.__plural }}.create_{{ c.resource }}(request, idempotency_key="k-1") == created
    assert await {{ c.__plural }}.get_{{ c.resource }}(Get{{ c.__Resource }}Request({{ c.resource }}_id=created.{{ c.resource }}_id)) == created


async def test_a_bad_name_is_refused_by_its_field(
    location: Node, {{ c.__plural }}: {{ c.__Resources }}Client
) -> None:
    with pytest.raises(InvalidArgument) as refused:
        await {{ c.__plural }}.create_{{ c.resource }}(Create{{ c.__Resource }}Request(location_id=location.node_id, name=" "))
    assert refused.value.violations[0].field == "name"


async def test_others_see_nothing(
    plugins: Running, chain: Node, location: Node, {{ c.__plural }}: {{ c.__Resources }}Client
) -> None:
    request = Create{{ c.__Resource }}Request(location_id=location.node_id, name="First")
    wanted = Get{{ c.__Resource }}Request({{ c.resource }}_id=(await {{ c.__plural }}.create_{{ c.resource }}(request)).{{ c.resource }}_id)
    with pytest.raises(PermissionDenied):
        cook = plugins.client({{ c.__Resources }}Client, tenant=chain.node_id, role="cook")
        await cook.get_{{ c.resource }}(wanted)
    stranger = plugins.client({{ c.__Resources }}Client, tenant="chn_other", role="manager")
    with pytest.raises(NotFound, match="{{ c.resource.upper() }}_NOT_FOUND"):
        await stranger.get_{{ c.resource }}(wanted)
