"""What a search at the counter hands out for a member: for a short while, at one terminal, for one ticket."""

from dataclasses import dataclass

from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.signed_words import SignedWords
from loyalty.programme.found import FOUND_PREFIX, FoundOver, is_found
from loyalty.programme.identification import Strength
from loyalty.values import quick


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Who was found, how well what was said proves it, and by which act of which clerk."""

    member_id: str
    strength: Strength
    act_id: str
    staff_id: str
    role: str
    shop_id: str
    expires_ms: int


class FoundWords:
    """Signs and opens them; nothing is kept."""

    def __init__(self, context: Context) -> None:
        self._words = SignedWords(context.quote_key, "found-2")

    def sign(self, actor: Actor, found: Found) -> str:
        """The word, good at this terminal alone."""
        word = self._words.sign(
            actor.group_id,
            actor.token_id,
            found.member_id,
            int(found.strength),
            found.act_id,
            found.staff_id,
            found.role,
            found.shop_id,
            found.expires_ms,
        )
        return FOUND_PREFIX + word

    def open(self, actor: Actor, text: str, *, at_ms: int) -> Found:
        """Who it is, as of a moment. Raises: FoundOver."""
        parts = self._words.open(text.removeprefix(FOUND_PREFIX)) if is_found(text) else None
        match parts:
            case (
                actor.group_id,
                actor.token_id,
                str(member_id),
                int(strength),
                str(act_id),
                str(staff_id),
                str(role),
                str(shop_id),
                int(expires_ms),
            ) if at_ms < expires_ms:
                return Found(
                    member_id=member_id,
                    strength=Strength(strength),
                    act_id=act_id,
                    staff_id=staff_id,
                    role=role,
                    shop_id=shop_id,
                    expires_ms=expires_ms,
                )
        raise FoundOver
