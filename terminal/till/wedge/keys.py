"""Which keys type a text, by the keyboard layout that the till has. Pure.

Numbers of keys: Linux, include/uapi/linux/input-event-codes.h; a key's number is its place, not its sign.
"""

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

SHIFT: Final = 42
ENTER, TAB, SPACE = 28, 15, 57
_ROWS: Final = (
    dict(zip("1234567890", range(2, 12), strict=True))
    | dict(zip("qwertyuiop", range(16, 26), strict=True))
    | dict(zip("asdfghjkl", range(30, 39), strict=True))
    | dict(zip("zxcvbnm", range(44, 51), strict=True))
)
MINUS, EQUAL, SEMICOLON, COMMA, DOT, SLASH = 12, 13, 39, 51, 52, 53


@dataclass(frozen=True, slots=True)
class Stroke:
    """One key, pressed and let go."""

    key: int
    is_shifted: bool = False


def _with_letters(letters: Mapping[str, int], others: Mapping[str, Stroke]) -> Mapping[str, Stroke]:
    small = {sign: Stroke(key) for sign, key in letters.items()}
    large = {sign.upper(): Stroke(key, is_shifted=True) for sign, key in letters.items()}
    return MappingProxyType({" ": Stroke(SPACE)} | small | large | dict(others))


def _plain_digits() -> dict[str, Stroke]:
    return {digit: Stroke(_ROWS[digit]) for digit in string.digits}


_LETTERS: Final = {sign: _ROWS[sign] for sign in string.ascii_lowercase}
_QWERTZ: Final = _LETTERS | {"y": _ROWS["z"], "z": _ROWS["y"]}
_AZERTY: Final = _LETTERS | {
    "a": _ROWS["q"],
    "q": _ROWS["a"],
    "z": _ROWS["w"],
    "w": _ROWS["z"],
    "m": SEMICOLON,
}
KEYBOARDS: Final[Mapping[str, Mapping[str, Stroke]]] = MappingProxyType(
    {
        "us": _with_letters(
            _LETTERS,
            _plain_digits()
            | {"-": Stroke(MINUS), "=": Stroke(EQUAL), ";": Stroke(SEMICOLON), ",": Stroke(COMMA)}
            | {".": Stroke(DOT), "/": Stroke(SLASH), ":": Stroke(SEMICOLON, is_shifted=True)}
            | {"*": Stroke(_ROWS["8"], is_shifted=True), "+": Stroke(EQUAL, is_shifted=True)},
        ),
        "ch": _with_letters(
            _QWERTZ,
            _plain_digits()
            | {"-": Stroke(SLASH), ",": Stroke(COMMA), ".": Stroke(DOT)}
            | {":": Stroke(DOT, is_shifted=True), ";": Stroke(COMMA, is_shifted=True)}
            | {"/": Stroke(_ROWS["7"], is_shifted=True), "=": Stroke(_ROWS["0"], is_shifted=True)}
            | {"*": Stroke(_ROWS["3"], is_shifted=True), "+": Stroke(_ROWS["1"], is_shifted=True)},
        ),
        "fr": _with_letters(
            _AZERTY,
            {digit: Stroke(_ROWS[digit], is_shifted=True) for digit in string.digits}
            | {"-": Stroke(_ROWS["6"]), ",": Stroke(_ROWS["m"]), ";": Stroke(COMMA), ":": Stroke(DOT)}
            | {".": Stroke(COMMA, is_shifted=True), "/": Stroke(DOT, is_shifted=True)}
            | {"=": Stroke(EQUAL), "+": Stroke(EQUAL, is_shifted=True)},
        ),
    }
)
"""What can be typed on a keyboard of each layout; the till's own layout decides what its keys mean."""
NAMED: Final = MappingProxyType({"{enter}": ENTER, "{tab}": TAB})


USAGES: Final[Mapping[int, int]] = MappingProxyType(
    {_ROWS[sign]: 4 + place for place, sign in enumerate(string.ascii_lowercase)}
    | {_ROWS[sign]: 30 + place for place, sign in enumerate("1234567890")}
    | {ENTER: 40, TAB: 43, SPACE: 44, MINUS: 45, EQUAL: 46, SEMICOLON: 51, COMMA: 54, DOT: 55, SLASH: 56}
)
"""A key's number in USB HID. Source: USB HID Usage Tables 1.4, section 10, Keyboard/Keypad Page."""
LEFT_SHIFT: Final = 0x02
_RELEASED: Final = bytes(8)


def reports_of(strokes: Sequence[Stroke]) -> list[bytes]:
    """The boot keyboard's reports, a key and its release each: modifiers, nothing, six keys."""
    pressed = [
        bytes((LEFT_SHIFT if stroke.is_shifted else 0, 0, USAGES[stroke.key], 0, 0, 0, 0, 0))
        for stroke in strokes
    ]
    return [report for each in pressed for report in (each, _RELEASED)]


def strokes_of(text: str, layout: str) -> list[Stroke]:
    """The keys for a text, `{enter}` and `{tab}` among it.

    Raises: KeyError: a sign that this layout does not have.
    """
    keyboard = KEYBOARDS[layout]
    strokes: list[Stroke] = []
    at = 0
    while at < len(text):
        named = next((name for name in NAMED if text.startswith(name, at)), None)
        strokes.append(Stroke(NAMED[named]) if named else keyboard[text[at]])
        at += len(named) if named else 1
    return strokes


def used_keys() -> Sequence[int]:
    """Every key that any layout uses: what a virtual keyboard must have."""
    keys = {stroke.key for keyboard in KEYBOARDS.values() for stroke in keyboard.values()}
    return sorted(keys | {SHIFT, ENTER, TAB})
