"""What a quote says: amounts, points, and why, line by line."""

from dataclasses import dataclass
from enum import StrEnum

from loyalty.rules.effects import Datum
from loyalty.rules.rule import LimitPer, LimitWindow
from loyalty.values import quick


class PipelineStage(StrEnum):
    """The stages of a quote, in the order in which they act. The law speaks in each: it has no stage."""

    RESTRICTION = "restriction"
    PRICE = "price"
    PROMOTION = "promotion"
    COUNTER = "counter"
    """What the counter takes off on its own."""
    VOUCHER = "voucher"
    TENDER = "tender"
    ACCRUAL = "accrual"


class ReasonCode(StrEnum):
    """Words' keys of reasons, besides the codes of a denying verdict and the names of effects."""

    MEMBER_REQUIRED = "member_required"
    RULE_NOT_MET = "rule_not_met"
    RULE_UNKNOWN = "rule_unknown"
    """A fact the rule needs is missing; central may add the benefit later, never take one back."""
    PRODUCT_BOUND = "product_bound"
    """The law lets this line earn only on rules that are not tied to products."""
    RESTRICTED = "restricted"
    """A restriction of the programme forbids it."""
    LIMIT_REACHED = "limit_reached"
    """The rule was used as often as it may be."""
    BUDGET_USED_UP = "budget_used_up"
    """What the rule's budget still gives is less than the rule would; nothing, where it stands alone."""
    MAXIMUM_REACHED = "maximum_reached"
    """The rule would take off more than its `max_discount_minor`."""
    NOT_BEST = "not_best"
    """Another rule of the same group gives more."""
    LINE_USED = "line_used"
    """Another rule used this line up."""
    TAX_UNKNOWN = "tax_unknown"
    """Points count without tax, and the line's tax rate is not known."""
    SHOW_CARD = "show_card"
    """Who is told by name or address alone earns on a part of the ticket, and by amount only."""
    VOUCHER = "voucher"
    MANUAL_DISCOUNT = "manual_discount"
    """The counter took it off on its own; the citation is the reason it gave."""


@quick
@dataclass(frozen=True, slots=True)
class Reason:
    """One step of an explanation: the rule (or country pack) that spoke, its version, and its words' key.

    `code` is e.g. `points_per_amount` or `denied_by_law`; `citation` names the source for a legal reason;
    `amount_minor` is by how much the rule changed the line's amount (below 0: a discount).
    `stage` and `step` say when it spoke: steps count over the whole ticket, one per act of one rule, so that
    reasons of several lines that are one act have the same step. `times_bp`: of a multiplier.
    `article_class`: the class that a legal reason judged. `act`: what the law or a restriction keeps from the
    line, by the law's name for it (`earn`, `be_discounted`, `redeem_on` ...); `kept_off`: the rules and
    vouchers that would have reached it, the first `REASON_RULES_MAX` of them. `cut`: why the rule gave less
    than its effect says (`budget_used_up`, `maximum_reached`); points and amount are what it really gave.
    """

    rule_id: str
    rule_version: int
    code: str
    points: int = 0
    citation: str = ""
    amount_minor: int = 0
    stage: str = ""
    step: int = 0
    times_bp: int = 0
    article_class: str = ""
    act: str = ""
    kept_off: tuple[str, ...] = ()
    cut: str = ""


@quick
@dataclass(frozen=True, slots=True)
class QuotedLine:
    """A line's outcome: what the customer pays, points it earns (>= 0), and why.

    `sent_minor`: what the till asked for; the reasons' amounts lead from it to `amount_minor`.
    """

    line_no: int
    code: str
    quantity: int
    amount_minor: int
    points: int
    reasons: tuple[Reason, ...]
    sent_minor: int = 0


class Counts(StrEnum):
    """What a claim counts: tickets against a limit; money or points against a budget."""

    TICKETS = "tickets"
    MONEY = "money"
    POINTS = "points"


@quick
@dataclass(frozen=True, slots=True)
class Claim:
    """A limit or budget that a rule counts on: storage guards it when the sale is committed.

    Args:
        key: rule, scope and window, e.g. `sun/member/day/2026-11-22`; a member's and a shop's count is kept
            per member and shop.
        amount: what this ticket takes of it; limit: what there is in all.
    """

    key: str
    per: LimitPer
    window: LimitWindow
    amount: int
    limit: int
    rule_id: str = ""
    counts: Counts = Counts.TICKETS


@quick
@dataclass(frozen=True, slots=True)
class Promise:
    """Something a rule promises that is not money or points of this ticket; the ledger makes it."""

    rule_id: str
    rule_version: int
    effect: Datum


@quick
@dataclass(frozen=True, slots=True)
class Gift:
    """Units of an article that a rule offers and that are not in the basket."""

    rule_id: str
    article_id: str
    quantity: int


@quick
@dataclass(frozen=True, slots=True)
class Voucher:
    """A voucher the customer presents: so much off, or a share off, on lines the law lets it reach."""

    voucher_id: str
    definition: str
    worth_minor: int = 0
    rate_bp: int = 0
    min_total_minor: int = 0
    redeem_on: frozenset[str] = frozenset()
    """The article classes it is good for; none: all that the law allows."""


@quick
@dataclass(frozen=True, slots=True)
class UsedVoucher:
    """What a presented voucher took off; 0: it was not used and stays good."""

    voucher_id: str
    used_minor: int


@quick
@dataclass(frozen=True, slots=True)
class Quote:
    """The whole outcome. `points`: the sum over the lines; `eligible_minor`: what they were counted on."""

    lines: tuple[QuotedLine, ...]
    total_minor: int
    eligible_minor: int
    points: int
    ruleset_version: int
    vouchers: tuple[UsedVoucher, ...] = ()
    promises: tuple[Promise, ...] = ()
    gifts: tuple[Gift, ...] = ()
    claims: tuple[Claim, ...] = ()
    cash_total_minor: int = 0
    """What the ticket costs when all of it is paid in cash (rounded to the smallest coin)."""
