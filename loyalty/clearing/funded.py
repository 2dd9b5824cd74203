"""Which lines of a ticket somebody else than the selling shop pays for; what a return takes back of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from loyalty.ledger.reversal import returned_share
from loyalty.pricing.apportion import apportion
from loyalty.pricing.outcome import PipelineStage, QuotedLine
from loyalty.programme import party
from loyalty.programme.programme import Programme, VoucherStep
from loyalty.values import quick


class What(StrEnum):
    """What is paid for."""

    DISCOUNT = "discount"
    VOUCHER = "voucher"
    POINTS = "points"


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class FundedLine:
    """`funder` owes `creditor` so much (below 0: the other way round) for what one rule did to one line.

    `quantity`: units of the line; `points`: those the rule gave. `voucher`: the definition, of a voucher.
    """

    line_no: int
    rule_id: str
    rule_version: int
    what: What
    funder: str
    creditor: str
    quantity: int
    amount_minor: int
    points: int = 0
    voucher: str = ""


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class PaidVoucher:
    """A presented voucher, in the order in which it was presented, with what it took off."""

    rule_id: str
    definition: str
    funder: str
    used_minor: int


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A decided ticket. `spent`: what rules with a budget took of it, less the worth of vouchers given."""

    lines: Sequence[QuotedLine]
    programme: Programme
    shop_id: str
    vouchers: Sequence[PaidVoucher] = ()
    spent: Mapping[str, int] | None = None


@dataclass(slots=True)
class _Part:
    line: QuotedLine
    version: int
    amount: int


def funded_lines(asked: Asked) -> list[FundedLine]:
    """What others pay of a ticket, by line and rule; nothing where nobody else pays."""
    found: list[FundedLine] = []
    if asked.programme.funders:
        found += _discounts(asked)
        found += _points(asked)
    if asked.vouchers:
        found += _vouchers(asked)
    return found


def worth_of(step: VoucherStep, points: int) -> int:
    """Points in money at the group's rate; half a minor unit goes up. Once for each rule and ticket."""
    return (2 * points * step.worth_minor + step.points) // (2 * step.points)


def _discounts(asked: Asked) -> list[FundedLine]:
    shop = party.shop(asked.shop_id)
    found = []
    for rule_id, parts in _by_rule(asked, PipelineStage.PROMOTION).items():
        funder = party.funder_in(asked.programme.funders[rule_id], asked.shop_id)
        if funder == shop:
            continue
        for part, amount in zip(parts, _within(asked.spent, rule_id, parts), strict=True):
            if amount:
                found.append(_line(part, rule_id, What.DISCOUNT, funder, shop, amount_minor=amount))
    return found


def _points(asked: Asked) -> list[FundedLine]:
    """Who pays for a rule's points pays, at once, whoever will pay when they are spent."""
    issuer = party.funder_in(asked.programme.funder, asked.shop_id)
    step = asked.programme.voucher_step
    found: list[FundedLine] = []
    for rule_id, parts in _by_rule(asked, PipelineStage.ACCRUAL).items():
        funder = party.funder_in(asked.programme.funders[rule_id], asked.shop_id)
        if funder == issuer or step is None:
            continue
        points = _within(asked.spent, rule_id, parts)
        if not sum(points):
            continue
        amounts = apportion(worth_of(step, sum(points)), points)
        for part, given, amount in zip(parts, points, amounts, strict=True):
            if given:
                line = _line(part, rule_id, What.POINTS, funder, issuer, amount_minor=amount, points=given)
                found.append(line)
    return found


def _vouchers(asked: Asked) -> list[FundedLine]:
    """Each voucher acts in a step of its own, in the order of presentation, if it takes anything."""
    shop = party.shop(asked.shop_id)
    acts: dict[int, list[_Part]] = {}
    for line in asked.lines:
        for reason in line.reasons:
            if reason.stage == PipelineStage.VOUCHER and reason.amount_minor:
                acts.setdefault(reason.step, []).append(
                    _Part(line, reason.rule_version, -reason.amount_minor)
                )
    used = [voucher for voucher in asked.vouchers if voucher.used_minor]
    assert [sum(part.amount for part in acts[step]) for step in sorted(acts)] == [
        each.used_minor for each in used
    ], "each voucher's act is on the lines"
    merged: dict[tuple[int, str, str, str], FundedLine] = {}
    for voucher, step in zip(used, sorted(acts), strict=True):
        funder = party.funder_in(voucher.funder, asked.shop_id)
        if funder == shop:
            continue
        for part in acts[step]:
            key = (part.line.line_no, voucher.rule_id, voucher.definition, funder)
            before = merged.get(key)
            merged[key] = FundedLine(
                line_no=part.line.line_no,
                rule_id=voucher.rule_id,
                rule_version=part.version,
                what=What.VOUCHER,
                funder=funder,
                creditor=shop,
                quantity=part.line.quantity,
                amount_minor=part.amount + (0 if before is None else before.amount_minor),
                voucher=voucher.definition,
            )
    return list(merged.values())


def _by_rule(asked: Asked, stage: PipelineStage) -> dict[str, list[_Part]]:
    """What the rules that somebody pays for did to each line at a stage, >= 0; a line once for each rule."""
    found: dict[str, dict[int, _Part]] = {}
    for line in asked.lines:
        for reason in line.reasons:
            if reason.stage != stage or reason.rule_id not in asked.programme.funders:
                continue
            amount = reason.points if stage is PipelineStage.ACCRUAL else -reason.amount_minor
            if amount > 0:
                parts = found.setdefault(reason.rule_id, {})
                part = parts.setdefault(line.line_no, _Part(line, reason.rule_version, 0))
                part.amount += amount
    return {rule_id: list(parts.values()) for rule_id, parts in found.items()}


def _within(spent: Mapping[str, int] | None, rule_id: str, parts: Sequence[_Part]) -> list[int]:
    """The parts, or what the rule's budget had left for them: nobody pays beyond a budget."""
    amounts = [part.amount for part in parts]
    allowed = sum(amounts) if spent is None else spent.get(rule_id, sum(amounts))
    return apportion(allowed, amounts) if allowed < sum(amounts) else amounts


def _line(
    part: _Part, rule_id: str, what: What, funder: str, creditor: str, *, amount_minor: int, points: int = 0
) -> FundedLine:
    return FundedLine(
        line_no=part.line.line_no,
        rule_id=rule_id,
        rule_version=part.version,
        what=what,
        funder=funder,
        creditor=creditor,
        quantity=part.line.quantity,
        amount_minor=amount_minor,
        points=points,
    )


@dataclass(frozen=True, slots=True)
class Back:
    """Units of a line that come back, and how many of it came back before."""

    line_no: int
    quantity: int
    already_returned: int


def taken_back(
    funded: Iterable[FundedLine],
    backs: Sequence[Back],
    *,
    unpaid: frozenset[str],
    budgets: Mapping[str, int],
    shop_id: str,
) -> list[FundedLine]:
    """What a return takes back of the lines that others pay for, as amounts below 0.

    A discount and points go back by units. A voucher goes back whole, with the return that brings
    back the last of what it paid for.

    Args:
        funded: the sale's lines.
        unpaid: definitions of vouchers of which this return brings back the last that they paid for.
        budgets: what it gives back to the budgets of rules that give no voucher: the same amounts leave here.
        shop_id: the shop that takes the goods, and gives back what others paid toward them; points go back to
            who paid for them.
    """
    coming = {back.line_no: back for back in backs}
    found = []
    for line in funded:
        back = coming.get(line.line_no)
        if line.what is What.VOUCHER:
            if line.voucher in unpaid:
                found.append(_opposite(line, line.quantity, line.amount_minor, 0))
        elif back is not None:
            amount, points = (
                returned_share(
                    whole,
                    quantity=line.quantity,
                    already_returned=back.already_returned,
                    returning=back.quantity,
                )
                for whole in (line.amount_minor, line.points)
            )
            if amount or points:
                found.append(_opposite(line, back.quantity, amount, points))
    back_at = party.shop(shop_id)
    given = [
        line if line.what is What.POINTS else replace(line, creditor=back_at)
        for line in _as_budgets_say(found, budgets)
    ]
    return [line for line in given if line.creditor != line.funder]


def _as_budgets_say(found: list[FundedLine], budgets: Mapping[str, int]) -> list[FundedLine]:
    """Where a budget was short its shares are not those of the lines: then the budget's count."""
    for rule_id, given_back in budgets.items():
        places = [
            at for at, line in enumerate(found) if line.rule_id == rule_id and line.what is What.DISCOUNT
        ]
        shares = [-found[at].amount_minor for at in places]
        if not sum(shares) or sum(shares) == given_back:
            continue
        for at, share in zip(places, apportion(given_back, shares), strict=True):
            found[at] = _opposite(found[at], -found[at].quantity, share, 0)
    return [line for line in found if line.amount_minor or line.points]


def _opposite(line: FundedLine, quantity: int, amount_minor: int, points: int) -> FundedLine:
    return FundedLine(
        line_no=line.line_no,
        rule_id=line.rule_id,
        rule_version=line.rule_version,
        what=line.what,
        funder=line.funder,
        creditor=line.creditor,
        quantity=-quantity,
        amount_minor=-amount_minor,
        points=-points,
        voucher=line.voucher,
    )
