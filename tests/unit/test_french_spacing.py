"""French: one space before : ; ! ? », and after «, in all that we say: a narrow no-break one (U+202F, which
the kiosk's fonts have) on screens, on pages and in mails; a plain one where paper, tills and short messages
know no other.
"""

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import kiosk

ROOT = Path(kiosk.__file__).parents[1]
NARROW, PLAIN = "\u202f", " "
ON_SCREENS_AND_IN_MAILS = {"central/services/members/invitation_words.py", "central/web/portal/join_words.py"}
"""The others go to printers, tills and telephones as well."""


def wrong(text: str, space: str) -> list[str]:
    """The places in a text where a mark has another space before it, or « after it."""
    text = re.sub(r"{[^{}]*}", "x", text)
    before = [m.start() for m in re.finditer(r"[?!;:»]", text) if not _is_right(text, m.start(), space)]
    after = [m.start() for m in re.finditer("«", text) if text[m.end() : m.end() + 1] != space]
    return [text[max(0, at - 12) : at + 3] for at in before + after]


def _is_right(text: str, at: int, space: str) -> bool:
    if text[at] == ":" and re.match(r":(//|\d)", text[at:]):  # an address, a time
        return True
    return text[max(0, at - 1) : at] == space and (at < 2 or not text[at - 2].isspace())


def sentences_of_the_kiosk() -> list[str]:
    po = read_po(io.BytesIO((ROOT / "kiosk/locales/fr.po").read_bytes()), locale="fr")
    forms = [each.string if isinstance(each.string, tuple) else (each.string,) for each in po if each.id]
    return [form for each in forms for form in each]


def french_in(path: Path) -> Iterator[str]:
    """What stands under "fr", or first in `words_in`."""
    for node in ast.walk(ast.parse(path.read_text())):
        found: list[ast.expr] = []
        if isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            found = [value for key, value in pairs if isinstance(key, ast.Constant) and key.value == "fr"]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "words_in":
            found = node.args[:1]
        for value in found:
            for each in ast.walk(value):
                if isinstance(each, ast.Constant) and isinstance(each.value, str) and len(each.value) > 2:
                    yield each.value


FILES = sorted(
    path
    for program in ("central", "terminal", "loyalty")
    for path in (ROOT / program).rglob("*.py")
    if any(french_in(path))
)


def test_the_kiosk_speaks_with_narrow_no_break_spaces() -> None:
    said = sentences_of_the_kiosk()
    assert sum(NARROW in each for each in said) > 100
    assert [bad for each in said for bad in wrong(each, NARROW)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_other_french_text_has_one_space(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    space = NARROW if name in ON_SCREENS_AND_IN_MAILS else PLAIN
    assert [bad for text in french_in(path) for bad in wrong(text, space)] == []


def test_there_are_french_texts_to_look_at() -> None:
    assert {path.name for path in FILES} >= {
        "texts.py",
        "words.py",
        "invitation_words.py",
        "lost_card_words.py",
    }


@pytest.mark.parametrize("text", ["Quoi?", "Quoi  ?", "«\u202fmot »", "«mot\u202f»", "Prix: 3", "Prix : 3"])
def test_a_text_without_the_right_space_is_seen(text: str) -> None:
    assert wrong(text, NARROW)
    assert not wrong("Prix\u202f: 3, à 8:30, «\u202fmot\u202f», https://x.ch", NARROW)
