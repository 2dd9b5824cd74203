"""A member makes a voucher of points or pays them forward: told what they come to; once, whoever retries."""

from collections.abc import Mapping, Sequence
from typing import Final

from loyalty.limits.terminal import CENTRAL_TIMEOUT_S
from terminal.journeys.base import Answering, Parts, Untold
from wire.api_conversions import (
    ConversionBody,
    ConversionsView,
    ConversionView,
    ForwardBody,
    ForwardView,
)
from wire.api_my_value import HolderBody
from wire.conversions import (
    AskConversions,
    ConversionsTold,
    ConvertedTold,
    ConvertPoints,
    ForwardedTold,
    PayForward,
    PointsFor,
)
from wire.message_base import UsualTrouble
from wire.messages import Answer

_NOT_MADE: Final[Mapping[str, UsualTrouble]] = {
    "balance_too_low": "changed",
    "conversion_changed": "changed",
    "conversion_unavailable": "changed",
}


class Converting:
    """Answers about points that become something else."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def show(self, asked: AskConversions) -> Sequence[Answer]:
        """What the points come to now."""
        card = self._parts.session(asked.session_id)
        if card is None:
            return [ConversionsTold(request_id=asked.request_id, trouble="not_here")]
        told = await self._parts.ask(
            card,
            "/holders/conversions",
            body=lambda holder: HolderBody(holder=holder),
            answer=ConversionsView,
        )
        if isinstance(told, Untold):
            return [ConversionsTold(request_id=asked.request_id, trouble=told.trouble)]
        return [
            ConversionsTold(
                request_id=asked.request_id,
                points=told.points,
                step_points=told.step_points,
                step_minor=told.step_minor,
                last_day=told.last_day,
                forward_minor=told.forward_minor,
                choices=tuple(
                    PointsFor(points=each.points, worth_minor=each.worth_minor) for each in told.choices
                ),
            )
        ]

    async def convert(self, asked: ConvertPoints) -> Sequence[Answer]:
        """Make the voucher; the card proves itself where central wants that."""
        card = self._parts.session(asked.session_id)
        if card is None:
            return [ConvertedTold(request_id=asked.request_id, trouble="not_here")]
        told = await self._parts.ask(
            card,
            "/conversions",
            body=lambda holder: ConversionBody(
                conversion_id=asked.act_id,
                holder=holder,
                points=asked.points,
                worth_minor=asked.worth_minor,
            ),
            answer=ConversionView,
            timeout_s=CENTRAL_TIMEOUT_S,
        )
        if isinstance(told, Untold):
            return [ConvertedTold(request_id=asked.request_id, trouble=told.trouble_by(_NOT_MADE))]
        await self._parts.points_moved(card, told.balance_points)
        return [
            ConvertedTold(
                request_id=asked.request_id,
                points=told.points,
                balance=told.balance_points,
                voucher_id=told.voucher_id,
                worth_minor=told.worth_minor,
                last_day=told.last_day,
                code=told.code,
                payload=told.payload,
            )
        ]

    async def pay_forward(self, asked: PayForward) -> Sequence[Answer]:
        """Give points for whoever needs it; the card proves itself where central wants that."""
        card = self._parts.session(asked.session_id)
        if card is None:
            return [ForwardedTold(request_id=asked.request_id, trouble="not_here")]
        told = await self._parts.ask(
            card,
            "/forwards",
            body=lambda holder: ForwardBody(
                forward_id=asked.act_id,
                holder=holder,
                points=asked.points,
                worth_minor=asked.worth_minor,
            ),
            answer=ForwardView,
            timeout_s=CENTRAL_TIMEOUT_S,
        )
        if isinstance(told, Untold):
            return [ForwardedTold(request_id=asked.request_id, trouble=told.trouble_by(_NOT_MADE))]
        await self._parts.points_moved(card, told.balance_points)
        return [
            ForwardedTold(
                request_id=asked.request_id,
                points=told.points,
                balance=told.balance_points,
                worth_minor=told.worth_minor,
            )
        ]


def table(parts: Parts) -> Mapping[type, Answering]:
    """Who answers which message."""
    answers = Converting(parts)
    return {AskConversions: answers.show, ConvertPoints: answers.convert, PayForward: answers.pay_forward}
