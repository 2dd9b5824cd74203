"""The JSON API's value beyond sales: why, gifts, corrections, households; drafts and simulation."""

from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from loyalty.limits.ledger import CORRECTION_POINTS_MAX, HOUSEHOLD_MEMBERS_MAX
from loyalty.limits.texts import NAME_CHARS_MAX
from wire.api import EvidenceBody
from wire.api_base import Body, Id, Millis, View
from wire.api_sales import ReasonView

Points = Annotated[int, Meta(ge=1, le=CORRECTION_POINTS_MAX)]
Note = Annotated[str, Meta(max_length=NAME_CHARS_MAX)]


# Why --------------------------------------------------------------------------------------------------------


class RulePointsView(View, frozen=True):
    """Points that one rule gave a ticket or a line; `code` is its effect."""

    rule_id: str
    rule_version: int
    code: str
    points: int


class WhyLineView(View, frozen=True):
    """Why one line cost and earned what it did: from `sent_minor` (what the till asked) by its reasons."""

    line_no: int
    sent_minor: int
    amount_minor: int
    points: int
    reasons: list[ReasonView]


class WhyStepView(View, frozen=True):
    """One act of one rule on the whole ticket, in the order in which it happened.

    `stage`: restriction, price, promotion, counter, voucher, tender, accrual; empty where it was not kept.
    `amount_after_minor`, `points_after`: what the ticket came to with it. `lines`: how many it spoke of.
    `act`, `kept_off`, `cut`: what was kept from those lines, from which rules, and why a rule gave less than
    its effect says, as in a line's reasons.
    """

    stage: str
    rule_id: str
    rule_version: int
    code: str
    citation: str
    lines: int
    amount_minor: int
    points: int
    times_bp: int
    amount_after_minor: int
    points_after: int
    act: str = ""
    kept_off: list[str] = []
    cut: str = ""


class WhyView(View, frozen=True):
    """Why a ticket earned its points, as explained when it was booked.

    `steps` lead in their order from `sent_minor`, what the till asked, to what was paid and earned. `lines`,
    and steps that changed nothing (which law or limit spoke), need the permission to read purchase lines;
    each such read is logged. `till_total_minor`: what the till asked for, where it had no quote and the
    ticket counts another total (`price_differs`), else null. `is_known` is false for tickets of before
    explanations were kept, and after the member's erasure.
    """

    sale_id: str
    currency: str
    points: int
    ruleset_version: int
    is_known: bool
    sent_minor: int
    till_total_minor: int | None
    steps: list[WhyStepView]
    rules: list[RulePointsView]
    lines: list[WhyLineView]


Nothing = Literal["", "law", "programme", "used_up", "too_little"]
LeftOut = Literal["", "law", "programme"]


class TellWhyBody(Body, frozen=True):
    """Tell the member who stands there why: the evidence of the card that was read."""

    holder: EvidenceBody


class ToldLineView(View, frozen=True):
    """A line as a screen may show it: its number, its points, the rules that gave them.

    `nothing`: why it earned none. law: the law does not allow it, or we know of none that does; programme:
    its rules; used_up: the offer was; too_little: the amount. `left_out`: whether a further offer would have
    reached the line, and what kept it off; which offer and which law is not said.
    """

    line_no: int
    points: int
    rules: list[RulePointsView]
    nothing: Nothing
    left_out: LeftOut = ""
    name: str = ""
    """The article, after a right PIN."""


class ToldWhyView(View, frozen=True):
    """Why a ticket earned its points, to its member: no amount, class or law (docs/adr/0010).

    `has_names`: a right PIN was typed for this tap, and so lines name their articles.
    """

    sale_id: str
    points: int
    is_known: bool
    rules: list[RulePointsView]
    lines: list[ToldLineView]
    has_names: bool = False


class ReadView(View, frozen=True):
    """Somebody read a member's purchase lines, or why they earned what they did. `actor` is a token's id.

    `purpose`: sale, why, why_told (to the member at a screen), lines_told (with the articles, after a PIN);
    carer_why_told, carer_lines_told: to whoever acts for them.
    Simulations, which read under pseudonyms, are kept for the group as a whole and not listed here.
    """

    at_ms: int
    actor: str
    purpose: str


class ReadListView(View, frozen=True):
    """Who read a member's purchase lines, newest first, at most 200."""

    reads: list[ReadView]


# Gifts ------------------------------------------------------------------------------------------------------


class DonationBody(Body, frozen=True):
    """A member gives points to an association of the group's settings."""

    donation_id: Id
    holder: EvidenceBody
    association_id: Id
    points: Points


class TransferBody(Body, frozen=True):
    """A member gives points to another of the same household."""

    transfer_id: Id
    holder: EvidenceBody
    to_member_id: Id
    points: Points


class MoveView(View, frozen=True):
    """A recorded donation or transfer; `balance_points` is what the giver has left."""

    move_id: str
    kind: str
    member_id: str
    to_id: str
    points: int
    recorded_ms: int
    transaction_id: str
    balance_points: int


class HouseholdBody(Body, frozen=True):
    """All members of a household; who is named leaves the household of before."""

    member_ids: Annotated[list[Id], Meta(max_length=HOUSEHOLD_MEMBERS_MAX)]


class HouseholdView(View, frozen=True):
    """A household."""

    household_id: str
    member_ids: list[str]


class ReleaseBody(Body, frozen=True):
    """The event happened that pending points wait for: of one sale, or of all."""

    release_id: Id
    awaits: Id
    sale_id: Id | None = None


class ReleaseView(View, frozen=True):
    """What can be spent now."""

    release_id: str
    lots: int
    points: int


# Corrections ------------------------------------------------------------------------------------------------


class CorrectionBody(Body, frozen=True):
    """Points are added to a member or, below 0, taken away. Large ones wait for a second person."""

    correction_id: Id
    member_id: Id
    points: Annotated[int, Meta(ge=-CORRECTION_POINTS_MAX, le=CORRECTION_POINTS_MAX)]
    reason: Annotated[str, Meta(min_length=1, max_length=NAME_CHARS_MAX)]


class DecisionBody(Body, frozen=True):
    """A second person's word."""

    approve: bool
    note: Note = ""


class CorrectionView(View, frozen=True):
    """A correction; `state`: pending, posted, refused."""

    correction_id: str
    member_id: str
    points: int
    reason: str
    state: str
    requested_by: str
    requested_ms: int
    decided_by: str | None
    decided_ms: int | None
    transaction_id: str | None


class CorrectionListView(View, frozen=True):
    """Corrections that wait, oldest first."""

    corrections: list[CorrectionView]


# Drafts -----------------------------------------------------------------------------------------------------


class DraftBody(Body, frozen=True):
    """A programme to become the group's; `revision` is the one this replaces, 0 for a new draft."""

    names_once: ClassVar[bool] = True
    """The programme is a document of its own: a name that stands twice in it is refused."""

    programme: dict[str, Any]
    note: Note = ""
    revision: Annotated[int, Meta(ge=0, le=1_000_000)] = 0


class ScheduleBody(Body, frozen=True):
    """When the reviewed draft becomes the programme; 0: now. Another moment that is past is refused."""

    revision: Annotated[int, Meta(ge=1, le=1_000_000)]
    activate_ms: Millis


class ReviewBody(Body, frozen=True):
    """A second person's word on one revision."""

    revision: Annotated[int, Meta(ge=1, le=1_000_000)]
    approve: bool
    note: Note = ""


class WithdrawBody(Body, frozen=True):
    """Take a draft back, a scheduled one too."""

    revision: Annotated[int, Meta(ge=1, le=1_000_000)]


class FindingView(View, frozen=True):
    """What the law or the rules' own check says of a draft."""

    code: str
    path: str
    detail: str
    is_blocking: bool


class DraftView(View, frozen=True):
    """A draft; `state`: drafted, reviewed, refused, scheduled, active, superseded, withdrawn."""

    draft_id: str
    state: str
    revision: int
    programme: dict[str, Any]
    note: str
    author: str
    changed_ms: int
    reviewer: str | None
    reviewed_ms: int | None
    review_note: str
    activate_ms: int | None
    ruleset_version: int | None
    findings: list[FindingView]


class DraftListView(View, frozen=True):
    """All drafts, the last changed first."""

    drafts: list[DraftView]


class VersionView(View, frozen=True):
    """A saved version of the programme."""

    ruleset_version: int
    actor: str
    recorded_ms: int
    is_active: bool


class VersionListView(View, frozen=True):
    """Saved versions, newest first."""

    versions: list[VersionView]


class RollbackBody(Body, frozen=True):
    """Draft an earlier version's text again: a second person reviews it, then it is scheduled."""

    draft_id: Id
    ruleset_version: Annotated[int, Meta(ge=1, le=1_000_000_000)]
    expected_version: Annotated[int, Meta(ge=1, le=1_000_000_000)]
    """The version now active, so that two people do not roll back twice."""


# Simulation -------------------------------------------------------------------------------------------------


class SimulationBody(Body, frozen=True):
    """Replay a draft over recorded tickets of [from_ms, to_ms); nothing is written."""

    from_ms: Millis
    to_ms: Millis


class OutcomeView(View, frozen=True):
    """What one rule set gives on the replayed tickets. `winners`: members with any benefit.

    `points_minor`: the points at what the programme's `voucher_step` says they are worth; null: it does not
    say, and `cost_minor` leaves them out. `cost_minor`: discounts, points at their worth, and vouchers at
    their face value, as if all of them came back.
    """

    points: int
    points_minor: int | None
    discount_minor: int
    cost_minor: int
    winners: int
    tickets_with_benefit: int
    vouchers: int = 0
    vouchers_minor: int = 0


class ShopOutcomeView(View, frozen=True):
    """One shop's tickets under the draft and under the rules of today."""

    shop_id: str
    tickets: int
    draft: OutcomeView
    today: OutcomeView


class TierOutcomeView(View, frozen=True):
    """Tickets of members of one tier; `tier` empty: without a tier, or it was not known with the ticket."""

    tier: str
    tickets: int
    draft: OutcomeView
    today: OutcomeView


class RuleOutcomeView(View, frozen=True):
    """What one rule of the draft gives. `undecided`: tickets on which a fact that it needs is not known.

    `budget`: what it may give, in minor units or, of a campaign, points; `budget_used`: what the replayed
    tickets took, from a full one. `budget_out_ms`: the first ticket that it no longer paid for in full; null:
    it lasted. `budget_refused`: what the rule would have given beyond, on `budget_refused_tickets` tickets.
    """

    rule_id: str
    rule_version: int
    tickets: int
    winners: int
    points: int
    discount_minor: int
    vouchers: int = 0
    vouchers_minor: int = 0
    undecided: int = 0
    budget: int | None = None
    budget_used: int | None = None
    budget_out_ms: int | None = None
    budget_refused: int = 0
    budget_refused_tickets: int = 0


class StackedPairView(View, frozen=True):
    """Two rules that did the same thing to one line: both took off, or both gave points of one sort.

    `points`, `discount_minor`: what both together gave on the lines where they met.
    """

    rule_id: str
    other_rule_id: str
    tickets: int
    points: int
    discount_minor: int


class SimulationView(View, frozen=True):
    """A draft over recorded tickets, beside the rules of today: cost, winners, shops, rules, law.

    `skipped`: tickets whose lines nobody can read any more. `stacked_tickets`: tickets on a line of
    which rules of the draft met, and `stacked` which; a price, a discount on it, points on what is paid and
    their multiplier do not meet. `changed_tickets`: tickets that come out otherwise than today; `better` and
    `worse` counted from the member's side; neither where points and money went opposite ways and nothing says
    what points are worth. `undecided_tickets`: tickets on which some rule of the draft needs a fact that is
    not known; where there are any, cost and winners are the least possible.
    """

    draft_id: str
    revision: int
    from_ms: int
    to_ms: int
    tickets: int
    lines: int
    skipped: int
    members: int
    currency: str
    draft: OutcomeView
    today: OutcomeView
    changed_tickets: int
    better: int
    worse: int
    stacked_tickets: int
    stacked: list[StackedPairView]
    shops: list[ShopOutcomeView]
    rules: list[RuleOutcomeView]
    findings: list[FindingView]
    took_ms: int
    tiers: list[TierOutcomeView] = []
    undecided_tickets: int = 0
