"""Back-pressure: too many waiting events turn changes away, and nothing else."""

from __future__ import annotations

import pytest

from oms_core.calls.intake import Intake
from oms_core.messaging import Pressure
from oms_core.storage import Database
from oms_wire.errors import Unavailable
from oms_wire.method import Idempotency
from tests.messaging.things import Bench, Counted, PostgresWorld


async def test_the_intake_closes_at_the_limit_and_opens_at_half(
    database: Database, postgres_world: PostgresWorld
) -> None:
    intake = Intake()
    pressure = Pressure(database, limit=4, close=intake.close, open=intake.open)
    await postgres_world.publish(*(Counted("a", number) for number in range(1, 4)))
    await pressure.look()
    intake.admit(Idempotency.KEYED)
    await postgres_world.publish(Counted("a", 4))
    await pressure.look()
    for changing in (Idempotency.KEYED, Idempotency.IDEMPOTENT, Idempotency.NONE):
        with pytest.raises(Unavailable, match="OVERLOADED") as refused:
            intake.admit(changing)
        assert refused.value.retry_after == 2
    intake.admit(Idempotency.NO_SIDE_EFFECTS)
    await Bench(postgres_world).run()
    await pressure.look()
    intake.admit(Idempotency.KEYED)
