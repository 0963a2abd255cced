"""google.protobuf.Timestamp and Duration as messages, where their fields are not ``datetime`` already."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from oms_wire import durations, moments, times
from oms_wire.known.json import KnownJson


class MomentJson(KnownJson):
    """A moment, exact to the nanosecond."""

    __slots__ = ()
    if TYPE_CHECKING:
        seconds: int
        nanos: int

    @classmethod
    def of(cls, moment: datetime) -> Self:
        """Return the message of an aware datetime."""
        since = moment - times.EPOCH
        return cls(seconds=since.days * 86_400 + since.seconds, nanos=since.microseconds * 1000)

    def moment(self) -> datetime:
        """Return the moment in UTC, without what is finer than a microsecond; raises EncodeError."""
        return moments.from_text(times.moment_text(self.seconds, self.nanos))

    def _to_wire(self) -> str:
        return times.moment_text(self.seconds, self.nanos)

    @classmethod
    def _read(cls, value: object, *, ignore_unknown: bool) -> Self:  # noqa: ARG003 - nothing to ignore
        if isinstance(value, datetime) and value.tzinfo is not None:
            return cls.of(value)
        if not isinstance(value, str):
            raise ValueError("must be an RFC 3339 time in text")
        seconds, nanos = times.moment_of(value)
        return cls(seconds=seconds, nanos=nanos)


class SpanJson(KnownJson):
    """A span, exact to the nanosecond."""

    __slots__ = ()
    if TYPE_CHECKING:
        seconds: int
        nanos: int

    @classmethod
    def of(cls, span: timedelta) -> Self:
        """Return the message of a timedelta."""
        seconds, nanos = durations.parts(span)
        return cls(seconds=seconds, nanos=nanos)

    def span(self) -> timedelta:
        """Return the span, without what is finer than a microsecond."""
        return durations.of(self.seconds, self.nanos)

    def _to_wire(self) -> str:
        return times.span_text(self.seconds, self.nanos)

    @classmethod
    def _read(cls, value: object, *, ignore_unknown: bool) -> Self:  # noqa: ARG003 - nothing to ignore
        if isinstance(value, timedelta):
            return cls.of(value)
        if not isinstance(value, str):
            raise ValueError("must be a duration such as 1.5s in text")
        seconds, nanos = times.span_of(value)
        return cls(seconds=seconds, nanos=nanos)
