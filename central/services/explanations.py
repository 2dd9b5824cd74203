"""Explanations of tickets: as they are kept, summed by rule, and as lines for the receipt."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from loyalty.pricing.quote import QuotedLine
from wire import api_value

_WORDS: Final = {
    "fr": (
        "Points gagnés : {points}",
        "  {rule} : {points}",
        "Points utilisés : {points}",
        "Solde : {points}",
    ),
    "de": (
        "Punkte gesammelt: {points}",
        "  {rule}: {points}",
        "Punkte eingelöst: {points}",
        "Stand: {points}",
    ),
    "it": ("Punti guadagnati: {points}", "  {rule}: {points}", "Punti usati: {points}", "Saldo: {points}"),
    "en": ("Points earned: {points}", "  {rule}: {points}", "Points redeemed: {points}", "Balance: {points}"),
    "zh": ("本次获得积分：{points}", "  {rule}：{points}", "使用积分：{points}", "积分余额：{points}"),
}
"""Per language: earned, by a rule, redeemed, balance."""


class StoredReason(msgspec.Struct, frozen=True, array_like=True):
    """One step of an explanation as it is kept."""

    rule_id: str
    rule_version: int
    code: str
    points: int
    citation: str
    amount_minor: int = 0


class StoredWhy(msgspec.Struct, frozen=True, array_like=True):
    """A line's explanation as it is kept; `sent_minor` is what the till asked for, before any benefit."""

    line_no: int
    points: int
    sent_minor: int
    reasons: tuple[StoredReason, ...]


_DECODER: Final = msgspec.json.Decoder(tuple[StoredWhy, ...])


def stored_reasons(lines: Iterable[QuotedLine]) -> str:
    """The explanation of a ticket as it is kept in the line store."""
    told = [
        StoredWhy(
            line.line_no,
            line.points,
            line.sent_minor,
            tuple(
                StoredReason(
                    each.rule_id,
                    each.rule_version,
                    each.code,
                    each.points,
                    each.citation,
                    each.amount_minor,
                )
                for each in line.reasons
            ),
        )
        for line in lines
    ]
    return msgspec.json.encode(told).decode()


def points_by_rule(why: Iterable[StoredWhy]) -> list[api_value.RulePointsView]:
    """Points of a whole ticket by the rule that gave them: says nothing of any line."""
    sums: dict[tuple[str, int], int] = defaultdict(int)
    for line in why:
        for reason in line.reasons:
            if reason.points:
                sums[reason.rule_id, reason.rule_version] += reason.points
    return [
        api_value.RulePointsView(rule_id=rule_id, rule_version=version, points=points)
        for (rule_id, version), points in sums.items()
    ]


def receipt_lines(
    language: str, why: Sequence[StoredWhy], *, redeemed: int = 0, balance: int | None = None
) -> list[str]:
    """What a receipt says of the points of a ticket, in the member's language."""
    earned, by_rule, used, left = _WORDS.get(language, _WORDS["en"])
    lines = [earned.format(points=sum(line.points for line in why))]
    lines += [by_rule.format(rule=each.rule_id, points=each.points) for each in points_by_rule(why)]
    if redeemed:
        lines.append(used.format(points=redeemed))
    if balance is not None:
        lines.append(left.format(points=balance))
    return lines


def parse_reasons(text: str) -> tuple[StoredWhy, ...]:
    """A ticket's explanation again."""
    return _DECODER.decode(text)
