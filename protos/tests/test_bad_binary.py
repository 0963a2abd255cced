"""Binary input is read strictly, and what the contract does not know is kept."""

from __future__ import annotations

import re
from io import BytesIO

import betterproto2
import pytest

from oms_protos.orders.v1 import Line, Order, OrderState, PlaceOrderRequest
from oms_protos.types.v1 import Money
from oms_wire.errors import EncodeError, InvalidArgument
from oms_wire.message import Message

BAD = {
    "text shorter than announced": b"\n\x05a",
    "ends inside a tag": b"\x80",
    "ends inside a number": b"\x08\xff",
    "number of eleven bytes": b"\x08" + b"\xff" * 10 + b"\x01",
    "field number 0": b"\x02\x00",
    "unknown wire type": b"\x0f",
    "text that is no UTF-8": b"\x12\x01\xff",
    "group that never ends": b"\x1b\x08\x01",
    "group that never began": b"\x1c",
    "groups nested beyond reason": b"\x1b" * 5000,
    "fixed number cut short": b"\x19\x01\x02",
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
def test_damaged_input_is_an_invalid_message(data: bytes) -> None:
    with pytest.raises(InvalidArgument) as caught:
        Money.parse(data)
    assert caught.value.code == "INVALID_MESSAGE"


def test_every_truncation_inside_a_field_is_noticed() -> None:
    whole = bytes(PlaceOrderRequest(location_id="loc_1", lines=[Line(variation_id="var_1", quantity=300)]))
    ends = {0, len(b"\n\x05loc_1"), len(whole)}
    for end in range(len(whole)):
        if end in ends:
            continue
        with pytest.raises(InvalidArgument):
            PlaceOrderRequest.parse(whole[:end])


def test_a_time_out_of_range_is_refused() -> None:
    beyond = b"\x08" + b"\xff" * 9 + b"\x00"
    with pytest.raises(InvalidArgument):
        Order.parse(b"\x6a" + bytes([len(beyond)]) + beyond)


def test_unknown_fields_come_through() -> None:
    unknown = b"\xa2\x06\x03new" + b"\xa8\x06\x07" + b"\xb5\x06\x01\x02\x03\x04" + b"\xbb\x06\x08\x01\xbc\x06"
    money = Money.parse(bytes(Money(5, "USD")) + unknown)
    assert money == Money(5, "USD")
    assert bytes(money) == bytes(Money(5, "USD")) + unknown


def test_a_message_that_comes_twice_is_merged() -> None:
    twice = bytes(Order(total=Money(amount=5))) + bytes(Order(total=Money(currency="USD")))
    assert Order.parse(twice).total == Money(5, "USD")


def test_load_merges_into_what_is_there() -> None:
    order = Order(order_id="ord_1", state=OrderState.PLACED)
    order.load(BytesIO(bytes(Order(state=OrderState.READY, number=3))))
    assert order == Order(order_id="ord_1", state=OrderState.READY, number=3)


def test_load_reads_delimited_messages_one_by_one() -> None:
    stream = BytesIO()
    Money(5, "USD").dump(stream, delimit=True)
    Money(7, "EUR").dump(stream, delimit=True)
    stream.seek(0)
    first = Money().load(stream, betterproto2.SIZE_DELIMITED)
    assert (first, Money().load(stream, betterproto2.SIZE_DELIMITED)) == (Money(5, "USD"), Money(7, "EUR"))
    with pytest.raises(InvalidArgument):
        Money().load(BytesIO(b"\x05\x08\x01"), betterproto2.SIZE_DELIMITED)


WRONG = [
    (PlaceOrderRequest(lines=[Line(), Line(quantity=2**31)]), "PlaceOrderRequest.lines[1].quantity"),
    (Order(version=-(2**63) - 1), "Order.version"),
    (Order(total=Money(currency="\ud800")), "Order.total.currency"),
    (Order(total=5), "Order.total"),  # type: ignore[arg-type]
    (Order(lines=[7]), "Order.lines[0]"),  # type: ignore[list-item]
]


@pytest.mark.parametrize(("message", "path"), WRONG, ids=[case[1] for case in WRONG])
def test_a_value_that_its_type_cannot_hold_is_not_written(message: Message, path: str) -> None:
    for write in (message.__bytes__, message.encode_json):
        with pytest.raises(EncodeError, match=re.escape(path)):
            write()
