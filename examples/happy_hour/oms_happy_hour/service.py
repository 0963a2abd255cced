"""What the contract offers: load, decide, store, tell."""

from __future__ import annotations

from oms_core.calls import new_id
from oms_core.clock import Clock
from oms_core.storage import Storage
from oms_protos.identity.v1 import GetNodeRequest, IdentityClient, NodeKind
from oms_wire.errors import FieldViolation, InvalidArgument, NotFound

from happy_hour_protos.v1 import (
    CreateHappyHourRequest,
    DeleteHappyHourRequest,
    GetHappyHourRequest,
    HappyHour,
    HappyHourCreated,
    HappyHourDeleted,
    HappyHoursServiceBase,
    ListGivenDaysRequest,
    ListGivenDaysResponse,
    ListHappyHoursRequest,
    ListHappyHoursResponse,
)
from oms_happy_hour import rules, store


class HappyHoursService(HappyHoursServiceBase):
    """What the constructor asks for is injected by type."""

    def __init__(self, storage: Storage, identity: IdentityClient, clock: Clock) -> None:
        self._storage = storage
        self._identity = identity
        self._clock = clock

    async def create_happy_hour(self, request: CreateHappyHourRequest, /) -> HappyHour:
        """Open one at a location: once, however often a request with one idempotency key comes."""
        _refuse(rules.check(request))
        # Calls to others first.
        location = await self._identity.get_node(GetNodeRequest(node_id=request.location_id))
        if location.kind is not NodeKind.LOCATION:
            _refuse([FieldViolation("location_id", f"{location.node_id} is no location")])
        happy_hour = HappyHour(
            happy_hour_id=new_id("hph"),
            location_id=location.node_id,
            weekday=request.weekday,
            starts=request.starts,
            ends=request.ends,
            percent_off=request.percent_off,
            created_at=self._clock.now(),
        )
        # Then one short transaction: the row, the event and the answer commit together or not at all.
        async with self._storage.transaction() as tx:
            await store.write(happy_hour)
            tx.emit(
                HappyHourCreated(happy_hour_id=happy_hour.happy_hour_id, location_id=happy_hour.location_id),
                version=1,
            )
            tx.answer(happy_hour)
        return happy_hour

    async def locate_happy_hour(self, happy_hour_id: str, /) -> str:
        """Return its location, at which the permission must be held."""
        return (await self._find(happy_hour_id)).location_id

    async def get_happy_hour(self, request: GetHappyHourRequest, /) -> HappyHour:
        """Return one."""
        return await self._find(request.happy_hour_id)

    async def list_happy_hours(self, request: ListHappyHoursRequest, /) -> ListHappyHoursResponse:
        """Return those of a location that are not deleted."""
        async with self._storage.transaction() as tx:
            return ListHappyHoursResponse(happy_hours=await store.listed(tx, request.location_id))

    async def delete_happy_hour(self, request: DeleteHappyHourRequest, /) -> HappyHour:
        """End one, for whatever is priced from now on."""
        async with self._storage.transaction() as tx:
            ended = await store.delete(tx, request.happy_hour_id, at=self._clock.now())
            if ended is not None:
                tx.emit(
                    HappyHourDeleted(happy_hour_id=ended.happy_hour_id, location_id=ended.location_id),
                    version=2,
                )
        return ended or await self._find(request.happy_hour_id)

    async def list_given_days(self, request: ListGivenDaysRequest, /) -> ListGivenDaysResponse:
        """Return what was given away at a location, day by day."""
        async with self._storage.transaction() as tx:
            return ListGivenDaysResponse(days=await store.given_days(tx, request.location_id))

    async def _find(self, happy_hour_id: str) -> HappyHour:
        async with self._storage.transaction() as tx:
            found = await store.read(tx, happy_hour_id)
        if found is None:
            raise NotFound("HAPPY_HOUR_NOT_FOUND", f"there is no happy hour {happy_hour_id!r}")
        return found


def _refuse(wrong: list[FieldViolation]) -> None:
    if wrong:
        raise InvalidArgument("INVALID_FIELD", f"{wrong[0].field}: {wrong[0].message}", violations=wrong)
