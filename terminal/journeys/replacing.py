"""A card is replaced by a blank one: central judges every step, nothing of it is kept or logged here."""

from collections.abc import Mapping, Sequence
from typing import Final

from loyalty.limits.terminal import CENTRAL_TIMEOUT_S
from terminal.journeys.base import Answering, Parts, Untold
from wire.api import EvidenceBody
from wire.api_replacements import (
    ReplacementBody,
    ReplacementCardBody,
    ReplacementCodeBody,
    ReplacementDoneView,
    ReplacementGrantedView,
    ReplacementStaffBody,
    ReplacementView,
    ReplacementWithoutBody,
)
from wire.messages import Answer
from wire.replacements import (
    BeginReplacement,
    BeginReplacementWithout,
    HandReplacement,
    ProveReplacement,
    ReplacementOutcome,
    ReplacementTold,
)

_PATH: Final = "/card-replacements"
_OUTCOMES: Final[Mapping[str, ReplacementOutcome]] = {
    "replacements_too_many": "too_many",
    "replacement_code_wrong": "wrong",
    "replacement_over": "over",
    "new_card_refused": "not_blank",
    "staff_card_refused": "not_staff",
    "replacement_staff_code": "not_here",
    "schema_mismatch": "not_blank",
}


class Replacing:
    """Asks, and says what came."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def begin(self, asked: BeginReplacement) -> Sequence[Answer]:
        """By the card that lies there, with its PIN where that was typed."""
        card = self._parts.session(asked.session_id)
        if card is None:
            return [ReplacementTold(request_id=asked.request_id, outcome="not_here")]
        told = await self._parts.ask(
            card,
            _PATH,
            body=lambda holder: ReplacementBody(request_id=asked.request_id, holder=holder),
            answer=ReplacementView,
            timeout_s=CENTRAL_TIMEOUT_S,
        )
        return [_begun(asked.request_id, told)]

    async def begin_without(self, asked: BeginReplacementWithout) -> Sequence[Answer]:
        """By what was typed."""
        body = ReplacementWithoutBody(
            request_id=asked.request_id, number=asked.number, birth_date=asked.birth_date
        )
        told = await self._parts.ask_openly(f"{_PATH}/without-card", body, ReplacementView, CENTRAL_TIMEOUT_S)
        return [_begun(asked.request_id, told)]

    async def prove(self, asked: ProveReplacement) -> Sequence[Answer]:
        """The code that was sent."""
        body = ReplacementCodeBody(replacement_id=asked.replacement_id, code=asked.code)
        told = await self._parts.ask_openly(f"{_PATH}/code", body, ReplacementGrantedView, CENTRAL_TIMEOUT_S)
        return [_granted(asked.request_id, asked.replacement_id, told)]

    async def hand(self, asked: HandReplacement) -> Sequence[Answer]:
        """The card that was held there: the new one, or a clerk's."""
        tap = await self._parts.desk.wait_handed(asked.tap_id)
        if tap is None:
            return [
                ReplacementTold(
                    request_id=asked.request_id, outcome="not_read", replacement_id=asked.replacement_id
                )
            ]
        card = EvidenceBody(medium=tap.evidence.medium, value=tap.evidence.value)
        if asked.is_staff:
            confirmed = await self._parts.ask_openly(
                f"{_PATH}/staff",
                ReplacementStaffBody(replacement_id=asked.replacement_id, staff=card),
                ReplacementGrantedView,
                CENTRAL_TIMEOUT_S,
            )
            return [_granted(asked.request_id, asked.replacement_id, confirmed)]
        told = await self._parts.ask_openly(
            f"{_PATH}/card",
            ReplacementCardBody(replacement_id=asked.replacement_id, card=card),
            ReplacementDoneView,
            CENTRAL_TIMEOUT_S,
        )
        if isinstance(told, Untold):
            return [_untold(asked.request_id, told, asked.replacement_id)]
        return [ReplacementTold(request_id=asked.request_id, outcome="done", keeps_pin=told.keeps_pin)]


def _begun(request_id: str, told: ReplacementView | Untold) -> ReplacementTold:
    if isinstance(told, Untold):
        return _untold(request_id, told)
    return ReplacementTold(
        request_id=request_id, outcome=told.by, replacement_id=told.replacement_id, channel=told.channel
    )


def _granted(request_id: str, replacement_id: str, told: ReplacementGrantedView | Untold) -> ReplacementTold:
    if isinstance(told, Untold):
        return _untold(request_id, told, replacement_id)
    return ReplacementTold(request_id=request_id, outcome="card", replacement_id=replacement_id)


def _untold(request_id: str, told: Untold, replacement_id: str = "") -> ReplacementTold:
    wait_s = told.params.get("retry_after_s")
    minutes = -(-wait_s // 60) if isinstance(wait_s, int) else 0
    outcome = _OUTCOMES.get(told.code)
    if outcome is None:
        usual: Mapping[str, ReplacementOutcome] = {"needs_card": "needs_card", "not_here": "not_here"}
        outcome = usual.get(told.trouble, "central_unreachable")
    return ReplacementTold(
        request_id=request_id, outcome=outcome, replacement_id=replacement_id, wait_minutes=minutes
    )


def table(parts: Parts) -> Mapping[type, Answering]:
    """Who answers which message."""
    replacing = Replacing(parts)
    return {
        BeginReplacement: replacing.begin,
        BeginReplacementWithout: replacing.begin_without,
        ProveReplacement: replacing.prove,
        HandReplacement: replacing.hand,
    }
