"""Points move once, whoever retries: the one way of vouchers, of paying forward and of gifts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

import msgspec

from loyalty.limits.terminal import CENTRAL_TIMEOUT_S
from terminal.journeys.base import Answering, Parts, Untold
from wire.api import EvidenceBody
from wire.message_base import UsualTrouble
from wire.messages import Answer

_NOT_MOVED: Final[Mapping[str, UsualTrouble]] = {
    "association_not_found": "changed",
    "balance_too_low": "changed",
    "conversion_changed": "changed",
    "conversion_unavailable": "changed",
}


class WithBalance(Protocol):
    """Central's answer to a move."""

    @property
    def balance_points(self) -> int:
        """What the member has left."""


V = TypeVar("V", bound=WithBalance)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move(Generic[V]):
    """A move of points at central.

    Args:
        path: where it is asked for. body: of the kiosk's message and the card's evidence; the act's id is in
            it. view: central's answer.
        told: the kiosk's answer, made of `request_id` and either `trouble` or what `done` names.
    """

    path: str
    body: Callable[[Any, EvidenceBody], msgspec.Struct]
    view: type[V]
    told: Callable[..., Answer]
    done: Callable[[V], Mapping[str, Any]]


def answering(parts: Parts, move: Move[V]) -> Answering:
    """Who moves the points; the card proves itself where central wants that, or its PIN is asked for."""

    async def answer(asked: Any) -> Sequence[Answer]:
        card = parts.session(asked.session_id)
        if card is None:
            return [move.told(request_id=asked.request_id, trouble="not_here")]
        told = await parts.ask(
            card,
            move.path,
            body=lambda holder: move.body(asked, holder),
            answer=move.view,
            timeout_s=CENTRAL_TIMEOUT_S,
        )
        if isinstance(told, Untold):
            trouble = "needs_pin" if parts.wants_pin(card, told) else told.trouble_by(_NOT_MOVED)
            return [move.told(request_id=asked.request_id, trouble=trouble)]
        await parts.points_moved(card, told.balance_points)
        return [move.told(request_id=asked.request_id, **move.done(told))]

    return answer
