"""What members say and whether they can be reached: consents, call-backs."""

from enum import StrEnum
from typing import Final

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.sealed_people import require_there
from central.storage.interface.standings import INSURED_CARD, ConsentRow
from loyalty.errors import LoyaltyError
from loyalty.limits import members as limits
from wire import api_segments


class ConsentPurpose(StrEnum):
    """What a member may agree to; each for itself, none by another."""

    HEALTH = "health"
    """That purchases are looked at for conditions and stages of life."""
    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"
    TELEPHONE = "telephone"
    WECHAT = "wechat"
    PROGRAMME = "programme"
    """To take part, as it was said on a screen. Whoever takes it back asks to be erased."""
    INSURED_CARD = INSURED_CARD
    """To be known by the Swiss insured-person card: withdrawn, what was kept of it is gone."""


PURPOSES: Final = frozenset(purpose.value for purpose in ConsentPurpose)


class ConsentPurposeUnknown(LoyaltyError):
    """Nobody asks for consent to that."""

    code = "consent_purpose_unknown"
    text = "There is no consent to {purpose}. Use one of {known}."


class ConsentsService:
    """Keeps and tells them."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._clock = context.clock

    async def put_consent(
        self, actor: Actor, member_id: str, purpose: str, body: api_segments.ConsentBody
    ) -> api_segments.ConsentListView:
        """Note what a member says about a purpose; the same word again changes nothing.

        Raises: MemberNotFound, MemberMerged, ConsentPurposeUnknown.
        """
        access.require(actor, access.MEMBERS_WRITE)
        if purpose not in PURPOSES:
            raise ConsentPurposeUnknown(purpose=purpose[:40], known=", ".join(sorted(PURPOSES)))
        await self._require_member(actor, member_id)
        row = ConsentRow(purpose, body.is_given, self._clock(), actor.token_id)
        await self._store.put_consent(actor.group_id, member_id, row)
        return await self._consents(actor, member_id)

    async def list_consents(self, actor: Actor, member_id: str) -> api_segments.ConsentListView:
        """What a member said. Raises: MemberNotFound, MemberMerged."""
        access.require(actor, access.MEMBERS_READ)
        await self._require_member(actor, member_id)
        return await self._consents(actor, member_id)

    async def put_call_back(
        self, actor: Actor, member_id: str, body: api_segments.CallBackBody
    ) -> api_segments.CallBackView:
        """Note an attempt to reach a member (J-08e).

        Raises: MemberNotFound, MemberMerged, IdempotencyConflict.
        """
        access.require(actor, access.MEMBERS_WRITE)
        await self._require_member(actor, member_id)
        await self._store.put_call_back(
            actor.group_id,
            member_id,
            body.call_back_id,
            at_ms=self._clock(),
            is_reached=body.is_reached,
            actor=actor.token_id,
        )
        return api_segments.CallBackView(call_back_id=body.call_back_id, is_reached=body.is_reached)

    async def _consents(self, actor: Actor, member_id: str) -> api_segments.ConsentListView:
        rows = await self._store.list_consents(actor.group_id, member_id, limits.MEMBER_HISTORY_MAX)
        return api_segments.ConsentListView(
            consents=[
                api_segments.ConsentView(
                    purpose=row.purpose,
                    is_given=row.is_given,
                    at_ms=row.at_ms,
                    text_version=row.text_version,
                    shop_id=row.shop_id,
                )
                for row in rows
            ]
        )

    async def _require_member(self, actor: Actor, member_id: str) -> None:
        require_there(await self._store.find_member(actor.group_id, member_id), member_id)
