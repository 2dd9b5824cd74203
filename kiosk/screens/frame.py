"""What screens share: the header with the group's name, the language row, the member's chip."""

from dataclasses import replace
from typing import Final, Literal

import pygame

from kiosk.flow.journeys.base import is_answer_awaited
from kiosk.flow.state import SPEAKS, Action
from kiosk.locales.words import OWN_NAMES
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Button, Tone, chip_size, draw_chip
from kiosk.widgets.icons import draw_icon
from kiosk.widgets.shapes import rounded
from wire.messages import Language

_PILLS: Final = ((100, 90), (100, 65), (100, 45), (90, 45), (84, 40))
"""Languages beside each other: their type in percent of a note's, the space at each side in percent of it."""
_GROWN_PILLS: Final = (*_PILLS, (74, 40), (65, 35), (56, 35))
"""Large type: no smaller than the design's, and what the page is about comes first."""

SPEAK_ACTIONS: dict[Language, Action] = {language: action for action, language in SPEAKS.items()}


def draw_brand(canvas: Canvas, model: Model, *, right: int, title: str = "") -> None:
    """The cross and the group's name, or the screen's title, from the left margin to at most `right`.

    For the left hand it stands at the other side, with as much room.
    """
    m = canvas.metrics
    if not title and _draw_logo(canvas, model, right=right):
        return
    size = m.header * 4 // 10
    mark = canvas.sided(pygame.Rect(m.margin, m.header // 2 - size // 2, size, size))
    draw_cross(canvas, canvas.surface, mark)
    if model.theme is None:
        return
    name, style, place = _brand_words(canvas, model, right=right, title=title)
    align: Literal["left", "right"] = "right" if canvas.mode.is_left_handed else "left"
    canvas.text(
        name, style, canvas.sided(place), lines=2, may_cut=True, is_middle=True, is_even=True, align=align
    )


def _brand_words(canvas: Canvas, model: Model, *, right: int, title: str) -> tuple[str, Style, pygame.Rect]:
    """The title, or the group's name; how large it would be, and where."""
    m, theme = canvas.metrics, model.theme
    name = title or (theme.names.get(canvas.words.language) or theme.name if theme else "")
    left = m.margin + m.header * 4 // 10 + m.gap * 3 // 4
    # A page's own title is never smaller for large type; a group's long name may be.
    least = 100 if title and canvas.is_grown else 75
    style = Style(size=m.title, weight=700, colour=canvas.palette.ink, line_percent=112, least_percent=least)
    place = pygame.Rect(left, 0, max(m.title * 7 // 2, right - left), m.header)
    if not title:
        room = m.header - m.gap  # on two lines it touches neither edge
        block = canvas.block(name, style, place.width, lines=2, may_cut=True, is_even=True)
        if block.height > room:
            style = replace(style, size=room * 100 // (2 * style.line_percent))
    return name, style, place


def _is_brand_whole(canvas: Canvas, model: Model, *, right: int, title: str, lines: int) -> bool:
    """Whether what stands beside the cross is as large as it should be there, on so many lines."""
    logo = None if title else _logo(canvas, model, right=canvas.metrics.width)
    if logo is not None:  # it stands there instead
        return logo.get_width() + 2 * _logo_pad(canvas) <= right - canvas.metrics.margin
    name, style, place = _brand_words(canvas, model, right=right, title=title)
    if right - place.left < style.size:
        return False
    fitting, is_whole = canvas.common([(name, right - place.left)], style, lines=lines, is_even=True)
    return is_whole and fitting.size == style.size


def _draw_logo(canvas: Canvas, model: Model, *, right: int) -> bool:
    """The logo instead of cross and name, on a white plate where the ground is dark; whether it is there."""
    m, theme = canvas.metrics, model.theme
    logo = _logo(canvas, model, right=right)
    if logo is None or theme is None:
        return False
    pad = _logo_pad(canvas)
    plate = pygame.Rect(0, 0, logo.get_width() + 2 * pad, logo.get_height() + 2 * pad)
    plate.midleft = m.margin, m.header // 2
    plate = canvas.sided(plate)
    if pad:
        rounded(canvas.surface, plate, pad, (255, 255, 255), sprites=canvas.kit.sprites)
    canvas.surface.blit(logo, logo.get_rect(center=plate.center))
    canvas.panels.append(plate)
    canvas.seen.append(theme.names.get(canvas.words.language) or theme.name)
    return True


def _logo(canvas: Canvas, model: Model, *, right: int) -> pygame.Surface | None:
    """As large as it is drawn there; None: the group has none, or its file is not here yet."""
    m, agent, theme = canvas.metrics, model.agent, model.theme
    if agent is None or theme is None or not theme.logo:
        return None
    pad = _logo_pad(canvas)
    room = max(m.title * 4, right - m.margin) - 2 * pad, m.header * 58 // 100 - pad
    return canvas.kit.group_pictures.fit(agent.pictures_dir, theme.logo, room)


def _logo_pad(canvas: Canvas) -> int:
    """The white plate beyond the logo where the ground is dark."""
    return canvas.metrics.gap // 2 if canvas.mode.is_contrast else 0


def draw_cross(canvas: Canvas, surface: pygame.Surface, rect: pygame.Rect) -> None:
    """The cross in the group's colour."""
    colour, sprites = canvas.palette.brand, canvas.kit.sprites
    size = rect.width
    arm = max(4, size * 3 // 10)
    upright = pygame.Rect(rect.left + (size - arm) // 2, rect.top, arm, size)
    across = pygame.Rect(rect.left, rect.centery - arm // 2, size, arm)
    rounded(surface, upright, arm // 3, colour, sprites=sprites)
    rounded(surface, across, arm // 3, colour, sprites=sprites)


def draw_idle_header(canvas: Canvas, model: Model, *, title: str = "") -> None:
    """Brand, and the row of languages: each in its own name, the spoken one outlined."""
    p, m = canvas.palette, canvas.metrics
    offered = languages_of(model)
    gap = m.gap * 2 // 5
    pills = _GROWN_PILLS if canvas.is_grown else _PILLS
    on_one_line = () if title else tuple((1, each) for each in _PILLS)  # a name looks best so
    tried = (*on_one_line, *((2, each) for each in pills))
    for lines, (size_percent, side_percent) in tried:
        size = m.note * size_percent // 100
        widths = [
            canvas.kit.fonts.width(OWN_NAMES[one], 600, size) + 2 * size * side_percent // 100
            for one in offered
        ]
        left = m.width - m.margin - sum(widths) - gap * (len(widths) - 1)
        if _is_brand_whole(canvas, model, right=left - m.gap, title=title, lines=lines):
            break  # title or name keeps its size
    draw_brand(canvas, model, right=left - m.gap, title=title)
    height = m.header // 2
    if canvas.mode.is_left_handed:
        left = m.margin
    for one, width in zip(offered, widths, strict=True):
        action = SPEAK_ACTIONS[one]
        is_spoken = one == canvas.words.language
        pill = pygame.Rect(left, (m.header - height) // 2, width, height)
        if is_spoken or canvas.pressed is action:
            fill = p.card if is_spoken and canvas.pressed is not action else p.tint
            border = p.brand_text if is_spoken else p.tint
            canvas.panel(pill, fill=fill, border=border, radius=height // 2, thickness=2 * m.line)
        colour = p.brand_text if is_spoken else p.muted
        style = Style(size=size, weight=600 if is_spoken else 400, colour=colour)
        canvas.text(OWN_NAMES[one], style, pill, align="centre", is_middle=True)
        canvas.target(action, pygame.Rect(left - gap // 2, 0, width + gap, max(m.touch, m.header)))
        left += width + gap


def languages_of(model: Model) -> tuple[Language, ...]:
    """The languages this shop offers, in our order; all, as long as it has named none."""
    known: tuple[Language, ...] = tuple(OWN_NAMES)
    offered = set(model.agent.languages) if model.agent else set()
    return tuple(one for one in known if one in offered) or known


def draw_member_header(canvas: Canvas, model: Model, *, has_languages: bool = True) -> None:
    """Brand, how to end, the language button, and the discreet name."""
    m, p = canvas.metrics, canvas.palette
    session = model.state.session
    member = session.member if session else None
    right = m.width - m.margin
    if member and member.display_name:
        name = member.display_name
        tone: Tone = "soon" if member.is_carer else "brand"
        if member.is_carer:
            name = canvas.words.tr("For {name}", name=name)
        _, width, height = chip_size(canvas, name, max_width=m.width // 4)
        place = canvas.sided(pygame.Rect(right - width, (m.header - height) // 2, width, height))
        draw_chip(canvas, name, place.left, place.top, tone=tone, max_width=m.width // 4)
        right -= width + m.gap * 3 // 5
    if has_languages:
        right = _draw_language_button(canvas, right) - m.gap * 3 // 5
    hint = canvas.words.tr("Remove the card to finish")
    style = Style(size=m.note, colour=p.muted)
    hint_width = canvas.kit.fonts.width(hint, 400, m.note)
    room = right - (m.margin + m.title * 13)
    if model.state.card_on_reader and hint_width <= room:
        place = pygame.Rect(right - hint_width, 0, hint_width, m.header)
        canvas.text(hint, style, canvas.sided(place), is_middle=True)
        right -= hint_width + m.gap
    draw_brand(canvas, model, right=right)


def draw_visitor_header(canvas: Canvas, model: Model, *, right: int = 0, title: str = "") -> None:
    """Brand or title, and the language button, where the row of languages has no room; up to `right`, else to
    the right margin. While an answer is awaited no language is chosen.
    """
    m = canvas.metrics
    right = right or m.width - m.margin
    if not is_answer_awaited(model.state):
        right = _draw_language_button(canvas, right) - m.gap * 3 // 5
    draw_brand(canvas, model, right=right, title=title)


def _draw_language_button(canvas: Canvas, right: int) -> int:
    m, p = canvas.metrics, canvas.palette
    name = OWN_NAMES[canvas.words.language]
    icon = m.note * 13 // 10
    side = m.note * 3 // 4
    width = side + icon + m.note // 2 + canvas.kit.fonts.width(name, 600, m.note) + side
    height = m.header * 45 // 100
    edge = right - width
    pill = canvas.sided(pygame.Rect(edge, (m.header - height) // 2, width, height))
    fill = p.tint if canvas.pressed is Action.LANGUAGES else p.card
    canvas.panel(pill, fill=fill, border=p.hairline, radius=height // 2)
    centre = (pill.left + side + icon // 2, pill.centery)
    draw_icon(canvas.surface, "globe", centre, icon, p.brand_text, sprites=canvas.kit.sprites)
    style = Style(size=m.note, weight=600, colour=p.ink)
    text_left = pill.left + side + icon + m.note // 2
    canvas.text(name, style, pygame.Rect(text_left, pill.top, pill.right - text_left, height), is_middle=True)
    reach = max(m.touch, pill.width)
    target = pygame.Rect(pill.centerx - reach // 2, 0, reach, max(m.touch, m.header))
    canvas.target(Action.LANGUAGES, target.clamp(canvas.surface.get_rect()))
    return edge


def visitor_entrance(canvas: Canvas) -> Button:
    """The way in for somebody without a card."""
    return Button(action=Action.VISITOR_MENU, label=canvas.words.tr("Without a card"), icon="hand")
