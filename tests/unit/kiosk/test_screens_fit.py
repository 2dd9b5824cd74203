"""Measured on every scene: what is in reach, on which side, how large; that nothing is clipped, small or pale
is measured where the pictures are compared, in test_pictures.py."""

from itertools import pairwise

import pygame
import pytest

from kiosk.contact_sheet import MODES
from kiosk.flow.access import PULLS
from kiosk.flow.journeys import MENU
from kiosk.flow.state import CHOICES, Action, Screen
from kiosk.locales.words import LANGUAGES
from kiosk.scenes import SCENES, play
from kiosk.widgets.canvas import Style
from kiosk.widgets.chinese import WORDS
from kiosk.widgets.metrics import Metrics
from kiosk.widgets.textflow import is_wide
from tests.unit.kiosk.drawing import LARGE, PORTRAIT, SMALL, drawn, kit
from wire.messages import Language

NAMES = [scene.name for scene in SCENES]

every_scene = pytest.mark.parametrize("name", NAMES)
every_language = pytest.mark.parametrize("language", LANGUAGES)
every_size = pytest.mark.parametrize("size", [SMALL, LARGE, PORTRAIT], ids=["small", "large", "portrait"])


@every_size
@every_scene
def test_everything_is_within_reach_in_the_lower_half(name: str, size: tuple[int, int]) -> None:
    """An upright screen stands there; what stands high on a wide one comes down, by a button that is low."""
    positions = [drawn(name, "de", size, MODES["low"], pulled, is_rehearsal=True) for pulled in range(PULLS)]
    offered = {target.action for target in drawn(name, "de", size, is_rehearsal=True).targets}
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
    right, left = (drawn(name, "fr", size, MODES[mode], is_rehearsal=True) for mode in ("plain", "left"))
    assert {target.action for target in left.targets} == {target.action for target in right.targets}
    for target in left.targets:
        is_key = name == "pin" and target.action is Action.DIGIT_5 and size != PORTRAIT
        if target.action is Action.ACCESS or is_key:
            assert target.rect.centerx < size[0] // 2


@every_scene
def test_large_type_is_larger_wherever_the_screen_has_the_room(name: str) -> None:
    for size in (SMALL, LARGE, PORTRAIT):
        plain, large = (
            drawn(name, "fr", size, MODES[mode], is_rehearsal=True) for mode in ("plain", "large")
        )
        sizes = [sorted(label.size for label in canvas.labels) for canvas in (plain, large)]
        assert sum(sizes[1]) / len(sizes[1]) >= sum(sizes[0]) / len(sizes[0])
        assert large.metrics.growth >= 110


@every_size
@every_language
@pytest.mark.parametrize("name", ["how_is_it_ill_last", "reader_test_unread"])
def test_large_type_leaves_the_title_of_a_page_no_smaller(
    name: str, language: Language, size: tuple[int, int]
) -> None:
    plain, large = (
        drawn(name, language, size, MODES[mode], is_rehearsal=True) for mode in ("plain", "large")
    )
    assert large.labels[0].size >= plain.labels[0].size


@every_size
@every_language
@pytest.mark.parametrize("mode", ["plain", "large"])
def test_no_answer_of_a_quiz_stands_out_by_its_size(
    mode: str, language: Language, size: tuple[int, int]
) -> None:
    canvas = drawn("quiz_four", language, size, MODES[mode], is_rehearsal=True)
    answers = [target.rect for target in canvas.targets if target.action in CHOICES]
    inside = [each for each in canvas.labels if any(rect.contains(each.rect) for rect in answers)]
    said = [each for each in inside if each.text not in "ABCD"]
    assert len(answers) == 4
    assert len(said) >= 4
    assert len({each.size for each in said}) == 1


@every_size
@every_language
@pytest.mark.parametrize("name", ["pack_much", "pack_private_offer"])
def test_large_type_says_all_of_a_pack(name: str, language: Language, size: tuple[int, int]) -> None:
    canvas = drawn(name, language, size, MODES["large"], is_rehearsal=True)
    assert canvas.is_grown
    assert not [label.text for label in canvas.labels if "…" in label.text]


@every_size
@every_scene
def test_no_chinese_line_ends_within_a_word_or_starts_with_a_mark(name: str, size: tuple[int, int]) -> None:
    canvas = drawn(name, "zh", size, is_rehearsal=True)
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
    canvas = drawn(name, "fr", SMALL, is_rehearsal=True)
    squares = {Action.ACCESS, Action.PULL}
    bar = [
        target
        for target in canvas.targets
        if target.rect.top >= canvas.metrics.bar_top and target.action not in squares
    ]
    assert len(bar) <= 4


@every_language
def test_no_character_of_ours_lacks_a_glyph(language: Language) -> None:
    said = "".join(
        label.text for name in NAMES for label in drawn(name, language, SMALL, is_rehearsal=True).labels
    )
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
    assert [tile.action for tile in MENU.offered(state)] == [Action.SHOPS, Action.PACKS]


def test_every_screen_of_the_flow_is_measured_here() -> None:
    assert {play(scene, "fr").state.screen for scene in SCENES} == set(Screen)


@every_size
@pytest.mark.parametrize("mode", ["plain", "large", "low", "left", "all"])
@pytest.mark.parametrize(
    "name", ["training", "support", "staff_watched", "attract_watched", "member_watched"]
)
def test_every_screen_stands_below_the_strip(name: str, mode: str, size: tuple[int, int]) -> None:
    canvas = drawn(name, "fr", size, MODES[mode], is_rehearsal=True)
    strip = Metrics.of(size).header // 4
    *below, said = canvas.labels
    assert said.rect.bottom <= strip
    assert all(each.rect.top >= strip for each in [*below, *canvas.targets])
    assert all(panel.top >= strip for panel in canvas.panels)
