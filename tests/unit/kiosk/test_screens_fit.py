"""Measured on every scene, in every language and size: nothing clipped, cramped, pale or small to touch."""

from itertools import pairwise

import pygame
import pytest

from kiosk.contact_sheet import MODES
from kiosk.flow.access import PULLS
from kiosk.flow.journeys import MENU
from kiosk.flow.state import Action, Screen
from kiosk.flow.table import TOUCHES
from kiosk.locales.words import LANGUAGES
from kiosk.scenes import SCENES, play
from kiosk.widgets.canvas import Canvas, Label, Style
from kiosk.widgets.chinese import WORDS
from kiosk.widgets.fit import faults
from kiosk.widgets.palette import CONTRAST_MIN, Colour, contrast
from kiosk.widgets.textflow import is_wide
from tests.unit.kiosk.drawing import LARGE, PORTRAIT, SMALL, drawn, kit, model_of
from wire.messages import Language

NAMES = [scene.name for scene in SCENES]

every_scene = pytest.mark.parametrize("name", NAMES)
every_language = pytest.mark.parametrize("language", LANGUAGES)
every_mode = pytest.mark.parametrize("mode", MODES)
every_size = pytest.mark.parametrize("size", [SMALL, LARGE, PORTRAIT], ids=["small", "large", "portrait"])


def ground_beneath(canvas: Canvas, label: Label) -> Colour:
    """The commonest colour within a label's ink box: what it is read against."""
    counts: dict[tuple[int, ...], int] = {}
    box = label.rect.inflate(8, 8).clip(canvas.surface.get_rect())
    edge = [(x, y) for x in range(box.left, box.right, 2) for y in (box.top, box.bottom - 1)]
    edge += [(x, y) for y in range(box.top, box.bottom, 2) for x in (box.left, box.right - 1)]
    for at in edge:
        colour = tuple(canvas.surface.get_at(at))[:3]
        counts[colour] = counts.get(colour, 0) + 1
    red, green, blue = max(counts, key=lambda colour: counts[colour])
    return red, green, blue


def _some_languages(name: str, mode: str) -> list[Language]:
    """Modes that leave the texts as wide as they are need not be drawn in all five: the scenes take turns."""
    turn = NAMES.index(name) + list(MODES).index(mode)
    count = 2 if mode in ("low", "all") else 1
    return [LANGUAGES[(turn + 2 * index) % len(LANGUAGES)] for index in range(count)]


@every_mode
@every_size
@every_scene
def test_every_screen_is_whole_legible_and_large_enough_to_touch(
    name: str, size: tuple[int, int], mode: str
) -> None:
    screen = model_of(name, "de").state.screen
    for language in LANGUAGES if mode in ("plain", "large") else _some_languages(name, mode):
        canvas = drawn(name, language, size, MODES[mode])
        assert list(faults(canvas)) == [], language
        for label in canvas.labels:
            ground = ground_beneath(canvas, label)
            assert contrast(label.colour, ground) >= CONTRAST_MIN, (language, label.text, ground)
        for target in canvas.targets:
            least = canvas.metrics.key if target.is_key else canvas.metrics.touch
            assert target.rect.height >= least, (language, target)
            assert target.rect.width >= (52 if target.action.value.startswith("speak_") else least), target
            assert target.action in TOUCHES[screen], target


@every_size
@every_scene
def test_everything_is_within_reach_in_the_lower_half(name: str, size: tuple[int, int]) -> None:
    """An upright screen stands there; what stands high on a wide one comes down, by a button that is low."""
    positions = [drawn(name, "de", size, MODES["low"], pulled) for pulled in range(PULLS)]
    offered = {target.action for target in drawn(name, "de", size).targets}
    reached = {
        target.action
        for canvas in positions
        for target in canvas.targets
        if target.rect.centery >= size[1] // 2
    }
    assert offered <= reached
    if size[0] > size[1] and offered:
        assert all(
            any(target.action is Action.PULL for target in canvas.targets if target.rect.top >= size[1] // 2)
            for canvas in positions
        )


@every_size
@every_scene
def test_what_is_touched_in_a_column_of_its_own_changes_sides_for_the_left_hand(
    name: str, size: tuple[int, int]
) -> None:
    right, left = drawn(name, "fr", size), drawn(name, "fr", size, MODES["left"])
    assert {target.action for target in left.targets} == {target.action for target in right.targets}
    for target in left.targets:
        is_key = name == "pin" and target.action is Action.DIGIT_5 and size != PORTRAIT
        if target.action is Action.ACCESS or is_key:
            assert target.rect.centerx < size[0] // 2


@every_scene
def test_large_type_is_larger_wherever_the_screen_has_the_room(name: str) -> None:
    for size in (SMALL, LARGE, PORTRAIT):
        plain, large = drawn(name, "fr", size), drawn(name, "fr", size, MODES["large"])
        sizes = [sorted(label.size for label in canvas.labels) for canvas in (plain, large)]
        assert sum(sizes[1]) / len(sizes[1]) >= sum(sizes[0]) / len(sizes[0])
        assert large.metrics.growth >= 110


@every_size
@every_scene
def test_no_chinese_line_ends_within_a_word_or_starts_with_a_mark(name: str, size: tuple[int, int]) -> None:
    canvas = drawn(name, "zh", size)
    for above, below in pairwise(canvas.labels):
        is_one_text = above.size == below.size and 0 < below.rect.top - above.rect.top < 2 * above.size
        if is_one_text and is_wide(above.text[-1]) and is_wide(below.text[0]):
            assert below.text[0] not in "。，、！？；：）」"
            parted = [above.text[-n:] + below.text[:m] for n in range(1, 5) for m in range(1, 5)]
            assert not WORDS.intersection(parted), (above.text, below.text)


@every_language
@pytest.mark.parametrize("name", ["member", "member_much"])
def test_a_pill_beside_the_label_stands_clear_of_the_digits(name: str, language: Language) -> None:
    canvas = drawn(name, language, SMALL)
    digits = max(canvas.labels, key=lambda label: label.size)
    pills = (Action.WHY_TODAY, Action.TICKETS)
    touched = next(target.rect for target in canvas.targets if target.action in pills)
    said = next(label.rect for label in canvas.labels if touched.contains(label.rect))
    between = [(x, y) for x in range(said.left, said.right) for y in range(said.bottom, digits.rect.top)]
    pill = [y for x, y in between if canvas.surface.get_at((x, y))[:3] == canvas.palette.tint]
    assert pill
    assert digits.rect.top - max(pill) > 10


@every_scene
def test_the_bottom_bar_has_at_most_four_actions(name: str) -> None:
    canvas = drawn(name, "fr", SMALL)
    squares = {Action.ACCESS, Action.PULL}
    bar = [
        target
        for target in canvas.targets
        if target.rect.top >= canvas.metrics.bar_top and target.action not in squares
    ]
    assert len(bar) <= 4


@every_language
def test_no_character_of_ours_lacks_a_glyph(language: Language) -> None:
    said = "".join(label.text for name in NAMES for label in drawn(name, language, SMALL).labels)
    assert kit(SMALL).fonts.missing(said) == set()


def test_a_missing_glyph_is_noticed() -> None:
    assert kit(SMALL).fonts.missing("积分 \u0e01") == {"\u0e01"}


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_the_balance_is_the_largest_thing_and_a_sixth_of_the_height(size: tuple[int, int]) -> None:
    canvas = drawn("member", "fr", size)
    number = max(canvas.labels, key=lambda label: label.size)
    assert number.text == "1\u202f248"
    assert number.size >= size[1] // 6
    assert sorted(label.size for label in canvas.labels)[-2] < number.size // 2


def test_a_label_that_cannot_fit_is_noticed() -> None:
    canvas = drawn("attract", "fr", SMALL)
    style = Style(size=20, colour=(0, 0, 0))
    canvas.text("unzerteilbarerBandwurm" * 4, style, pygame.Rect(0, 0, 100, 40))
    assert len(canvas.shortened) == 1


def test_a_warning_shows_nothing_of_the_member() -> None:
    for size in (SMALL, LARGE):
        said = " ".join(label.text for label in drawn("privacy_warning", "fr", size).labels)
        assert "248" not in said
        assert "Mme" not in said


def test_no_action_is_offered_that_evidence_does_not_allow() -> None:
    actions = {target.action for target in drawn("member_range", "fr", LARGE).targets}
    assert not actions & {Action.TICKETS, Action.WHY_TODAY}
    assert Action.FINISH in actions
    state = play(next(each for each in SCENES if each.name == "member_range"), "fr").state
    assert [tile.action for tile in MENU.offered(state)] == [Action.SHOPS]


def test_every_screen_of_the_flow_is_measured_here() -> None:
    assert {play(scene, "fr").state.screen for scene in SCENES} == set(Screen)
