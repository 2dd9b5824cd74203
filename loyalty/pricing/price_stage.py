"""The first stages: restrictions forbid, prices are set."""

from loyalty.limits.tickets import LINE_AMOUNT_MINOR_MAX
from loyalty.pricing.candidates import unit_price_minor
from loyalty.pricing.outcome import PipelineStage, Reason, ReasonCode
from loyalty.pricing.stacking import in_order
from loyalty.pricing.ticket import Ticket, open_stage
from loyalty.programme.articles import ArticleClass
from loyalty.programme.compliance import LegalAct
from loyalty.rules.effects import Deny
from loyalty.rules.facts import MEMBER_PREFIX
from loyalty.rules.kinds import RuleKind
from loyalty.rules.language import facts_read
from loyalty.rules.rule import Rule

PRESCRIPTION = frozenset({ArticleClass.MEDICINE_RX, ArticleClass.MEDICINE_CH_A, ArticleClass.MEDICINE_CH_B})
"""Classes whose prices no rule sets: they are fixed by tariffs, not by a programme."""


def restrict(ticket: Ticket) -> None:
    """Note what restrictions forbid; what forbids need only be not false."""
    rules = ticket.rules.get(RuleKind.RESTRICTION, ())
    if not rules:
        return
    stage = open_stage(ticket, None, None)
    for rule in in_order(rules):
        if rule.is_met(stage.facts) is False:
            continue
        ticket.step += 1
        reason = Reason(
            rule.rule_id,
            rule.version,
            ReasonCode.RESTRICTED.value,
            stage=ticket.stage.value,
            step=ticket.step,
        )
        for at, scope in enumerate(stage.scopes):
            if rule.reaches is not None and rule.reaches(stage.facts, scope) is False:
                continue
            for effect in rule.effects:
                for act in effect.acts if isinstance(effect, Deny) else ():
                    ticket.denied.setdefault(act, {}).setdefault(at, reason)


def set_prices(ticket: Ticket) -> None:
    """Set unit prices; the first rule in order that reaches a line decides its price."""
    rules = ticket.rules.get(RuleKind.PRICE, ())
    if not rules:
        return
    ticket.stage = PipelineStage.PRICE
    stage = open_stage(ticket, None, None)
    amounts = list(ticket.amounts)
    is_priced = [False] * len(amounts)
    for rule in in_order(rules):
        if ticket.grants(rule, stage.facts) is not None:
            continue
        ticket.step += 1
        for at in stage.reached(rule):
            if is_priced[at] or not _may_price(ticket, rule, at):
                continue
            for effect in rule.effects:
                unit_minor = unit_price_minor(effect, ticket.lines[at])
                wanted = None if unit_minor is None else unit_minor * ticket.lines[at].quantity
                if wanted is None or wanted > LINE_AMOUNT_MINOR_MAX:
                    continue
                is_priced[at] = True
                amounts[at] = wanted
                change = amounts[at] - ticket.amounts[at]
                ticket.tell(at, rule, effect.name.value, amount_minor=change)
                break
    ticket.amounts = amounts
    ticket.full = list(amounts)


def _may_price(ticket: Ticket, rule: Rule, at: int) -> bool:
    """A price for members is a benefit and judged like a discount; a shop's price is not."""
    article = ticket.lines[at].article
    if article is None or article.article_class in PRESCRIPTION:
        return False
    read = facts_read(rule.when) | (facts_read(rule.lines) if rule.lines is not None else frozenset())
    if not any(name.startswith(MEMBER_PREFIX) for name in read):
        return True
    answer = ticket.judge(at, LegalAct.BE_DISCOUNTED)
    if not answer.is_allowed:
        act, kept_off = LegalAct.BE_DISCOUNTED, (rule.rule_id,)
        ticket.reasons[at].append(ticket.legal_reason(at, answer, act=act, kept_off=kept_off))
    return answer.is_allowed
