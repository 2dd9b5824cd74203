"""The offers of the simulated group, and what they are worth by the simulation's own reckoning.

Each offer reaches an article of its own, so that none stands in another's way; base points, the counter's
discount and vouchers reach all. What an offer gives is counted from docs/rules.md and docs/ledger.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tools.simulation import catalogue as it

TEA_OFF_MINOR: Final = 150
OIL_RATE_BP: Final = 3_000
SOAP_POINTS: Final = 15
FRIEND_POINTS, FRIENDS_FRIEND_POINTS = 25, 12
"""For the sponsor, and for who was brought."""
REWARDS_PER_MONTH: Final = 1
"""So many rewards a sponsor gets in a month."""
THIRD_POINTS, THIRD_EVERY = 7, 3
POINTS_DAYS: Final = 20
"""How long a voucher that a member made of points is good for."""
THANKS_FROM_MINOR, THANKS_WORTH_MINOR, THANKS_DAYS = 9_000, 300, 20
CLERK: Final = "clerk"
GOODWILL_POINTS, GOODWILL_PER_DAY = 30, 70
COUNTER_RATE_BP, COUNTER_PER_DAY = 1_500, 900
COUNTER: Final = "latitude"
"""Stands for the rule in what the counter takes off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a rule gives on the lines of one article. `limits`: per whom, in which window, how often."""

    rule_id: str
    code: str
    is_price: bool
    limits: tuple[tuple[str, str, int], ...] = ()
    budget: int | None = None

    @property
    def needs_member(self) -> bool:
        """Whether a ticket of nobody gets nothing."""
        return not self.is_price or any(per == "member" for per, _, _ in self.limits)


TEA: Final = Offer(
    rule_id="tea-off", code=it.TEA, is_price=True, limits=(("member", "day", 1), ("group", "ever", 4))
)
OIL: Final = Offer(rule_id="oil-third", code=it.OIL, is_price=True, budget=3_000)
SOAP: Final = Offer(
    rule_id="soap-bonus", code=it.SOAP, is_price=False, limits=(("shop", "day", 3),), budget=40
)
FRIEND: Final = Offer(rule_id="friend", code=it.SALT, is_price=False, limits=(("member", "ever", 1),))
THIRD: Final = Offer(rule_id="third", code=it.SALT, is_price=False)
OFFERS: Final = (TEA, OIL, SOAP, FRIEND, THIRD)
BY_RULE: Final = {offer.rule_id: offer for offer in OFFERS}
THANKS: Final = "thanks"
SPONSORS: Final = {"m-2": "m-1", "m-3": "m-1", "m-4": "m-3"}
"""Who was brought by whom."""


def _rule(offer: Offer, *effects: dict[str, Any]) -> dict[str, Any]:
    when: dict[str, Any] = (
        {"ge": [{"fact": "basket.total_minor"}, 1]} if offer.is_price else {"fact": "member.is_known"}
    )
    rule: dict[str, Any] = {
        "id": offer.rule_id,
        "version": 1,
        "kind": "promotion" if offer.is_price else "campaign",
        "when": when,
        "lines": {"eq": [{"fact": "line.article_id"}, _ARTICLE_OF[offer.code]]},
        "effects": list(effects),
    }
    if offer.limits:
        rule["limits"] = [
            {"per": per, "window": window, "times": times} for per, window, times in offer.limits
        ]
    if offer.budget is not None:
        rule["budget"] = offer.budget
    return rule


_ARTICLE_OF: Final = {code: article_id for article_id, code, _, _ in it.ARTICLES}
PROGRAMME: Final[dict[str, Any]] = {
    "rules": [
        {
            "id": "base",
            "version": 1,
            "kind": "campaign",
            "when": {"fact": "member.is_known"},
            "effects": [
                {"effect": "points_per_amount", "points": 1, "per_minor": it.PER_MINOR, "rounding": "floor"}
            ],
        },
        _rule(TEA, {"effect": "amount_off", "off_minor": TEA_OFF_MINOR, "per": "ticket"}),
        _rule(OIL, {"effect": "percent_off", "rate_bp": OIL_RATE_BP, "rounding": "floor"}),
        _rule(SOAP, {"effect": "points_fixed", "points": SOAP_POINTS, "per": "ticket"}),
        _rule(
            FRIEND,
            {
                "effect": "points_sponsor",
                "sponsor_points": FRIEND_POINTS,
                "sponsored_points": FRIENDS_FRIEND_POINTS,
            },
        ),
        _rule(THIRD, {"effect": "points_nth_visit", "every": THIRD_EVERY, "points": THIRD_POINTS}),
        {
            "id": THANKS,
            "version": 1,
            "kind": "promotion",
            "when": {
                "and": [
                    {"ge": [{"fact": "basket.total_minor"}, THANKS_FROM_MINOR]},
                    {"not": {"has": [{"fact": "basket.vouchers"}, THANKS]}},
                ]
            },
            "effects": [
                {
                    "effect": "next_purchase_voucher",
                    "voucher": THANKS,
                    "worth_minor": THANKS_WORTH_MINOR,
                    "valid_days": THANKS_DAYS,
                }
            ],
        },
    ],
    "expiry": {"policy": "months", "months": it.EXPIRY_MONTHS},
    "offline": {
        "lease": {
            "points": it.LEASE_POINTS,
            "share_bp": it.LEASE_SHARE_BP,
            "hours": it.LEASE_HOURS,
            "terminal_points": it.LEASE_TERMINAL_POINTS,
        }
    },
    "voucher_step": {
        "points": it.STEP_POINTS,
        "worth_minor": it.STEP_WORTH_MINOR,
        "valid_days": POINTS_DAYS,
    },
    "identification": {
        "redeem": "nfc_uid",
        "donate": "nfc_uid",
        "transfer": "nfc_uid",
        "pay_from_purse": "nfc_uid",
    },
    "latitude": {
        CLERK: {
            "goodwill_points": GOODWILL_POINTS,
            "goodwill_points_per_day": GOODWILL_PER_DAY,
            "discount_rate_bp": COUNTER_RATE_BP,
            "discount_minor_per_day": COUNTER_PER_DAY,
        }
    },
}


@dataclass(slots=True)
class Priced:
    """A ticket by line: what is paid, what is earned; and how much of it each rule gave on which line."""

    amounts: list[int]
    points: list[int]
    given: dict[str, list[int]] = field(default_factory=dict)
    vouchers: dict[str, list[int]] = field(default_factory=dict)
    """By voucher: what it took off each line."""

    def take(self, rule_id: str, shares: list[int]) -> None:
        """A rule takes so much off the lines."""
        self.given[rule_id] = shares
        self.amounts = [amount - share for amount, share in zip(self.amounts, shares, strict=True)]

    def earn(self, rule_id: str, shares: list[int]) -> None:
        """A rule gives the lines so many points."""
        self.given[rule_id] = shares
        self.points = [points + share for points, share in zip(self.points, shares, strict=True)]

    @property
    def total_minor(self) -> int:
        """What is paid."""
        return sum(self.amounts)

    @property
    def total_points(self) -> int:
        """What is earned."""
        return sum(self.points)


def gross(ticket: it.Ticket, codes: frozenset[str] | set[str]) -> int:
    """What lines of some articles cost before anything is taken off."""
    return sum(line.amount_minor for line in ticket.lines if line.code in codes)


def whole_of(offer: Offer, ticket: it.Ticket) -> int:
    """What an offer gives where nothing is short: minor units or points; 0 where it does not reach.

    Of points this is only the most: lines that end up costing nothing earn nothing (`reckon`).
    """
    reached = gross(ticket, {offer.code})
    if not reached or (offer.needs_member and ticket.member_id is None):
        return 0
    match offer.rule_id:
        case TEA.rule_id:
            return min(TEA_OFF_MINOR, reached)
        case OIL.rule_id:
            return reached * OIL_RATE_BP // 10_000
        case SOAP.rule_id:
            return SOAP_POINTS
        case FRIEND.rule_id:
            return FRIENDS_FRIEND_POINTS if ticket.member_id in SPONSORS else 0
        case _:
            return THIRD_POINTS


def earns_voucher(ticket: it.Ticket) -> bool:
    """Whether a ticket gives a voucher for the next."""
    return gross(ticket, it.FREE) >= THANKS_FROM_MINOR and not ticket.vouchers


def reckon(ticket: it.Ticket, given: Mapping[str, int], used: Sequence[str]) -> Priced:
    """Price a ticket. `given`: of each offer, minor units or points. `used`: vouchers, in their order."""
    lines = ticket.lines
    amounts = [line.amount_minor for line in lines]
    priced = Priced(amounts, [0] * len(lines))
    for offer in (TEA, OIL):
        off = given.get(offer.rule_id, 0)
        if off:
            reached = [amount if line.code == offer.code else 0 for line, amount in _both(lines, amounts)]
            shares = it.split(whole_of(offer, ticket), reached)
            if off < sum(shares):
                shares = it.split(off, shares)
            priced.take(offer.rule_id, shares)
    free = [line.code in it.FREE for line in lines]
    if ticket.off_minor:
        weights = [amount if is_free else 0 for amount, is_free in zip(priced.amounts, free, strict=True)]
        priced.take(COUNTER, it.split(ticket.off_minor, weights))
    for voucher in used:
        weights = [amount if is_free else 0 for amount, is_free in zip(priced.amounts, free, strict=True)]
        priced.vouchers[voucher] = shares = it.split(min(THANKS_WORTH_MINOR, sum(weights)), weights)
        priced.amounts = [a - b for a, b in zip(priced.amounts, shares, strict=True)]
    if ticket.member_id is not None:
        _earn(ticket, priced, given)
    return priced


def _earn(ticket: it.Ticket, priced: Priced, given: Mapping[str, int]) -> None:
    paid = [amount if line.code in it.EARNING else 0 for line, amount in _both(ticket.lines, priced.amounts)]
    priced.earn("base", it.split(sum(paid) // it.PER_MINOR, paid))
    for offer in (SOAP, FRIEND, THIRD):
        weights = [
            amount if line.code == offer.code else 0 for line, amount in _both(ticket.lines, priced.amounts)
        ]
        points = given.get(offer.rule_id, 0)
        if not points or not sum(weights):
            continue
        shares = it.split(whole_of(offer, ticket), weights)
        priced.earn(offer.rule_id, shares if points == sum(shares) else it.split(points, shares))


def _both(lines: Sequence[it.Line], amounts: Sequence[int]) -> list[tuple[it.Line, int]]:
    return list(zip(lines, amounts, strict=True))
