"""Makes the services of the counter."""

from dataclasses import dataclass

from central.services.core.context import Context
from central.services.core.pins import Pins
from central.services.counter.acts import CounterActs
from central.services.counter.member_pins import MemberPinsService
from central.services.group.groups import GroupsService
from central.services.group.shops import ShopsService
from central.services.group.staff import StaffService
from central.services.members.identify import IdentifyService


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterServices:
    """What clerks do, by noun."""

    staff: StaffService
    acts: CounterActs
    pins: MemberPinsService


def build_counter(
    context: Context, *, groups: GroupsService, shops: ShopsService, identify: IdentifyService, pins: Pins
) -> CounterServices:
    """Wire them."""
    staff = StaffService(context, shops, pins)
    acts = CounterActs(context, groups, shops, staff)
    return CounterServices(
        staff=staff,
        acts=acts,
        pins=MemberPinsService(context, groups=groups, identify=identify, pins=pins, acts=acts),
    )
