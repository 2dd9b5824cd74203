"""Every screen in every language, size and mode, drawn and looked at; in CI languages take turns at that."""

import pytest

from kiosk.contact_sheet import MODES, SIZES
from kiosk.locales.words import LANGUAGES
from kiosk.scenes import SCENES
from tests.drill.conftest import Drill
from tests.unit.kiosk.measuring import check

pytestmark = [pytest.mark.drill, pytest.mark.timeout(3_600)]


def test_every_screen_is_whole_and_legible_in_every_language_size_and_mode(drill: Drill) -> None:
    drawn, wrong = 0, []
    for scene in SCENES:
        for size in SIZES:
            for language in LANGUAGES:
                for name, mode in MODES.items():
                    drawn += 1
                    try:
                        check(scene.name, language, size, mode, is_looked_at=True)
                    except AssertionError as error:
                        wrong.append(f"{scene.name} {size} {language} {name}: {error}")
    drill.tell(pictures=drawn, scenes=len(SCENES), modes=len(MODES), wrong=len(wrong))
    assert not wrong, "\n".join(wrong)
