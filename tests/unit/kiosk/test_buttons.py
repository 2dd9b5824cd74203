"""Rules for the buttons of the bottom bar, on every screen there is."""

import ast
from pathlib import Path

import pytest

import kiosk.screens
from kiosk.scenes import SCENES
from tests.unit.kiosk.drawing import SMALL, drawn

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
