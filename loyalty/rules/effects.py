"""What a rule does when its condition is true. The first effect: points per amount (P-31c)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from loyalty.limits import LINE_AMOUNT_MINOR_MAX, RULE_RATE_MAX
from loyalty.rules.reading import read_choice, read_int, read_object


class EffectName(StrEnum):
    """The effects of the language."""

    POINTS_PER_AMOUNT = "points_per_amount"


class Rounding(StrEnum):
    """How a division is rounded; named so that nobody guesses."""

    FLOOR = "floor"


@dataclass(frozen=True, slots=True)
class PointsPerAmount:
    """`points` for every `per_minor` minor units of the ticket's eligible lines, rounded once per ticket."""

    points: int
    per_minor: int
    rounding: Rounding
    name: ClassVar[EffectName] = EffectName.POINTS_PER_AMOUNT

    def points_for(self, eligible_minor: int) -> int:
        """Points of a ticket whose eligible lines cost `eligible_minor` (>= 0) in all."""
        return self.points * eligible_minor // self.per_minor


Effect = PointsPerAmount


def parse_effect(document: object, path: str) -> Effect:
    """Check one effect.

    Raises: ProgrammeInvalid.
    """
    members = read_object(document, path, required=frozenset({"effect", "points", "per_minor", "rounding"}))
    read_choice(members["effect"], f"{path}.effect", EffectName)
    return PointsPerAmount(
        points=read_int(members["points"], f"{path}.points", low=1, high=RULE_RATE_MAX),
        per_minor=read_int(members["per_minor"], f"{path}.per_minor", low=1, high=LINE_AMOUNT_MINOR_MAX),
        rounding=read_choice(members["rounding"], f"{path}.rounding", Rounding),
    )
