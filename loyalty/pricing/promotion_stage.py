"""Promotions: what each would take off, which of them are taken, and which lines they use up."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from loyalty.pricing import kept_off, units
from loyalty.pricing.claims import budget_left
from loyalty.pricing.discounts import Reach, discount_of
from loyalty.pricing.outcome import Gift, PipelineStage, Promise, ReasonCode
from loyalty.pricing.promises import lawful_lines, worth_minor
from loyalty.pricing.stacking import groups_in_order, is_best_of
from loyalty.pricing.ticket import Stage, Ticket, open_stage
from loyalty.programme.articles import ArticleClass
from loyalty.programme.compliance import LegalAct, verdict
from loyalty.rules.effect_names import DeniedAct, EffectName
from loyalty.rules.effects import Datum, Discount, FreeArticle
from loyalty.rules.evaluate import compile_line_condition
from loyalty.rules.kinds import RuleKind
from loyalty.rules.language import Node
from loyalty.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Change:
    """What one effect takes off each line; `cut`: why that is less than the effect says."""

    name: EffectName
    shares: dict[int, int]
    cut: str = ""


@dataclass(slots=True)
class Offer:
    """What a rule would do to the ticket as it stands."""

    rule: Rule
    changes: list[Change] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    promises: list[tuple[Datum, list[int]]] = field(default_factory=list)
    gifts: list[Gift] = field(default_factory=list)
    unpaid: list[int] = field(default_factory=list)
    """Lines that led to a promise which the budget no longer pays for."""
    shut_out: dict[int, Rule] = field(default_factory=dict)
    """Lines it would have reached, and the rule that used each up."""
    total_minor: int = 0
    """What the offer takes off in all."""

    @property
    def cost_minor(self) -> int:
        """What it costs the group in money: what it takes off, and the worth of vouchers it promises."""
        promised = sum([worth_minor(effect) for effect, _ in self.promises]) if self.promises else 0
        return self.total_minor + promised

    @property
    def lines(self) -> list[int]:
        """The lines that it takes something off, or that lead to what it promises."""
        hit = {at for each in self.changes for at, share in each.shares.items() if share}
        return sorted(hit.union(*(ats for _, ats in self.promises)))

    @property
    def is_empty(self) -> bool:
        """Whether it does nothing at all."""
        return not (self.total_minor or self.promises or self.gifts)


@dataclass(slots=True)
class _State:
    """Which lines promotions have touched and used up, who did it first; what effects ask of every line."""

    quantities: list[int]
    articles: list[str]
    thresholds: frozenset[int]
    touched: dict[int, Rule] = field(default_factory=dict)
    closed: dict[int, Rule] = field(default_factory=dict)


def promote(ticket: Ticket) -> None:
    """Take the promotions that apply, group by group."""
    rules = ticket.rules.get(RuleKind.PROMOTION, ())
    if not rules:
        return
    ticket.stage = PipelineStage.PROMOTION
    stage = open_stage(ticket, LegalAct.BE_DISCOUNTED, DeniedAct.DISCOUNT)
    state = _state(ticket)
    ticket.amounts = list(ticket.amounts)
    reach_of = partial(_reach, ticket.amounts, state, stage)
    kept_off.of_promotions(ticket, stage, rules, reach_of).tell()
    granted = []
    for rule in rules:
        refusal = ticket.grants(rule, stage.facts_for(rule))
        if refusal is None:
            if rule.lines is None or stage.reached(rule):  # without a line it has no place among the others
                granted.append(rule)
        elif refusal is not ReasonCode.RULE_NOT_MET:
            ticket.explain(stage.reached(rule), rule, refusal.value)
    for group in groups_in_order(granted):
        if is_best_of(group, ticket.asked.programme.stacking):
            _take_best(group, ticket, stage, state)
            continue
        for rule in group:
            _take(_offer(rule, ticket, stage, state), ticket, state)


def _state(ticket: Ticket) -> _State:
    lines, answers = ticket.lines, ticket.verdicts(LegalAct.COUNTS_TOWARD_THRESHOLD)
    return _State(
        quantities=[line.quantity for line in lines],
        articles=["" if line.article is None else line.article.article_id for line in lines],
        thresholds=frozenset([at for at, answer in enumerate(answers) if answer.is_allowed]),
    )


def _take_best(group: Sequence[Rule], ticket: Ticket, stage: Stage, state: _State) -> None:
    offers = [_offer(rule, ticket, stage, state) for rule in group]
    best = max(offers, key=lambda offer: (offer.cost_minor, not offer.is_empty))
    for offer in offers:
        if offer is best:
            continue
        if offer.is_empty:
            ticket.tell_line_used(offer.shut_out, offer.rule)
        else:
            ats = offer.lines or stage.reached(offer.rule)  # a gift that is not in the basket has no line
            ticket.explain(ats, offer.rule, ReasonCode.NOT_BEST.value)
    _take(best, ticket, state)


def _offer(rule: Rule, ticket: Ticket, stage: Stage, state: _State) -> Offer:
    """What the rule would do now; its effects follow one another."""
    offer = Offer(rule)
    ticket.step += 1
    picked = stage.reached(rule)
    gone = state.closed | state.touched if rule.stacking.exclusive else state.closed
    offer.shut_out = _shut_out(rule, ticket, stage, state, gone) if gone else {}
    free = tuple([at for at in picked if at not in gone] if gone else picked)
    if rule.min_quantity and sum([state.quantities[at] for at in free]) < rule.min_quantity:
        return offer
    budget = budget_left(rule, ticket.asked.usage)
    amounts = list(ticket.amounts)
    for effect in rule.effects:
        if isinstance(effect, Discount):
            ats = _gift_lines(effect, ticket, gone) if isinstance(effect, FreeArticle) else free
            taken = discount_of(effect, _reach(amounts, state, stage, rule, ats))
            change = _capped(effect.name, taken.shares, _ceiling(offer, budget))
            for at, share in change.shares.items():
                amounts[at] -= share
                offer.total_minor += share
            offer.used |= taken.used
            offer.changes.append(change)
            if isinstance(effect, FreeArticle):
                offer.gifts += _missing_gift(effect, rule, ticket, ats)
        elif isinstance(effect, Datum):
            lawful = lawful_lines(effect, rule, ticket, free)
            if lawful and (budget is None or offer.cost_minor + worth_minor(effect) <= budget):
                offer.promises.append((effect, lawful))
            else:
                offer.unpaid += lawful
    return offer


def _shut_out(
    rule: Rule, ticket: Ticket, stage: Stage, state: _State, gone: Mapping[int, Rule]
) -> dict[int, Rule]:
    """Lines that the rule would reach with effect, were they not used up, and the rules that did it."""
    if not any(at in gone for at in stage.reached(rule)):
        return {}
    step = ticket.step
    whole = _offer(rule, ticket, stage, replace(state, touched={}, closed={}))
    ticket.step = step  # nothing acted
    return {at: gone[at] for at in {*whole.lines, *whole.used} if at in gone}


_Ceiling = tuple[int, ReasonCode]
"""The most that may still be taken off, and what says so."""


def _ceiling(offer: Offer, budget: int | None) -> _Ceiling | None:
    """The most the rule may still take off this ticket."""
    ceilings: list[_Ceiling] = []
    if offer.rule.max_discount_minor is not None:
        left = offer.rule.max_discount_minor - offer.total_minor
        ceilings.append((left, ReasonCode.MAXIMUM_REACHED))
    if budget is not None:
        ceilings.append((budget - offer.cost_minor, ReasonCode.BUDGET_USED_UP))
    return min(ceilings, key=lambda each: each[0], default=None)


def _capped(name: EffectName, shares: dict[int, int], ceiling: _Ceiling | None) -> Change:
    if ceiling is None or sum(shares.values()) <= ceiling[0]:
        return Change(name, shares)
    left, cut = ceiling
    return Change(name, dict.fromkeys(shares, 0) | units.split(left, shares), cut.value)


def _reach(amounts: list[int], state: _State, stage: Stage, rule: Rule, ats: tuple[int, ...]) -> Reach:
    picks = partial(_picks, stage, rule)
    return Reach(ats, amounts, state.quantities, state.articles, state.thresholds, picks)


def _picks(stage: Stage, rule: Rule, lines: Node, at: int) -> bool:
    return compile_line_condition(lines)(stage.facts_for(rule), stage.scopes[at]) is True


def _gift_lines(effect: FreeArticle, ticket: Ticket, gone: Collection[int]) -> tuple[int, ...]:
    """Lines of the gift's article that may be a gift by law."""
    forbidden = ticket.denied.get(DeniedAct.DISCOUNT, {})
    found = []
    for at, line in enumerate(ticket.lines):
        if (
            line.article is None
            or line.article.article_id != effect.article_id
            or at in gone
            or at in forbidden
        ):
            continue
        if ticket.judge(at, LegalAct.BE_A_GIFT).is_allowed:
            found.append(at)
    return tuple(found)


def _missing_gift(effect: FreeArticle, rule: Rule, ticket: Ticket, ats: tuple[int, ...]) -> list[Gift]:
    """Units of the gift that are not in the basket, when the law lets such an article be a gift."""
    basket = ticket.asked.basket
    missing = effect.quantity - sum(ticket.lines[at].quantity for at in ats)
    article_class = ArticleClass(effect.article_class)
    answer = verdict(basket.country, article_class, LegalAct.BE_A_GIFT, basket.local_day)
    is_there = any(
        line.article is not None and line.article.article_id == effect.article_id for line in basket.lines
    )
    if missing <= 0 or not answer.is_allowed or (is_there and not ats):
        return []
    return [Gift(rule.rule_id, effect.article_id, missing)]


def _take(offer: Offer, ticket: Ticket, state: _State) -> None:
    """Book an offer: amounts, reasons, promises, claims, lines used up."""
    rule = offer.rule
    ticket.tell_line_used(offer.shut_out, rule)
    ticket.explain(offer.unpaid, rule, ReasonCode.BUDGET_USED_UP.value)
    if offer.is_empty:
        return
    ticket.step += 1
    for change in offer.changes:
        for at, share in sorted(change.shares.items()):
            if share:
                ticket.amounts[at] -= share
                state.touched.setdefault(at, rule)
            if share or change.cut:
                ticket.tell(at, rule, change.name._value_, amount_minor=-share, cut=change.cut)
    for effect, ats in offer.promises:
        ticket.promises.append(Promise(rule.rule_id, rule.version, effect))
        ticket.explain(ats, rule, effect.name._value_)
    ticket.gifts += offer.gifts
    if rule.consumes or rule.stacking.exclusive:
        state.closed = dict.fromkeys(offer.used, rule) | state.closed
    ticket.claim(rule, offer.cost_minor)
