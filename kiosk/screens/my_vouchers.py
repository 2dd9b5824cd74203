"""My vouchers: a list with value and last day; one of them large, with its code, to show or to print."""

from dataclasses import replace
from datetime import date
from typing import Final

import pygame

from kiosk.flow.journeys.my_vouchers import VouchersPage, may_print
from kiosk.flow.state import CHOICES, Action
from kiosk.screens.frame import draw_member_header
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.screens.my_value import draw_sorry, trouble_words, two_cards
from kiosk.screens.quiet import draw_quiet
from kiosk.screens.rows import Row, draw_rows
from kiosk.screens.turning import pages_of, turning
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Button, Kind, Tone, chip_size, draw_bar, draw_chip
from kiosk.widgets.icons import Icon, draw_icon
from kiosk.widgets.qr import draw_qr
from loyalty.limits.my_value import KIOSK_VOUCHERS_PER_PAGE
from wire.my_value import Voucher

_SOON_DAYS: Final = 31


def draw(canvas: Canvas, model: Model) -> None:
    """Rows that lead to a voucher each; their sum is said above them."""
    m, tr = canvas.metrics, canvas.words.tr
    page = model.state.journey
    assert isinstance(page, VouchersPage), "the screen of vouchers without its page"
    draw_member_header(canvas, model, has_languages=page.told is not None)
    room = content_rect(canvas).move(0, (1000 - model.entering_per_mille) * m.gap // 1000)
    if page.told is None:
        draw_quiet(canvas, room, "hourglass", tr("One moment, we are looking it up…"))
    elif page.told.trouble:
        draw_sorry(canvas, model, room, *trouble_words(canvas, page.told.trouble))
    elif not page.vouchers:
        draw_quiet(
            canvas, room, "voucher", tr("You have no voucher just now. Your purchases bring new ones.")
        )
    else:
        rows = [
            _row(canvas, model, voucher, action) for voucher, action in zip(page.rows, CHOICES, strict=False)
        ]
        title = tr("Your vouchers: touch one to use it")
        draw_rows(canvas, room, title, rows, per_page=KIOSK_VOUCHERS_PER_PAGE)
    _draw_list_actions(canvas, page)


def _row(canvas: Canvas, model: Model, voucher: Voucher, action: Action) -> Row:
    words = canvas.words
    return Row(
        upper=name_of(canvas, voucher),
        may_cut=True,
        lower=_ends(canvas, model, voucher),
        figure=words.money(voucher.worth_minor, model.currency),
        is_soon=_is_soon(model, voucher),
        action=action,
    )


def name_of(canvas: Canvas, voucher: Voucher) -> str:
    """What the group calls it; else only that it is a voucher."""
    return voucher.names.get(canvas.words.language) or canvas.words.tr("Voucher of the programme")


def _ends(canvas: Canvas, model: Model, voucher: Voucher) -> str:
    words = canvas.words
    if not voucher.last_day:
        return words.tr("no last day")
    day = words.day_of_year(date.fromisoformat(voucher.last_day), today=model.today)
    return words.tr("until {day}", day=day)


def _is_soon(model: Model, voucher: Voucher) -> bool:
    if not voucher.last_day:
        return False
    return (date.fromisoformat(voucher.last_day) - model.today).days < _SOON_DAYS


def _draw_list_actions(canvas: Canvas, page: VouchersPage) -> None:
    tr = canvas.words.tr
    buttons = [Button(action=Action.BACK, label=tr("Back"), icon="left")]
    pages = pages_of(len(page.vouchers), KIOSK_VOUCHERS_PER_PAGE)
    buttons += turning(canvas.words, number=page.number, pages=pages)
    buttons.append(Button(action=Action.FINISH, label=tr("Finish"), icon="check"))
    draw_bar(canvas, *buttons)


# One voucher ------------------------------------------------------------------------------------------------


def draw_one(canvas: Canvas, model: Model) -> None:
    """What it is worth, until when, and its code: what a till reads."""
    m, tr = canvas.metrics, canvas.words.tr
    page = model.state.journey
    assert isinstance(page, VouchersPage), "the screen of a voucher without its page"
    assert page.voucher is not None, "the screen of a voucher without one"
    is_busy = bool(page.request_id)
    draw_member_header(canvas, model, has_languages=not is_busy)
    room = content_rect(canvas).move(0, (1000 - model.entering_per_mille) * m.gap // 1000)
    worth, code = two_cards(canvas, room)
    _draw_worth(canvas, model, page, worth)
    if page.shown is None:
        draw_quiet(canvas, code, "hourglass", tr("One moment, we are looking it up…"))
    elif page.shown.trouble:
        draw_sorry(canvas, model, code, *_no_number(canvas, page))
    else:
        _draw_code(canvas, page, code)
    buttons = [
        Button(
            action=Action.BACK,
            label=tr("Back"),
            icon="left",
            is_enabled=page.printing != "asked",
        )
    ]
    if may_print(model.state, page):
        label = tr("Try again") if page.printing else tr("Print")
        kind: Kind = "primary" if page.printing else "plain"
        buttons.append(Button(action=Action.PRINT, label=label, kind=kind, icon="printer"))
    buttons.append(Button(action=Action.FINISH, label=tr("Finish"), icon="check"))
    draw_bar(canvas, *buttons)


def _no_number(canvas: Canvas, page: VouchersPage) -> tuple[Icon, str]:
    shown = page.shown
    assert shown is not None
    if shown.trouble == "needs_card":
        said = canvas.words.tr(
            "A number like this is shown to cards with a chip alone. At the counter they find it for you."
        )
        return "lock", said
    return trouble_words(canvas, shown.trouble)


def _draw_worth(canvas: Canvas, model: Model, page: VouchersPage, rect: pygame.Rect) -> None:
    m, p, words, voucher = canvas.metrics, canvas.palette, canvas.words, page.voucher
    assert voucher is not None
    canvas.panel(rect)
    pad = m.pad if not m.is_small else m.pad * 7 // 10
    inner = rect.inflate(-2 * m.pad, -2 * pad)
    label = Style(size=m.body, weight=600, colour=p.muted, line_percent=124)
    number = Style(size=m.number * 7 // 10, weight=700, colour=p.ink, line_percent=116, least_percent=40)
    note = Style(size=m.note, colour=p.muted, line_percent=130)
    name = words.tr("Your new voucher") if page.made_of else name_of(canvas, voucher)
    title = canvas.block(name, label, inner.width, lines=2, may_cut=True)
    figure = canvas.block(words.money(voucher.worth_minor, model.currency), number, inner.width)
    tone: Tone = "soon" if _is_soon(model, voucher) else "brand"
    ends = _ends(canvas, model, voucher)
    chip_height = chip_size(canvas, ends, max_width=inner.width)[2]
    said = _notes(canvas, model, page)
    if page.made_of and not page.printing:
        made = words.tr(
            "Made of {points} points. You have {left} left.",
            points=words.number(page.made_of),
            left=words.number(page.left),
        )
        said = f"{made} {said}".strip()
    is_note = bool(said) and not page.printing
    notes = canvas.block(said, note, inner.width, lines=5, is_even=True) if is_note else None
    top = canvas.put(title, inner.left, inner.top)
    top = canvas.put(figure, inner.left, top) + m.gap // 3
    draw_chip(canvas, ends, inner.left, top, tone=tone, max_width=inner.width)
    if page.printing:
        least = top + chip_height + m.gap // 2
        place = pygame.Rect(inner.left, least, inner.width, inner.bottom - least)
        _draw_printing(canvas, page, said, place)
    elif notes:
        canvas.put(notes, inner.left, max(top + chip_height + m.gap // 2, inner.bottom - notes.height))


def _draw_printing(canvas: Canvas, page: VouchersPage, said: str, room: pygame.Rect) -> None:
    """How the printing ended and what is next, on a surface at the foot of the room."""
    m, p = canvas.metrics, canvas.palette
    is_well = page.printing in ("asked", "printed")
    fill, ink = (p.tint, p.brand_text) if is_well else (p.soon_tint, p.soon_text)
    icon: Icon = "printer" if page.printing == "asked" else "check" if is_well else "notice"
    pad = m.pad * 7 // 10
    size = m.icon * 12 // 10
    width = room.width - 2 * pad - size - m.gap * 3 // 4
    style = Style(size=m.title, weight=600, colour=ink, line_percent=118)
    for percent in (100, 90, 80):  # as large as it stands there
        sized = replace(style, size=style.size * percent // 100)
        block = replace(canvas, shortened=[]).block(said, sized, width, lines=5, is_even=True)
        if block.style.size == sized.size and block.height + pad <= room.height:
            break
    height = min(room.height, block.height + 2 * pad)
    rect = pygame.Rect(room.left, room.bottom - height, room.width, height)
    canvas.panel(rect, fill=fill, radius=m.radius * 7 // 10)
    centre = rect.left + pad + size // 2, rect.centery
    draw_icon(canvas.surface, icon, centre, size, ink, sprites=canvas.kit.sprites)
    canvas.put(block, rect.right - pad - width, rect.centery - block.height // 2)


def _notes(canvas: Canvas, model: Model, page: VouchersPage) -> str:
    """At the foot: how the printing ended, or what this voucher is not for."""
    tr, voucher = canvas.words.tr, page.voucher
    match page.printing:
        case "asked":
            return tr("It is being printed…")
        case "printed":
            return tr("Printed. Take the paper with you.")
        case "uncertain":
            return tr("Look into the slot: perhaps it was printed. If not, show the code at the till.")
        case "paper_out" | "cover_open" | "offline" | "busy":
            return tr("The printer cannot print just now. Show the code at the till, or note the number.")
        case "":
            pass
        case _:
            return tr("This could not be printed. Show the code at the till, or note the number.")
    printer = model.agent.printer if model.agent else None
    if page.shown is not None and not page.shown.trouble and (printer is None or not printer.may_print):
        return tr("Nothing can be printed here. Show the code at the till, or note the number.")
    if voucher is not None and voucher.is_limited:
        return tr("It does not pay for everything: the till knows what for.")
    return ""


def _draw_code(canvas: Canvas, page: VouchersPage, rect: pygame.Rect) -> None:
    """The QR code as large as there is room, and its digits below."""
    m, p, shown = canvas.metrics, canvas.palette, page.shown
    assert shown is not None
    canvas.panel(rect)
    pad = m.pad if not m.is_small else m.pad * 7 // 10
    inner = rect.inflate(-2 * pad, -2 * pad)
    digits = Style(size=m.title * 11 // 10, weight=600, colour=p.ink, line_percent=130, least_percent=60)
    said = canvas.block(shown.code, digits, inner.width, lines=2, is_even=True)
    note = Style(size=m.note, colour=p.muted, line_percent=126)
    hint = canvas.block(canvas.words.tr("The till reads this code."), note, inner.width, lines=2)
    side = min(inner.width, inner.height - said.height - hint.height - m.gap // 2)
    top = inner.top + (inner.height - side - said.height - hint.height - m.gap // 2) // 2
    draw_qr(canvas, shown.payload, pygame.Rect(inner.centerx - side // 2, top, side, side))
    top = canvas.put(said, inner.left, top + side + m.gap // 2, align="centre")
    canvas.put(hint, inner.left, top, align="centre")
