"""Today's offers for the member who is there; asked of central each time, kept nowhere."""

from collections.abc import Mapping, Sequence
from typing import Final, get_args

from terminal.journeys.base import Answering, Parts, Untold
from terminal.journeys.my_value import names_shown
from wire.api_my_value import HolderBody
from wire.api_promotions import PromotionListView
from wire.messages import Answer
from wire.promotions import AskPromotions, Because, Promotion, PromotionsTold

_WORDS: Final[tuple[Because, ...]] = get_args(Because)


def table(parts: Parts) -> Mapping[type, Answering]:
    """Who answers."""

    async def answer(asked: AskPromotions) -> Sequence[Answer]:
        card = parts.session(asked.session_id)
        if card is None:
            return [PromotionsTold(request_id=asked.request_id, trouble="not_here")]
        told = await parts.ask(
            card,
            "/holders/promotions",
            body=lambda holder: HolderBody(holder=holder),
            answer=PromotionListView,
        )
        if isinstance(told, Untold):
            return [PromotionsTold(request_id=asked.request_id, trouble=told.trouble)]
        promotions = tuple(
            Promotion(
                names=names_shown(each.names),
                because=_because(each.because, is_mine=each.is_mine),
                last_day=each.last_day,
            )
            for each in told.promotions
        )
        return [PromotionsTold(request_id=asked.request_id, promotions=promotions)]

    return {AskPromotions: answer}


def _because(words: Sequence[str], *, is_mine: bool) -> tuple[Because, ...]:
    """The words that a screen knows; an own offer for a reason of a later release is a chosen one."""
    known = tuple(word for word in _WORDS if word in words)
    return known or (("chosen",) if is_mine else ())
