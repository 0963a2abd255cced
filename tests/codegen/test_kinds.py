"""Every kind of field, with both kinds of classes."""

from __future__ import annotations

import copy
import importlib
import pickle
import struct
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest

from oms_protos.google.protobuf import (
    Any_,
    Duration,
    FieldMask,
    ListValue,
    NullValue,
    StringValue,
    Struct,
    Timestamp,
    Value,
)
from oms_protos.google.type import Money
from oms_wire import exact
from oms_wire.errors import EncodeError, InvalidArgument
from tests.codegen import structs

assert structs.FOLDER.is_dir()
B = importlib.import_module("acme_protos.kinds.v1")
C = importlib.import_module("acme_structs.kinds.v1")
both = pytest.mark.parametrize("k", [B, C], ids=["betterproto2", "struct"])


@both
def test_of_two_members_of_a_oneof_neither_is_written(k: ModuleType) -> None:
    choice = k.Choice(text="", number=0)
    for write in (choice.__bytes__, choice.encode_json, k.Choice(left=choice).encode_json):
        with pytest.raises(EncodeError, match=r"\.kind: text and number are both set"):
            write()


@both
def test_of_two_members_in_binary_the_last_one_counts(k: ModuleType) -> None:
    text, number = bytes(k.Choice(text="a")), bytes(k.Choice(number=5))
    assert k.Choice.parse(text + number) == k.Choice(number=5)
    assert k.Choice.parse(number + text) == k.Choice(text="a")
    first, second = k.Choice(scalars=k.Scalars(an_int32=1)), k.Choice(scalars=k.Scalars(an_int64=2))
    merged = k.Choice(scalars=k.Scalars(an_int32=1, an_int64=2))
    assert k.Choice.parse(bytes(first) + bytes(second)) == merged
    assert k.Choice.parse(bytes(first) + text + bytes(second)) == second


@both
def test_two_members_in_json_are_refused_with_the_path(k: ModuleType) -> None:
    for text in ('{"left": {"text": "a", "number": "5"}}', '{"left": {"text": "", "number": 0}}'):
        with pytest.raises(InvalidArgument, match=r"left\.number: is given beside text"):
            k.Choice.decode_json(text)
    assert k.Choice.decode_json('{"text": null, "number": "5"}') == k.Choice(number=5)


@both
def test_a_member_at_its_default_is_written(k: ModuleType) -> None:
    assert k.Choice(text="").encode_json() == b'{"text":""}'
    assert k.Choice(nothing=NullValue.NULL_VALUE).encode_json() == b'{"nothing":null}'
    assert k.Choice.decode_json('{"nothing": null}') == k.Choice(nothing=NullValue.NULL_VALUE)
    anything = k.Choice(anything=Value(null_value=NullValue.NULL_VALUE))
    assert anything.encode_json() == b'{"anything":null}'
    assert k.Choice.decode_json(b'{"anything":null}') == k.Choice.parse(bytes(anything)) == anything
    assert k.Choice.decode_json('{"flag": false}').flag is False
    assert k.Choice.parse(bytes(k.Choice(span=k.Choice.decode_json('{"span":"0s"}').span))).span is not None


RANGES = [
    ("an_int32", 2**31),
    ("a_sint32", -(2**31) - 1),
    ("a_sfixed32", 2**31),
    ("a_uint32", -1),
    ("a_fixed32", 2**32),
    ("an_int64", 2**63),
    ("a_sint64", 2**63),
    ("a_sfixed64", -(2**63) - 1),
    ("a_uint64", 2**64),
    ("a_fixed64", -1),
    ("a_float", 3.5e38),
]


@both
@pytest.mark.parametrize(("name", "value"), RANGES, ids=[name for name, _ in RANGES])
def test_what_a_type_cannot_hold_is_refused_both_ways(k: ModuleType, name: str, value: float) -> None:
    for message in (k.Scalars(**{name: value}), k.Optionals(**{name: value})):
        for write in (message.__bytes__, message.encode_json):
            with pytest.raises(EncodeError, match=name):
                write()
    with pytest.raises(InvalidArgument, match=name):
        k.Scalars.decode_json(f'{{"{name}": {value}}}')
    lists = {field.kind: field.name for field in k.Lists._fields()}
    kind = next(field.kind for field in k.Scalars._fields() if field.name == name)
    with pytest.raises(EncodeError, match=rf"{lists[kind]}\[1\]"):
        bytes(k.Lists(**{lists[kind]: [0, value]}))


@both
def test_numbers_have_many_spellings(k: ModuleType) -> None:
    read = k.Scalars.decode_json(
        '{"anInt32": "1e2", "aUint64": 18446744073709551615, "aDouble": "NaN", "aFloat": "-Infinity",'
        ' "a_sint64": 5.0, "aBool": true, "someBytes": "-_8", "tone": "TONE_FORTE"}'
    )
    assert (read.an_int32, read.a_uint64, read.a_sint64, read.some_bytes) == (100, 2**64 - 1, 5, b"\xfb\xff")
    assert read.a_double != read.a_double
    assert read.a_float == float("-inf")
    assert read.encode_json() == (
        b'{"aDouble":"NaN","aFloat":"-Infinity","anInt32":100,"aUint64":"18446744073709551615",'
        b'"aSint64":"5","aBool":true,"someBytes":"+/8=","tone":"TONE_LOUD"}'
    )


@both
def test_a_float_is_what_32_bits_hold(k: ModuleType) -> None:
    assert k.Scalars(a_float=0.1).encode_json() == b'{"aFloat":0.1}'
    assert (
        k.Scalars.decode_json('{"aFloat": 0.1}').a_float
        == k.Scalars.parse(bytes(k.Scalars(a_float=0.1))).a_float
    )


@both
def test_minus_zero_is_not_the_default(k: ModuleType) -> None:
    assert k.Scalars(a_double=-0.0, a_float=0.0).encode_json() == b'{"aDouble":-0.0}'
    assert str(k.Scalars.parse(bytes(k.Scalars(a_double=-0.0))).a_double) == "-0.0"


@both
def test_unpacked_lists_stay_unpacked_and_either_is_read(k: ModuleType) -> None:
    loose = k.Lists(loose_numbers=[1, -1])
    assert bytes(loose) == b"\xb0\x01\x02\xb0\x01\x01"
    assert k.Lists.parse(b"\xb2\x01\x02\x02\x01") == loose
    assert bytes(k.Lists(sint32s=[1, -1])) == b"\x3a\x02\x02\x01"
    assert k.Lists.parse(b"\x38\x02\x38\x01") == k.Lists(sint32s=[1, -1])


@both
def test_the_keys_of_maps_are_text_in_json(k: ModuleType) -> None:
    maps = k.Maps(
        by_bool={True: False},
        by_int64={-5: 6},
        moments={1: k.Maps.decode_json('{"moments":{"1":"2026-01-31T12:00:00Z"}}').moments[1]},
        wrapped={False: 0},
        messages={"a": k.Scalars(a_string="b")},
    )
    assert maps.encode_json() == (
        b'{"byInt64":{"-5":"6"},"byBool":{"true":false},"messages":{"a":{"aString":"b"}},'
        b'"moments":{"1":"2026-01-31T12:00:00Z"},"wrapped":{"false":"0"}}'
    )
    assert k.Maps.decode_json(maps.encode_json()) == k.Maps.parse(bytes(maps)) == maps


@both
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"byBool": {"True": true}}', "by_bool: has the key 'True'"),
        ('{"byUint32": {"-1": 1}}', "by_uint32: has a key that must be from 0"),
        ('{"byInt32": {"1": 2147483648}}', r'by_int32\["1"\]: must be from'),
        ('{"messages": {"a": {"anInt32": true}}}', r'messages\["a"\]\.an_int32: must be a whole number'),
        ('{"messages": {"a": null}}', r'messages\["a"\]: is null'),
        ('{"tones": []}', "tones: is an array"),
    ],
)
def test_what_is_wrong_in_a_map_is_named(k: ModuleType, text: str, problem: str) -> None:
    with pytest.raises(InvalidArgument, match=problem):
        k.Maps.decode_json(text)


@both
def test_a_map_that_cannot_be_written_names_the_entry(k: ModuleType) -> None:
    with pytest.raises(EncodeError, match=r"Maps\.by_int32\[1\]: "):
        bytes(k.Maps(by_int32={1: 2**40}))
    with pytest.raises(EncodeError, match="is not a dict"):
        k.Maps(by_int32=[1]).encode_json()


@both
def test_entries_of_maps_are_merged_as_messages_are(k: ModuleType) -> None:
    one, two = bytes(k.Scalars(an_int32=1)), bytes(k.Scalars(an_int64=2))
    entry = b"\x0a\x01a" + b"\x12" + bytes([len(one)]) + one + b"\x12" + bytes([len(two)]) + two
    read = k.Maps.parse(b"\x8a\x01" + bytes([len(entry)]) + entry)
    assert read == k.Maps(messages={"a": k.Scalars(an_int32=1, an_int64=2)})
    assert k.Maps.parse(b"\x82\x01\x00") == k.Maps(tones={"": k.Tone(0)})


@both
@pytest.mark.parametrize("name", ["moment", "span", "an_int64", "a_string", "struct", "moments", "strings"])
def test_input_that_ends_inside_a_known_message_is_refused(k: ModuleType, name: str) -> None:
    number = next(field.number for field in k.WellKnown._fields() if field.name == name)
    tag = number << 3 | 2
    prefix = bytes([tag]) if tag < 0x80 else bytes([tag & 0x7F | 0x80, tag >> 7])
    for end in (b"\x01\x08", b"\x01\x0a", b"\x02\x10\x80"):
        with pytest.raises(InvalidArgument, match="INVALID_MESSAGE"):
            k.WellKnown.parse(prefix + end)


@both
def test_unknown_values_of_enums_survive(k: ModuleType) -> None:
    for message in (
        k.Scalars(tone=k.Tone(99)),
        k.Lists(tones=[k.Tone(99), k.Tone.LOUD]),
        k.Maps(tones={"a": k.Tone(-5)}),
        k.Choice(tone=k.Tone(99)),
    ):
        kind = type(message)
        assert kind.decode_json(message.encode_json()) == kind.parse(bytes(message)) == message
    assert k.Scalars(tone=k.Tone(99)).encode_json() == b'{"tone":99}'
    assert k.Lists(tones=[k.Tone.FORTE]).encode_json() == b'{"tones":["TONE_LOUD"]}'
    assert k.Tone.LOUD.proto_name == "TONE_LOUD"
    read = k.Lists.from_json('{"tones": ["TONE_NEW", "TONE_LOUD"]}', ignore_unknown_fields=True)
    assert read == k.Lists(tones=[k.Tone.LOUD])


@both
def test_wrapped_values_are_the_value_or_none(k: ModuleType) -> None:
    message = k.WellKnown(a_string="", a_bool=False, an_int64=5, strings=["", "a"])
    assert message.encode_json() == b'{"anInt64":"5","aBool":false,"aString":"","strings":["","a"]}'
    assert k.WellKnown.parse(bytes(message)) == k.WellKnown.decode_json(message.encode_json()) == message
    assert k.WellKnown.decode_json("{}").a_string is None


def test_moments_and_spans_are_pythons_own_and_hold_microseconds() -> None:
    text = b'{"moment":"2026-01-31T12:00:00.123456789Z","span":"-1.123456789s"}'
    read = B.WellKnown.decode_json(text)
    assert read.moment == datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC)
    assert read.span == -timedelta(seconds=1, microseconds=123456)
    assert read.encode_json() == b'{"moment":"2026-01-31T12:00:00.123456Z","span":"-1.123456s"}'


def test_moments_and_spans_of_structs_are_exact() -> None:
    text = b'{"moment":"2026-01-31T12:00:00.123456789Z","span":"-1.123456789s"}'
    read = C.WellKnown.decode_json(text)
    assert C.WellKnown.parse(bytes(read)).encode_json() == text
    assert read.moment.moment() == datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC)
    noon = datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert C.WellKnown(moment=Timestamp.of(noon), span=Duration.of(timedelta(days=-1))).encode_json() == (
        b'{"moment":"2026-01-31T12:00:00Z","span":"-86400s"}'
    )
    with pytest.raises(EncodeError, match=r"WellKnown\.moment: .* no moment"):
        C.WellKnown(moment=Timestamp(seconds=2**60)).encode_json()


@both
@pytest.mark.parametrize("span", ["1", "1.s", ".5s", "1.0000000001s", "315576000001s", "+1s", 1])
def test_what_is_no_span_is_refused(k: ModuleType, span: object) -> None:
    with pytest.raises(InvalidArgument, match="span: "):
        k.WellKnown.from_dict({"span": span})


@both
def test_any_json_is_a_struct(k: ModuleType) -> None:
    plain = {"a": [1.5, None, "x", {"b": True}], "c": {}}
    message = k.WellKnown(struct=Struct.of(plain), value=Value(string_value="x"), list_=ListValue.of([1.0]))
    assert k.WellKnown.decode_json(message.encode_json()) == k.WellKnown.parse(bytes(message)) == message
    assert message.struct.plain() == plain
    assert message.to_dict() == {"struct": plain, "value": "x", "list": [1.0]}
    for value in (Value(), Value(number_value=float("nan")), Value(bool_value=True, string_value="")):
        with pytest.raises(EncodeError, match="value"):
            k.WellKnown(value=value).encode_json()


@both
def test_an_any_holds_what_has_been_imported(k: ModuleType) -> None:
    for content in (
        Money("USD", 5),
        Struct.of({"a": None}),
        k.Scalars(a_string="x"),
        Any_.pack(StringValue("a")),
    ):
        message = k.WellKnown(any=Any_.pack(content))
        read = k.WellKnown.decode_json(message.encode_json())
        assert read == message
        assert bytes(read.any.unpack()) == bytes(content)
    assert k.WellKnown(any=Any_.pack(StringValue("a"))).encode_json() == (
        b'{"any":{"@type":"type.googleapis.com/google.protobuf.StringValue","value":"a"}}'
    )
    unknown = Any_(type_url="type.googleapis.com/acme.Unknown", value=b"")
    assert k.WellKnown.parse(bytes(k.WellKnown(any=unknown))).any == unknown
    with pytest.raises(EncodeError, match=r"acme\.Unknown"):
        k.WellKnown(any=unknown).encode_json()


@both
@pytest.mark.parametrize(
    ("content", "path"),
    [
        ('{"@type": "type.googleapis.com/google.type.Money", "units": true}', "any.units"),
        ('{"@type": "type.googleapis.com/acme.Unknown"}', "any"),
        ('{"units": "1"}', "any"),
        ('{"@type": "type.googleapis.com/google.protobuf.Duration", "value": "x"}', "any"),
        ('{"@type": "type.googleapis.com/google.protobuf.Duration"}', "any"),
        ("[]", "any"),
    ],
)
def test_what_is_wrong_in_an_any_is_named(k: ModuleType, content: str, path: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        k.WellKnown.decode_json(f'{{"any": {content}}}')
    assert [violation.field for violation in caught.value.violations] == [path]


@both
def test_masks_are_camel_case_in_json(k: ModuleType) -> None:
    message = k.WellKnown(mask=FieldMask(paths=["a_b.c_d", "e"]))
    assert message.encode_json() == b'{"mask":"aB.cD,e"}'
    assert k.WellKnown.decode_json(message.encode_json()) == message
    with pytest.raises(EncodeError, match="camelCase"):
        k.WellKnown(mask=FieldMask(paths=["aB"])).encode_json()
    with pytest.raises(InvalidArgument, match="mask: names the field 'a_b'"):
        k.WellKnown.decode_json('{"mask": "a_b"}')


@both
def test_names_that_would_be_misread_keep_their_json_names(k: ModuleType) -> None:
    names = k.Names(
        field_name13_=1,
        private_=2,
        private=3,
        camelCase=4,
        class_=5,
        parse_=6,
        self_=7,
        item={"a": 8},
        dict_=9,
    )
    plain = {"FieldName13": 1, "Private": 2, "private": 3, "camelCase": 4, "class": 5, "parse": 6}
    assert names.to_dict() == plain | {"self": 7, "item": {"a": 8}, "dict": 9}
    assert k.Names.decode_json(names.encode_json()) == k.Names.parse(bytes(names)) == names
    assert k.Names.decode_json('{"__field_name13": 1, "@other": 5, "other": 5}'.replace(', "other": 5', ""))
    deep = k.NamesDeepDeeperDeepest(text="x", names=k.Names(camelCase=1))
    outer = k.Names(deep=k.NamesDeep_(deeper=k.NamesDeepDeeper(deepest=deep)))
    assert k.Names.decode_json(outer.encode_json()) == k.Names.parse(bytes(outer)) == outer


@both
def test_an_entry_with_an_unknown_field_is_read(k: ModuleType) -> None:
    entry = b"\x0a\x01a" + b"\x11" + struct.pack("<d", 1.5) + b"\x18\x01"
    assert k.Maps.parse(b"\x7a" + bytes([len(entry)]) + entry).doubles == {"a": 1.5}


@both
def test_sensitive_maps_do_not_show(k: ModuleType) -> None:
    secrets = k.NamesDeep(secrets={"pin": "1234"})
    assert repr(secrets) == "NamesDeep(secrets=<hidden>)"
    secrets.secrets["pin"] = 1234
    with pytest.raises(EncodeError) as caught:
        bytes(secrets)
    with pytest.raises(InvalidArgument) as refused:
        k.NamesDeep.decode_json('{"secrets": {"pin": 1234}}')
    assert "pin" not in str(refused.value)
    assert [v.field for v in refused.value.violations] == ["secrets"]
    assert not {"pin", "1234"} & set(str(caught.value).replace("'", " ").split())


@both
def test_the_other_doors_lead_to_the_same_message(k: ModuleType) -> None:
    message = k.WellKnown(
        struct=Struct.of({"a": 1.0}),
        a_bool=True,
        strings=["x"],
        spans=k.WellKnown.decode_json('{"spans":["1s"]}').spans,
    )
    kind: Any = k.WellKnown
    assert kind.FromString(message.SerializeToString()) == message
    assert kind.from_json(message.to_json(indent=2, include_default_values=True)) == message
    assert kind.from_dict(message.to_dict()) == message
    assert pickle.loads(pickle.dumps(message)) == copy.deepcopy(message) == copy.copy(message) == message
    newer = bytes(message) + b"\xa2\x3f\x03new"
    assert bytes(copy.deepcopy(kind.parse(newer))) == newer


@both
def test_plain_json_never_takes_the_slow_way(k: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        pytest.fail("the exact path was taken")

    text = (
        b'{"moment":"2026-01-31T12:00:00Z","span":"1.500s","struct":{"a":[1.5,null]},"value":null,"mask":"aB",'
        b'"empty":{},"aFloat":1.5,"someBytes":"AQ==","money":{"units":"5"},"strings":["x"]}'
    )
    monkeypatch.setattr(exact, "from_bytes", refuse)
    assert k.WellKnown.decode_json(text).encode_json() == text
    text = b'{"byBool":{"true":false},"tones":{"a":"TONE_LOUD"},"values":{"a":null}}'
    assert k.Maps.decode_json(text).encode_json() == text
