"""An error is the same on the other side, whichever way it took."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from google.rpc import code_pb2, error_details_pb2, status_pb2
from hypothesis import given
from hypothesis import strategies as st

from oms_core.servers.grpc.status import details_of
from oms_wire.errors import BY_GRPC_CODE, FieldViolation, RpcError, Unavailable, Unknown
from oms_wire.problem import document_of
from oms_wire.problem import error_of as error_of_problem
from oms_wire.status import error_of as error_of_status

texts = st.text(st.characters(codec="utf-8"), max_size=30)
names = st.from_regex(r"[a-z]{3,12}", fullmatch=True).filter(
    lambda name: name not in {"type", "title", "status", "detail", "code", "instance", "violations"}
)
violations = st.lists(st.builds(FieldViolation, texts, texts), max_size=5)


@st.composite
def errors(draw: st.DrawFn) -> RpcError:
    kind = draw(st.sampled_from(RpcError.__subclasses__()))
    wait = st.integers(0, 10**9).map(lambda milliseconds: milliseconds / 1000)
    return kind(
        draw(st.from_regex(r"[A-Z][A-Z_]{0,30}", fullmatch=True)),
        draw(texts.filter(bool)),
        violations=draw(violations),
        details=draw(st.dictionaries(names, texts, max_size=4)),
        retry_after=draw(st.none() | wait),
    )


def parts(error: RpcError) -> tuple[object, ...]:
    kept = (type(error), error.code, error.message, error.violations, error.details, error.http_status)
    return (*kept, error.retry_after)


@given(errors())
def test_over_http(error: RpcError) -> None:
    document = json.dumps(document_of(error, "trace")).encode()
    assert parts(error_of_problem(error.http_status, document)) == parts(error)


@given(errors())
def test_over_grpc(error: RpcError) -> None:
    status = details_of(error, "trace")
    assert parts(error_of_status(error.grpc_code, error.message, status)) == parts(error)


@given(errors())
def test_google_reads_what_we_write(error: RpcError) -> None:
    status = status_pb2.Status.FromString(details_of(error, "trace"))
    assert (status.code, status.message) == (error.grpc_code, error.message)
    info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()  # type: ignore[attr-defined]
    assert status.details[0].Unpack(info)
    assert (info.reason, dict(info.metadata)) == (error.code, error.details)
    if error.violations:
        assert next(one for one in status.details if one.Is(bad.DESCRIPTOR)).Unpack(bad)
        told = [(one.field, one.description) for one in bad.field_violations]
        assert told == [(one.field, one.message) for one in error.violations]


def test_every_code_of_google_but_ok_has_its_class() -> None:
    assert {number for number in code_pb2.Code.values() if number} == set(BY_GRPC_CODE)
    assert all(code_pb2.Code.Name(number) == kind.status for number, kind in BY_GRPC_CODE.items())


def test_details_that_we_do_not_know_are_kept_and_handed_on() -> None:
    told = status_pb2.Status(code=14, message="soon")
    for detail in (
        error_details_pb2.QuotaFailure(violations=[{"subject": "us"}]),  # type: ignore[attr-defined]
        error_details_pb2.RetryInfo(retry_delay=timedelta(seconds=1.5)),  # type: ignore[attr-defined]
    ):
        told.details.add().Pack(detail)
    error = error_of_status(14, "soon", told.SerializeToString())
    assert (type(error), error.code, error.retry_after) == (Unavailable, "UNAVAILABLE", 1.5)
    again = status_pb2.Status.FromString(details_of(error, "trace"))
    quota = error_details_pb2.QuotaFailure()  # type: ignore[attr-defined]
    assert next(one for one in again.details if one.Is(quota.DESCRIPTOR)).Unpack(quota)
    assert quota.violations[0].subject == "us"


@pytest.mark.parametrize("status", [b"\xff\xff", b"\x1a\x05ab", None])
def test_a_status_that_cannot_be_read_leaves_code_and_message(status: bytes | None) -> None:
    error = error_of_status(99, "what", status)
    assert (type(error), error.code, error.message) == (Unknown, "UNKNOWN", "what")


@pytest.mark.parametrize(
    ("status", "content", "kind", "code"),
    [
        (502, b"<html>Bad gateway</html>", "UNAVAILABLE", "HTTP_502"),
        (418, b"", "INVALID_ARGUMENT", "HTTP_418"),
        (599, b"[1]", "INTERNAL", "HTTP_599"),
        (
            409,
            b'{"title": "Already exists", "code": "A", "detail": 3, "violations": 4}',
            "ALREADY_EXISTS",
            "A",
        ),
        (409, b'{"title": 7, "violations": [1, {"field": 2}], "retry_after": "x"}', "ABORTED", "HTTP_409"),
    ],
)
def test_an_answer_of_somebody_else_is_some_error(status: int, content: bytes, kind: str, code: str) -> None:
    error = error_of_problem(status, content)
    assert (error.status, error.code, error.http_status) == (kind, code, status)
