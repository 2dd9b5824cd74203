"""The terminal's own slips, as lines to print: for members, and for staff a test page and totals. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from loyalty.limits.printing import SLIP_TICKETS_MAX
from loyalty.money import format_minor, scale_of
from loyalty.printed import words as shared
from loyalty.printed.coupons import Coupon, conditions, points_of
from loyalty.printed.days import printed_day
from loyalty.printed.rows import figured, wrapped
from loyalty.printed.words import Words, words_of
from terminal.printer import words as said
from terminal.printer.base import PrintLine
from terminal.printer.codes import Symbology
from terminal.printer.compose import Paper
from terminal.totals import Sum
from wire.messages import Language, MemberView, Ticket

Lines = list[PrintLine]

GLUE: Final = "\u2060"
"""Between a figure and its unit until rows are broken; no white space, so they are not broken there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """For whom, where, when, and on which paper."""

    language: Language
    paper: Paper
    group_name: str
    logo: bytes = b""
    """The file of the group's logo."""
    shop_name: str
    country: str
    currency: str
    time_zone: str
    now_ms: int

    @property
    def columns(self) -> int:
        """Characters in a row."""
        return self.paper.columns

    def say(self, words: Words, **values: str) -> str:
        """Words in the language, with values filled in."""
        return words_of(words, self.language).format(**values)

    def money(self, minor: int) -> str:
        """An amount with its currency."""
        return f"{self.currency}{GLUE}{format_minor(minor, scale_of(self.currency))}"

    def points(self, points: int) -> str:
        """So many points."""
        return points_of(points, self.language).replace(" ", GLUE)

    def rows(self, text: str, *, is_wide: bool = False) -> list[str]:
        """A text in rows; a figure stays with its unit. `is_wide`: letters twice as wide."""
        rows = wrapped(text, self.columns // 2 if is_wide else self.columns)
        return [row.replace(GLUE, " ") for row in rows]

    def figured(self, text: str, figure: str, *, indent: int = 0) -> list[str]:
        """A text with a figure at the edge."""
        rows = figured(text, figure, self.columns, indent=indent)
        return [row.replace(GLUE, " ") for row in rows]

    def moment(self, at_ms: int) -> datetime:
        """A moment on the shop's clock."""
        try:
            zone = ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            return datetime.fromtimestamp(at_ms / 1000, UTC)
        return datetime.fromtimestamp(at_ms / 1000, zone)

    def day(self, day: date) -> str:
        """A day as the shop's country writes it."""
        return printed_day(day, self.language, self.country)


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What is drawn for a scanner, and what a person reads beside it."""

    payload: str
    readable: str
    symbology: Symbology = "QRCode"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """How the prize was drawn. `opened`: what the program of docs/games.md takes to draw it again."""

    number: int
    out_of: int
    commitment: str
    opened: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prize:
    """What was won. `points` are on the account; a gift, or a voucher, has its code and last day."""

    name: str
    points: int = 0
    worth_minor: int = 0
    is_gift: bool = False
    code: Code | None = None
    last_day: date | None = None
    draw: Drawn | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What a test page says of this terminal."""

    terminal: str
    version: str
    printer: str


_BLANK: Final = PrintLine(text="")
_SEAL_DIGITS: Final = 16
"""Of the commitment: enough to know it again; all of it follows from the code."""


def balance_slip(place: Place, member: MemberView) -> Lines:
    """What the screen shows of a member, to take along."""
    return [
        *_head(place),
        *_title(place, said.YOUR_BALANCE),
        PrintLine(text=member.display_name, is_centred=True),
        *_balance(place, member, is_large=True),
        *_foot(place, said.KEEP_PRIVATE),
    ]


def statement_slip(place: Place, member: MemberView) -> Lines:
    """The balance and the last tickets: day, shop, total, points; never an article."""
    tickets = member.tickets[:SLIP_TICKETS_MAX]
    lines = [
        *_head(place),
        *_title(place, said.STATEMENT),
        PrintLine(text=member.display_name, is_centred=True),
        *_balance(place, member, is_large=False),
        _rule(place),
        PrintLine(text=place.say(said.LAST_TICKETS), is_bold=True),
    ]
    for ticket in tickets:
        lines += _ticket(place, ticket)
    if not tickets:
        lines += _rows(place.rows(place.say(said.NO_TICKETS)))
    return [*lines, *_foot(place, said.KEEP_PRIVATE, said.NO_RECEIPT)]


def voucher_slip(place: Place, coupon: Coupon, code: Code) -> Lines:
    """A voucher with its code: whoever brings it may use it, unless it is personal."""
    return [
        *_head(place),
        *_centred(place, coupon.name or place.say(shared.VOUCHER), is_bold=True),
        _BLANK,
        *_large(place, coupon.worth),
        _BLANK,
        *_rows(conditions(coupon, place.language, place.columns, country=place.country)),
        *_code(place, code),
        *_foot(place, said.SHOW_AT_TILL),
    ]


def prize_slip(place: Place, prize: Prize) -> Lines:
    """What was won in a game."""
    lines = [*_head(place), *_title(place, said.WON), _BLANK, *_large(place, prize.name), _BLANK]
    if prize.points:
        lines += _centred(place, place.points(prize.points), is_bold=True)
    if prize.worth_minor:
        lines += _centred(place, place.money(prize.worth_minor), is_bold=True)
    if prize.last_day is not None:
        lines += _centred(place, place.say(shared.VOUCHER_UNTIL, day=place.day(prize.last_day)))
    if prize.code is not None:
        lines += _code(place, prize.code)
    last = said.PRIZE_GIFT if prize.is_gift else said.SHOW_AT_TILL if prize.code else said.PRIZE_POINTS
    lines += _foot(place, last)
    return lines if prize.draw is None else [*lines, *_draw(place, prize.draw)]


def _draw(place: Place, draw: Drawn) -> Iterator[PrintLine]:
    """Below all that the counter needs: for whoever wants to know that nobody chose the number."""
    yield _rule(place)
    yield from _centred(place, place.say(said.DRAWN, number=str(draw.number), all=str(draw.out_of)))
    yield from _centred(place, place.say(said.SEAL, seal=draw.commitment[:_SEAL_DIGITS]))
    yield PrintLine(text=draw.opened, code="QRCode")
    yield from _rows(place.rows(place.say(said.DRAW_AGAIN)))


def test_page(place: Place, machine: Machine) -> Lines:
    """All that a technician must see: accents, Chinese, the width, bars and a QR code; nobody's data."""
    ruler = "".join(str((column + 1) % 10) for column in range(place.columns))
    lines = [
        *_head(place),
        *_title(place, said.TEST_PAGE),
        *_rows(place.figured("Officine", machine.version)),
        *_rows(place.figured("Terminal", machine.terminal)),
        *_rows(place.rows(machine.printer)),
        *_rows(place.figured(f"{place.paper.width_mm} mm", place.paper.text)),
        PrintLine(text=ruler),
        *_rows(place.rows("àâäçéèêëîïôöùûüÿ ÀÂÄÇÉÈÊËÎÏÔÖÙÛÜ ßœŒæ€£«»")),
    ]
    for language in shared.LANGUAGES:
        text = words_of(said.YOUR_BALANCE, language)
        lines += _rows(place.figured(text, points_of(1248, language)))
    lines += [
        _BLANK,
        PrintLine(text="7612345678900", code="EAN13"),
        PrintLine(text="OFFICINE-TEST", code="QRCode"),
        *_rows(place.rows(place.say(said.IF_READABLE))),
        *_rows(place.rows(place.say(said.IF_NOT))),
    ]
    return [*lines, *_foot(place)]


def totals_slip(place: Place, sums: Sequence[Sum], *, since_ms: int | None, waiting: int) -> Lines:
    """What each till did since the day was closed last; `waiting`: tickets that central has not got yet."""
    lines = [*_head(place), *_title(place, said.TOTALS)]
    if since_ms is not None:
        since = place.moment(since_ms)
        moment = f"{place.day(since.date())} {since:%H:%M}"
        lines += _centred(place, place.say(said.SINCE, moment=moment))
    tills = sorted({each.sale_id for each in sums})
    for till in tills:
        lines += [_rule(place), *_rows(place.rows(place.say(said.TILL, till=till)), is_bold=True)]
        lines += _sums(place, [each for each in sums if each.sale_id == till])
    if len(tills) > 1:
        lines += [_rule(place), *_rows(place.rows(place.say(said.ALL_TILLS)), is_bold=True)]
        lines += _sums(place, sums)
    if not tills:
        lines += [_rule(place), *_rows(place.rows(place.say(said.NO_TOTALS)))]
    if waiting:
        lines += [_BLANK, *_rows(place.rows(place.say(said.STILL_WAITING, count=str(waiting))))]
    return [*lines, *_foot(place, said.NO_RECEIPT)]


def _sums(place: Place, sums: Sequence[Sum]) -> Iterator[PrintLine]:
    """A row for each kind of act, in the order of the chart of kinds: how many, money, points."""
    for kind, words in said.KINDS.items():
        alike = [each for each in sums if each.kind == kind]
        if not alike:
            continue
        count = sum(each.count for each in alike)
        money, points = sum(each.amount_minor for each in alike), sum(each.points for each in alike)
        yield from _rows(place.figured(f"{place.say(words)} ({count})", place.money(money) if money else ""))
        if points:
            yield from _rows(place.figured("", place.points(points)))


def _head(place: Place) -> Iterator[PrintLine]:
    if place.logo:
        yield PrintLine(text="", picture=place.logo)
    yield from _large(place, place.group_name)
    if place.shop_name and place.shop_name != place.group_name:
        yield from _centred(place, place.shop_name)
    yield _rule(place)


def _title(place: Place, words: Words) -> Iterator[PrintLine]:
    yield from _centred(place, place.say(words), is_bold=True)


def _balance(place: Place, member: MemberView, *, is_large: bool) -> Iterator[PrintLine]:
    if member.points is None:
        between = place.say(said.BETWEEN, low=str(member.points_from or 0), high=str(member.points_to or 0))
        yield from _centred(place, between, is_bold=True)
        yield from _centred(place, place.say(said.EXACT_WITH_CARD))
        return
    points = place.points(member.points)
    if is_large:
        yield _BLANK
        yield from _large(place, points)
        yield _BLANK
    else:
        yield from _rows(place.figured(place.say(shared.BALANCE), points), is_bold=True)
    if member.worth_minor:
        yield from _rows(place.figured(place.say(said.WORTH), place.money(member.worth_minor)))
    if member.points_today:
        yield from _rows(place.figured(place.say(said.TODAY), f"{member.points_today:+}"))
    if member.milestone is not None and member.milestone.points > member.points:
        missing = place.points(member.milestone.points - member.points)
        worth = place.money(member.milestone.worth_minor)
        text = place.say(said.NEXT_VOUCHER, worth=worth, points=missing)
        yield from _rows(place.rows(text))
    if member.expiring is not None:
        day = place.day(date.fromisoformat(member.expiring.last_day))
        text = place.say(said.EXPIRING, points=place.points(member.expiring.points), day=day)
        yield from _rows(place.rows(text))


def _ticket(place: Place, ticket: Ticket) -> Iterator[PrintLine]:
    day = place.day(place.moment(ticket.occurred_ms).date())
    yield from _rows(place.figured(day, f"{ticket.points:+}" if ticket.points else "0"))
    yield from _rows(place.figured(ticket.shop_name, place.money(ticket.total_minor), indent=2))


def _code(place: Place, code: Code) -> Iterator[PrintLine]:
    yield PrintLine(text=code.payload, code=code.symbology)
    yield from _centred(place, code.readable, is_bold=True)


def _foot(place: Place, *words: Words) -> Iterator[PrintLine]:
    yield _rule(place)
    for each in words:
        yield from _centred(place, place.say(each))
    now = place.moment(place.now_ms)
    yield from _centred(place, f"{place.day(now.date())} {now:%H:%M}")


def _rule(place: Place) -> PrintLine:
    return PrintLine(text="-" * place.columns)


def _large(place: Place, text: str) -> Iterator[PrintLine]:
    """Twice as large, as long as its words fit; else bold."""
    rows = place.rows(text, is_wide=True)
    if len(rows) > 2:
        yield from _centred(place, text, is_bold=True)
        return
    for row in rows:
        yield PrintLine(text=row, is_large=True, is_bold=True, is_centred=True)


def _centred(place: Place, text: str, *, is_bold: bool = False) -> Iterator[PrintLine]:
    for row in place.rows(text):
        yield PrintLine(text=row, is_centred=True, is_bold=is_bold)


def _rows(rows: list[str], *, is_bold: bool = False) -> Iterator[PrintLine]:
    for row in rows:
        yield PrintLine(text=row, is_bold=is_bold)
