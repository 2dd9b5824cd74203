"""A member gives points to an association, or says that a ticket is not right: each once, whoever retries."""

from collections.abc import Mapping, Sequence
from typing import Final

from loyalty.limits import CENTRAL_TIMEOUT_S, IDENTIFY_TIMEOUT_S, NAME_CHARS_MAX
from terminal import session as flow
from terminal.central_link import CentralRefused, CentralUnreachable
from terminal.journeys.base import Answering, Parts
from terminal.journeys.proving import evidence_of, trouble_of, with_card
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


class MyGiving:
    """Answers what a member gives and reports."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def list_associations(self, asked: AskAssociations) -> Sequence[Answer]:
        """The group's associations, with what they got."""
        card = self._parts.session(asked.session_id)
        if card is None:
            return [AssociationsTold(request_id=asked.request_id, trouble="not_here")]

        async def call(evidence: EvidenceBody) -> MyAssociationsView:
            body, path = HolderBody(holder=evidence), "/holders/associations"
            return await self._parts.link.call(
                "POST", path, body, MyAssociationsView, IDENTIFY_TIMEOUT_S, card.tap_id
            )

        told = await with_card(self._parts, card, call)
        if isinstance(told, str):
            return [AssociationsTold(request_id=asked.request_id, trouble=told)]
        if self._parts.session(asked.session_id) is None:
            return []
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

    async def donate(self, asked: DonatePoints) -> Sequence[Answer]:
        """Give points; the card proves itself where central wants that."""
        card = self._parts.session(asked.session_id)
        if card is None:
            return [DonatedTold(request_id=asked.request_id, trouble="not_here")]

        async def call(evidence: EvidenceBody) -> MoveView:
            body = DonationBody(
                donation_id=asked.act_id,
                holder=evidence,
                association_id=asked.association_id,
                points=asked.points,
            )
            return await self._parts.link.call(
                "POST", "/donations", body, MoveView, CENTRAL_TIMEOUT_S, card.tap_id
            )

        told = await with_card(self._parts, card, call)
        if isinstance(told, str):
            return [DonatedTold(request_id=asked.request_id, trouble=told)]
        desk = self._parts.desk
        desk.put(flow.points_moved(desk.sessions, asked.session_id, told.balance_points))
        if self._parts.session(asked.session_id) is None:
            return []
        return [DonatedTold(request_id=asked.request_id, points=told.points, balance=told.balance_points)]

    async def report(self, asked: ReportTicket) -> Sequence[Answer]:
        """Hand a ticket to head office."""
        card = self._parts.session(asked.session_id)
        if card is None:
            return [ReportTold(request_id=asked.request_id, trouble="not_here")]
        body = MyReportBody(holder=evidence_of(card), sale_id=asked.sale_id)
        try:
            if self._parts.link.state == "down":
                raise CentralUnreachable(reason=self._parts.link.trouble)
            told = await self._parts.link.call(
                "POST", "/holders/reports", body, MyReportView, CENTRAL_TIMEOUT_S, card.tap_id
            )
        except CentralRefused as error:
            is_limit = error.problem.code == "counter_limit"
            trouble = "too_many" if is_limit else trouble_of(error)
            return [ReportTold(request_id=asked.request_id, trouble=trouble)]
        except CentralUnreachable:
            return [ReportTold(request_id=asked.request_id, trouble="central_unreachable")]
        if self._parts.session(asked.session_id) is None:
            return []
        return [ReportTold(request_id=asked.request_id, state=_STATES.get(told.state, "open"))]


def table(parts: Parts) -> Mapping[type, Answering]:
    """Who answers which message."""
    answers = MyGiving(parts)
    return {
        AskAssociations: answers.list_associations,
        DonatePoints: answers.donate,
        ReportTicket: answers.report,
    }
