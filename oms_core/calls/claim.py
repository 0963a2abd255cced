"""The right to answer one idempotency key, as a participant of the transaction that answers it."""

from __future__ import annotations

import asyncio
import logging
from typing import NamedTuple
from uuid import UUID

from oms_core.calls import claim_statements as sql
from oms_core.context import Context, current
from oms_core.steps import step
from oms_core.storage import Storage, Transaction
from oms_wire.errors import Aborted

logger = logging.getLogger(__name__)

RELEASE_SECONDS = 5.0
"""How long a failed call waits to give its key back; the lease does it otherwise."""

_releasing: set[asyncio.Task[None]] = set()


class ClaimLost(Aborted):
    """A retry took the key over after the lease: this attempt had no effect, the retry's answer counts."""

    def __init__(self, method: str) -> None:
        super().__init__(
            "IDEMPOTENCY_CLAIM_LOST",
            f"{method} took longer than its idempotency key was held for it, and a retry took over; this "
            "attempt had no effect: send the request again with the same key to read the answer",
        )


class Owner(NamedTuple):
    """Whose key it is: the same key of another principal or method is another key."""

    tenant: str
    principal: str
    method: str
    key: str


class Claim:
    """One attempt's hold on a key.

    ``uuid`` stays over attempts and is what ids are derived from; ``holder`` is this attempt alone.
    """

    def __init__(self, storage: Storage, owner: Owner, *, uuid: UUID, holder: UUID, context: Context) -> None:
        self._storage = storage
        self._context = context
        self._owner = owner
        self.uuid = uuid
        self.holder = holder
        self.answered = False

    async def enter(self, tx: Transaction) -> None:
        """Do nothing: the claim is committed already."""

    async def leave(self, tx: Transaction) -> None:
        """Store the answer beside the effects; raises ClaimLost when another attempt holds the key now."""
        mine = tx.plugin == self._storage.plugin and current() is self._context
        if tx.response is None or not mine:
            return  # nothing to keep, or a call that this one makes in the same process
        if tx.tenant != self._owner.tenant:
            # A call of the platform may write in a tenant; its key is still the platform's. Nothing but
            # COMMIT follows in this transaction.
            await tx.execute("select set_config('oms.tenant', $1, true)", self._owner.tenant)
        status = await tx.execute(
            sql.of(tx.plugin, sql.ANSWER), *self._owner, self.holder, bytes(tx.response)
        )
        if status != "UPDATE 1":
            raise ClaimLost(self._owner.method)
        self.answered = True
        step("claim.answered")

    async def release(self) -> None:
        """Give the key back after a failure without effect; see ``release``."""
        await release(self._storage, self._owner, self.holder)


async def release(storage: Storage, owner: Owner, holder: UUID) -> None:
    """Give back what ``holder`` has of a key, if anything; raises only a cancellation, and goes on then.

    After a failed COMMIT nobody knows whether the answer is there: if it is, nothing is released.
    """
    # In a task of its own: whoever hangs up twice must not leave the key claimed for its whole lease.
    task = asyncio.create_task(_release(storage, owner, holder))
    _releasing.add(task)
    task.add_done_callback(_releasing.discard)
    await asyncio.shield(task)


async def _release(storage: Storage, owner: Owner, holder: UUID) -> None:
    try:
        async with asyncio.timeout(RELEASE_SECONDS), storage.transaction(tenant=owner.tenant) as tx:
            await tx.execute(sql.of(tx.plugin, sql.RELEASE), *owner, holder)
    except Exception as error:
        # The failure that led here is the one to tell.
        logger.warning(
            "%s: its key stays claimed until the lease ends: %s: %s",
            owner.method,
            type(error).__name__,
            error,
        )
        return
    step("claim.released")
