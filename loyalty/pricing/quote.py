"""Quotes: what a basket costs this member and what it earns, and why. Never writes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of an explanation: the rule (or country pack) that spoke, its version, and its words' key.

    `code` is e.g. `points_per_amount` or `denied_by_law`; `citation` names the source for a legal reason.
    """

    rule_id: str
    rule_version: int
    code: str
    points: int = 0
    citation: str = ""


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """A line's outcome: what the customer pays, points it earns (>= 0), and why."""

    line_no: int
    code: str
    quantity: int
    amount_minor: int
    points: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """The whole outcome. `points`: the sum over the lines; `eligible_minor`: what they were counted on."""

    lines: tuple[QuotedLine, ...]
    total_minor: int
    eligible_minor: int
    points: int
    ruleset_version: int
