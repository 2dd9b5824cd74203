"""A double touch acts once: what comes down just after a page changed was meant for the page before."""

import pygame

from kiosk.flow import Action
from kiosk.settling import Settling
from kiosk.widgets.canvas import Target
from loyalty.limits.kiosk import KIOSK_PAGE_SETTLES_MS

PLACE = pygame.Rect(10, 10, 100, 80)
CHOICE = Target(action=Action.CHOOSE_1, rect=PLACE)
KEY = Target(action=Action.DIGIT_5, rect=PLACE)


def turned(before: Target, after: Target) -> Settling:
    """A page entered at 1000, seen at 1010, and another entered at 5000, seen at 5040."""
    settling = Settling()
    settling.drawn(1_000, [before], now_ms=1_010)
    settling.drawn(1_000, [before], now_ms=4_000)
    settling.drawn(5_000, [after], now_ms=5_040)
    return settling


def test_what_lies_under_the_second_touch_of_a_double_touch_is_not_meant_though_it_looks_alike() -> None:
    settling = turned(CHOICE, CHOICE)
    assert not settling.is_meant(CHOICE, 5_000, now_ms=5_040 + KIOSK_PAGE_SETTLES_MS - 1)
    assert settling.is_meant(CHOICE, 5_000, now_ms=5_040 + KIOSK_PAGE_SETTLES_MS)


def test_a_finger_beside_all_targets_is_let_go_as_well() -> None:
    assert not turned(CHOICE, CHOICE).is_meant(None, 5_000, now_ms=5_100)


def test_a_page_that_is_not_drawn_yet_is_meant_by_nobody() -> None:
    assert not turned(CHOICE, CHOICE).is_meant(CHOICE, 9_000, now_ms=9_010)


def test_frames_of_the_same_page_do_not_make_it_new() -> None:
    settling = turned(CHOICE, CHOICE)
    settling.drawn(5_000, [CHOICE], now_ms=9_000)
    assert settling.is_meant(CHOICE, 5_000, now_ms=9_001)


def test_digits_of_one_page_and_of_the_next_pad_are_typed_as_quickly_as_anybody_can() -> None:
    settling = turned(KEY, KEY)
    assert settling.is_meant(KEY, 5_000, now_ms=5_041)
    assert settling.is_meant(KEY, 9_000, now_ms=9_001), "not drawn yet, and the same keys lie there"


def test_a_key_that_was_none_before_is_not_typed_by_a_double_touch() -> None:
    assert not turned(CHOICE, KEY).is_meant(KEY, 5_000, now_ms=5_041)


def test_the_first_page_ever_is_meant_once_it_settled() -> None:
    settling = Settling()
    settling.drawn(0, [CHOICE], now_ms=10)
    assert settling.is_meant(CHOICE, 0, now_ms=11)
