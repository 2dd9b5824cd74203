"""What the law or a restriction keeps from a line that a rule would have reached: told, moving nothing.

Only a rule that otherwise would have applied is told of: it is granted, and the line would have been
discounted, have earned, been given or have led to the promise, had nothing hidden it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from loyalty.limits.tickets import REASON_RULES_MAX
from loyalty.pricing.discounts import Reach, discount_of
from loyalty.pricing.outcome import Reason, ReasonCode
from loyalty.pricing.promises import lawful_lines, promise_act
from loyalty.pricing.ticket import Stage, Ticket
from loyalty.programme.compliance import LegalAct
from loyalty.rules.effect_names import DeniedAct
from loyalty.rules.effects import Datum, Discount, FreeArticle, StepAmountOff, StepPercentOff
from loyalty.rules.evaluate import Facts
from loyalty.rules.rule import Rule

RefusalOf = Callable[[Rule], ReasonCode | None]
"""Why a rule's own effects grant nothing, None when they do."""
ReachOf = Callable[[Rule, tuple[int, ...]], Reach]
"""What a rule would find on some lines."""

_DENIES: dict[LegalAct, DeniedAct] = {
    LegalAct.EARN: DeniedAct.EARN,
    LegalAct.BE_DISCOUNTED: DeniedAct.DISCOUNT,
    LegalAct.REDEEM_ON: DeniedAct.VOUCHER,
}
"""What a restriction calls the act of a stage."""


@dataclass(slots=True)
class KeptOff:
    """The rules that each act keeps from each line, in the order in which they were met."""

    ticket: Ticket
    act: LegalAct
    """The act of the stage."""
    found: dict[tuple[LegalAct, int], list[str]] = field(default_factory=dict)
    bound: dict[int, list[str]] = field(default_factory=dict)
    """Lines that the act is allowed on, but not tied to products."""

    def note(self, act: LegalAct, ats: Sequence[int], rule_id: str) -> None:
        """Those lines would have been reached."""
        for at in ats:
            _add(self.found.setdefault((act, at), []), rule_id)

    def note_bound(self, ats: Sequence[int], rule_id: str) -> None:
        """Those lines would have been reached by a rule tied to products."""
        for at in ats:
            _add(self.bound.setdefault(at, []), rule_id)

    @property
    def forbidden(self) -> dict[int, Reason]:
        """The lines that a restriction keeps the act from."""
        return self.ticket.denied.get(_DENIES[self.act], {})

    def reason(self, act: LegalAct, at: int) -> Reason:
        """Why the act is kept from the line: the restriction, else the law."""
        rules = tuple(self.found.get((act, at), ()))
        if at in self.forbidden and act is not LegalAct.COUNTS_TOWARD_THRESHOLD:
            return replace(self.forbidden[at], act=act.value, kept_off=rules)
        return self.ticket.legal_reason(at, self.ticket.judge(at, act), act=act, kept_off=rules)

    def tell(self, *, but: LegalAct | None = None) -> None:
        """Tell every line what was kept from it, one reason per act; `but`: an act that is told elsewhere."""
        for act in sorted({act for act, _ in self.found if act is not but}):
            self.ticket.step += 1
            for at in sorted(at for each, at in self.found if each is act):
                self.ticket.reasons[at].append(self.reason(act, at))
        if self.bound:
            self.ticket.step += 1
        for at in sorted(self.bound):
            answer = self.ticket.judge(at, self.act)
            told = self.ticket.legal_reason(at, answer, act=self.act, kept_off=tuple(self.bound[at]))
            self.ticket.reasons[at].append(replace(told, code=ReasonCode.PRODUCT_BOUND.value))


def _add(rules: list[str], rule_id: str) -> None:
    if rule_id not in rules and len(rules) < REASON_RULES_MAX:
        rules.append(rule_id)


def of_promotions(ticket: Ticket, stage: Stage, rules: Sequence[Rule], reach_of: ReachOf) -> KeptOff:
    """What promotions would have taken off lines that they may not reach."""
    kept = KeptOff(ticket, LegalAct.BE_DISCOUNTED)
    for view in _views(kept, stage, rules, lambda _: None):
        for effect in view.rule.effects:
            if isinstance(effect, FreeArticle):
                _of_gift(kept, view.rule, effect)
            elif isinstance(effect, Discount):
                reach = reach_of(view.rule, view.every)
                taken = discount_of(effect, replace(reach, thresholds=frozenset(view.every)))
                hit = taken.used | {at for at, share in taken.shares.items() if share}
                kept.note(kept.act, [at for at in view.hidden if at in hit], view.rule.rule_id)
                kept.note_bound([at for at in view.untied if at in hit], view.rule.rule_id)
                if isinstance(effect, StepPercentOff | StepAmountOff):
                    _of_step(kept, view, effect, reach_of)
            elif isinstance(effect, Datum):
                _of_promise(kept, view, effect)
    return kept


def of_campaigns(ticket: Ticket, stage: Stage, rules: Sequence[Rule], refusal_of: RefusalOf) -> KeptOff:
    """What campaigns would have given for lines that may not earn, or not on them."""
    kept = KeptOff(ticket, LegalAct.EARN)
    for view in _views(kept, stage, rules, refusal_of):
        if any(not isinstance(effect, Datum) for effect in view.rule.effects):
            kept.note(kept.act, view.hidden, view.rule.rule_id)
            kept.note_bound(view.untied, view.rule.rule_id)
        for effect in view.rule.effects:
            if isinstance(effect, Datum):
                _of_promise(kept, view, effect)
    return kept


@dataclass(frozen=True, slots=True)
class _View:
    """Lines a granted rule picks: those it reaches, those it may not see, those it may not be tied to."""

    rule: Rule
    reached: tuple[int, ...]
    hidden: tuple[int, ...]
    untied: tuple[int, ...]

    @property
    def every(self) -> tuple[int, ...]:
        return tuple(sorted((*self.reached, *self.hidden, *self.untied)))


def _views(kept: KeptOff, stage: Stage, rules: Sequence[Rule], refusal_of: RefusalOf) -> Iterator[_View]:
    """The rules that are granted, or would be, had nothing been hidden from them."""
    ticket = kept.ticket
    costly = [at for at, amount in enumerate(ticket.amounts) if amount]
    hidden = [at for at in costly if not stage.verdicts[at].is_allowed]
    untied = [at for at in costly if at in stage.allowed and at not in stage.tied]
    uncounted = _uncounted(kept, costly)
    for rule in rules:
        if not (hidden or untied or uncounted or _asks_more(rule)) or refusal_of(rule) is not None:
            continue
        refusal = ticket.grants(rule, stage.facts_for(rule))
        if refusal is ReasonCode.RULE_NOT_MET:
            _of_condition(kept, stage, rule, uncounted)
        if refusal is not None:
            continue
        view = _View(
            rule,
            tuple(stage.reached(rule)),
            tuple(at for at in hidden if stage.picks(rule, at)),
            tuple(at for at in untied if rule.is_product_bound and stage.picks(rule, at)),
        )
        if sum(ticket.lines[at].quantity for at in view.every) >= rule.min_quantity:
            yield view


def _asks_more(rule: Rule) -> bool:
    """Whether the law is asked about more than the act of the stage, as of gifts and promises."""
    return any(isinstance(effect, FreeArticle | Datum) for effect in rule.effects)


def _uncounted(kept: KeptOff, costly: Sequence[int]) -> list[int]:
    """Lines that the law keeps from counting toward a threshold; what a restriction forbids is not asked."""
    act = LegalAct.COUNTS_TOWARD_THRESHOLD
    return [at for at in costly if at not in kept.forbidden and not kept.ticket.judge(at, act).is_allowed]


def _of_condition(kept: KeptOff, stage: Stage, rule: Rule, uncounted: Sequence[int]) -> None:
    """A rule that is not met: would it be, if the lines the law leaves out counted, or were seen?"""
    ticket = kept.ticket
    lawless = [at for at in range(len(ticket.lines)) if at not in kept.forbidden]
    head = {**stage.facts.head, "basket.total_minor": sum(ticket.amounts[at] for at in lawless)}
    if uncounted and ticket.grants(rule, Facts(head, stage.facts_for(rule).lines)) is None:
        kept.note(LegalAct.COUNTS_TOWARD_THRESHOLD, uncounted, rule.rule_id)
        return
    seen = stage.tied if rule.is_product_bound else stage.allowed
    unseen = [at for at in lawless if at not in seen and ticket.amounts[at]]
    if unseen and ticket.grants(rule, Facts(head, tuple(stage.scopes[at] for at in lawless))) is None:
        kept.note(kept.act, [at for at in unseen if at not in stage.allowed], rule.rule_id)
        kept.note_bound([at for at in unseen if at in stage.allowed], rule.rule_id)


def _of_gift(kept: KeptOff, rule: Rule, effect: FreeArticle) -> None:
    """Units of the gift that are in the basket and may not be given."""
    ticket, act = kept.ticket, LegalAct.BE_A_GIFT
    for at, line in enumerate(ticket.lines):
        is_it = line.article is not None and line.article.article_id == effect.article_id
        if is_it and (at in kept.forbidden or not ticket.judge(at, act).is_allowed):
            kept.note(act, [at], rule.rule_id)


def _of_step(kept: KeptOff, view: _View, effect: StepPercentOff | StepAmountOff, reach_of: ReachOf) -> None:
    """Lines that may be discounted, and would have led to a higher step if they counted toward one."""
    reach = reach_of(view.rule, view.reached)
    higher = discount_of(effect, replace(reach, thresholds=frozenset(view.reached)))
    if sum(higher.shares.values()) > sum(discount_of(effect, reach).shares.values()):
        uncounted = [at for at in view.reached if at not in reach.thresholds]
        kept.note(LegalAct.COUNTS_TOWARD_THRESHOLD, uncounted, view.rule.rule_id)


def _of_promise(kept: KeptOff, view: _View, effect: Datum) -> None:
    """Lines that would have led to a promise that no other line of the ticket led to."""
    ticket, act = kept.ticket, promise_act(effect, view.rule)
    if lawful_lines(effect, view.rule, ticket, view.reached):
        return
    for at in view.every:
        if not ticket.judge(at, act).is_allowed:
            kept.note(act, [at], view.rule.rule_id)
        elif at in view.hidden:
            kept.note(kept.act, [at], view.rule.rule_id)
        elif at in view.untied:
            kept.note_bound([at], view.rule.rule_id)


def of_voucher(kept: KeptOff, stage: Stage, voucher_id: str, good_for: Sequence[int], missing: int) -> None:
    """Lines a presented voucher would have been taken off.

    Args:
        good_for: the lines that the voucher itself is good for.
        missing: what the lines that count lack of the voucher's least total, 0 or below: nothing.
    """
    ticket = kept.ticket
    if missing > 0:
        uncounted = _uncounted(kept, [at for at, amount in enumerate(ticket.amounts) if amount])
        if sum(ticket.amounts[at] for at in uncounted) >= missing:
            kept.note(LegalAct.COUNTS_TOWARD_THRESHOLD, uncounted, voucher_id)
        return
    hidden = [at for at in good_for if ticket.amounts[at] and not stage.verdicts[at].is_allowed]
    kept.note(kept.act, hidden, voucher_id)
