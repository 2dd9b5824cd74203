import msgspec
import pytest

from loyalty.limits.sockets import FRAME_BYTES_MAX
from wire.frames import FrameError, FrameTooLongError, decode, encode
from wire.messages import CardRemoved, EndSession, FromKiosk, FromReader
from wire.reader_control import Done

EMPTY_ERROR_BYTES = len(encode(Done(error=" "))) - 1


def test_a_frame_is_one_line() -> None:
    frame = encode(Done(error="two\nlines"))

    assert frame.endswith(b"\n")
    assert frame.count(b"\n") == 1


def test_a_frame_of_exactly_the_limit_passes_both_ways() -> None:
    message = Done(error="x" * (FRAME_BYTES_MAX - EMPTY_ERROR_BYTES))

    frame = encode(message)

    assert len(frame) == FRAME_BYTES_MAX
    assert decode(frame, Done) == message


def test_a_frame_over_the_limit_is_refused_when_encoded() -> None:
    with pytest.raises(FrameTooLongError, match=str(FRAME_BYTES_MAX)):
        encode(Done(error="x" * (FRAME_BYTES_MAX - EMPTY_ERROR_BYTES + 1)))


def test_a_line_over_the_limit_is_refused_when_decoded() -> None:
    with pytest.raises(FrameTooLongError, match=str(FRAME_BYTES_MAX)):
        decode(b" " * (FRAME_BYTES_MAX + 1), Done)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "truncated"),
        (b"\n", "truncated"),
        (b"\xff\xfe\n", "malformed"),
        (b"[]\n", "Expected `object`"),
        (b"{}\n", "missing required field `kind`"),
        (b'{"kind":"card_removed"}\n', "missing required field `tap_id`"),
        (b'{"kind":"card_removed","tap_id":1,"at_ms":2}\n', "Expected `str`, got `int` - at `$.tap_id`"),
        (b'{"kind":"card_removed","tap_id":"\xff","at_ms":2}\n', "can't decode"),
        (b'{"kind":"card_removed","tap_id":"a","at_ms":2}{}\n', "trailing characters"),
        (b'{"a":' * 10_000, "recursion"),
    ],
)
def test_garbage_is_refused_with_its_reason(line: bytes, reason: str) -> None:
    with pytest.raises(FrameError) as refused:
        decode(line, FromReader)

    assert reason in str(refused.value)


@pytest.mark.parametrize(
    "line",
    [
        b'{"kind":"7612345678900"}\n',
        b'{"kind":"reader_state","state":"7612345678900","reader":"r","since_ms":1}\n',
    ],
)
def test_an_error_never_repeats_what_was_sent(line: bytes) -> None:
    with pytest.raises(FrameError) as refused:
        decode(line, FromReader)

    assert "7612345678900" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert "unknown kind or value" in str(refused.value)


def test_a_message_of_another_conversation_is_refused() -> None:
    with pytest.raises(FrameError, match=r"unknown kind or value - at `\$.kind`"):
        decode(encode(CardRemoved(tap_id="t", at_ms=1)), FromKiosk)


def test_a_member_from_a_newer_release_is_ignored() -> None:
    assert decode(b'{"kind":"end_session","session_id":"s","new":1}\n', FromKiosk) == EndSession(
        session_id="s"
    )


def test_every_kind_is_the_snake_case_name_of_its_message() -> None:
    line = msgspec.json.decode(encode(CardRemoved(tap_id="t", at_ms=1)))

    assert line["kind"] == "card_removed"
