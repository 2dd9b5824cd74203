"""Somebody without their card blocks it: handed to central at once, kept and logged nowhere here."""

from collections.abc import Mapping, Sequence
from typing import Final

from loyalty.limits.terminal import CENTRAL_TIMEOUT_S
from terminal.journeys.base import Answering, Parts, Untold
from wire.api_lost_cards import LostCardBody, LostCardCodeBody, LostCardEndedView, LostCardView
from wire.lost_cards import EnterLostCode, LostOutcome, LostTold, ReportLost
from wire.messages import Answer

_OUTCOMES: Final[Mapping[str, LostOutcome]] = {
    "lost_card_too_many": "too_many",
    "lost_code_wrong": "wrong",
}


def table(parts: Parts) -> Mapping[type, Answering]:
    """Who answers which message."""

    async def report(asked: ReportLost) -> Sequence[Answer]:
        body = LostCardBody(report_id=asked.request_id, number=asked.number, birth_date=asked.birth_date)
        told = await parts.ask_openly("/lost-cards", body, LostCardView, CENTRAL_TIMEOUT_S)
        if isinstance(told, Untold):
            return [_untold(asked.request_id, told)]
        return [LostTold(request_id=asked.request_id, outcome="noted", hours=told.hours)]

    async def end(asked: EnterLostCode) -> Sequence[Answer]:
        body = LostCardCodeBody(
            number=asked.number, birth_date=asked.birth_date, code=asked.code, wish=asked.wish
        )
        told = await parts.ask_openly("/lost-cards/code", body, LostCardEndedView, CENTRAL_TIMEOUT_S)
        if isinstance(told, Untold):
            return [_untold(asked.request_id, told)]
        return [LostTold(request_id=asked.request_id, outcome=told.state)]

    return {ReportLost: report, EnterLostCode: end}


def _untold(request_id: str, told: Untold) -> LostTold:
    wait_s = told.params.get("retry_after_s")
    minutes = -(-wait_s // 60) if isinstance(wait_s, int) else 0
    outcome = _OUTCOMES.get(told.code, "central_unreachable")
    return LostTold(request_id=request_id, outcome=outcome, wait_minutes=minutes)
