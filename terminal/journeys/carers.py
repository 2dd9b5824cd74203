"""Who acts for a member: listed, taken back, and given with a new card.

Between the wish and the new card the member's own leaves the reader: what it proved is kept here for that
one wish, for `CARER_WISH_S` at most, and nowhere written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from loyalty.limits.carers import CARER_WISH_S, CARERS_PER_MEMBER
from loyalty.limits.terminal import CENTRAL_TIMEOUT_S
from terminal.journeys.base import Answering, Parts, Untold
from wire.api import EvidenceBody
from wire.api_carers import CarerBody, CarerEndBody, CarerListView, CarersBody
from wire.carers import AskCarers, Carer, CarersOutcome, CarersTold, EndCarer, HandCarer, PrepareCarer
from wire.messages import Answer

_PATH: Final = "/holders/carers"
_OUTCOMES: Final[Mapping[str, CarersOutcome]] = {
    "strength_too_low": "needs_pin",
    "new_card_refused": "not_blank",
    "schema_mismatch": "not_blank",
    "carers_enough": "enough",
    "carer_cards_too_many": "too_many",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What the member wished for, and what their card proved."""

    asked: PrepareCarer
    holder: EvidenceBody
    ends_ms: int


class Carers:
    """Asks, and says what came."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._wish: _Wish | None = None

    async def show(self, asked: AskCarers) -> Sequence[Answer]:
        """Who acts for the member now."""
        card = self._parts.session(asked.session_id)
        if card is None:
            return [CarersTold(request_id=asked.request_id, outcome="not_here")]
        told = await self._parts.ask(
            card, _PATH, body=lambda holder: CarersBody(holder=holder), answer=CarerListView
        )
        return [_told(asked.request_id, "list", told)]

    async def end(self, asked: EndCarer) -> Sequence[Answer]:
        """Taken back."""
        card = self._parts.session(asked.session_id)
        if card is None:
            return [CarersTold(request_id=asked.request_id, outcome="not_here")]
        told = await self._parts.ask(
            card,
            f"{_PATH}/ended",
            body=lambda holder: CarerEndBody(carer_id=asked.carer_id, holder=holder),
            answer=CarerListView,
        )
        return [_told(asked.request_id, "ended", told)]

    async def prepare(self, asked: PrepareCarer) -> Sequence[Answer]:
        """The wish is kept until the new card comes."""
        card = self._parts.session(asked.session_id)
        if card is None or not card.pin_proof:
            outcome: CarersOutcome = "not_here" if card is None else "needs_pin"
            return [CarersTold(request_id=asked.request_id, outcome=outcome)]
        evidence = card.evidence
        holder = EvidenceBody(medium=evidence.medium, value=evidence.value, pin_proof=card.pin_proof)
        ends_ms = self._parts.clock() + CARER_WISH_S * 1000
        self._wish = _Wish(asked=asked, holder=holder, ends_ms=ends_ms)
        return [CarersTold(request_id=asked.request_id, outcome="prepared")]

    async def hand(self, asked: HandCarer) -> Sequence[Answer]:
        """The new card was held there."""
        wish = self._wish
        if wish is None or wish.asked.wish_id != asked.wish_id or wish.ends_ms <= self._parts.clock():
            self._wish = None
            return [CarersTold(request_id=asked.request_id, outcome="over")]
        tap = await self._parts.desk.wait_handed(asked.tap_id)
        if tap is None:
            return [CarersTold(request_id=asked.request_id, outcome="not_read")]
        body = CarerBody(
            carer_id=wish.asked.wish_id,
            holder=wish.holder,
            name=wish.asked.name,
            card=EvidenceBody(medium=tap.evidence.medium, value=tap.evidence.value),
            may=list(wish.asked.may),
            days=wish.asked.days,
        )
        told = await self._parts.ask_openly(f"{_PATH}/given", body, CarerListView, CENTRAL_TIMEOUT_S)
        if isinstance(told, Untold) and told.code == "strength_too_low":
            # `prepare` asked for a PIN's proof: what it proved is too long ago, not missing.
            self._wish = None
            return [CarersTold(request_id=asked.request_id, outcome="over")]
        if not isinstance(told, Untold):
            self._wish = None
        return [_told(asked.request_id, "given", told)]


def _told(request_id: str, outcome: CarersOutcome, told: CarerListView | Untold) -> CarersTold:
    if isinstance(told, Untold):
        known = _OUTCOMES.get(told.code)
        away = told.trouble == "central_unreachable"
        return CarersTold(
            request_id=request_id, outcome=known or ("central_unreachable" if away else "not_here")
        )
    now = [each for each in told.carers if each.state == "open"][:CARERS_PER_MEMBER]
    carers = tuple(
        Carer(
            carer_id=each.carer_id,
            name=each.name,
            ends_ms=each.ends_ms,
            may=tuple(each.may),
            tickets=each.tickets,
            last_ms=each.last_ms or 0,
        )
        for each in now
    )
    return CarersTold(request_id=request_id, outcome=outcome, carers=carers)


def table(parts: Parts) -> Mapping[type, Answering]:
    """Who answers which message."""
    carers = Carers(parts)
    return {
        AskCarers: carers.show,
        EndCarer: carers.end,
        PrepareCarer: carers.prepare,
        HandCarer: carers.hand,
    }
