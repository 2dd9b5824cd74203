"""Every picture of every screen: measured, and beside what was approved of it (`approval.py` tells how)."""

import pytest

from kiosk.contact_sheet import MODES, SIZES
from kiosk.locales.words import LANGUAGES
from kiosk.scenes import SCENES, play
from tests.unit.kiosk import for_eyes
from tests.unit.kiosk.approval import COMMAND, Approval, Combination, is_writing, of_nothing_drawn
from tests.unit.kiosk.drawing import drawn
from tests.unit.kiosk.measuring import wrong_with

NAMES = [scene.name for scene in SCENES]


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_of_a_scene_is_whole_legible_and_as_approved(name: str) -> None:
    """In every language, size and mode; colours are looked at in one each, by turns (a drill: in all)."""
    approval, faults, unlike = Approval(name), [], []
    for size in SIZES:
        for turn, mode in enumerate(MODES):
            looked_at = LANGUAGES[(NAMES.index(name) + turn) % len(LANGUAGES)]
            for language in LANGUAGES:
                combination = Combination(size, mode, language)
                canvas = drawn(name, language, size, MODES[mode])
                found = wrong_with(canvas, name, language, is_looked_at=language == looked_at)
                faults += [f"{combination}: {fault}" for fault in found]
                approval.look(combination, canvas.surface)
                if path := for_eyes.path_for_eyes(name, combination):
                    if is_writing():
                        for_eyes.write(canvas.surface, path)
                    elif not for_eyes.shows(path, canvas.surface):
                        unlike.append(f"{combination}: {path.name} does not show it: {COMMAND} {name}")
    assert not faults, "\n".join(faults)
    if is_writing():
        approval.approve()
    wrong = [*approval.wrong(), *unlike]
    assert not wrong, "\n".join(wrong)


def test_nothing_is_approved_that_is_no_more_drawn() -> None:
    needless = of_nothing_drawn(NAMES) + for_eyes.needless()
    for path in needless if is_writing() else ():
        path.unlink()
    assert is_writing() or not needless, f"git rm {' '.join(map(str, needless))}"


def test_every_screen_has_an_approved_picture_to_open() -> None:
    shown = {play(scene, "fr").state.screen for scene in SCENES if scene.name in for_eyes.SHOWN}
    assert shown == {play(scene, "fr").state.screen for scene in SCENES}
