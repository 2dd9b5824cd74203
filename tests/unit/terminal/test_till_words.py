"""Refusals in the till's language: every sentence in every language, each for an error that there is."""

from pathlib import Path

import pytest

from terminal.till.nexo.words import LANGUAGES, in_language, known_codes

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("code", sorted(known_codes()))
def test_a_refusal_is_told_in_every_language_and_is_one_that_there_is(code: str) -> None:
    sentences = {in_language(code, language) for language in LANGUAGES}

    assert None not in sentences
    assert len(sentences) == len(LANGUAGES)
    sources = [*ROOT.glob("terminal/**/*.py"), *ROOT.glob("central/**/*.py"), *ROOT.glob("loyalty/**/*.py")]
    wanted = f'"{code}"'
    assert any(wanted in path.read_text(encoding="utf-8") for path in sources if path.name != "words.py"), (
        "nothing refuses with this code"
    )


def test_a_language_nobody_wrote_is_told_in_english() -> None:
    assert in_language("card_missing", "rm") is None
    assert in_language("never_heard_of", "fr") is None
