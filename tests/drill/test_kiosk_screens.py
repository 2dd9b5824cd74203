"""Every screen in every language, size and mode, drawn and looked at; in CI languages take turns at that."""

import pytest

from kiosk.contact_sheet import MODES, SIZES
from kiosk.locales.words import LANGUAGES
from kiosk.scenes import SCENES
from tests.drill.conftest import Drill
from tests.unit.kiosk.drawing import drawn
from tests.unit.kiosk.measuring import wrong_with

pytestmark = [pytest.mark.drill, pytest.mark.timeout(3_600)]


def test_every_screen_is_whole_and_legible_in_every_language_size_and_mode(drill: Drill) -> None:
    pictures = 0
    wrong: list[str] = []
    for scene in SCENES:
        for size in SIZES:
            for language in LANGUAGES:
                for name, mode in MODES.items():
                    pictures += 1
                    canvas = drawn(scene.name, language, size, mode)
                    wrong += [
                        f"{scene.name} {size} {language} {name}: {fault}"
                        for fault in wrong_with(canvas, scene.name, language, is_looked_at=True)
                    ]
    drill.tell(pictures=pictures, scenes=len(SCENES), modes=len(MODES), wrong=len(wrong))
    assert not wrong, "\n".join(wrong)
