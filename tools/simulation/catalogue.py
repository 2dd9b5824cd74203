"""The small group of the simulation, and its programme by the simulation's own reckoning, not loyalty's."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

GROUP: Final = "lac"
SHOPS: Final = ("lac-1", "lac-2")
ZONE: Final = ZoneInfo("Europe/Zurich")
BEGAN_MS: Final = int(datetime(2026, 3, 2, 8, tzinfo=UTC).timestamp() * 1000)
DAY_MS: Final = 86_400_000

SUN_CREAM, SHAMPOO, PRESCRIPTION, MILK = "2000000000015", "2000000000022", "7680100000011", "2000000000053"
TEA, OIL, SOAP, SALT = "2000000000114", "2000000000121", "2000000000138", "2000000000145"
ARTICLES: Final = (
    ("sun-cream", SUN_CREAM, "cosmetic", 1990),
    ("shampoo", SHAMPOO, "cosmetic", 890),
    ("prescription", PRESCRIPTION, "medicine_ch_b", 2500),
    ("first-milk", MILK, "infant_milk_first_age", 2500),
    ("tea", TEA, "parapharmacy", 650),
    ("oil", OIL, "cosmetic", 1200),
    ("soap", SOAP, "cosmetic", 450),
    ("salt", SALT, "parapharmacy", 990),
)
FREE: Final = frozenset({SUN_CREAM, SHAMPOO, TEA, OIL, SOAP, SALT})
"""Swiss law lets points and vouchers pay for these and discounts reach them; they count toward thresholds."""
PLAIN: Final = (SUN_CREAM, SHAMPOO, PRESCRIPTION, MILK)
"""No offer lowers the price of these."""
EARNING: Final = FREE | {PRESCRIPTION}
"""Swiss law lets these earn under a rule that is bound to no product; first milk has no source."""

STEP_POINTS, STEP_WORTH_MINOR = 10, 100
EXPIRY_MONTHS: Final = 2
RESTORED_DAYS: Final = 30
TICKET_AGE_MAX_MS: Final = 30 * DAY_MS
HOLD_MS: Final = 15 * 60_000
QUOTE_MS: Final = 15 * 60_000
ALONE_POINTS, ALONE_POINTS_PER_DAY = 500, 2_000
PER_MINOR: Final = 100
PURSE_MAX_MINOR, PURSE_PER_DAY_MINOR = 9_000, 6_000
MERGE_POINTS, MERGE_MINOR = 260, 6_000
"""What one person may merge alone."""
ASSOCIATION: Final = "red-cross"
SERVICE, SERVICE_MINOR = "massage", 2_500
"""Sold ahead, at so much a time."""
LEASE_POINTS, LEASE_SHARE_BP, LEASE_TERMINAL_POINTS, LEASE_HOURS = 60, 5_000, 100, 72
"""What is set aside for one terminal of one member, of a balance, of all members, and for how long."""
GAME, PLAYS_PER_DAY = "wheel", 3
PRIZE_UNITS: Final = frozenset({"PRZ.cream/0", "PRZ.many/0", "PRZ.few/0"})
"""What the prizes of the game are counted in (`prizes.py`)."""


@dataclass(frozen=True, slots=True)
class Person:
    """A member, their card, their household."""

    member_id: str
    card: str
    uid: str
    household: str


PEOPLE: Final = tuple(
    Person(f"m-{number}", f"29000000000{number:02}", f"04A1B2C3D4E5{number:02}", f"h-{(number + 1) // 2}")
    for number in range(1, 6)
)
SECOND: Final = PEOPLE[-1]
"""The second record of somebody who is in the books already: the one that may be merged into another."""
HOMES: Final = {
    household: [person.member_id for person in PEOPLE if person.household == household]
    for household in sorted({person.household for person in PEOPLE})
}
"""Who lives together when a seed begins."""
LEAVER: Final = Person("m-6", "2900000000006", "04A1B2C3D4E506", "")
"""Somebody who wants to be forgotten one day; does nothing else than what `acts_leaving.py` says."""
EVERYBODY: Final = (*PEOPLE, LEAVER)
BY_UID: Final = {person.uid: person for person in EVERYBODY}
BY_CARD: Final = {person.card: person for person in EVERYBODY}
LOST_CARD: Final = Person("m-1", "2900000000099", "04A1B2C3D4E599", "h-1")
"""A second card of the first member, which may be blocked on the way."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the till sends it."""

    line_no: int
    code: str
    quantity: int
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """What a quote promised: the moment it stands for, what each offer gives, what vouchers take off."""

    at_ms: int
    given: Mapping[str, int]
    used: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A sale somebody asks for. `redeem`: points that are to pay; None: what the reservation says.

    `off_minor`: what the counter takes off. `vouchers`: those presented, by id. `tenders`: accounts of
    stored value that pay, with how much.
    """

    shop_id: str
    business_key: str
    lines: tuple[Line, ...]
    member_id: str | None
    card: str | None
    occurred_ms: int | None
    sale_id: str | None = None
    reservation_id: str | None = None
    redeem: int | None = 0
    off_minor: int = 0
    vouchers: tuple[str, ...] = ()
    tenders: tuple[tuple[str, int], ...] = ()
    quoted: Quoted | None = None
    lease_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """Units somebody brings back. `lines`: number and units; None: all of the ticket."""

    shop_id: str
    business_key: str
    sale_key: tuple[str, str]
    lines: tuple[tuple[int, int], ...] | None
    return_id: str | None = None


def card_of(card_id: str) -> str:
    """A gift card's account."""
    return f"gift_card/{card_id}/value"


def purse_of(member_id: str) -> str:
    """The account of a member's purse."""
    return f"member/{member_id}/purse"


def services_of(member_id: str) -> str:
    """The account of services that a member has paid for ahead."""
    return f"member/{member_id}/services"


def worth_of(points: int) -> int:
    """What whole steps of points come to."""
    return points // STEP_POINTS * STEP_WORTH_MINOR


def split(whole: int, weights: list[int]) -> list[int]:
    """A whole over weights by largest remainder, the earlier first."""
    total = sum(weights)
    if not whole:
        return [0] * len(weights)
    parts = [whole * weight // total for weight in weights]
    order = sorted(range(len(weights)), key=lambda at: (-(whole * weights[at] % total), at))
    for at in order[: whole - sum(parts)]:
        parts[at] += 1
    return parts


def share(whole: int, quantity: int, before: int, now: int) -> int:
    """What `now` units of a line undo after `before` came back."""
    return whole * (before + now) // quantity - whole * before // quantity


@lru_cache(4096)
def local_day(at_ms: int, zone: tzinfo = ZONE) -> date:
    """The shop's day at a moment."""
    return datetime.fromtimestamp(at_ms / 1000, zone).date()


def begins_month(at_ms: int) -> bool:
    """Whether a moment is the local midnight that begins a month."""
    moment = datetime.fromtimestamp(at_ms / 1000, ZONE)
    return (moment.day, moment.hour, moment.minute, moment.second, at_ms % 1000) == (1, 0, 0, 0, 0)


def midnight_after(day: date) -> int:
    """The moment that ends a local day."""
    after = day + timedelta(days=1)
    return int(datetime(after.year, after.month, after.day, tzinfo=ZONE).timestamp()) * 1000


def expires_ms(earned_ms: int) -> int:
    """The local midnight that ends the last day of points earned at a moment."""
    day = local_day(earned_ms)
    month = day.month - 1 + EXPIRY_MONTHS
    year, month = day.year + month // 12, month % 12 + 1
    return midnight_after(date(year, month, min(day.day, monthrange(year, month)[1])))
