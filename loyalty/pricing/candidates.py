"""The rules to look at for a basket: what the programme's index finds by texts, facts and moment."""

from collections.abc import Iterator, Sequence

from loyalty.limits.rules import RATE_BP_MAX
from loyalty.limits.tickets import LINE_AMOUNT_MINOR_MAX
from loyalty.pricing.basket import Basket, BasketLine
from loyalty.programme.programme import Programme
from loyalty.rules.effects import PriceRate, UnitPrice
from loyalty.rules.evaluate import Facts, Scope
from loyalty.rules.facts import WEEKDAYS
from loyalty.rules.gates import TOTAL, Key
from loyalty.rules.index import INDEXED_LINE_FACTS, RuleIndex
from loyalty.rules.kinds import RuleKind
from loyalty.rules.rounding import divide
from loyalty.rules.rule import Rule


def rules_to_look_at(
    programme: Programme, basket: Basket, head: Scope, scopes: Sequence[Scope]
) -> list[Rule]:
    """The rules that may change this ticket, or be told of on it, in the programme's order.

    Args:
        head: what is known of basket and member, without the total: that changes from stage to stage.
        scopes: what is known of each line, at what the till asked for.
    """
    index, day = programme.index, basket.local_day
    shelf = index.at(day.isoformat(), basket.local_time, WEEKDAYS[day.weekday()].value)
    texts = list(_texts(index, head, scopes))
    sent = sum([line.amount_minor for line in basket.lines])
    rules = [programme.rules[at] for at in shelf.find(texts, {**head, TOTAL: sent})]
    if TOTAL not in shelf.by_least:
        return rules
    prices = [rule for rule in rules if rule.kind is RuleKind.PRICE]
    # What counts toward a least amount is never more than the lines cost once prices are set.
    most = sum([_most_minor(line, prices) for line in basket.lines]) if prices else sent
    return rules if most == sent else [programme.rules[at] for at in shelf.find(texts, {**head, TOTAL: most})]


def _texts(index: RuleIndex, head: Scope, scopes: Sequence[Scope]) -> Iterator[Key]:
    """The texts rules are filed under that this basket has."""
    for name in index.names:
        if name in INDEXED_LINE_FACTS:
            for scope in scopes:
                value = scope.get(name)
                if isinstance(value, str):
                    yield name, value
            continue
        value = head.get(name)
        if isinstance(value, str):
            yield name, value
        elif isinstance(value, frozenset):
            yield from ((name, text) for text in value)
    facts_at_hand = Facts(head)
    for segment, is_met in index.segments:
        if is_met(facts_at_hand) is not False:
            yield "member.segments", segment


def _most_minor(line: BasketLine, prices: Sequence[Rule]) -> int:
    """The most a line may cost after the price rules, whichever of them counts."""
    set_prices = [unit_price_minor(effect, line) for rule in prices for effect in rule.effects]
    wanted = [price * line.quantity for price in set_prices if price is not None]
    return max([line.amount_minor, *(each for each in wanted if each <= LINE_AMOUNT_MINOR_MAX)])


def unit_price_minor(effect: object, line: BasketLine) -> int | None:
    """What a price rule's effect makes of the price of a line's unit; None: it sets none."""
    match effect:
        case UnitPrice(unit_price_minor=price):
            return price
        case PriceRate(rate_bp=rate_bp, rounding=rounding):
            known = None if line.article is None else line.article.price_minor
            return None if known is None else divide(known * rate_bp, RATE_BP_MAX, rounding)
        case _:
            return None
