"""An envelope as an AMQP message: CloudEvents attributes in the headers, the payload as the body."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import cast
from uuid import UUID

from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractIncomingMessage, HeadersType

from oms_core.messaging.envelope import Envelope

CONTENT_TYPE = "application/protobuf"
_TRACE = re.compile("[0-9a-f]{32}")
_CE = "cloudEvents_"
_SOURCE = "/plugins/"


class NotAnEvent(ValueError):
    """A message that did not come from a relay."""


def to_message(envelope: Envelope) -> Message:
    """Return a persistent message; what is no CloudEvents attribute of its own is an extension of them."""
    headers = {
        f"{_CE}specversion": "1.0",
        f"{_CE}id": str(envelope.event_id),
        f"{_CE}source": _SOURCE + envelope.plugin,
        f"{_CE}type": envelope.type,
        f"{_CE}subject": envelope.aggregate_id,
        f"{_CE}time": envelope.created_at.isoformat(),
        f"{_CE}tenant": envelope.tenant,
        f"{_CE}sequence": envelope.seq,
        f"{_CE}schemaversion": envelope.schema_version,
        f"{_CE}aggregateversion": envelope.aggregate_version,
        f"{_CE}partition": envelope.part,
    }
    headers |= {f"{_CE}{name}": value for name, value in envelope.headers.items()}
    if _TRACE.fullmatch(trace := envelope.headers.get("trace", "")):
        # For whoever else reads the queue: W3C Trace Context, with the event as the parent.
        headers["traceparent"] = f"00-{trace}-{envelope.event_id.hex[16:]}-01"
    return Message(
        envelope.payload,
        headers=cast("HeadersType", headers),
        content_type=CONTENT_TYPE,
        delivery_mode=DeliveryMode.PERSISTENT,
        message_id=str(envelope.event_id),
        type=envelope.type,
    )


def from_message(message: AbstractIncomingMessage) -> Envelope:
    """Read what ``to_message`` wrote; raises NotAnEvent for anything else."""
    attributes = {
        name.removeprefix(_CE): value for name, value in message.headers.items() if name.startswith(_CE)
    }
    try:
        return _envelope(attributes, message.body)
    except (KeyError, TypeError, ValueError) as error:
        raise NotAnEvent(f"{type(error).__name__}: {error}") from error


def _envelope(attributes: Mapping[str, object], body: bytes) -> Envelope:
    rest = dict(attributes)
    rest.pop("specversion")
    return Envelope(
        event_id=UUID(_text(rest.pop("id"))),
        plugin=_text(rest.pop("source")).removeprefix(_SOURCE),
        type=_text(rest.pop("type")),
        aggregate_id=_text(rest.pop("subject")),
        created_at=datetime.fromisoformat(_text(rest.pop("time"))),
        tenant=_text(rest.pop("tenant")),
        seq=_number(rest.pop("sequence")),
        schema_version=_number(rest.pop("schemaversion")),
        aggregate_version=_number(rest.pop("aggregateversion")),
        part=_number(rest.pop("partition")),
        headers={name: _text(value) for name, value in rest.items()},
        payload=body,
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"want a text, got {value!r}")
    return value


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"want a number, got {value!r}")
    return value
