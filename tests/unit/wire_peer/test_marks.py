"""Marks of settings: equal for equal values, silent about secrets, no matter which release made them."""

from dataclasses import dataclass, replace
from pathlib import Path

from wire.marks import changed_since, marks_of


@dataclass(frozen=True)
class Settings:
    central_url: str = "https://central.example"
    state_dir: Path = Path("/var/lib/officine")
    token: str = "ofc_secret"
    allowed_uids: frozenset[int] | None = frozenset({1001, 1002, 5, 70_000})


def test_what_has_changed_is_named_and_what_is_equal_is_not() -> None:
    settings = Settings()
    marks = marks_of(settings)
    assert changed_since(marks, replace(settings)) == []
    other = replace(settings, central_url="https://other.example", state_dir=Path("/srv"))
    assert changed_since(marks, other) == ["central_url", "state_dir"]
    again = replace(settings, allowed_uids=frozenset({70_000, 5, 1002, 1001}))
    assert changed_since(marks, again) == []


def test_one_word_and_a_list_of_it_are_the_same_setting() -> None:
    @dataclass(frozen=True)
    class Reader:
        driver: tuple[str, ...] | str

    assert marks_of(Reader("pcsc")) == marks_of(Reader(("pcsc",))) != marks_of(Reader(("pcsc", "nfc")))


def test_a_secret_leaves_no_mark_and_values_are_not_in_marks() -> None:
    marks = marks_of(Settings())
    assert "token" not in marks
    assert "central" not in str(marks.values())


def test_a_setting_that_only_one_release_knows_is_no_change() -> None:
    marks = marks_of(Settings())
    assert changed_since({"old_name": "0", **marks}, Settings()) == []
    assert changed_since({}, Settings()) == []
