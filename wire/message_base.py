"""What every message between the processes of a terminal is; topics of their own have a module beside."""

from typing import Literal

import msgspec

Language = Literal["fr", "de", "it", "en", "zh"]


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag=_snake, omit_defaults=True):
    """Base of all messages; subclasses are the whole vocabulary."""
