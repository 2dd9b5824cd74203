"""Rules for the buttons of the bottom bar, on every screen there is."""

import ast
from pathlib import Path

import pytest

import kiosk.screens
from kiosk.contact_sheet import MODES
from kiosk.flow.state import Action
from kiosk.scenes import SCENES
from tests.unit.kiosk.drawing import PORTRAIT, SMALL, drawn

SCREENS = sorted(Path(kiosk.screens.__file__).parent.rglob("*.py"))


def buttons() -> list[tuple[str, dict[str, str]]]:
    """Every button that a screen makes: where, and its arguments as they are written."""
    found = []
    for path in SCREENS:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Button":
                said = {each.arg: ast.unparse(each.value) for each in node.keywords if each.arg}
                found.append((f"{path.name}:{node.lineno}", said))
    return found


def test_the_filled_button_confirms_something_and_the_way_back_confirms_nothing() -> None:
    assert len(buttons()) > 80
    for where, said in buttons():
        if said.get("icon") == "'left'":
            assert "kind" not in said, f"{where}: the arrow back stands in a plain button"


@pytest.mark.parametrize("scene", [scene.name for scene in SCENES])
def test_no_two_things_to_touch_bear_the_same_words(scene: str) -> None:
    canvas = drawn(scene, "fr", SMALL, is_rehearsal=True)
    said = [
        " ".join(label.text for label in canvas.labels if target.rect.contains(label.rect))
        for target in canvas.targets
        if not target.is_key and target.rect.top >= canvas.metrics.header
    ]
    words = [each for each in said if each]
    assert len(words) == len(set(words)), words


@pytest.mark.parametrize("mode", ["plain", "large"])
@pytest.mark.parametrize("scene", [scene.name for scene in SCENES])
def test_the_buttons_of_a_bar_are_equally_large(scene: str, mode: str) -> None:
    for size in (SMALL, PORTRAIT):
        canvas = drawn(scene, "fr", size, MODES[mode], is_rehearsal=True)
        bar = [target.rect for target in canvas.targets if target.rect.top == canvas.metrics.bar_top]
        sizes = {label.size for label in canvas.labels if any(button.contains(label.rect) for button in bar)}
        assert len(sizes) <= 1, sizes


@pytest.mark.parametrize("scene", ["won_points", "won_printable", "won_printed", "won_nothing", "quiz_won"])
def test_a_game_that_is_over_always_has_the_way_out(scene: str) -> None:
    actions = {target.action for target in drawn(scene, "fr", SMALL, is_rehearsal=True).targets}
    assert Action.FINISH in actions
    assert Action.BACK in actions
