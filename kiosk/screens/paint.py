"""One frame as somebody wants it: every screen in every mode, without the screens having to know.

Large type: the largest at which this very screen still fits (`kiosk.widgets.fit`), down to the design's own.
In reach: an upright screen is drawn into its lower half; a wide one is pulled down, by a button.
The strip of support and training takes its height of any screen, which is drawn below it.
"""

from dataclasses import replace
from typing import Final

import pygame

from kiosk.flow.access import PULLS
from kiosk.flow.state import Action
from kiosk.locales.words import words
from kiosk.screens import draw
from kiosk.screens.corners import corners_of
from kiosk.screens.frame import draw_cross
from kiosk.screens.model import Model
from kiosk.screens.training import draw_strip, strip_height
from kiosk.widgets.canvas import Canvas, Kit, Label, Target
from kiosk.widgets.fit import fits
from kiosk.widgets.metrics import Metrics
from kiosk.widgets.palette import Palette

GROWTHS: Final = (160, 145, 132, 120, 110, 100)
"""Percent of the design that large type tries, the largest first."""


def paint(
    surface: pygame.Surface,
    kit: Kit,
    model: Model,
    *,
    pressed: Action | None = None,
    focused: Action | None = None,
    is_rehearsal: bool = False,
) -> Canvas:
    """Draw the moment of `model`; targets and labels are told in pixels of the whole surface.

    is_rehearsal: without the texts, which is quick: all that is told of them is true nevertheless.
    """
    mode = model.state.mode
    palette = Palette.of(model.theme, is_contrast=mode.is_contrast)
    strip = strip_height(model, surface.get_size())
    width, height = surface.get_width(), surface.get_height() - strip
    room = surface.subsurface(pygame.Rect(0, strip, width, height)) if strip else surface
    if mode.is_low and height > width:
        lower = pygame.Rect(0, height // 2, width, height - height // 2)
        room.fill(palette.ground, pygame.Rect(0, 0, width, lower.top))
        canvas = _largest(room.subsurface(lower), kit, model, palette, pressed, is_rehearsal=is_rehearsal)
        _draw_above(canvas, room, lower.top)
        canvas = _moved(canvas, room, lower.top)
    else:
        canvas = _largest(room, kit, model, palette, pressed, strip=strip, is_rehearsal=is_rehearsal)
        if mode.is_low and model.state.pulled:
            canvas = _pulled(canvas, model.state.pulled)
    if strip:
        canvas = _moved(canvas, surface, strip)
        draw_strip(canvas, model, strip)
    if focused is not None:
        _draw_focus(canvas, focused)
    return canvas


def _largest(
    surface: pygame.Surface,
    kit: Kit,
    model: Model,
    palette: Palette,
    pressed: Action | None,
    *,
    strip: int = 0,
    is_rehearsal: bool,
) -> Canvas:
    """The screen in the largest type that fits; what fitted is kept as long as the screen stands."""
    state = model.state

    def at(growth: int) -> Canvas:
        metrics = _metrics(surface, growth, strip)
        return _drawn(surface, kit, model, palette, pressed, metrics=metrics, is_rehearsal=is_rehearsal)

    def may_fit(growth: int, *, is_rough: bool) -> bool:
        metrics = _metrics(surface, growth, strip)
        return fits(
            _drawn(
                surface, kit, model, palette, pressed, metrics=metrics, is_rehearsal=True, is_rough=is_rough
            )
        )

    if not state.mode.is_large:
        return at(100)
    key = (state.screen, state.language, state.entered_ms, surface.get_size(), state.mode)
    known = kit.grown.find(key) or 0
    if known:
        canvas = at(known)
        if known == GROWTHS[-1] or fits(canvas):
            return canvas
    screen = (state.screen, surface.get_size())
    usual = kit.usual.find(screen) or 0
    for growth in _to_try(known=known, usual=usual):
        if growth == GROWTHS[-1]:
            break
        if growth != usual and not may_fit(growth, is_rough=True):
            continue
        if may_fit(growth, is_rough=False):  # a text drawn in vain costs more than a rehearsal
            break
    kit.grown.keep(key, growth)
    kit.usual.keep(screen, growth)
    return at(growth)


def _to_try(*, known: int, usual: int) -> tuple[int, ...]:
    """The largest first, below what is known to be too large; else from one step above the usual."""
    if known:
        return tuple(one for one in GROWTHS if one < known)
    return GROWTHS[max(0, GROWTHS.index(usual) - 1) :] if usual else GROWTHS


def _metrics(surface: pygame.Surface, growth: int, strip: int) -> Metrics:
    """The sizes of the whole screen, whatever a strip takes of its height."""
    width, height = surface.get_size()
    whole = Metrics.of((width, height + strip), growth)
    return replace(whole, height=height) if strip else whole


def _drawn(
    surface: pygame.Surface,
    kit: Kit,
    model: Model,
    palette: Palette,
    pressed: Action | None,
    *,
    metrics: Metrics,
    is_rehearsal: bool,
    is_rough: bool = False,
) -> Canvas:
    state = model.state
    width, height = surface.get_abs_parent().get_size()
    corners = corners_of(model.state, is_wide=width >= height)
    canvas = Canvas(
        surface=surface,
        kit=kit,
        palette=palette,
        words=words(state.language),
        metrics=metrics,
        mode=state.mode,
        corners=corners,
        pressed=pressed,
        is_rehearsal=is_rehearsal,
        is_rough=is_rough,
    )
    draw(canvas, model)
    return canvas


# In reach ---------------------------------------------------------------------------------------------------


def _draw_above(canvas: Canvas, surface: pygame.Surface, height: int) -> None:
    """Above what is in reach: nothing to read, nothing to touch."""
    size = height * 26 // 100
    p = canvas.palette
    centre = (surface.get_width() // 2, height // 2)
    pygame.draw.aacircle(surface, p.tint, centre, size)
    draw_cross(canvas, surface, pygame.Rect(centre[0] - size // 2, centre[1] - size // 2, size, size))


def _moved(canvas: Canvas, surface: pygame.Surface, by: int) -> Canvas:
    return replace(
        canvas,
        surface=surface,
        targets=[replace(each, rect=each.rect.move(0, by)) for each in canvas.targets],
        labels=[replace(each, rect=each.rect.move(0, by)) for each in canvas.labels],
        panels=[each.move(0, by) for each in canvas.panels],
    )


def _pulled(canvas: Canvas, pulled: int) -> Canvas:
    """The picture above the bar, moved down under it: what stood high is in the lower half now."""
    m, surface = canvas.metrics, canvas.surface
    edge = m.bar_top - m.gap // 2
    by = min(m.height // 2, pulled * -(-m.height // (2 * (PULLS - 1))))
    seen = pygame.Rect(0, by, m.width, edge - by)
    picture = surface.subsurface(pygame.Rect(0, 0, m.width, edge)).copy()
    surface.fill(canvas.palette.ground, pygame.Rect(0, 0, m.width, edge))
    surface.blit(picture, (0, by), pygame.Rect(0, 0, m.width, edge - by))
    targets = []
    for target in canvas.targets:
        if target.rect.bottom <= edge:
            rect = target.rect.move(0, by).clip(seen)
            if rect.height * 2 >= target.rect.height:
                targets.append(replace(target, rect=rect))
        else:
            targets.append(target)
    labels: list[Label] = []
    for label in canvas.labels:
        moved = label.rect.move(0, by)
        if label.rect.bottom > edge:
            labels.append(label)
        elif seen.contains(moved):
            labels.append(replace(label, rect=moved))
    panels = [each.move(0, by) if each.bottom <= edge else each for each in canvas.panels]
    return replace(canvas, targets=targets, labels=labels, panels=panels)


# Keys -------------------------------------------------------------------------------------------------------


def _draw_focus(canvas: Canvas, focused: Action) -> None:
    """A ring around what the keys have chosen: two colours, to be seen on any ground."""
    target: Target | None = next((each for each in canvas.targets if each.action is focused), None)
    if target is None:
        return
    width = max(4, canvas.metrics.line * 4)
    rect = target.rect.inflate(width, width).clip(canvas.surface.get_rect())
    radius = min(canvas.metrics.radius, rect.height // 2)
    pygame.draw.rect(canvas.surface, canvas.palette.ground, rect, width, border_radius=radius)
    inner = rect.inflate(-2, -2)
    pygame.draw.rect(canvas.surface, canvas.palette.ink, inner, width - 1, border_radius=radius)
