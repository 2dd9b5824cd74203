"""The large pictures beside a message: a card on its reader, or one icon, in two quiet circles."""

from typing import Literal

import pygame

from kiosk.widgets.canvas import Canvas
from kiosk.widgets.icons import Icon, draw_icon
from kiosk.widgets.palette import Colour, mix
from kiosk.widgets.shapes import OVERSAMPLE, arc, stroke

Tone = Literal["brand", "soon", "stop"]


def _tones(canvas: Canvas, tone: Tone) -> tuple[Colour, Colour, Colour]:
    """Outer circle, inner circle, ink."""
    p = canvas.palette
    match tone:
        case "brand":
            return p.tint, mix(p.brand, p.tint, 11), p.brand
        case "soon":
            return p.soon_tint, mix(p.soon, p.soon_tint, 22), p.soon_text
        case "stop":
            return p.stop_tint, mix(p.stop, p.stop_tint, 13), p.stop


def draw_circles(
    canvas: Canvas, centre: tuple[int, int], radius: int, *, tone: Tone = "brand", breath_per_mille: int = 0
) -> None:
    """Two circles; the outer one breathes by a twentieth, the inner by a fiftieth."""
    outer, inner, _ = _tones(canvas, tone)
    grown = radius - radius * (1000 - breath_per_mille) // 20_000
    pygame.draw.aacircle(canvas.surface, outer, centre, grown)
    pygame.draw.aacircle(
        canvas.surface, inner, centre, radius * 72 // 100 + radius * breath_per_mille // 50_000
    )


def draw_icon_picture(
    canvas: Canvas, centre: tuple[int, int], radius: int, icon: Icon, *, tone: Tone = "brand"
) -> None:
    """One large icon in its circles."""
    draw_circles(canvas, centre, radius, tone=tone, breath_per_mille=1000)
    _, _, ink = _tones(canvas, tone)
    draw_icon(
        canvas.surface, icon, centre, radius * 3 // 4, ink, sprites=canvas.kit.sprites, thickness_percent=85
    )


def draw_card_picture(
    canvas: Canvas,
    centre: tuple[int, int],
    radius: int,
    *,
    breath_per_mille: int = 1000,
    slide_per_mille: int = 1000,
    is_read: bool = False,
) -> None:
    """A card on the reader; it slides in from the right, and bears a check once it was read."""
    draw_circles(canvas, centre, radius, breath_per_mille=breath_per_mille)
    p, width = canvas.palette, radius * 122 // 100
    card = canvas.kit.sprites.get(
        ("card", width, p.brand, p.on_brand), lambda: _card(width, p.brand, gold=p.soon, waves=p.on_brand)
    )
    x = centre[0] + radius * (1000 - slide_per_mille) // 1000
    canvas.surface.blit(card, card.get_rect(center=(x, centre[1])))
    if is_read:
        badge = radius * 22 // 100
        at = (x + width * 40 // 100, centre[1] + width * 30 // 100)
        pygame.draw.aacircle(canvas.surface, canvas.palette.card, at, badge + max(2, badge // 8))
        pygame.draw.aacircle(canvas.surface, canvas.palette.brand, at, badge)
        size = badge * 12 // 10
        draw_icon(
            canvas.surface, "check", at, size, canvas.palette.on_brand, sprites=canvas.kit.sprites,
            thickness_percent=130,
        )  # fmt: skip


def _card(width: int, brand: Colour, *, gold: Colour, waves: Colour) -> pygame.Surface:
    """A tilted card with chip and waves, drawn large, turned, scaled down."""
    scale = OVERSAMPLE // 2
    wide, high = width * scale, width * 63 // 100 * scale
    flat = pygame.Surface((wide, high), pygame.SRCALPHA)
    flat.fill((*brand, 0))
    pygame.draw.rect(flat, brand, flat.get_rect(), border_radius=wide // 14)
    shade = mix(brand, (255, 255, 255), 93)
    pygame.draw.rect(flat, shade, (0, high * 70 // 100, wide, high * 13 // 100))
    chip = pygame.Rect(wide * 11 // 100, high * 20 // 100, wide * 18 // 100, high * 21 // 100)
    pygame.draw.rect(flat, gold, chip, border_radius=chip.height // 5)
    line = max(1, wide // 220)
    dark = mix(gold, (0, 0, 0), 78)
    pygame.draw.line(flat, dark, (chip.left, chip.centery), (chip.right - 1, chip.centery), line)
    pygame.draw.line(flat, dark, (chip.centerx, chip.top), (chip.centerx, chip.bottom - 1), line)
    origin = (wide * 66 // 100, high * 33 // 100)
    for part in (9, 16, 23):
        points = arc(origin, wide * part / 100, -38, 38)
        stroke(flat, points, wide * 3 / 100, waves)
    turned = pygame.transform.rotozoom(flat, 8, 1)
    size = turned.get_width() // scale, turned.get_height() // scale
    return pygame.transform.smoothscale(turned, size)
