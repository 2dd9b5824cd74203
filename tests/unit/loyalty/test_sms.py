"""The size of short messages, by the alphabet they need."""

import pytest

from loyalty.programme.sms import SmsSize, room, sms_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", SmsSize(0, 0, is_gsm=True)),
        ("a" * 160, SmsSize(160, 1, is_gsm=True)),
        ("a" * 161, SmsSize(161, 2, is_gsm=True)),
        ("a" * 306, SmsSize(306, 2, is_gsm=True)),
        ("a" * 307, SmsSize(307, 3, is_gsm=True)),
        ("5 € de rabais", SmsSize(14, 1, is_gsm=True)),
        ("à é è ì ò ù ö ü ñ Ç", SmsSize(19, 1, is_gsm=True)),
        ("prête", SmsSize(5, 1, is_gsm=False)),
        ("药" * 70, SmsSize(70, 1, is_gsm=False)),
        ("药" * 71, SmsSize(71, 2, is_gsm=False)),
        ("🙂", SmsSize(2, 1, is_gsm=False)),
    ],
)
def test_a_text_takes_so_many_parts(text: str, size: SmsSize) -> None:
    assert sms_size(text) == size


def test_the_room_of_parts_is_what_their_longest_text_takes() -> None:
    for parts in (1, 2, 3):
        for letter, is_gsm in (("a", True), ("药", False)):
            most = room(parts, is_gsm=is_gsm)
            assert sms_size(letter * most).parts == parts
            assert sms_size(letter * (most + 1)).parts == parts + 1
