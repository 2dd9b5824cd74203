"""Operations on incidents, and on members served without a card; a part of the one table in `routes`."""

from typing import Final

from central.chips import sun
from central.services.cards import cards
from central.services.core import access, agreement, requests
from central.services.core import sealed_people as people
from central.services.counter import enrolment, finding
from central.services.group import staff
from central.services.members import identify
from central.services.tickets import sales
from central.storage.base import IdempotencyConflict
from central.web.api.refusals import CARD_REFUSED
from central.web.api.route import Answer, Call, Route
from loyalty.programme import card, counter, found, identification, incident, member
from wire import api_counter, api_members


async def open_incident(call: Call) -> Answer:
    """Hand a problem to head office in one request, the ticket attached."""
    view, is_replay = await call.services.counter.incidents.open(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def look_at_incident(call: Call) -> Answer:
    """A clerk looks what became of an incident of this shop."""
    path = call.path["incident_id"]
    return Answer(await call.services.counter.incidents.look(call.actor, path, call.body))


async def list_incidents(call: Call) -> Answer:
    """The queue of incidents, the oldest first."""
    return Answer(await call.services.counter.incidents.list_incidents(call.actor, call.query))


async def get_incident(call: Call) -> Answer:
    """An incident with its history."""
    return Answer(await call.services.counter.incidents.get(call.actor, call.path["incident_id"]))


async def move_incident(call: Call) -> Answer:
    """Take an incident, answer, close or reopen it."""
    path = call.path["incident_id"]
    view, is_replay = await call.services.counter.incidents.move(call.actor, path, call.body)
    return Answer(view, is_replay=is_replay)


async def enrol_at_counter(call: Call) -> Answer:
    """Enrol by an e-mail address or a paper form; the card earns at once, and is to be validated."""
    view, is_replay = await call.services.counter.enrolments.enrol(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def find_form(call: Call) -> Answer:
    """Whose paper form this is."""
    return Answer(await call.services.counter.enrolments.find_form(call.actor, call.path["form_number"]))


async def complete_member(call: Call) -> Answer:
    """Key in the data of a member who was enrolled at the counter; the card is validated by them."""
    path = call.path["member_id"]
    return Answer(await call.services.invitations.completing.complete(call.actor, path, call.body))


async def find_member(call: Call) -> Answer:
    """Find a member without a card: at most three, each search kept."""
    return Answer(await call.services.counter.finding.find(call.actor, call.body))


async def give_card(call: Call) -> Answer:
    """A member who was found gets a card."""
    view, is_replay = await call.services.counter.finding.give_card(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def link_insured_card(call: Call) -> Answer:
    """A member agrees to be known by the Swiss insured-person card."""
    view, is_replay = await call.services.counter.insured.link(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


_PREFIX: Final = "/api/v1"
_ACTING: Final = (staff.SignInOver, counter.RoleMayNot, counter.CounterLimit, IdempotencyConflict)
_HANDED_OUT: Final = (
    card.UnknownCard,
    cards.CardTaken,
    identify.UnreadableCard,
    sun.CardMessageInvalid,
)

INCIDENT_ROUTES: Final = (
    Route(
        method="POST",
        path=f"{_PREFIX}/counter/incidents",
        operation="open_incident",
        tag="counter",
        permission=access.COUNTER,
        handler=open_incident,
        body=api_counter.IncidentBody,
        answer=api_counter.IncidentView,
        errors=(*_ACTING, incident.TicketNeeded, sales.SaleNotFound, *CARD_REFUSED),
        is_repeatable=True,
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/counter/incidents/{{incident_id}}/look",
        operation="look_at_incident",
        tag="counter",
        permission=access.COUNTER,
        handler=look_at_incident,
        body=api_counter.IncidentLookBody,
        answer=api_counter.IncidentView,
        errors=(staff.SignInOver, incident.IncidentNotFound),
    ),
    Route(
        method="GET",
        path=f"{_PREFIX}/incidents",
        operation="list_incidents",
        tag="counter",
        permission=access.INCIDENTS,
        handler=list_incidents,
        query=api_counter.IncidentsQuery,
        answer=api_counter.IncidentListView,
    ),
    Route(
        method="GET",
        path=f"{_PREFIX}/incidents/{{incident_id}}",
        operation="get_incident",
        tag="counter",
        permission=access.INCIDENTS,
        handler=get_incident,
        answer=api_counter.IncidentView,
        errors=(incident.IncidentNotFound,),
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/incidents/{{incident_id}}/acts",
        operation="move_incident",
        tag="counter",
        permission=access.INCIDENTS,
        handler=move_incident,
        body=api_counter.IncidentActBody,
        answer=api_counter.IncidentView,
        errors=(incident.IncidentNotFound, incident.IncidentMoved),
        is_repeatable=True,
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/counter/enrolments",
        operation="enrol_at_counter",
        tag="counter",
        permission=access.COUNTER,
        handler=enrol_at_counter,
        body=api_counter.CounterEnrolBody,
        answer=api_counter.CounterEnrolView,
        errors=(
            *_ACTING,
            agreement.AgreementNeeded,
            enrolment.EmailOrFormNeeded,
            enrolment.EmailKnown,
            enrolment.FormNumberTaken,
            member.EnrolmentInvalid,
            *_HANDED_OUT,
        ),
        is_repeatable=True,
    ),
    Route(
        method="GET",
        path=f"{_PREFIX}/forms/{{form_number}}",
        operation="find_form",
        tag="members",
        permission=access.MEMBERS_READ,
        handler=find_form,
        answer=api_counter.FormView,
        errors=(enrolment.FormNotFound,),
    ),
    Route(
        method="PUT",
        path=f"{_PREFIX}/members/{{member_id}}/completion",
        operation="complete_member",
        tag="members",
        permission=access.MEMBERS_WRITE,
        handler=complete_member,
        body=api_counter.CompletionBody,
        answer=api_counter.CompletionView,
        errors=(
            people.MemberNotFound,
            people.MemberMerged,
            member.EnrolmentInvalid,
            requests.TryAgain,
        ),
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/counter/finds",
        operation="find_member",
        tag="counter",
        permission=access.COUNTER,
        handler=find_member,
        body=api_counter.FindBody,
        answer=api_counter.FoundListView,
        errors=(*_ACTING, finding.FindNeedsMore, finding.FindTooMany, finding.NameNotAlone),
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/counter/cards",
        operation="give_card",
        tag="counter",
        permission=access.COUNTER,
        handler=give_card,
        body=api_counter.GiveCardBody,
        answer=api_members.CardView,
        errors=(*_ACTING, found.FoundOver, identification.StrengthTooLow, *_HANDED_OUT),
        is_repeatable=True,
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/counter/insured-cards",
        operation="link_insured_card",
        tag="counter",
        permission=access.COUNTER,
        handler=link_insured_card,
        body=api_counter.InsuredCardBody,
        answer=api_counter.InsuredCardView,
        errors=(
            *_ACTING,
            *CARD_REFUSED,
            agreement.AgreementNeeded,
            cards.CardTaken,
        ),
        is_repeatable=True,
    ),
)
