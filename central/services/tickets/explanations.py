"""Explanations of tickets: as they are kept, summed by rule, and in the order in which rules acted."""

from collections import defaultdict
from collections.abc import Iterable
from operator import attrgetter
from typing import Final

import msgspec

from loyalty.pricing.outcome import PipelineStage, Reason, ReasonCode
from loyalty.pricing.quote import QuotedLine
from loyalty.programme.compliance import LegalAct, VerdictCode
from wire import api_sales, api_value

_SAYS_MOST: Final = (
    VerdictCode.DENIED_BY_LAW,
    VerdictCode.NO_COUNTRY_PACK,
    VerdictCode.UNSOURCED,
    VerdictCode.UNKNOWN_ARTICLE,
    ReasonCode.RESTRICTED,
    ReasonCode.MEMBER_REQUIRED,
    ReasonCode.TAX_UNKNOWN,
    ReasonCode.SHOW_CARD,
    ReasonCode.LIMIT_REACHED,
    ReasonCode.BUDGET_USED_UP,
    ReasonCode.RULE_UNKNOWN,
)
"""Of several reasons why a line earned nothing the first of these is told; then one that gave 0 points."""
_SAYS_LEAST: Final = (
    ReasonCode.PRODUCT_BOUND,
    ReasonCode.LINE_USED,
    ReasonCode.NOT_BEST,
    ReasonCode.RULE_NOT_MET,
)
_EARNING_STAGES: Final = ("", PipelineStage.RESTRICTION, PipelineStage.ACCRUAL)
"""Where it is decided whether a line earns; "" in tickets of before stages were kept."""
LAWFUL_CODES: Final = frozenset({*_SAYS_MOST[:4], ReasonCode.PRODUCT_BOUND})
"""The law is the reason, or that we know of none that allows it."""
_KEEP_OFF: Final = LAWFUL_CODES | {ReasonCode.RESTRICTED}
_REDEMPTION: Final = "redemption"
"""What stands in a step for a rule's id when points paid a part."""


class StoredReason(msgspec.Struct, frozen=True, array_like=True):
    """One step of an explanation as it is kept."""

    rule_id: str
    rule_version: int
    code: str
    points: int
    citation: str
    amount_minor: int = 0
    stage: str = ""
    step: int = 0
    times_bp: int = 0
    article_class: str = ""
    act: str = ""
    kept_off: tuple[str, ...] = ()
    cut: str = ""

    @property
    def kept_act(self) -> LegalAct | None:
        """What the law or a restriction keeps from the line, None where this is no such reason."""
        if self.code not in _KEEP_OFF:
            return None
        if self.act:
            return LegalAct(self.act)
        # Kept before acts were named.
        return LegalAct.EARN if self.stage in _EARNING_STAGES else LegalAct.BE_DISCOUNTED


class StoredWhy(msgspec.Struct, frozen=True, array_like=True):
    """A line's explanation as it is kept; `sent_minor` is what the till asked for, before any benefit."""

    line_no: int
    points: int
    sent_minor: int
    reasons: tuple[StoredReason, ...]

    @property
    def amount_minor(self) -> int:
        """What the line came to."""
        return self.sent_minor + sum(each.amount_minor for each in self.reasons)

    @property
    def given_minor(self) -> int:
        """What the till asked for less what the counter took off: what a simulation begins with (>= 0)."""
        by_hand = (each.amount_minor for each in self.reasons if each.code == ReasonCode.MANUAL_DISCOUNT)
        return max(0, self.sent_minor + sum(by_hand))

    @property
    def in_order(self) -> tuple[StoredReason, ...]:
        """The reasons in the order in which they spoke; those of older tickets as they were kept."""
        return tuple(sorted(self.reasons, key=_by_step))


_by_step: Final = attrgetter("step")
_encode: Final = msgspec.json.Encoder().encode
_DECODER: Final = msgspec.json.Decoder(tuple[StoredWhy, ...])


def why_of(lines: Iterable[QuotedLine]) -> tuple[StoredWhy, ...]:
    """The explanation of a ticket that was just decided."""
    return tuple(
        [
            StoredWhy(
                line.line_no,
                line.points,
                line.sent_minor,
                tuple(
                    [
                        StoredReason(
                            each.rule_id,
                            each.rule_version,
                            each.code,
                            each.points,
                            each.citation,
                            each.amount_minor,
                            each.stage,
                            each.step,
                            each.times_bp,
                            each.article_class,
                            each.act,
                            each.kept_off,
                            each.cut,
                        )
                        for each in line.reasons
                    ]
                ),
            )
            for line in lines
        ]
    )


def stored_reasons(why: tuple[StoredWhy, ...]) -> str:
    """The explanation of a ticket as it is kept in the line store."""
    return _encode(why).decode()


def points_by_rule(why: Iterable[StoredWhy]) -> list[api_value.RulePointsView]:
    """Points by the rule that gave them, in the order in which the rules acted."""
    sums: dict[tuple[str, int, str], int] = defaultdict(int)
    for reason in sorted((each for line in why for each in line.reasons), key=lambda each: each.step):
        if reason.points:
            sums[reason.rule_id, reason.rule_version, reason.code] += reason.points
    return [
        api_value.RulePointsView(rule_id=rule_id, rule_version=version, code=code, points=points)
        for (rule_id, version, code), points in sums.items()
    ]


def why_nothing(line: StoredWhy) -> StoredReason | None:
    """The reason that says most of why a line earned nothing; None where no rule spoke of it."""
    spoken = {
        each.code: each
        for each in reversed(line.reasons)
        if each.stage in _EARNING_STAGES and each.kept_act in (None, LegalAct.EARN)
    }
    for code in _SAYS_MOST:
        if code in spoken:
            return spoken[code]
    gave_none = [each for code, each in spoken.items() if code.startswith("points_")]
    return next(iter(gave_none), None) or next((spoken[code] for code in _SAYS_LEAST if code in spoken), None)


def nothing_of(why: StoredWhy) -> api_value.Nothing:
    """Why a line earned nothing, as a screen may say it; "" where it earned something."""
    reason = why_nothing(why)
    if why.points:
        return ""
    if reason is not None:
        if reason.code in LAWFUL_CODES:
            return "law"
        if reason.cut or reason.code in (ReasonCode.LIMIT_REACHED, ReasonCode.BUDGET_USED_UP):
            return "used_up"
        if reason.code.startswith("points_"):
            return "too_little"
    return "programme"


def left_out(line: StoredWhy) -> api_value.LeftOut:
    """Whether a further offer would have reached a line, and what kept it off."""
    spoken = [each for each in line.reasons if each.kept_act and each.kept_off]
    if any(each.code in LAWFUL_CODES for each in spoken):
        return "law"
    return "programme" if spoken else ""


def steps_of(why: Iterable[StoredWhy], *, redeemed_minor: int = 0) -> list[api_value.WhyStepView]:
    """What each act of a rule did to the whole ticket, in order, with what it came to.

    Steps of one act on several lines are one. Tickets of before the order was kept tell it by line.
    """
    acts: dict[tuple[int, str, int, str, str, str, tuple[str, ...], str], list[StoredReason]] = {}
    amount_minor = points = 0
    for line in why:
        amount_minor += line.sent_minor
        for each in line.reasons:
            key = (
                *(each.step, each.rule_id, each.rule_version, each.code, each.citation),
                *(each.act, each.kept_off, each.cut),
            )
            acts.setdefault(key, []).append(each)
    views: list[api_value.WhyStepView] = []
    for key in sorted(acts, key=lambda key: key[0]):
        told = acts[key]
        changed, gained = sum(each.amount_minor for each in told), sum(each.points for each in told)
        amount_minor += changed
        points += gained
        views.append(
            api_value.WhyStepView(
                stage=told[0].stage,
                rule_id=told[0].rule_id,
                rule_version=told[0].rule_version,
                code=told[0].code,
                citation=told[0].citation,
                lines=len(told),
                amount_minor=changed,
                points=gained,
                times_bp=told[0].times_bp,
                amount_after_minor=amount_minor,
                points_after=points,
                act=told[0].act,
                kept_off=list(told[0].kept_off),
                cut=told[0].cut,
            )
        )
    if redeemed_minor:
        views.append(_tender_step(redeemed_minor, amount_minor, points))
    return views


def _tender_step(redeemed_minor: int, amount_minor: int, points: int) -> api_value.WhyStepView:
    """Points that paid a part. They pay what the ticket costs: what is earned is counted before."""
    return api_value.WhyStepView(
        stage=PipelineStage.TENDER.value,
        rule_id=_REDEMPTION,
        rule_version=1,
        code=_REDEMPTION,
        citation="",
        lines=0,
        amount_minor=-redeemed_minor,
        points=0,
        times_bp=0,
        amount_after_minor=amount_minor - redeemed_minor,
        points_after=points,
    )


def reason_views(reasons: Iterable[Reason | StoredReason]) -> list[api_sales.ReasonView]:
    """Reasons as answers show them."""
    return [
        api_sales.ReasonView(
            rule_id=each.rule_id,
            rule_version=each.rule_version,
            code=each.code,
            points=each.points,
            citation=each.citation,
            amount_minor=each.amount_minor,
            stage=each.stage,
            step=each.step,
            times_bp=each.times_bp,
            article_class=each.article_class,
            act=each.act,
            kept_off=list(each.kept_off),
            cut=each.cut,
        )
        for each in reasons
    ]


def parse_reasons(text: str) -> tuple[StoredWhy, ...]:
    """A ticket's explanation again."""
    return _DECODER.decode(text)
