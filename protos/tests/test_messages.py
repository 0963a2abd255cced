"""The doors of a generated message beside its fast codecs."""

from __future__ import annotations

import copy
import pickle
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import betterproto2
import pytest

from oms_protos.orders.v1 import Line, Order, OrderPlaced, OrderState, PlaceOrderRequest, TimelineEntry
from oms_protos.types.v1 import Money
from oms_wire import exact
from oms_wire.errors import EncodeError
from oms_wire.event import EventMessage, EventType

NOON = datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC)
ORDER = Order(
    order_id="ord_1",
    state=OrderState.PLACED,
    total=Money(1250, "USD"),
    menu_version=7,
    placed_at=NOON,
    timeline=[TimelineEntry(version=1, step="place", at=NOON)],
)


def test_json_is_proto3_json() -> None:
    assert ORDER.encode_json() == (
        b'{"orderId":"ord_1","state":"ORDER_STATE_PLACED","total":{"amount":"1250","currency":"USD"},'
        b'"menuVersion":"7","placedAt":"2026-01-31T12:00:00.123456Z",'
        b'"timeline":[{"version":"1","step":"place","at":"2026-01-31T12:00:00.123456Z"}]}'
    )


def test_plain_json_never_takes_the_slow_way(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        pytest.fail("the exact path was taken")

    monkeypatch.setattr(exact, "from_value", refuse)
    assert Order.decode_json(ORDER.encode_json()) == ORDER


def test_the_other_doors_lead_to_the_same_message() -> None:
    assert Order.from_json(ORDER.to_json()) == ORDER
    assert Order.from_json(ORDER.to_json(indent=2, include_default_values=True)) == ORDER
    assert Order.from_dict(ORDER.to_dict()) == ORDER
    assert Order.from_dict(ORDER.to_dict(casing=betterproto2.Casing.SNAKE)) == ORDER
    assert Order.from_dict(ORDER.to_dict(output_format=betterproto2.OutputFormat.PYTHON)) == ORDER
    assert Order.FromString(ORDER.SerializeToString()) == ORDER
    assert pickle.loads(pickle.dumps(ORDER)) == ORDER


def test_dictionaries_hold_json_or_python_values() -> None:
    assert ORDER.to_dict()["menuVersion"] == "7"
    python = ORDER.to_dict(output_format=betterproto2.OutputFormat.PYTHON, casing=betterproto2.Casing.SNAKE)
    assert (python["menu_version"], python["placed_at"], python["state"]) == (7, NOON, OrderState.PLACED)
    assert Money().to_dict(include_default_values=True) == {"amount": "0", "currency": ""}


def test_unknown_fields_are_ignored_only_when_asked() -> None:
    assert Money.from_dict({"amount": 5, "tax": 1}, ignore_unknown_fields=True) == Money(5)
    assert Money.from_json('{"amount": 5, "tax": 1}', ignore_unknown_fields=True) == Money(5)


def test_copies_keep_what_the_contract_does_not_know() -> None:
    money = Money.parse(bytes(Money(5, "USD")) + b"\xa2\x06\x03new")
    assert bytes(copy.copy(money)) == bytes(copy.deepcopy(money)) == bytes(money)


@dataclass(eq=False, repr=False)
class Parent(betterproto2.Message):
    money: Money | None = betterproto2.field(1, betterproto2.TYPE_MESSAGE, optional=True)  # noqa: RUF009


def test_a_stock_betterproto2_parent_can_carry_a_generated_child() -> None:
    parent = Parent(money=Money(5, "USD"))
    assert Parent.parse(bytes(parent)) == parent
    assert Parent.from_dict(parent.to_dict()) == parent


def test_private_fields_do_not_show() -> None:
    request = PlaceOrderRequest(lines=[Line(variation_id="var_1", quantity=2, note="for Ann, allergic")])
    assert repr(request) == (
        "PlaceOrderRequest(lines=[Line(variation_id='var_1', quantity=2, note=<hidden>)])"
    )
    request.lines[0].quantity = 2**40
    with pytest.raises(EncodeError) as caught:
        bytes(request)
    assert "Ann" not in str(caught.value)


def test_enums_are_open() -> None:
    order = Order.decode_json(b'{"state": 99}')
    assert order.state == 99
    assert order.encode_json() == b'{"state":99}'
    assert Order.parse(bytes(order)) == order
    assert OrderState.PLACED.proto_name == "ORDER_STATE_PLACED"


def test_times_are_utc_whatever_zone_they_came_in() -> None:
    noon = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert Order(placed_at=noon).encode_json() == Order(placed_at=NOON).encode_json()
    assert bytes(Order(placed_at=noon)) == bytes(Order(placed_at=NOON))
    read = Order.decode_json(b'{"placedAt": "2026-01-31T17:30:00.123456999+05:30"}').placed_at
    assert read == NOON
    assert read is not None
    assert read.tzinfo is UTC


def test_a_time_without_a_zone_is_not_written() -> None:
    naive = Order(placed_at=NOON.replace(tzinfo=None))
    for write in (naive.__bytes__, naive.encode_json):
        with pytest.raises(EncodeError, match=r"Order\.placed_at: has no time zone"):
            write()


@pytest.mark.parametrize(
    ("micros", "text"), [(0, ""), (1, ".000001"), (500_000, ".500"), (120_000, ".120"), (123_400, ".123400")]
)
def test_times_carry_no_more_digits_than_they_need(micros: int, text: str) -> None:
    order = Order(placed_at=NOON.replace(microsecond=micros))
    assert order.encode_json() == f'{{"placedAt":"2026-01-31T12:00:00{text}Z"}}'.encode()


def test_events_know_their_name() -> None:
    assert EventType(name="orders.order_placed", version=1, key="order_id") == OrderPlaced.EVENT
    assert OrderPlaced.EVENT.aggregate == "orders.order"
    assert isinstance(OrderPlaced(), EventMessage)
