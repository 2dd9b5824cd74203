"""Today's offers at the kiosk, each with why the member sees it: what kiosk and agent say about it."""

from typing import Literal

import msgspec

from wire.message_base import Message, UsualTrouble

Because = Literal[
    "tier",
    "birthday",
    "family_birthday",
    "age",
    "purchases",
    "points",
    "new",
    "back",
    "sponsored",
    "home_shop",
    "chosen",
]
"""A word that others may read over a shoulder: never which segment, grade or class."""


class Promotion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An offer by its names. Without `because`: everybody has it. `last_day`: ISO date, or empty."""

    names: dict[str, str]
    because: tuple[Because, ...] = ()
    last_day: str = ""


class PromotionsTold(Message, frozen=True):
    """The answer to `AskPromotions`: the member's own first."""

    request_id: str
    promotions: tuple[Promotion, ...] = ()
    trouble: UsualTrouble = ""


class AskPromotions(Message, frozen=True):
    """Which offers does this member have today, here?"""

    request_id: str
    session_id: str
