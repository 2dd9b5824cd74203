"""The keyboard on the screen: what its keys bear, and what a touch does to what was typed.

Our own: what is typed stays in this process's state, and no package draws one for pygame in our sizes and
modes. Chinese text needs an input method, which this is not: Latin letters and figures are what it types.
"""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final, Literal

from kiosk.flow.effects import Effect
from kiosk.flow.state import KEYS, Action, JourneyPage, State
from wire.messages import Language

Kind = Literal["text", "email", "phone", "code"]
PADS: Final = frozenset({"phone", "code"})
"""Kinds of field whose keys are those of a telephone."""
Sheet = Literal["letters", "accents", "figures"]

_LETTERS: Final = {
    "qwerty": ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "qwertz": ("qwertzuiop", "asdfghjkl", "yxcvbnm"),
    "azerty": ("azertyuiop", "qsdfghjklm", "wxcvbn’"),
}
_ACCENTS: Final[dict[Language, tuple[str, str]]] = {
    "fr": ("éèêëàâçîïô", "ùûüÿœæöäñß"),
    "de": ("äöüßéèêàâç", "ëïîôœùûñìò"),
    "it": ("àèéìòùîçäö", "üßëïâêôûñœ"),
    "en": ("éèàâçêëíñó", "äöüßôûîïøå"),
    "zh": ("éèàâçêëíñó", "äöüßôûîïøå"),
}
_FIGURES: Final = ("1234567890", "-/:()?!+’", "€%&@#*=")
_EMAIL_FIGURES: Final = ("1234567890", "-_+.")
_PHONE: Final = ("123", "456", "789")
_NO_CAPITAL: Final = "ß"


@dataclass(frozen=True, slots=True)
class Key:
    """One key: what it types, or what it does; `width` in halves of a letter's key."""

    action: Action
    char: str = ""
    width: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing:
    """A field that is being filled: at most `most` characters; no log prints what was typed."""

    kind: Kind
    most: int
    typed: str = field(default="", repr=False)
    sheet: Sheet = "letters"
    is_upper: bool = False

    @property
    def is_full(self) -> bool:
        """Whether no character more has room."""
        return len(self.typed) >= self.most

    @property
    def said(self) -> str:
        """What was typed, without blanks around it."""
        return self.typed.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class TypingPage(JourneyPage):
    """A page of a journey with a field, and the keyboard below it."""

    typing: Typing


def a_text(most: int, typed: str = "") -> Typing:
    """A field for words: it begins with a capital."""
    return Typing(kind="text", most=most, typed=typed, is_upper=not typed)


def layout_of(language: Language, currency: str) -> str:
    """Which order of letters: Switzerland types QWERTZ in all its languages, else each its own."""
    if currency == "CHF" or language == "de":
        return "qwertz"
    return "azerty" if language == "fr" else "qwerty"


def rows_of(typing: Typing, language: Language, currency: str) -> tuple[tuple[Key, ...], ...]:
    """The rows of keys that are shown now, from the top."""
    layout = layout_of(language, currency)
    return _rows(typing.kind, typing.sheet, layout, language, is_upper=typing.is_upper)


@lru_cache(maxsize=64)
def _rows(
    kind: Kind, sheet: Sheet, layout: str, language: Language, *, is_upper: bool
) -> tuple[tuple[Key, ...], ...]:
    keys = _Numbered(is_upper=is_upper)
    erase = Key(Action.ERASE, width=3)
    if kind in PADS:
        rows = [keys.row(row) for row in _PHONE]
        foot = keys.row("+0") if kind == "phone" else keys.row("0", width=4)
        return (*rows, (*foot, Key(Action.ERASE)))
    if kind == "email":
        if sheet == "figures":
            first, second = (keys.row(row) for row in _EMAIL_FIGURES)
            third: tuple[Key, ...] = (*second, erase)
            return (first, third, (Key(Action.KEY_LETTERS, width=4), *keys.row("@", width=4)))
        first, second, low = (keys.row(row) for row in _LETTERS[layout])
        signs = (Key(Action.KEY_FIGURES, width=4), *keys.row("@", width=4), *keys.row(".-_", width=3))
        return (first, second, (*(key for key in low if key.char != "’"), erase), signs)
    if sheet == "accents":
        first, second = (keys.row(row) for row in _ACCENTS[language])
        third = (Key(Action.KEY_SHIFT, width=4), *keys.row("-’", width=3), erase)
        switch: tuple[Key, ...] = (Key(Action.KEY_LETTERS, width=4),)
    elif sheet == "figures":
        first, second, third = (keys.row(row) for row in _FIGURES)
        third = (*third, erase)
        switch = (Key(Action.KEY_LETTERS, width=4),)
    else:
        first, second, low = (keys.row(row) for row in _LETTERS[layout])
        third = (Key(Action.KEY_SHIFT, width=3), *low, erase)
        switch = (Key(Action.KEY_FIGURES, width=4), Key(Action.KEY_ACCENTS, width=4))
    space = Key(Action.KEY_SPACE, " ", 8)
    return (first, second, third, (*switch, space, *keys.row(",.")))


class _Numbered:
    """Gives each key that types the next number of the page: the letter itself names no action."""

    def __init__(self, *, is_upper: bool) -> None:
        self._is_upper = is_upper
        self._used = 0

    def row(self, chars: str, width: int = 2) -> tuple[Key, ...]:
        first = self._used
        self._used += len(chars)
        return tuple(Key(KEYS[first + index], self._shown(char), width) for index, char in enumerate(chars))

    def _shown(self, char: str) -> str:
        return char.upper() if self._is_upper and char not in _NO_CAPITAL else char


SHEETS: Final[dict[Action, Sheet]] = {
    Action.KEY_LETTERS: "letters",
    Action.KEY_ACCENTS: "accents",
    Action.KEY_FIGURES: "figures",
}
TYPING_ACTIONS: Final = (*KEYS, Action.KEY_SPACE, Action.KEY_SHIFT, *SHEETS, Action.ERASE)


def touched(typing: Typing, action: Action, language: Language, currency: str) -> Typing:
    """What a key makes of the field; one that is not shown now changes nothing."""
    shown = {key.action: key for row in rows_of(typing, language, currency) for key in row}
    key = shown.get(action)
    if key is None:
        return typing
    if key.char:
        return _typed(typing, key.char)
    if action is Action.ERASE:
        left = typing.typed[:-1]
        return replace(typing, typed=left, is_upper=typing.kind == "text" and not left)
    if action is Action.KEY_SHIFT:
        return replace(typing, is_upper=not typing.is_upper)
    return replace(typing, sheet=SHEETS[action])


def _typed(typing: Typing, char: str) -> Typing:
    if typing.is_full or (char == " " and not typing.typed):
        return typing
    begins_sentence = typing.kind == "text" and char == " " and typing.typed[-1:] in tuple(".!?")
    back = typing.sheet == "accents" or (typing.sheet == "figures" and char == " ")
    sheet: Sheet = "letters" if back else typing.sheet
    return replace(typing, typed=typing.typed + char, is_upper=begins_sentence, sheet=sheet)


def type_key(state: State, action: Action, now_ms: int) -> tuple[State, tuple[Effect, ...]]:
    """A touch on the keyboard of the page that is shown; not while an answer is awaited."""
    page = state.journey
    assert isinstance(page, TypingPage), f"{state.screen} without a field"
    state = replace(state, touched_ms=now_ms)
    if page.request_id:
        return state, ()
    typing = touched(page.typing, action, state.language, currency_of(state))
    return replace(state, journey=replace(page, typing=typing)), ()


def currency_of(state: State) -> str:
    """The shop's currency: it tells which keyboards people know there."""
    return state.agent.currency if state.agent else ""
