"""Names as a hurried clerk types them: folded, by their sound, and how far two of them are apart."""

import unicodedata
from typing import Final

_PAIRS: Final = (
    ("ae", "a"), ("oe", "o"), ("ue", "u"), ("ph", "f"), ("sch", "s"), ("ch", "s"), ("ck", "k"), ("qu", "k"),
    ("th", "t"), ("dt", "t"), ("tz", "s"), ("gn", "n"), ("ou", "u"),
)  # fmt: skip
_LETTERS: Final = str.maketrans(
    {"c": "k", "q": "k", "z": "s", "v": "f", "w": "f", "y": "i", "j": "i", "h": "", "x": "ks", "d": "t",
     "b": "p", "g": "k", "m": "n"}
)  # fmt: skip
_VOWELS: Final = frozenset("aeiou")


def parts_of(name: str) -> tuple[str, ...]:
    """The words of a name, folded: what is written with hyphen, blank or apostrophe is several."""
    loose = "".join(each if each.isalnum() else " " for each in name)
    return tuple(part for part in (fold(each) for each in loose.split()) if part)


def fold(word: str) -> str:
    """Without case, accents and umlauts, however they are written: Müller, Mueller and MULLER are one."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    bare = "".join(each for each in plain if each.isalnum())
    for pair, letter in _PAIRS[:3]:
        bare = bare.replace(pair, letter)
    return bare


def sound(folded: str) -> str:
    """How it sounds, roughly, in the languages of our shops: Meier, Maier, Mayer and Meyer are one.

    Letters of one sound become one, doubled ones single, and vowels but the first are left out. What is not
    written in Latin letters stays as it is.
    """
    if not folded.isascii():
        return folded
    text = folded
    for pair, letter in _PAIRS[3:]:
        text = text.replace(pair, letter)
    text = text.translate(_LETTERS)
    kept = ""
    for index, letter in enumerate(text):
        if letter in _VOWELS:
            kept += "*" if index == 0 else ""
        elif not kept.endswith(letter):
            kept += letter
    return kept or "*"


def distance(one: str, other: str) -> int:
    """How many letters must be put in, left out, changed or swapped with the next."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        earlier, before = before, row
        row = [at]
        for to, wanted in enumerate(other, start=1):
            cost = min(before[to] + 1, row[-1] + 1, before[to - 1] + (letter != wanted))
            is_swapped = at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == wanted
            row.append(min(cost, earlier[to - 2] + 1) if is_swapped else cost)
    return row[-1]


def apart(typed: str, name: str) -> int | None:
    """How far a typed name is from one that is kept; None: another name.

    Each typed word must be near some word of the name; what was not typed costs nothing.
    """
    words, kept = parts_of(typed), parts_of(name)
    if not words or not kept:
        return None
    total = 0
    for word in words:
        nearest = min(kept, key=lambda each, word=word: distance(word, each))  # type: ignore[misc]
        off = distance(word, nearest)
        if off > max(1, len(word) // 3) and sound(word) != sound(nearest):
            return None
        total += off
    return total
