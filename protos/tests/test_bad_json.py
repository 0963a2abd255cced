"""Bad JSON is answered with a stable code and the path of every field at fault."""

from __future__ import annotations

import pytest

from oms_protos.orders.v1 import CancelOrderRequest, Order, PlaceOrderRequest
from oms_wire.errors import InvalidArgument
from oms_wire.message import Message

NOT_JSON = [
    b"",
    b"{",
    b'{"locationId": "loc_1"',
    b'{"locationId": "loc_1"} x',
    b"{'locationId': 'loc_1'}",
    b'{"lines": [{"quantity": 1,}]}',
    b'{"lines": [{"quantity": NaN}]}',
    b'{"locationId": "\xff"}',
    b'{"locationId": "\\ud800"}',
    b"[" * 100_000,
]


@pytest.mark.parametrize("body", NOT_JSON, ids=lambda body: repr(body[:24]))
def test_what_is_no_json_is_invalid_json(body: bytes) -> None:
    with pytest.raises(InvalidArgument) as caught:
        PlaceOrderRequest.decode_json(body)
    assert caught.value.code == "INVALID_JSON"


BAD = [
    ("[]", "INVALID_FIELD", ""),
    ("null", "INVALID_FIELD", ""),
    ('"text"', "INVALID_FIELD", ""),
    ('{"locationId": 7}', "INVALID_FIELD", "location_id"),
    ('{"location_id": true}', "INVALID_FIELD", "location_id"),
    ('{"lines": {}}', "INVALID_FIELD", "lines"),
    ('{"lines": [null]}', "INVALID_FIELD", "lines[0]"),
    ('{"lines": [7]}', "INVALID_FIELD", "lines[0]"),
    ('{"lines": [{}, {}, {"quantity": "many"}]}', "INVALID_FIELD", "lines[2].quantity"),
    ('{"lines": [{"quantity": 1.5}]}', "INVALID_FIELD", "lines[0].quantity"),
    ('{"lines": [{"quantity": true}]}', "INVALID_FIELD", "lines[0].quantity"),
    ('{"lines": [{"quantity": 2147483648}]}', "INVALID_FIELD", "lines[0].quantity"),
    ('{"lines": [{"quantity": 1e99}]}', "INVALID_FIELD", "lines[0].quantity"),
    ('{"lines": [{"quantity": "1e999999999"}]}', "INVALID_FIELD", "lines[0].quantity"),
    ('{"lines": [{"quantity": " 5 "}]}', "INVALID_FIELD", "lines[0].quantity"),
    ('{"lines": [{"quantity": []}]}', "INVALID_FIELD", "lines[0].quantity"),
    ('{"lines": [{"note": 5}]}', "INVALID_FIELD", "lines[0].note"),
    ('{"lines": [{"colour": 5}]}', "UNKNOWN_FIELD", "lines[0].colour"),
    ('{"serviceMode": "EAT_IN"}', "INVALID_FIELD", "service_mode"),
    ('{"serviceMode": ""}', "INVALID_FIELD", "service_mode"),
    ('{"serviceMode": 1.5}', "INVALID_FIELD", "service_mode"),
    ('{"serviceMode": 99999999999}', "INVALID_FIELD", "service_mode"),
    ('{"tip": 5}', "UNKNOWN_FIELD", "tip"),
    ('{"": 5}', "UNKNOWN_FIELD", ""),
    ('{"locationId": "a", "location_id": "b"}', "INVALID_FIELD", "location_id"),
]


@pytest.mark.parametrize(("body", "code", "path"), BAD, ids=[case[0] for case in BAD])
def test_bad_fields_are_named(body: str, code: str, path: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        PlaceOrderRequest.decode_json(body.encode())
    assert (caught.value.code, [v.field for v in caught.value.violations]) == (code, [path])
    assert path in str(caught.value)


BAD_ORDERS = [
    ('{"version": "x"}', "version"),
    ('{"version": ""}', "version"),
    ('{"version": "9223372036854775808"}', "version"),
    ('{"version": -9223372036854775809}', "version"),
    ('{"total": {"amount": "1.5"}}', "total.amount"),
    ('{"total": []}', "total"),
    ('{"placedAt": 1767182400}', "placed_at"),
    ('{"placedAt": "2026-01-31"}', "placed_at"),
    ('{"placedAt": "2026-01-31 12:00:00Z"}', "placed_at"),
    ('{"placedAt": "2026-01-31T12:00:00"}', "placed_at"),
    ('{"placedAt": "2026-01-31t12:00:00z"}', "placed_at"),
    ('{"placedAt": "2026-02-30T12:00:00Z"}', "placed_at"),
    ('{"placedAt": "2026-01-31T24:00:00Z"}', "placed_at"),
    ('{"placedAt": "0001-01-01T00:00:00+01:00"}', "placed_at"),
    ('{"timeline": [{"at": "now"}]}', "timeline[0].at"),
]


@pytest.mark.parametrize(("body", "path"), BAD_ORDERS, ids=[case[0] for case in BAD_ORDERS])
def test_bad_numbers_and_times_are_named(body: str, path: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        Order.decode_json(body.encode())
    assert (caught.value.code, [v.field for v in caught.value.violations]) == ("INVALID_FIELD", [path])


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(InvalidArgument) as caught:
        PlaceOrderRequest.decode_json(b'{"tip": 1, "lines": [{"quantity": "x"}, {"note": 2}], "channel": []}')
    paths = [violation.field for violation in caught.value.violations]
    assert paths == ["tip", "lines[0].quantity", "lines[1].note", "channel"]


def test_a_private_value_is_not_repeated_in_the_answer() -> None:
    with pytest.raises(InvalidArgument) as caught:
        PlaceOrderRequest.decode_json(b'{"lines": [{"note": 4915112345678}]}')
    assert "4915112345678" not in str(caught.value)


LEGAL = [
    ('{"version": 5}', CancelOrderRequest(version=5)),
    ('{"version": "5"}', CancelOrderRequest(version=5)),
    ('{"version": 5.0}', CancelOrderRequest(version=5)),
    ('{"version": 5e0}', CancelOrderRequest(version=5)),
    ('{"version": "5e0"}', CancelOrderRequest(version=5)),
    ('{"version": "9223372036854775807"}', CancelOrderRequest(version=2**63 - 1)),
    ('{"version": null, "reason": null}', CancelOrderRequest()),
    ('{"order_id": "ord_1"}', CancelOrderRequest(order_id="ord_1")),
    ('  {"orderId"\n:\t"\\u00e9\\ud83c\\udf55"}  ', CancelOrderRequest(order_id="é🍕")),
    ("{}", CancelOrderRequest()),
]


@pytest.mark.parametrize(("body", "message"), LEGAL, ids=[case[0] for case in LEGAL])
def test_every_legal_spelling_is_read(body: str, message: Message) -> None:
    assert CancelOrderRequest.decode_json(body.encode()) == message
