"""The resting screen: dark, calm, one thought; and the small shift of what stands for hours."""

from dataclasses import replace
from datetime import timedelta

import pygame

from kiosk.flow.rest import Rest, shift_of
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.palette import Colour, mix
from kiosk.widgets.shapes import rounded
from loyalty.programme.opening_hours import standing_at, write_minute

_NIGHT: Colour = (9, 16, 14)
_BRIGHT: Colour = (196, 208, 202)
_SOFT: Colour = (142, 156, 150)


def draw(canvas: Canvas, model: Model) -> None:
    """The group's cross and name, and what there is to know; it wanders with the minutes."""
    m, words = canvas.metrics, canvas.words
    canvas.surface.fill(_NIGHT)
    title, text = _said(canvas, model)
    width = m.width - 4 * m.margin
    name = model.theme.names.get(words.language) or model.theme.name if model.theme else ""
    large = Style(size=m.headline * 3 // 4, weight=600, colour=_BRIGHT, line_percent=124)
    quiet = Style(size=m.body, colour=_SOFT, line_percent=150)
    blocks = [
        canvas.block(
            name, Style(size=m.title, weight=600, colour=_SOFT, line_percent=124), width, may_cut=True
        ),
        canvas.block(title, large, width, lines=2, is_even=True),
        canvas.block(text, quiet, width, lines=2, is_even=True),
    ]
    across, down = shift_of(model.state, now_ms=model.now_ms)
    cross = m.icon * 3 // 2
    height = cross + m.gap * 3 + sum(block.height for block in blocks)
    left = 2 * m.margin + across * m.margin
    top = (m.height - height) // 2 + down * (m.height - height) // 3
    _draw_cross(canvas, (left + width // 2, top + cross // 2), cross)
    top += cross + m.gap
    for block, gap in zip(blocks, (m.gap, m.gap // 2, 0), strict=True):
        top = canvas.put(block, left, top, align="centre") + gap


def _said(canvas: Canvas, model: Model) -> tuple[str, str]:
    words, agent = canvas.words, model.agent
    wake = words.tr("Touch the screen, or put your card on the reader.")
    if model.rest is not Rest.CLOSED or agent is None or agent.hours is None:
        return words.tr("Put your card on the reader"), words.tr("Touch the screen for news and languages.")
    opens = standing_at(agent.hours, model.today, model.minute)
    if opens.day is None:
        return words.tr("The pharmacy is closed"), wake
    time = write_minute(opens.minute)
    if opens.day == model.today:
        return words.tr("Open again today at {time}", time=time), wake
    if opens.day == model.today + timedelta(days=1):
        return words.tr("Open again tomorrow at {time}", time=time), wake
    day = words.day_of_year(opens.day, today=model.today)
    return words.tr("Open again on {day} at {time}", day=day, time=time), wake


def _draw_cross(canvas: Canvas, centre: tuple[int, int], size: int) -> None:
    colour = mix(canvas.palette.brand, _NIGHT, 55)
    arm = max(4, size * 3 // 10)
    upright, across = pygame.Rect(0, 0, arm, size), pygame.Rect(0, 0, size, arm)
    upright.center = across.center = centre
    rounded(canvas.surface, upright, arm // 3, colour, sprites=canvas.kit.sprites)
    rounded(canvas.surface, across, arm // 3, colour, sprites=canvas.kit.sprites)


def shift(canvas: Canvas, model: Model) -> None:
    """Move what was drawn by a few pixels, with all that is noted of it."""
    eighth = max(1, canvas.metrics.margin // 8)
    across, down = (part * eighth for part in shift_of(model.state, now_ms=model.now_ms))
    if not (across or down):
        return
    ground = canvas.surface.copy()
    canvas.surface.fill(canvas.palette.ground)
    canvas.surface.blit(ground, (across, down))
    screen = canvas.surface.get_rect()
    canvas.labels[:] = [replace(label, rect=label.rect.move(across, down)) for label in canvas.labels]
    canvas.panels[:] = [panel.move(across, down) for panel in canvas.panels]
    canvas.targets[:] = [
        replace(target, rect=target.rect.move(across, down).clip(screen)) for target in canvas.targets
    ]
