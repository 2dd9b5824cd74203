"""Every screen beside its approved picture. `OFFICINE_PICTURES=write` approves what is drawn: look first."""

import io
import os
from pathlib import Path

import pygame
import pytest
from PIL import Image

from kiosk.contact_sheet import MODES
from kiosk.scenes import SCENES, play
from tests.unit.kiosk.drawing import LARGE, PORTRAIT, SMALL, drawn
from wire.messages import Language

PICTURES = Path(__file__).parent / "pictures"

SHOWN = [
    "access", "access_chosen", "starting", "pairing", "pairing_no_central", "attract", "attract_news",
    "attract_poster", "attract_logo",
    "hold_card", "asking",
    "member", "menu", "visitor_menu", "visitor_shops", "visitor_shop", "visitor_shop_services",
    "shops", "shop", "shop_message", "shop_message_sent", "shop_write_typed", "shop_write_accents",
    "lost_number", "lost_noted", "lost_wish", "join_typed", "join_agreement_card", "join_done_card",
    "pharmacist", "pharmacist_choice", "pharmacist_message",
    "replace_offer_pin", "replace_code", "replace_staff", "replace_new_card", "replace_done", "new_card_code",
    "carers", "carers_none", "carer_end", "carer_name", "carer_may", "carer_days", "carer_done",
    "acting_for", "acting_for_menu",
    "member_range", "member_range_chip", "member_weak_card",
    "member_limited_card", "member_quiet", "tickets", "tickets_few", "why", "why_law",
    "why_much", "why_long", "why_waiting", "why_central_away", "pin_typed", "pin_wrong", "pin_locked",
    "why_with_names", "confirm_block", "card_blocked", "till_asks", "staff", "how_is_it", "how_is_it_ill",
    "how_is_it_bare", "reader_test", "reader_test_slot", "reader_test_lost", "staff_code", "staff_more",
    "defaults", "support_asks", "support", "attract_watched", "reenrol",
    "reenrolling_code", "reenrolling_approved",
    "day_totals_printed", "training_off", "training_on", "comfort",
    "test_page_printed", "till_code", "till_check",
    "till_paired", "till_failed_intercepted",
    "refused_unknown_card", "refused_central_unreachable", "in_cut", "privacy_warning", "languages",
    "pack_scan", "pack_mistyped", "visitor_pack_scan", "pack", "pack_private", "pack_away", "visitor_pack",
    "my_points", "my_points_highest", "my_vouchers", "my_vouchers_none", "my_voucher", "my_voucher_printed",
    "games", "game_wheel", "game_scratch", "game_memory", "game_proof", "wheel_turning", "scratch_rubbed",
    "memory_unlike", "quiz_four", "quiz_answers", "won_just_now", "won_voucher", "won_nothing",
    "game_unanswered",
    "my_voucher_needs_chip",
    "convert", "convert_question", "convert_made", "convert_not_known",
    "promotions", "forward", "forward_question", "forward_done",
    "donate", "donate_amount", "donate_confirm", "donate_done", "donate_unknown",
    "report",
    "report_done", "details_pin",
    "member_pin", "member_pin_known_by", "new_pin_typed", "new_pin_done", "pin_unlock", "member_pin_waits",
    "new_pin_unsure", "my_details", "my_consents", "detail_language",
    "detail_email_typed", "detail_code", "detail_phone",
    "goodbye", "link_lost_waiting", "reader_lost", "agent_lost",
]  # fmt: skip

IN_MODES = [
    "attract", "member", "menu", "tickets", "why_much", "access_chosen", "my_points", "my_voucher",
    "donate_amount",
    "shop", "shop_write", "game_wheel", "pin_typed", "privacy_warning", "refused_unknown_card",
    "how_is_it",
]  # fmt: skip
MODES_SHOWN = ("large", "contrast", "left", "low")

REDUCED = 4
"""Both pictures are reduced this much before comparing: antialiasing differs between builds of FreeType."""
CHANNEL_TOLERANCE = 24
DIFFERENT_PER_100_000_MAX = 50


def difference_per_100_000(one: pygame.Surface, other: pygame.Surface) -> int:
    """How many of 100,000 reduced pixels differ visibly."""
    return _difference_of_reduced(reduced(one), reduced(other))


def reduced(picture: pygame.Surface) -> pygame.Surface:
    """A picture in small."""
    size = picture.get_width() // REDUCED, picture.get_height() // REDUCED
    return pygame.transform.smoothscale(picture.convert(24), size)


def _difference_of_reduced(one: pygame.Surface, other: pygame.Surface) -> int:
    assert one.get_size() == other.get_size()
    pixels = [pygame.image.tobytes(picture, "RGB") for picture in (one, other)]
    count = one.get_width() * one.get_height()
    channels = [abs(a - b) > CHANNEL_TOLERANCE for a, b in zip(*pixels, strict=True)]
    different = sum(any(channels[at : at + 3]) for at in range(0, len(channels), 3))
    return different * 100_000 // count


def approve(surface: pygame.Surface, path: Path) -> None:
    """Write a small reference picture."""
    picture = Image.frombytes("RGB", surface.get_size(), pygame.image.tobytes(surface, "RGB"))
    path.parent.mkdir(exist_ok=True)
    picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def approved(path: Path) -> pygame.Surface:
    """A reference picture."""
    with Image.open(io.BytesIO(path.read_bytes())) as picture:
        rgb = picture.convert("RGB")
    return pygame.image.frombytes(rgb.tobytes(), rgb.size, "RGB")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["800x480", "1280x800"])
@pytest.mark.parametrize("language", ["fr", "zh"])
@pytest.mark.parametrize("name", SHOWN)
def test_the_screen_looks_as_approved(name: str, language: Language, size: tuple[int, int]) -> None:
    surface = drawn(name, language, size).surface
    path = PICTURES / f"{name}-{size[0]}x{size[1]}-{language}.png"
    if os.environ.get("OFFICINE_PICTURES") == "write":
        approve(surface, path)
    assert difference_per_100_000(surface, approved(path)) <= DIFFERENT_PER_100_000_MAX


def in_modes(name: str) -> pygame.Surface:
    """A sheet of a scene in small: a mode beside the other, the small wide screen above the upright one."""
    width, (upper, lower) = SMALL[0] // REDUCED, (SMALL[1] // REDUCED, PORTRAIT[1] // REDUCED)
    sheet = pygame.Surface((width * len(MODES_SHOWN), upper + lower), depth=24)
    for column, mode in enumerate(MODES_SHOWN):
        for size, top in ((SMALL, 0), (PORTRAIT, upper)):
            sheet.blit(reduced(drawn(name, "fr", size, MODES[mode]).surface), (column * width, top))
    return sheet


@pytest.mark.parametrize("name", IN_MODES)
def test_the_screen_looks_as_approved_in_each_mode(name: str) -> None:
    """A telling few: all are measured in all modes, by test_screens_fit."""
    sheet, path = in_modes(name), PICTURES / "modes" / f"{name}.png"
    if os.environ.get("OFFICINE_PICTURES") == "write":
        path.parent.mkdir(exist_ok=True)
        pygame.image.save(sheet, path)  # all colours: in so small a picture every one of them is blended
    assert _difference_of_reduced(sheet, approved(path)) <= DIFFERENT_PER_100_000_MAX


def test_every_screen_has_an_approved_picture() -> None:
    shown = {play(scene, "fr").state.screen for scene in SCENES if scene.name in SHOWN}
    assert shown == {play(scene, "fr").state.screen for scene in SCENES}


def test_a_changed_figure_is_seen_as_a_difference() -> None:
    before = drawn("member", "fr", LARGE).surface
    after = before.copy()
    pygame.draw.rect(after, (15, 36, 28), (900, 480, 60, 14))  # about one word of small text
    assert difference_per_100_000(before, after) > DIFFERENT_PER_100_000_MAX
