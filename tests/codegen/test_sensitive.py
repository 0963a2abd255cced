"""What is sensitive stays inside: it stands in no log, no error, no answer about an error, and no repr."""

from __future__ import annotations

import json
import logging
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from oms_core.servers.http import route_handlers
from tests.codegen.headers import compiled, service_of

SECRET = "hush-hush"
WHOLE = {
    "name": SECRET,
    "phones": [SECRET, "x"],
    "notes": {SECRET: SECRET},
    "email": SECRET,
    "pin": "4711471147",
    "card": {"number": SECRET},
    "cards": [{"number": SECRET}],
    "byName": {"a": {"number": SECRET}},
}


@dataclass
class Wrapped:
    guest: Any


class Guests:
    """The contract served by a plain application, whose service fails with the request in its mouth."""

    def __init__(self, folder: Path, back_end: str) -> None:
        module = f"sensitive_{back_end}"
        assert not compiled("sensitive", folder, module=module, messages=back_end)
        self.guest: Any = None
        service = service_of(f"{module}.sensitive.v1", folder, self._fail)
        self.kind = service.METHODS[0].request
        self.client = TestClient(Litestar(route_handlers(service), openapi_config=None))

    def _fail(self, rpc: str, request: Any) -> Any:
        self.guest = request
        logging.getLogger("service").debug("%s %r %s", request, request, f"{request}")
        raise RuntimeError(f"no room for {request}", request, [request], {"guest": request}, Wrapped(request))


@pytest.fixture(autouse=True)
def _quiet_client() -> None:
    """The test's own client logs the addresses that it calls."""
    logging.getLogger("httpx").setLevel(logging.WARNING)


@pytest.fixture(scope="module", params=["betterproto2", "struct"])
def guests(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Guests:
    return Guests(tmp_path_factory.mktemp("sensitive"), request.param)


def test_it_stands_in_no_repr(guests: Guests) -> None:
    guest = guests.kind.decode_json(json.dumps(WHOLE).encode())
    assert json.loads(guest.encode_json()) == WHOLE
    for shown in (
        repr(guest),
        str(guest),
        f"{guest}",
        f"{[guest]!r}",
        repr(Wrapped(guest)),
        repr(guest.card),
    ):
        assert SECRET not in shown
        assert "4711471147" not in shown
        assert "<hidden>" in shown


def test_a_failing_service_logs_the_request_without_it(
    guests: Guests, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = guests.client.post("/v1/guests", json=WHOLE)
    assert answer.status_code == 500
    assert guests.guest.name == SECRET
    assert "no room for" in caplog.text
    for text in (answer.text, caplog.text):
        assert SECRET not in text
        assert "4711471147" not in text


BROKEN = [
    {"name": [SECRET]},
    {"name": {"a": SECRET}},
    {"phones": SECRET},
    {"phones": [[SECRET]]},
    {"notes": {SECRET: 1}},
    {"notes": {SECRET: {"a": SECRET}}},
    {"notes": [SECRET]},
    {"pin": SECRET},
    {"pin": "4711471147.5"},
    {"pin": "99994711471147999999999"},
    {"face": f"{SECRET}!"},
    {"colour": SECRET},
    {"card": SECRET},
    {"card": {"number": [SECRET]}},
    {"cards": [{"number": 1}, {"number": {"a": SECRET}}]},
    {"email": SECRET, "phone": [SECRET]},
    {"limited": SECRET},
    {"worded": SECRET},
    {"counts": {SECRET: 1}},
]


@pytest.mark.parametrize("body", BROKEN, ids=[json.dumps(body) for body in BROKEN])
def test_an_error_about_it_does_not_quote_it(
    guests: Guests, caplog: pytest.LogCaptureFixture, body: dict[str, Any]
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = guests.client.post("/v1/guests", json=body)
    assert answer.status_code == 400, answer.text
    for text in (answer.text, caplog.text):
        assert SECRET not in text
        assert "4711471147" not in text


def test_a_document_that_breaks_off_is_not_quoted(guests: Guests, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    whole = json.dumps(WHOLE).encode()
    for end in range(1, len(whole)):
        answer = guests.client.post("/v1/guests", content=whole[:end])
        assert answer.status_code == 400
        assert SECRET not in answer.text + caplog.text


def test_what_cannot_be_written_is_not_quoted(guests: Guests) -> None:
    for fields in (
        {"name": f"{SECRET}\ud800"},
        {"pin": 4711471147 * 10**12},
        {"notes": {f"{SECRET}\ud800": ""}},
        {"notes": {"a": f"{SECRET}\ud800"}},
        {"phones": [f"{SECRET}\ud800"]},
        {"email": SECRET, "phone": SECRET},
    ):
        guest = guests.kind(**fields)
        for write in (bytes, lambda one: one.encode_json()):
            with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever it is, it tells nothing
                write(guest)
            text = "".join(traceback.format_exception(caught.value))
            assert SECRET not in text
            assert "4711471147" not in text


def test_a_query_and_a_path_are_not_quoted(guests: Guests, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for target in (
        f"/v1/guests?pin={SECRET}",
        f"/v1/guests?pin=1&pin={SECRET}",
        f"/v1/guests?colour={SECRET}",
        f"/v1/guests?face={SECRET}!",
        f"/v1/guests?limited={SECRET}",
        f"/v1/guests?card.pin={SECRET}",
        f"/v1/guests?counts[{SECRET}]=1",
        f"/v1/guests/{SECRET}",
        f"/v1/cards?pin={SECRET}",
        f"/v1/cards?spare=1&spare={SECRET}",
        f"/v1/cards?colour={SECRET}",
        f"/v1/cards?limit={SECRET}",
    ):
        answer = guests.client.get(target)
        assert answer.status_code == 400, (target, answer.text)
        problem = {name: value for name, value in answer.json().items() if name != "instance"}
        assert SECRET not in json.dumps(problem), target
        assert SECRET not in caplog.text
