"""The service, through its generated client."""

from __future__ import annotations

import pytest
from oms_core.testing.running import Running
from oms_protos.identity.v1 import Node
from oms_wire.errors import InvalidArgument, NotFound, PermissionDenied

from happy_hour_protos.v1 import (
    CreateHappyHourRequest,
    DeleteHappyHourRequest,
    GetHappyHourRequest,
    HappyHoursClient,
    ListGivenDaysRequest,
    ListHappyHoursRequest,
)


def on_mondays(location: Node, **changed: object) -> CreateHappyHourRequest:
    asked: dict[str, object] = {"weekday": 1, "starts": "17:00", "ends": "18:00", "percent_off": 10}
    return CreateHappyHourRequest(location_id=location.node_id, **(asked | changed))  # type: ignore[arg-type]


async def test_one_key_creates_one(location: Node, happy_hours: HappyHoursClient) -> None:
    request = on_mondays(location)
    created = await happy_hours.create_happy_hour(request, idempotency_key="k-1")
    assert await happy_hours.create_happy_hour(request, idempotency_key="k-1") == created
    wanted = GetHappyHourRequest(happy_hour_id=created.happy_hour_id)
    assert await happy_hours.get_happy_hour(wanted) == created
    assert (created.starts, created.ends) == ("17:00", "18:00")


async def test_a_list_has_those_that_are_not_deleted(location: Node, happy_hours: HappyHoursClient) -> None:
    late, early = [
        await happy_hours.create_happy_hour(on_mondays(location, weekday=weekday)) for weekday in (7, 2)
    ]
    wanted = ListHappyHoursRequest(location_id=location.node_id)
    assert (await happy_hours.list_happy_hours(wanted)).happy_hours == [early, late]
    delete = DeleteHappyHourRequest(happy_hour_id=early.happy_hour_id)
    deleted = await happy_hours.delete_happy_hour(delete)
    assert deleted.deleted_at is not None
    assert await happy_hours.delete_happy_hour(delete) == deleted
    assert (await happy_hours.list_happy_hours(wanted)).happy_hours == [late]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("weekday", 0),
        ("weekday", 8),
        ("starts", "7:00"),
        ("starts", "٠٧:00"),
        ("ends", "24:00"),
        ("ends", "17:00"),
        ("percent_off", 0),
        ("percent_off", 101),
    ],
)
async def test_what_makes_no_sense_is_refused_by_its_field(
    location: Node, happy_hours: HappyHoursClient, field: str, value: object
) -> None:
    with pytest.raises(InvalidArgument) as refused:
        await happy_hours.create_happy_hour(on_mondays(location, **{field: value}))
    assert [violation.field for violation in refused.value.violations] == [field]


async def test_a_happy_hour_is_at_a_location(chain: Node, happy_hours: HappyHoursClient) -> None:
    with pytest.raises(InvalidArgument, match="is no location"):
        await happy_hours.create_happy_hour(on_mondays(chain))


async def test_others_see_nothing(
    plugins: Running, chain: Node, location: Node, happy_hours: HappyHoursClient
) -> None:
    created = await happy_hours.create_happy_hour(on_mondays(location))
    wanted = GetHappyHourRequest(happy_hour_id=created.happy_hour_id)
    cashier = plugins.client(HappyHoursClient, tenant=chain.node_id, role="cashier")
    assert await cashier.get_happy_hour(wanted) == created
    with pytest.raises(PermissionDenied):
        await cashier.delete_happy_hour(DeleteHappyHourRequest(happy_hour_id=created.happy_hour_id))
    with pytest.raises(PermissionDenied):
        await cashier.list_given_days(ListGivenDaysRequest(location_id=location.node_id))
    stranger = plugins.client(HappyHoursClient, tenant="chn_other", role="manager")
    with pytest.raises(NotFound, match="HAPPY_HOUR_NOT_FOUND"):
        await stranger.get_happy_hour(wanted)
