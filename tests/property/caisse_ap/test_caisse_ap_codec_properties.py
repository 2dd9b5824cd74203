"""Caisse-AP's codec: what it writes it reads again, in pieces too; no bytes make it stumble or grow."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.limits.other_tills import CAISSE_AP_MESSAGE_BYTES_MAX
from terminal.till.caisse_ap.codec import CaisseApWrong, decode, encode
from terminal.till.caisse_ap.messages import NotUnderstood, request_of

names = st.text(alphabet=string.ascii_uppercase, min_size=2, max_size=2)
values = st.text(alphabet=string.printable[:95], min_size=1, max_size=60)
messages = st.dictionaries(names, values, max_size=20).map(lambda tags: {"CZ": "0300"} | tags)


@given(messages)
def test_what_is_written_is_read_again(tags: dict[str, str]) -> None:
    assert decode(encode(tags)) == tags


@given(messages, st.data())
def test_a_message_cut_short_is_awaited_or_holds_fewer_tags_and_never_others(
    tags: dict[str, str], data: st.DataObject
) -> None:
    whole = encode(tags)
    cut = data.draw(st.integers(0, len(whole) - 1))
    part = decode(whole[:cut])
    assert part is None or part.items() < tags.items()


@given(st.one_of(st.binary(max_size=300), st.binary(max_size=200).map(lambda more: b"CZ0040300" + more)))
def test_any_bytes_are_a_message_or_refused_or_awaited(data: bytes) -> None:
    try:
        tags = decode(data)
    except CaisseApWrong:
        return
    if tags is None:
        return
    assert encode(tags) == data
    try:
        request = request_of(tags)
    except NotUnderstood:
        return
    assert request.amount_minor is None or 0 < request.amount_minor < 10**12


@given(st.lists(st.sampled_from(["CZ", "CA001", "CB0", "CB012", "9", "0300", "CB999"]), max_size=12))
def test_heads_and_lengths_in_any_order_end_in_an_answer(parts: list[str]) -> None:
    data = "".join(parts).encode()
    try:
        tags = decode(data)
    except CaisseApWrong:
        return
    assert tags is None or encode(tags) == data


def test_more_than_a_message_may_have_is_refused_unread() -> None:
    with pytest.raises(CaisseApWrong, match="longer than"):
        decode(b"CZ0040300" + b"CF099" + b"x" * CAISSE_AP_MESSAGE_BYTES_MAX)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"CB0044250", "does not begin with CZ"),
        (b"CZ0040300CAabc", "no number"),
        (b"CZ0040300CZ0040300", "stands twice"),
        (b"CZ000", "is empty"),
        (b"CZ0040300cA00101", "capital letters"),
        ("CZ0040300CF002é!".encode(), "beyond ASCII"),
        (b"CZ0040300CF002\r\n", "control characters"),
    ],
)
def test_what_is_no_message_is_told_by_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(CaisseApWrong, match=reason):
        decode(data)


def test_the_published_request_of_42_50_euros_is_read() -> None:
    tags = decode(b"CZ0040300CJ012012345678901CA00201CE003978BA0010CD0010CB0044250")
    assert tags is not None
    request = request_of(tags)
    assert (request.action, request.amount_minor, request.currency, request.register) == (
        "debit",
        4250,
        "EUR",
        "01",
    )
