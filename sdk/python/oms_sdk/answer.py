"""What came back for a call, and how a program sees more of it than the model."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer: ``call`` is the method's name here, ``attempts`` how often it was sent."""

    call: str
    status: int
    headers: Mapping[str, str]
    content: bytes
    request_id: str
    idempotency_key: str | None
    attempts: int

    def json(self) -> object:
        """Return the content as Python values; raises ValueError when it is no JSON."""
        return json.loads(self.content)


_records: ContextVar[tuple[list[Answer], ...]] = ContextVar("oms_sdk_records", default=())


@contextmanager
def recorded() -> Iterator[list[Answer]]:
    """Collect the raw answer of every call inside the block, and of the tasks that begin in it.

    ::

        with recorded() as answers:
            note = oms.notes.get("nte_1")
        print(answers[-1].request_id)
    """
    answers: list[Answer] = []
    token = _records.set((*_records.get(), answers))
    try:
        yield answers
    finally:
        _records.reset(token)


def record(answer: Answer) -> None:
    """Hand an answer to whoever records."""
    for answers in _records.get():
        answers.append(answer)
