"""What every message between the processes of a terminal is; topics of their own have a module beside."""

from typing import Literal

import msgspec

Language = Literal["fr", "de", "it", "en", "zh"]
UsualTrouble = Literal["", "central_unreachable", "not_here", "needs_card", "card_gone", "changed"]
"""Why a journey's question has no answer. not_here: the session has ended, or central has another reason.
needs_card: the card does not prove enough. card_gone: it left before it proved itself. changed: what was
asked for is not there any more.
"""


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag=_snake, omit_defaults=True):
    """Base of all messages; subclasses are the whole vocabulary."""
