"""Makes the services of the counter."""

from dataclasses import dataclass

from central.services.core.context import Context
from central.services.core.pins import Pins
from central.services.counter.acts import CounterActs
from central.services.counter.enrolment import CounterEnrolments
from central.services.counter.finding import MemberFinding
from central.services.counter.forward import ForwardService
from central.services.counter.incidents import IncidentsService
from central.services.counter.insured import InsuredCards
from central.services.counter.member_pins import MemberPinsService
from central.services.counter.parked import ParkedTickets
from central.services.counter.report import CounterReport
from central.services.counter.tickets import CounterTickets
from central.services.group.groups import GroupsService
from central.services.group.shops import ShopsService
from central.services.group.staff import StaffService
from central.services.members.identify import IdentifyService
from central.services.members.invitations import InvitationsService
from central.services.tickets.line_keys import LineKeys
from central.services.tickets.returns import ReturnsService
from central.services.tickets.sales import SalesService


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterServices:
    """What clerks do, by noun."""

    staff: StaffService
    acts: CounterActs
    pins: MemberPinsService
    tickets: CounterTickets
    parked: ParkedTickets
    report: CounterReport
    incidents: IncidentsService
    enrolments: CounterEnrolments
    finding: MemberFinding
    insured: InsuredCards
    forward: ForwardService


def build_counter(
    context: Context,
    *,
    groups: GroupsService,
    shops: ShopsService,
    identify: IdentifyService,
    pins: Pins,
    sales: SalesService,
    returns: ReturnsService,
    line_keys: LineKeys,
    invitations: InvitationsService,
) -> CounterServices:
    """Wire them."""
    staff = StaffService(context, shops, pins)
    acts = CounterActs(context, groups, shops, staff)
    return CounterServices(
        staff=staff,
        acts=acts,
        pins=MemberPinsService(context, groups=groups, identify=identify, pins=pins, acts=acts),
        tickets=CounterTickets(
            context, acts=acts, identify=identify, sales=sales, returns=returns, line_keys=line_keys
        ),
        parked=ParkedTickets(context, staff=staff),
        report=CounterReport(context),
        incidents=IncidentsService(context, acts=acts, staff=staff, identify=identify, groups=groups),
        enrolments=CounterEnrolments(
            context, acts=acts, identify=identify, groups=groups, invitations=invitations
        ),
        finding=MemberFinding(context, acts=acts, identify=identify),
        insured=InsuredCards(context, acts=acts, identify=identify),
        forward=ForwardService(
            context, groups=groups, shops=shops, identify=identify, staff=staff, acts=acts
        ),
    )
