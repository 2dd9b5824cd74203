"""Slips that the kiosk asks for: composed of what the session may see, printed by the agent's printer."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from typing import Final, Literal

import structlog

from loyalty.printed.coupons import Coupon
from terminal.journeys.base import Answering, Parts, Untold
from terminal.journeys.my_value import ask_voucher
from terminal.printer import slips
from terminal.printer.codes import CodeNotPrintable
from terminal.printer.desk import Job
from terminal.printer.slips import Code, Drawn, Lines, Machine, Place, Prize
from terminal.session import CardSession
from terminal.totals import Wanted
from terminal.views import SOFTWARE_VERSION, languages_of, member_view
from wire.games import Draw
from wire.messages import Answer, Language
from wire.printing import PrinterState, PrintOutcome, PrintSlip, PrintTold, SlipKind

log = structlog.get_logger(__name__)

Composed = Lines | Literal["central_unreachable"] | None
"""None: this session has no such thing to print."""
Composing = Callable[[Parts, CardSession, Place, str], Awaitable[Composed]]
"""(parts, session, place, item_id)."""


async def _balance(_parts: Parts, session: CardSession, place: Place, _item_id: str) -> Lines | None:
    if session.profile is None:
        return None
    return slips.balance_slip(place, member_view(session.profile))


async def _statement(_parts: Parts, session: CardSession, place: Place, _item_id: str) -> Lines | None:
    if session.profile is None or "see_ticket_totals" not in session.profile.may:
        return None
    return slips.statement_slip(place, member_view(session.profile))


async def _voucher(parts: Parts, session: CardSession, place: Place, item_id: str) -> Composed:
    told = await ask_voucher(parts, session, item_id)
    if isinstance(told, Untold):
        return "central_unreachable" if told.trouble == "central_unreachable" else None
    coupon = Coupon(
        name=told.names.get(place.language, ""),
        worth=place.money(told.worth_minor),
        last_day=date.fromisoformat(told.last_day),
        redeem_on=tuple(told.redeem_on),
    )
    return slips.voucher_slip(place, coupon, Code(payload=told.payload, readable=told.code))


def drawn_of(draw: Draw) -> Drawn:
    """The draw as the program of docs/games.md takes it, word by word."""
    words = (draw.server_seed, draw.client_seed, draw.game_id, draw.play_id, str(draw.out_of))
    return Drawn(number=draw.number, out_of=draw.out_of, commitment=draw.commitment, opened=" ".join(words))


async def _prize(parts: Parts, session: CardSession, place: Place, item_id: str) -> Lines | None:
    known = parts.won.find(session.session_id, item_id)
    if known is None:
        return None
    won, draw = known
    names = won.names
    prize = Prize(
        name=names.get(place.language) or names.get("en") or next(iter(names.values()), ""),
        points=won.points,
        worth_minor=won.worth_minor,
        is_gift=won.kind == "gift",
        code=Code(payload=won.payload, readable=won.code) if won.payload else None,
        last_day=date.fromisoformat(won.last_day) if won.last_day else None,
        draw=drawn_of(draw) if draw is not None else None,
    )
    return slips.prize_slip(place, prize)


async def _test(parts: Parts, session: CardSession, place: Place, _item_id: str) -> Lines | None:
    if session.staff is None or "look_after" not in session.staff.may:
        return None
    return test_lines(parts, place)


async def _totals(parts: Parts, session: CardSession, place: Place, _item_id: str) -> Lines | None:
    if session.staff is None or "look_after" not in session.staff.may:
        return None
    return await totals_lines(parts, place)


async def totals_lines(parts: Parts, place: Place) -> Lines:
    """What the tills of this terminal did since their day was last closed; it stays open."""
    period = await parts.totals.open_period()
    sums = await parts.totals.sums(period, Wanted(by=frozenset({"sale_id"})))
    since_ms = await parts.totals.since_ms(period)
    return slips.totals_slip(place, sums, since_ms=since_ms, waiting=parts.waiting())


_COMPOSING: Final[Mapping[SlipKind, Composing]] = {
    "balance": _balance,
    "statement": _statement,
    "voucher": _voucher,
    "prize": _prize,
    "test": _test,
    "totals": _totals,
}
"""Who composes what."""


def table(parts: Parts) -> dict[type, Answering]:
    """Who answers."""

    async def answer(wish: PrintSlip) -> Sequence[Answer]:
        return [PrintTold(request_id=wish.request_id, outcome=await _print(parts, wish))]

    return {PrintSlip: answer}


async def print_for_operator(parts: Parts, wish: PrintSlip) -> PrintTold:
    """A test page or the day's totals, for this machine's own operator, whom the socket knows by user."""
    place = place_of(parts, wish.language)
    lines = await totals_lines(parts, place) if wish.what == "totals" else test_lines(parts, place)
    job = Job(job_id=f"operator.{wish.request_id}", asked=wish.what, lines=lines)
    return PrintTold(request_id=wish.request_id, outcome=await _ended(parts, job))


def test_lines(parts: Parts, place: Place) -> Lines:
    """The test page of this terminal."""
    settings = parts.settings
    machine = Machine(terminal=settings.poi_id, version=SOFTWARE_VERSION, printer=settings.printer)
    return slips.test_page(place, machine)


def place_of(parts: Parts, language: Language | None) -> Place:
    """For whom, where and when; the shop's first language where none is named."""
    group = parts.group()
    shop = group.shop if group else None
    language = language or languages_of(group)[0]
    return Place(
        language=language,
        paper=parts.print_desk.paper,
        group_name=group.names.get(language, group.name) if group else "Officine",
        logo=parts.logo(),
        shop_name=shop.name if shop else "",
        country=shop.country if shop else "",
        currency=group.currency if group else "CHF",
        time_zone=shop.time_zone if shop else "UTC",
        now_ms=parts.clock(),
    )


async def _print(parts: Parts, wish: PrintSlip) -> PrintOutcome:
    state = parts.print_desk.state()
    if state is None:
        return "no_printer"
    session = parts.session(wish.session_id)
    if session is None:
        return "not_now"
    if early := _stopped(state):
        return early
    language = wish.language or (member_view(session.profile).language if session.profile else None)
    place = place_of(parts, language)
    lines = await _COMPOSING[wish.what](parts, session, place, wish.item_id)
    if isinstance(lines, str):
        return lines
    if lines is None:
        return "not_here"
    job = Job(
        job_id=f"slip.{wish.request_id}",
        asked=f"{wish.session_id}.{wish.what}.{wish.item_id}",
        lines=lines,
        is_wanted=lambda: parts.session(wish.session_id) is not None,
    )
    return await _ended(parts, job)


def _stopped(state: PrinterState) -> PrintOutcome | None:
    """What is known already: nobody is asked for a number that then is not printed."""
    match state.condition:
        case "paper_out" | "cover_open":
            return state.condition
        case _:
            return None


async def _ended(parts: Parts, job: Job) -> PrintOutcome:
    try:
        return await parts.print_desk.print(job)
    except CodeNotPrintable as error:
        log.error("slip_not_printable", job_id=job.job_id, reason=str(error))
        return "not_here"
