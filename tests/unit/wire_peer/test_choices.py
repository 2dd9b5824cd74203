"""Whoever gives a word that is none of a few is told which there are."""

import msgspec
import pytest

from wire.api_counter import CounterEnrolBody, GiveTicketBody
from wire.choices import explained


@pytest.mark.parametrize(
    ("kind", "changed", "told"),
    [
        (
            GiveTicketBody,
            {"reason": "forgot"},
            "card_forgotten, card_found, other, two_customers",
        ),
        (GiveTicketBody, {"holder": {"medium": "smoke", "value": "1"}}, "nfc_uid"),
        (CounterEnrolBody, {"consents": ["email", "pigeon"]}, "email, health, letter, sms, telephone"),
        (CounterEnrolBody, {"language": "rm"}, "de, en, fr, it, zh"),
    ],
)
def test_what_may_be_said_is_listed(
    kind: type[msgspec.Struct], changed: dict[str, object], told: str
) -> None:
    given = {
        "act_id": "a",
        "clerk": "c",
        "sale_id": "s",
        "member_id": "m",
        "agreed": True,
        "holder": {"medium": "typed", "value": "1"},
        "reason": "other",
    }
    fields = {field.encode_name for field in msgspec.structs.fields(kind)}
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert({name: value for name, value in given.items() if name in fields} | changed, kind)
    text = explained(caught.value, kind)
    assert ": use one of " in text
    assert told in text
    assert text.partition(" - at ")[2] == str(caught.value).partition(" - at ")[2], (
        "the place is told as before"
    )


def test_other_errors_are_told_as_they_are() -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert({"act_id": 7}, GiveTicketBody)
    assert explained(caught.value, GiveTicketBody) == str(caught.value)
