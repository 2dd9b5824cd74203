"""The five kinds of rules."""

from enum import StrEnum


class RuleKind(StrEnum):
    """The five kinds, in the order of the pipeline they serve; they share `when` and differ in effects."""

    RESTRICTION = "restriction"
    PRICE = "price"
    PROMOTION = "promotion"
    SEGMENT = "segment"
    CAMPAIGN = "campaign"
