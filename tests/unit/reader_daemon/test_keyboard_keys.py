"""What a typing scanner sends, key by key."""

from hypothesis import given
from hypothesis import strategies as st

from reader_daemon.readers.keyboard_wedge import KEYS, Keys

KEY, SHIFT, CONTROL, CLOSING_BRACKET = 1, 42, 29, 27
TYPED = {
    char: (code, shifted) for code, pair in KEYS.items() if code < 71 for shifted, char in enumerate(pair)
}


def type_text(text: str) -> list[tuple[int, int, int]]:
    """The events of an American keyboard."""
    events = []
    for char in text:
        code, shifted = TYPED[char]
        press = [(KEY, code, 1), (KEY, code, 0)]
        events += [(KEY, SHIFT, 1), *press, (KEY, SHIFT, 0)] if shifted else press
    return events


def read(events: list[tuple[int, int, int]]) -> str:
    keys = Keys()
    return "".join(char for event in events for char in keys.feed(*event))


@given(st.text("".join(sorted(TYPED)), max_size=60))
def test_what_is_typed_is_read(text: str) -> None:
    assert read(type_text(text)) == text


def test_key_codes_are_the_kernels() -> None:
    # linux/input-event-codes.h: KEY_1 2, KEY_0 11, KEY_Q 16, KEY_A 30, KEY_Z 44, KEY_ENTER 28, KEY_KP0 82
    assert [KEYS[code][0] for code in (2, 11, 16, 30, 44, 28, 82)] == ["1", "0", "q", "a", "z", "\n", "0"]


def test_the_group_separator_of_gs1_is_control_and_bracket() -> None:
    events = [(KEY, CONTROL, 1), (KEY, CLOSING_BRACKET, 1), (KEY, CLOSING_BRACKET, 0), (KEY, CONTROL, 0)]
    assert read([*type_text("10A"), *events, *type_text("21B")]) == "10A\x1d21B"


def test_other_events_repeats_and_unknown_keys_are_silent() -> None:
    assert read([(4, 4, 458_782), (0, 0, 0), (KEY, 30, 2), (KEY, 240, 1), (3, 0, 1)]) == ""
