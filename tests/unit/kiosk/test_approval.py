"""Pictures beside what was approved of them: what is told, what is kept, when a file changes."""

import lzma
from pathlib import Path

import pygame
import pytest

from tests.unit.kiosk.approval import Approval, Combination, of_nothing_drawn, packed, unpacked
from tests.unit.kiosk.drawing import SMALL, drawn
from tests.unit.kiosk.fingerprint import fingerprint

FRENCH, CHINESE = Combination(SMALL, "plain", "fr"), Combination(SMALL, "large", "zh")


@pytest.fixture(autouse=True)
def nobody_approves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OFFICINE_PICTURES", raising=False)


@pytest.fixture
def picture() -> pygame.Surface:
    return drawn("goodbye", "fr", SMALL).surface


def looked_at(tmp_path: Path, pictures: dict[Combination, pygame.Surface]) -> Approval:
    approval = Approval("goodbye", approved_in=tmp_path / "approved", drawn_in=tmp_path / "drawn")
    for combination, surface in pictures.items():
        approval.look(combination, surface)
    return approval


def test_a_scene_that_nobody_approved_is_told_with_the_command(
    tmp_path: Path, picture: pygame.Surface
) -> None:
    (said,) = looked_at(tmp_path, {FRENCH: picture}).wrong()
    assert "No picture of goodbye" in said
    assert "OFFICINE_PICTURES=write" in said
    assert said.endswith("-k goodbye")


def test_what_looks_as_approved_is_right_and_changes_no_file(tmp_path: Path, picture: pygame.Surface) -> None:
    looked_at(tmp_path, {FRENCH: picture}).approve()
    file = tmp_path / "approved" / "goodbye.xz"
    written = file.read_bytes()
    noisy = picture.copy()
    noisy.fill((1, 1, 1), special_flags=pygame.BLEND_RGB_ADD)
    assert fingerprint(noisy) != fingerprint(picture)
    again = looked_at(tmp_path, {FRENCH: noisy})
    assert list(again.wrong()) == []
    again.approve()
    assert file.read_bytes() == written
    assert not (tmp_path / "drawn").exists()


def test_what_looks_otherwise_is_told_with_its_place_and_drawn(
    tmp_path: Path, picture: pygame.Surface
) -> None:
    looked_at(tmp_path, {FRENCH: picture, CHINESE: picture}).approve()
    other = picture.copy()
    other.fill((200, 0, 0), (700, 400, 60, 40))
    changed = looked_at(tmp_path, {FRENCH: picture, CHINESE: other})
    told, command = changed.wrong()
    assert told == "800x480 large zh: not as approved at the bottom right (640,400 to 800,480)"
    assert command.endswith("-k goodbye")
    kept = {path.name for path in (tmp_path / "drawn" / "goodbye").iterdir()}
    assert kept == {"800x480-large-zh.png", "800x480-large-zh-changed.png"}
    changed.approve()
    assert list(looked_at(tmp_path, {FRENCH: picture, CHINESE: other}).wrong()) == []
    assert not (tmp_path / "drawn" / "goodbye").exists()


def test_a_picture_too_much_or_too_few_is_told(tmp_path: Path, picture: pygame.Surface) -> None:
    looked_at(tmp_path, {FRENCH: picture}).approve()
    more = list(looked_at(tmp_path, {FRENCH: picture, CHINESE: picture}).wrong())
    assert more[0] == "800x480 large zh: is not approved"
    looked_at(tmp_path, {FRENCH: picture, CHINESE: picture}).approve()
    less = list(looked_at(tmp_path, {FRENCH: picture}).wrong())
    assert less[0] == "800x480 large zh: is approved, but no more drawn"
    assert less[1].endswith("-k goodbye")


def test_the_file_of_a_scene_that_is_no_more_is_found(tmp_path: Path) -> None:
    for name in ("member.xz", "gone.xz", "notes.txt"):
        (tmp_path / name).touch()
    assert [path.name for path in of_nothing_drawn(["member"], tmp_path)] == ["gone.xz", "notes.txt"]


def test_a_file_gives_back_what_was_put_into_it(picture: pygame.Surface) -> None:
    fingerprints = {FRENCH: fingerprint(picture), CHINESE: fingerprint(drawn("member", "zh", SMALL).surface)}
    assert unpacked(packed(fingerprints)) == fingerprints


def test_a_file_that_cannot_be_read_approves_nothing(tmp_path: Path, picture: pygame.Surface) -> None:
    whole = packed({FRENCH: fingerprint(picture)})
    for broken in (b"<<<<<<< HEAD", whole[:-40], lzma.compress(lzma.decompress(whole)[:-1])):
        (tmp_path / "approved").mkdir(exist_ok=True)
        (tmp_path / "approved" / "goodbye.xz").write_bytes(broken)
        approval = looked_at(tmp_path, {FRENCH: picture})
        assert next(approval.wrong()) == "800x480 plain fr: is not approved"
        approval.approve()
        assert list(looked_at(tmp_path, {FRENCH: picture}).wrong()) == []
