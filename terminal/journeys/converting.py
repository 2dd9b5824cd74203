"""A member makes a voucher of points or pays them forward: told what they come to; once, whoever retries."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from terminal.journeys.base import Answering, Parts, Untold
from terminal.journeys.moving import Move, answering
from wire.api import EvidenceBody
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
from wire.messages import Answer


async def _show(parts: Parts, asked: AskConversions) -> Sequence[Answer]:
    """What the points come to now."""
    card = parts.session(asked.session_id)
    if card is None:
        return [ConversionsTold(request_id=asked.request_id, trouble="not_here")]
    told = await parts.ask(
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


def _conversion(asked: ConvertPoints, holder: EvidenceBody) -> ConversionBody:
    return ConversionBody(
        conversion_id=asked.act_id, holder=holder, points=asked.points, worth_minor=asked.worth_minor
    )


def _converted(view: ConversionView) -> Mapping[str, Any]:
    return {
        "points": view.points,
        "balance": view.balance_points,
        "voucher_id": view.voucher_id,
        "worth_minor": view.worth_minor,
        "last_day": view.last_day,
        "code": view.code,
        "payload": view.payload,
    }


def _forward(asked: PayForward, holder: EvidenceBody) -> ForwardBody:
    return ForwardBody(
        forward_id=asked.act_id, holder=holder, points=asked.points, worth_minor=asked.worth_minor
    )


def _forwarded(view: ForwardView) -> Mapping[str, Any]:
    return {"points": view.points, "balance": view.balance_points, "worth_minor": view.worth_minor}


_CONVERT: Final = Move(
    path="/conversions", body=_conversion, view=ConversionView, told=ConvertedTold, done=_converted
)
_PAY_FORWARD: Final = Move(
    path="/forwards", body=_forward, view=ForwardView, told=ForwardedTold, done=_forwarded
)


def table(parts: Parts) -> Mapping[type, Answering]:
    """Who answers which message."""

    async def show(asked: AskConversions) -> Sequence[Answer]:
        return await _show(parts, asked)

    return {
        AskConversions: show,
        ConvertPoints: answering(parts, _CONVERT),
        PayForward: answering(parts, _PAY_FORWARD),
    }
