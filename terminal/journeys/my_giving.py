"""A member gives points to an association, or says that a ticket is not right: each once, whoever retries."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from loyalty.limits.terminal import CENTRAL_TIMEOUT_S
from loyalty.limits.texts import NAME_CHARS_MAX
from terminal.journeys.base import Answering, Parts, Untold
from terminal.journeys.moving import Move, answering
from wire.api import EvidenceBody
from wire.api_my_value import HolderBody, MyAssociationsView, MyReportBody, MyReportView
from wire.api_value import DonationBody, MoveView
from wire.messages import Answer
from wire.my_value import (
    AskAssociations,
    Association,
    AssociationsTold,
    DonatedTold,
    DonatePoints,
    ReportState,
    ReportTicket,
    ReportTold,
)

_STATES: Final[Mapping[str, ReportState]] = {
    "open": "open",
    "taken": "taken",
    "answered": "answered",
    "closed": "closed",
}
_NO_REPORT: Final[Mapping[str, Literal["too_many"]]] = {"counter_limit": "too_many"}


class MyGiving:
    """Answers what a member gives and reports."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def list_associations(self, asked: AskAssociations) -> Sequence[Answer]:
        """The group's associations, with what they got."""
        card = self._parts.session(asked.session_id)
        if card is None:
            return [AssociationsTold(request_id=asked.request_id, trouble="not_here")]
        told = await self._parts.ask(
            card,
            "/holders/associations",
            body=lambda holder: HolderBody(holder=holder),
            answer=MyAssociationsView,
        )
        if isinstance(told, Untold):
            return [AssociationsTold(request_id=asked.request_id, trouble=told.trouble)]
        associations = tuple(
            Association(
                association_id=each.association_id,
                name=each.name[:NAME_CHARS_MAX],
                is_mine=each.is_mine,
                paid_minor=each.paid_minor,
                months=each.months,
                last_month=each.last_month or "",
            )
            for each in told.associations
        )
        return [AssociationsTold(request_id=asked.request_id, points=told.points, associations=associations)]

    async def report(self, asked: ReportTicket) -> Sequence[Answer]:
        """Hand a ticket to head office."""
        card = self._parts.session(asked.session_id)
        if card is None:
            return [ReportTold(request_id=asked.request_id, trouble="not_here")]
        told = await self._parts.ask(
            card,
            "/holders/reports",
            body=lambda holder: MyReportBody(holder=holder, sale_id=asked.sale_id),
            answer=MyReportView,
            timeout_s=CENTRAL_TIMEOUT_S,
        )
        if isinstance(told, Untold):
            return [ReportTold(request_id=asked.request_id, trouble=told.trouble_by(_NO_REPORT))]
        return [ReportTold(request_id=asked.request_id, state=_STATES.get(told.state, "open"))]


def _donation(asked: DonatePoints, holder: EvidenceBody) -> DonationBody:
    return DonationBody(
        donation_id=asked.act_id, holder=holder, association_id=asked.association_id, points=asked.points
    )


def _donated(view: MoveView) -> Mapping[str, Any]:
    return {"points": view.points, "balance": view.balance_points}


_DONATE: Final = Move(path="/donations", body=_donation, view=MoveView, told=DonatedTold, done=_donated)


def table(parts: Parts) -> Mapping[type, Answering]:
    """Who answers which message."""
    answers = MyGiving(parts)
    return {
        AskAssociations: answers.list_associations,
        DonatePoints: answering(parts, _DONATE),
        ReportTicket: answers.report,
    }
