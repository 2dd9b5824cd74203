"""Slips of nobody, to look at: `officine terminal print --preview`, and the pictures that tests compare."""

from collections.abc import Mapping
from datetime import date
from importlib.metadata import version
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from loyalty.durations import DAY_MS
from loyalty.printed.coupons import Coupon
from terminal.printer import slips
from terminal.printer.compose import Paper, composed
from terminal.printer.sheet import Sheet
from terminal.printer.slips import Code, Drawn, Lines, Machine, Place, Prize
from terminal.totals import Sum
from wire.day_totals import TillAct
from wire.messages import Expiring, Language, MemberView, Milestone, Ticket
from wire.printing import SlipKind

if TYPE_CHECKING:
    from PIL.Image import Image

NOW_MS: Final = 1_795_683_600_000
"""26 November 2026, 10:00 in Zurich."""
_CODE: Final = Code(payload="40521773109665208419", readable="40521 77310 96652 08419")
_GROUP: Final[Mapping[Language, str]] = MappingProxyType({"zh": "湖畔药房"})
_GIFT: Final[Mapping[Language, str]] = MappingProxyType(
    {
        "fr": "Une crème pour les mains",
        "de": "Eine Handcreme",
        "it": "Una crema per le mani",
        "en": "A hand cream",
        "zh": "护手霜一支",
    }
)
_SHOPS: Final = ("Pharmacie de la Gare de Lausanne", "Pharmacie d'Ouchy", "Pharmacie de Nyon")


def example(what: SlipKind, language: Language, paper: Paper) -> Lines:
    """A slip as it would be composed for a member."""
    place = Place(
        language=language,
        paper=paper,
        group_name=_GROUP.get(language, "Pharmacies du Lac"),
        shop_name="Pharmacie d'Ouchy",
        country="CH",
        currency="CHF",
        time_zone="Europe/Zurich",
        now_ms=NOW_MS,
    )
    match what:
        case "balance":
            return slips.balance_slip(place, _member())
        case "statement":
            return slips.statement_slip(place, _member())
        case "voucher":
            coupon = Coupon(
                name="",
                worth=place.money(500),
                last_day=date(2026, 12, 22),
                offered_by="Sol Laboratoires SA",
                redeem_on=("cosmetic",),
                is_personal=True,
            )
            return slips.voucher_slip(place, coupon, _CODE)
        case "prize":
            prize = Prize(
                name=_GIFT[language], is_gift=True, code=_CODE, last_day=date(2026, 12, 24), draw=_DRAWN
            )
            return slips.prize_slip(place, prize)
        case "totals":
            since_ms = NOW_MS - DAY_MS
            return slips.totals_slip(place, _sums(), since_ms=since_ms, waiting=2)
        case "test":
            machine = Machine(
                terminal="OFFICINE-00000001", version=version("officine"), printer="tcp://192.0.2.40:9100"
            )
            return slips.test_page(place, machine)


_DRAWN: Final = Drawn(
    number=81,
    out_of=200,
    commitment="1b57b230251584192e6a3f613eb2a32936b8af9b096d4d08dbd6c108f18c9e6b",
    opened="4c2851ef5f7ef1320489a404e18a4c17a8e98115216ef437f35b5b5cbfc17358"
    " 9f86d081884c7d659a2feaa0c55ad015 autumn_wheel 0199f2c4-9a3f-7e5c-9c73-4a6fd3e2c412 200",
)
"""The play of docs/games.md."""


def picture(lines: Lines, paper: Paper) -> "Image":
    """What these lines look like on paper: their bytes, read as a printer reads them."""
    sheet = Sheet(dots=paper.dots)
    sheet.take(composed(lines, paper))
    return sheet.picture()


def _sums() -> tuple[Sum, ...]:
    def a_sum(till: str, kind: TillAct, count: int, amount_minor: int, points: int) -> Sum:
        return Sum(
            kind=kind,
            currency="CHF",
            sale_id=till,
            operator="",
            shift="",
            count=count,
            amount_minor=amount_minor,
            points=points,
        )

    return (
        a_sum("TILL-1", "Award", 84, 0, 2_911),
        a_sum("TILL-1", "ReverseAward", 2, 0, 48),
        a_sum("TILL-1", "Redemption", 5, 5_000, 2_500),
        a_sum("TILL-2", "Award", 31, 0, 907),
        a_sum("TILL-2", "Debit", 3, 6_000, 0),
    )


def _member() -> MemberView:
    return MemberView(
        display_name="Mme A.",
        points=1248,
        worth_minor=1200,
        points_today=37,
        milestone=Milestone(points=1500, worth_minor=1000),
        expiring=Expiring(points=120, last_day="2026-12-31"),
        tickets=tuple(
            Ticket(
                occurred_ms=NOW_MS - number * 3 * DAY_MS,
                shop_name=shop,
                total_minor=2340 + 815 * number,
                points=(23, -17, 0)[number],
            )
            for number, shop in enumerate(_SHOPS)
        ),
    )
