"""Approved pictures that one can open: telling scenes in French and Chinese, on wide screens, in no mode.

What is compared is the fingerprint of every picture (`approval.py`); these are written with it.
"""

from pathlib import Path
from typing import Final

import pygame
from PIL import Image, ImageChops

from tests.unit.kiosk.approval import Combination
from tests.unit.kiosk.drawing import LARGE, SMALL

PICTURES: Final = Path(__file__).parent / "pictures"

SHOWN: Final = [
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
    "member_pin", "pin_holder", "member_pin_known_by", "member_pin_waits", "pin_unlock",
    "new_pin_typed", "new_pin_done",
    "new_pin_unsure", "my_details", "my_consents", "detail_language",
    "detail_email_typed", "detail_code", "detail_phone",
    "goodbye", "link_lost_waiting", "reader_lost", "agent_lost",
]  # fmt: skip

REDUCED: Final = 4
"""Both pictures are reduced this much before comparing: the one that is kept has 256 colours."""
CHANNEL_TOLERANCE: Final = 24
DIFFERENT_PER_100_000_MAX: Final = 50


def path_for_eyes(name: str, combination: Combination) -> Path | None:
    """Where this picture is kept for eyes, if it is."""
    width, height = combination.size
    is_kept = combination.size in (SMALL, LARGE) and combination.language in ("fr", "zh")
    if name not in SHOWN or combination.mode != "plain" or not is_kept:
        return None
    return PICTURES / f"{name}-{width}x{height}-{combination.language}.png"


def write(surface: pygame.Surface, path: Path) -> None:
    """Keep a picture, small, unless what is kept shows it already."""
    if not shows(path, surface):
        path.parent.mkdir(exist_ok=True)
        _image(surface).quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def shows(path: Path, surface: pygame.Surface) -> bool:
    """Whether the file is there and looks like the picture."""
    if not path.exists():
        return False
    with Image.open(path) as picture:
        return difference_per_100_000(picture.convert("RGB"), _image(surface)) <= DIFFERENT_PER_100_000_MAX


def difference_per_100_000(one: Image.Image, other: Image.Image) -> int:
    """How many of 100,000 reduced pixels differ visibly."""
    if one.size != other.size:
        return 100_000
    channels = ImageChops.difference(one.reduce(REDUCED), other.reduce(REDUCED)).split()
    most = ImageChops.lighter(ImageChops.lighter(channels[0], channels[1]), channels[2])
    histogram = most.histogram()
    return sum(histogram[CHANNEL_TOLERANCE + 1 :]) * 100_000 // sum(histogram)


def needless() -> list[Path]:
    """Files that no scene is kept in."""
    combinations = [
        Combination(size, "plain", language) for size in (SMALL, LARGE) for language in ("fr", "zh")
    ]
    kept = {path_for_eyes(name, combination) for name in SHOWN for combination in combinations}
    return sorted(set(PICTURES.iterdir()) - kept)


def _image(surface: pygame.Surface) -> Image.Image:
    return Image.frombytes("RGB", surface.get_size(), pygame.image.tobytes(surface, "RGB"))
