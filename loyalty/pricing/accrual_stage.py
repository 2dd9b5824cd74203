"""Points: base effects, then multipliers on them, then bonuses at a balance; stacked like promotions."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final, cast

from loyalty.limits.rules import RATE_BP_MAX
from loyalty.pricing import kept_off, units
from loyalty.pricing.claims import budget_left
from loyalty.pricing.kept_off import KeptOff
from loyalty.pricing.outcome import PipelineStage, Promise, Reason, ReasonCode
from loyalty.pricing.promises import lawful_lines, worth_minor
from loyalty.pricing.stacking import groups_in_order, is_best_of
from loyalty.pricing.ticket import Stage, Ticket, open_stage
from loyalty.programme.compliance import LegalAct
from loyalty.programme.programme import PointsBase
from loyalty.rules import effects as fx
from loyalty.rules.effect_names import DeniedAct, EffectName, Per
from loyalty.rules.effects import Accrual, Datum
from loyalty.rules.kinds import RuleKind
from loyalty.rules.rounding import divide
from loyalty.rules.rule import Rule

_PHASES: tuple[frozenset[EffectName], ...] = (
    frozenset({EffectName.POINTS_PER_AMOUNT, EffectName.POINTS_FIXED, EffectName.POINTS_NTH_VISIT}),
    frozenset({EffectName.POINTS_MULTIPLIER}),
    frozenset({EffectName.POINTS_THRESHOLD}),
)

_BY_AMOUNT: Final = frozenset({EffectName.POINTS_PER_AMOUNT, EffectName.POINTS_MULTIPLIER})

Gain = tuple[Accrual, dict[int, int], str]
"""An effect, its points per line, and why they are less than the effect says: empty where they are not."""


@dataclass(slots=True)
class _Earning:
    """What lines are counted on, and which rules gave points for them or closed them first."""

    ticket: Ticket
    stage: Stage
    base: list[int]
    touched: dict[int, Rule] = field(default_factory=dict)
    closed: dict[int, Rule] = field(default_factory=dict)
    given: dict[str, int] = field(default_factory=dict)
    before: list[int] = field(default_factory=list)
    """Points per line at the beginning of the phase."""


def accrue(ticket: Ticket) -> int:
    """Give the points of the campaigns; what they were counted on, in minor units."""
    ticket.stage = PipelineStage.ACCRUAL
    ticket.step += 1
    stage = open_stage(ticket, LegalAct.EARN, DeniedAct.EARN)
    rules = ticket.rules.get(RuleKind.CAMPAIGN, ())
    kept = KeptOff(ticket, LegalAct.EARN)
    if ticket.asked.is_member:
        kept = kept_off.of_campaigns(ticket, stage, rules, partial(_refusal_of_effects, stage))
    earning = _Earning(ticket, stage, _held_to(ticket, _base(ticket, stage, kept)))
    kept.tell(but=LegalAct.EARN)
    _give_all(_winners([rule for rule in rules if _is_granted(rule, earning)], earning), earning)
    return sum(earning.base)


def _give_all(granted: Sequence[Rule], earning: _Earning) -> None:
    """Points phase by phase, then what is promised."""
    for phase in _PHASES:
        earning.before = list(earning.ticket.points)
        speaking = [rule for rule in granted if _effects_of(rule, phase)]
        for group in groups_in_order(speaking) if speaking else ():
            _give_group(group, phase, earning)
    for rule in granted:
        promised = _promise(rule, earning)
        given = earning.given.get(rule.rule_id, 0)
        if given or promised:
            earning.ticket.claim(rule, given)


def _winners(granted: list[Rule], earning: _Earning) -> list[Rule]:
    """The rules without the losers of groups that take the best and give in several phases, or promise.

    Each rule of such a group is tried on the whole ticket, beside all that is decided; the losers say so.
    Groups whose rules begin earlier are decided first: multipliers need the points they multiply. A group of
    one phase is decided at its turn in it.
    """
    stacking = earning.ticket.asked.programme.stacking
    groups = [
        group
        for group in (groups_in_order(granted) if stacking else ())
        if len(group) > 1 and is_best_of(group, stacking) and not _is_of_one_phase(group)
    ]
    out = {rule.rule_id for group in groups for rule in group}
    for group in sorted(groups, key=lambda each: (min(_phases_of(each)), max(_phases_of(each)))):
        trials = []
        for rule in group:
            beside = [each for each in granted if each is rule or each.rule_id not in out]
            trials.append(_try(rule, beside, earning))
        best = max(trials, key=lambda trial: trial.worth)
        for trial in trials:
            if trial is not best:
                earning.ticket.explain(trial.lines, trial.rule, ReasonCode.NOT_BEST.value)
        out.remove(best.rule.rule_id)
    return [rule for rule in granted if rule.rule_id not in out]


def _phases_of(group: Sequence[Rule]) -> set[int]:
    """In which phases the group's rules give; after all phases: what they promise."""
    return {
        next((at for at, phase in enumerate(_PHASES) if effect.name in phase), len(_PHASES))
        for rule in group
        for effect in rule.effects
    }


def _is_of_one_phase(group: Sequence[Rule]) -> bool:
    phases = _phases_of(group)
    return len(phases) == 1 and len(_PHASES) not in phases


@dataclass(frozen=True, slots=True)
class _Trial:
    """What a rule would give in all: its worth, and the lines it would give it for."""

    rule: Rule
    worth: tuple[int, bool]
    lines: list[int]


def _try(rule: Rule, beside: Sequence[Rule], earning: _Earning) -> _Trial:
    """Give all on a copy of the ticket. A point counts by the voucher step.

    Without one points and vouchers never meet in a group that is saved today; in one of before, a point
    goes on counting as a minor unit.
    """
    ticket = replace(
        earning.ticket,
        points=list(earning.ticket.points),
        reasons=[[] for _ in earning.base],
        promises=[],
        claims=[],
    )
    tried = _Earning(ticket, earning.stage, earning.base)
    _give_all(beside, tried)
    promised = [each.effect for each in ticket.promises if each.rule_id == rule.rule_id]
    step = ticket.asked.programme.voucher_step
    points, worth = (1, 1) if step is None else (step.points, step.worth_minor)
    given = tried.given.get(rule.rule_id, 0) * worth + sum(map(worth_minor, promised)) * points
    names = {effect.name.value for effect in promised}
    lines = [
        at
        for at, told in enumerate(ticket.reasons)
        if any(each.rule_id == rule.rule_id and (each.points or each.code in names) for each in told)
    ]
    return _Trial(rule, (given, bool(given or promised)), lines)


def _base(ticket: Ticket, stage: Stage, kept: KeptOff) -> list[int]:
    """What points are counted on per line, by the programme's `points_base`; 0 where a line earns nothing."""
    points_base = ticket.asked.programme.points_base
    is_full = points_base in (PointsBase.FULL_TAX_INCLUDED, PointsBase.FULL_TAX_EXCLUDED)
    is_net = points_base in (PointsBase.PAID_TAX_EXCLUDED, PointsBase.FULL_TAX_EXCLUDED)
    base = [0] * len(ticket.lines)
    for at, answer in enumerate(stage.verdicts):
        if not answer.is_allowed:
            ticket.reasons[at].append(kept.reason(LegalAct.EARN, at))
            continue
        amount = (ticket.full if is_full else ticket.amounts)[at]
        rate_bp = ticket.lines[at].tax_rate_bp
        if is_net and rate_bp is None:
            code = ReasonCode.TAX_UNKNOWN.value
            reason = Reason("programme", 1, code, stage=ticket.stage.value, step=ticket.step)
            ticket.reasons[at].append(reason)
            continue
        base[at] = amount * RATE_BP_MAX // (RATE_BP_MAX + rate_bp) if is_net and rate_bp else amount
    return base


def _held_to(ticket: Ticket, base: list[int]) -> list[int]:
    """The base of who is known by a name alone: no more than `earns_minor` in all."""
    most = ticket.asked.earns_minor
    if most is None or sum(base) <= most:
        return base
    shares = units.split(most, dict(enumerate(base)))
    ticket.step += 1
    for at, whole in enumerate(base):
        if shares.get(at, 0) < whole:
            code = ReasonCode.SHOW_CARD.value
            reason = Reason("programme", 1, code, stage=ticket.stage.value, step=ticket.step)
            ticket.reasons[at].append(reason)
    return [shares.get(at, 0) for at in range(len(base))]


def _is_granted(rule: Rule, earning: _Earning) -> bool:
    """Whether a campaign counts for this ticket; lines it would have reached are told why it does not."""
    ticket, stage = earning.ticket, earning.stage
    reached = stage.reached(rule)
    refusal = ReasonCode.MEMBER_REQUIRED
    if ticket.asked.earns_minor is not None and not _is_by_amount(rule):
        refusal = ReasonCode.SHOW_CARD
    elif ticket.asked.is_member:
        known = ticket.grants(rule, stage.facts_for(rule))
        known = known or _refusal_of_effects(stage, rule)
        if known is None:
            has_lines = rule.lines is None or bool(reached)  # without a line it has no place among the others
            if not has_lines or not rule.min_quantity:
                return has_lines
            return sum(ticket.lines[at].quantity for at in reached) >= rule.min_quantity
        refusal = known
    ticket.explain(reached, rule, refusal.value)
    return False


def _is_by_amount(rule: Rule) -> bool:
    """Whether all that the rule gives follows the amount of the ticket."""
    return all(effect.name in _BY_AMOUNT for effect in rule.effects)


def _refusal_of_effects(stage: Stage, rule: Rule) -> ReasonCode | None:
    """Effects that need a fact of their own."""
    head = stage.facts.head
    for effect in rule.effects:
        if isinstance(effect, fx.PointsNthVisit):
            visits = head.get("member.visits")
            if not isinstance(visits, int):
                return ReasonCode.RULE_UNKNOWN
            if visits < 1 or visits % effect.every:
                return ReasonCode.RULE_NOT_MET
        if isinstance(effect, fx.PointsSponsor) and head.get("member.is_sponsored") is not True:
            return (
                ReasonCode.RULE_UNKNOWN
                if head.get("member.is_sponsored") is None
                else ReasonCode.RULE_NOT_MET
            )
        if isinstance(effect, fx.PointsThreshold) and not isinstance(head.get("member.points"), int):
            return ReasonCode.RULE_UNKNOWN
    return None


def _effects_of(rule: Rule, phase: frozenset[EffectName]) -> list[Accrual]:
    return [cast("Accrual", effect) for effect in rule.effects if effect.name in phase]


def _give_group(group: Sequence[Rule], phase: frozenset[EffectName], earning: _Earning) -> None:
    if not is_best_of(group, earning.ticket.asked.programme.stacking):
        for rule in group:
            _tell_shut_out(rule, phase, earning)
            _give(rule, _gains(rule, phase, earning), earning)
        return
    offers = [(rule, _gains(rule, phase, earning)) for rule in group]
    best = max(offers, key=lambda offer: _total(offer[1]))
    for rule, gains in offers:
        if rule is not best[0] and _total(gains):
            ats = sorted({at for _, shares, _ in gains for at, share in shares.items() if share})
            earning.ticket.explain(ats, rule, ReasonCode.NOT_BEST.value)
        else:
            _tell_shut_out(rule, phase, earning)
    _give(*best, earning)


def _gone(rule: Rule, earning: _Earning) -> dict[int, Rule]:
    """The lines that the rule finds used up, and by which rule."""
    return earning.closed | earning.touched if rule.stacking.exclusive else earning.closed


def _tell_shut_out(rule: Rule, phase: frozenset[EffectName], earning: _Earning) -> None:
    """Lines on which the rule would have given points, had no other used them up, say so."""
    gone = {at: user for at, user in _gone(rule, earning).items() if user is not rule}
    if gone and any(at in gone for at in earning.stage.reached(rule)):
        whole = _gains(rule, phase, replace(earning, touched={}, closed={}))
        given = {at for _, shares, _ in whole for at, share in shares.items() if share}
        earning.ticket.tell_line_used({at: gone[at] for at in given if at in gone}, rule)


def _total(gains: Sequence[Gain]) -> int:
    return sum([sum(shares.values()) for _, shares, _ in gains])


def _gains(rule: Rule, phase: frozenset[EffectName], earning: _Earning) -> list[Gain]:
    """Points per line that the rule's effects of this phase give."""
    gone = _gone(rule, earning)
    ats = [at for at in earning.stage.reached(rule) if at not in gone]
    left = budget_left(rule, earning.ticket.asked.usage)
    left = None if left is None else left - earning.given.get(rule.rule_id, 0)
    gains: list[Gain] = []
    for effect in _effects_of(rule, phase):
        shares, cut = _points_of(effect, ats, earning), ""
        if left is not None:
            if sum(shares.values()) > left:
                shares, cut = units.split(left, shares), ReasonCode.BUDGET_USED_UP.value
            left -= sum(shares.values())
        gains.append((effect, shares or dict.fromkeys(ats, 0), cut))
    return gains


def _points_of(effect: Accrual, ats: Sequence[int], earning: _Earning) -> dict[int, int]:
    """A line whose points base is 0 earns nothing."""
    weights = {at: earning.base[at] for at in ats}
    total = sum(weights.values())
    match effect:
        case fx.PointsPerAmount():
            return units.split(effect.points_for(total), weights)
        case fx.PointsFixed(points=points, per=Per.UNIT):
            lines = earning.ticket.lines
            return {at: points * lines[at].quantity for at in ats if weights[at]}
        case fx.PointsFixed(points=points) | fx.PointsNthVisit(points=points):
            return units.split(points if total else 0, weights)
        case fx.PointsMultiplier(times_bp=times_bp, rounding=rounding):
            earned = {at: earning.before[at] for at in ats}
            more = divide(sum(earned.values()) * (times_bp - RATE_BP_MAX), RATE_BP_MAX, rounding)
            return units.split(more if any(earned.values()) else 0, earned)
        case fx.PointsThreshold(at_points=at_points, points=points):
            balance = earning.stage.facts.head["member.points"]
            assert isinstance(balance, int), "a bonus at a balance needs the balance"
            is_reached = balance < at_points <= balance + sum(earning.before)
            return units.split(points if is_reached and total else 0, weights)


def _give(rule: Rule, gains: Sequence[Gain], earning: _Earning) -> None:
    ticket = earning.ticket
    ticket.step += 1
    for effect, shares, cut in gains:
        times_bp = effect.times_bp if isinstance(effect, fx.PointsMultiplier) else 0
        for at in sorted(shares):
            ticket.points[at] += shares[at]
            ticket.tell(at, rule, effect.name._value_, points=shares[at], times_bp=times_bp, cut=cut)
            if shares[at]:
                earning.touched.setdefault(at, rule)
                if rule.stacking.exclusive:
                    earning.closed.setdefault(at, rule)
    earning.given[rule.rule_id] = earning.given.get(rule.rule_id, 0) + _total(gains)


def _promise(rule: Rule, earning: _Earning) -> bool:
    """Note what the rule promises besides points."""
    ticket, promised = earning.ticket, False
    for effect in rule.effects:
        if not isinstance(effect, Datum):
            continue
        lawful = lawful_lines(effect, rule, ticket, earning.stage.reached(rule))
        if isinstance(effect, fx.PointsSponsor):
            promised |= _reward(rule, effect, lawful, earning)
        elif lawful:
            promised = True
            ticket.promises.append(Promise(rule.rule_id, rule.version, effect))
            ticket.explain(lawful, rule, effect.name.value)
    return promised


def _reward(rule: Rule, effect: fx.PointsSponsor, ats: Sequence[int], earning: _Earning) -> bool:
    """Points for the sponsored on the lines, a promise for the sponsor. A budget gives the former first."""
    ticket = earning.ticket
    weights = {at: earning.base[at] for at in ats}
    own, theirs = effect.sponsored_points, effect.sponsor_points
    left = budget_left(rule, ticket.asked.usage)
    if left is not None:
        left -= earning.given.get(rule.rule_id, 0)
        own = min(own, left)
        theirs = min(theirs, left - own)
    if not any(weights.values()):
        return False
    cut = ReasonCode.BUDGET_USED_UP.value if own < effect.sponsored_points else ""
    if not own + theirs:
        ticket.explain(sorted(ats), rule, ReasonCode.BUDGET_USED_UP.value)
        return False
    told = replace(effect, sponsor_points=theirs, sponsored_points=own)
    ticket.promises.append(Promise(rule.rule_id, rule.version, told))
    ticket.step += 1
    shares = units.split(own, weights)
    for at in sorted(ats):
        ticket.points[at] += shares.get(at, 0)
        ticket.tell(at, rule, effect.name.value, points=shares.get(at, 0), cut=cut)
    earning.given[rule.rule_id] = earning.given.get(rule.rule_id, 0) + own + theirs
    return True
