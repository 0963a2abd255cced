"""One key, one effect, one answer.

::

    claim (a short transaction of its own)  →  the method, with ids and keys derived from the claim
    →  effects + events + stored answer in one transaction, only if the claim is still ours

While a claim's lease lasts, a second caller is told to wait (409); after it, a retry takes the claim
over under the same uuid and so makes the same ids. The former holder, should it still live, can no
longer commit.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from oms_core import ids
from oms_core.calls import claim_statements as sql
from oms_core.calls.claim import Claim, Owner, release
from oms_core.calls.ids import deriving_from
from oms_core.clock import Clock, SystemClock
from oms_core.context import Context
from oms_core.steps import step
from oms_core.storage import Database, Storage, Transaction
from oms_core.storage.connection import Record
from oms_core.storage.participants import enlist
from oms_wire.errors import Aborted, AlreadyExists, Internal, InvalidArgument
from oms_wire.method import A, Method, Q

LEASE = timedelta(seconds=15)
"""How long a call has a key for itself; longer than the default deadline."""

_IN_A_MOMENT = 1.0
"""Seconds after which a caller may ask again; a call rarely needs its whole lease."""

_KEY = re.compile(r"[\x20-\x7e]{1,255}")


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What the first call with this key was answered, protobuf."""

    response: bytes


class Claims:
    """Gives one key of one principal and method one effect and one answer, for a day."""

    def __init__(self, database: Database, *, clock: Clock | None = None, lease: timedelta = LEASE) -> None:
        self._database = database
        self._clock = clock or SystemClock()
        self._lease = lease

    async def once(
        self,
        method: Method[Q, A],
        request: Q,
        handle: Callable[[Q], Awaitable[A]],
        /,
        *,
        plugin: str,
        key: str,
        context: Context,
    ) -> A:
        """Return the answer of the first call with this key: from ``handle``, or as it was stored.

        Raises what ``begin`` and ``handle`` raise; ClaimLost when a retry took over meanwhile; Internal
        when ``handle`` succeeds without ``tx.answer``, because a retry would then have a second effect.
        """
        storage = self._database.storage(plugin)
        outcome = await self.begin(storage, method.full_name, key, fingerprint(bytes(request)), context)
        if isinstance(outcome, StoredAnswer):
            return method.response.parse(outcome.response)
        try:
            with enlist(outcome), deriving_from(outcome.uuid):
                answer = await handle(request)
        except BaseException:
            await outcome.release()
            raise
        if not outcome.answered:
            raise Internal(
                "IDEMPOTENCY_NOT_ANSWERED",
                f"{method.full_name} returned without tx.answer(response): call it in the transaction that "
                "holds the effects, so that a retry is answered the same",
            )
        return answer

    async def begin(
        self, storage: Storage, method: str, key: str, fingerprint: bytes, context: Context
    ) -> Claim | StoredAnswer:
        """Claim ``key``, or return what it was answered with.

        Raises Aborted IDEMPOTENCY_IN_PROGRESS (with ``retry_after``) while another call holds it,
        AlreadyExists IDEMPOTENCY_KEY_REUSED when it belongs to another request, and InvalidArgument for a
        malformed key.
        """
        check_key(key)
        owner = Owner(context.tenant, context.principal.subject, method, key)
        holder = uuid4()
        try:
            async with storage.transaction(tenant=owner.tenant) as tx:
                outcome = await self._seed(tx, owner, holder, fingerprint)
        except asyncio.CancelledError:
            # It may be committed all the same, and nobody else would give it back.
            await release(storage, owner, holder)
            raise
        step("claim.begun")
        if isinstance(outcome, StoredAnswer):
            return outcome
        return Claim(storage, owner, uuid=outcome, holder=holder, context=context)

    async def _seed(
        self, tx: Transaction, owner: Owner, holder: UUID, fingerprint: bytes
    ) -> UUID | StoredAnswer:
        """Make ``holder`` the key's holder; return the uuid that its ids are to follow from."""
        now, fresh = self._clock.now(), ids.uuid7()
        until = now + self._lease
        begin = sql.of(tx.plugin, sql.BEGIN)
        begun = await tx.execute(begin, *owner, tx.plugin, fingerprint, fresh, holder, until)
        if begun == "INSERT 0 1":
            return fresh
        found = await tx.fetchrow(sql.READ, *owner)
        if found is None:  # cleaned away between the two statements
            raise _in_progress(owner)
        outcome = _decide(found, fingerprint, now=now, owner=owner)
        if isinstance(outcome, StoredAnswer):
            return outcome
        seed = outcome or fresh
        taken = (found["holder"], fingerprint, seed, holder, until, now)
        if await tx.execute(sql.TAKE_OVER, *owner, *taken) != "UPDATE 1":
            raise _in_progress(owner)
        return seed


def _decide(found: Record, fingerprint: bytes, *, now: datetime, owner: Owner) -> UUID | StoredAnswer | None:
    """Return the key's answer, or the uuid under which it may be taken over, None for a fresh one.

    Raises AlreadyExists for another request's key and Aborted while its call is running.
    """
    claim: UUID = found["claim"]
    same = found["fingerprint"] == fingerprint
    if found["released"]:
        return claim if same else None
    if not same:
        raise AlreadyExists(
            "IDEMPOTENCY_KEY_REUSED",
            f"idempotency key {owner.key!r} was used for another request to {owner.method}: take a new key",
        )
    if found["response"] is not None:
        return StoredAnswer(found["response"])
    if found["lease_until"] > now:
        raise _in_progress(owner)
    return claim


def _in_progress(owner: Owner) -> Aborted:
    return Aborted(
        "IDEMPOTENCY_IN_PROGRESS",
        f"a call to {owner.method} with idempotency key {owner.key!r} is still running: send it again with "
        "the same key in a moment",
        retry_after=_IN_A_MOMENT,
    )


def check_key(key: str) -> None:
    """Raise InvalidArgument unless ``key`` is 1 to 255 printable ASCII characters."""
    if not _KEY.fullmatch(key):
        raise InvalidArgument(
            "IDEMPOTENCY_KEY_INVALID", "an idempotency key has 1 to 255 printable ASCII characters"
        )


def fingerprint(request: bytes) -> bytes:
    """Return what tells one request from another under the same key."""
    return hashlib.blake2b(request, digest_size=32).digest()
