"""What a screen or till may know of a member: built once, limited by what the evidence allows."""

from collections.abc import Sequence
from datetime import UTC, tzinfo

from msgspec import structs

from central.services.core.clock import day_start_ms, local_day
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.core.sealed_people import open_person
from central.storage.interface.rows import ExpiringLots, MemberOverview, MemberRow, TicketRow
from loyalty.limits.members import PROFILE_TICKETS_MAX
from loyalty.programme.identification import Act, balance_range
from loyalty.programme.member import Salutation, display_name
from loyalty.programme.programme import next_milestone, worth_minor
from wire import api


class ProfileService:
    """Builds profiles."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._vault = context.vault
        self._zones = context.zones
        self._known = context.known

    async def build(
        self,
        group: Group,
        member: MemberRow,
        may: frozenset[Act],
        *,
        zone: tzinfo,
        now_ms: int,
        overview: MemberOverview | None = None,
    ) -> api.ProfileView:
        """A member's profile for somebody who may do the acts `may`; days are those of `zone`.

        `overview`: of the day of `now_ms`; left out, it is read.
        """
        group_id = group.row.group_id
        if overview is None:
            since_ms = day_start_ms(now_ms, zone)
            overview = await self._store.member_overview(
                group_id, member.member_id, since_ms, PROFILE_TICKETS_MAX
            )
        person = open_person(self._vault, member)
        head = api.ProfileView(
            member_id=member.member_id,
            display_name=display_name(person.family_name, Salutation(person.salutation), member.language),
            language=member.language,
            may=sorted(may),
        )
        if Act.SEE_BALANCE_RANGE in may and Act.SEE_BALANCE not in may:
            low, high = balance_range(overview.points)
            return structs.replace(head, points_from=low, points_to=high)
        if Act.SEE_BALANCE not in may:
            return head
        milestone = next_milestone(group.programme, overview.points)
        is_open = Act.SEE_TICKET_TOTALS in may
        return structs.replace(
            head,
            points=overview.points,
            points_today=overview.points_since,
            worth_minor=worth_minor(group.programme, overview.points),
            milestone=milestone
            and api.MilestoneView(points=milestone.points, worth_minor=milestone.worth_minor),
            expiring=expiring_view(overview.expiring, zone),
            tickets=ticket_views(overview.tickets) if is_open else [],
        )

    async def zone_of(self, group_id: str, shop_id: str | None) -> tzinfo:
        """The zone in which days are counted: the shop's, UTC where there is none."""
        shop = await self._known.find_shop(group_id, shop_id) if shop_id else None
        return await self._zones.get(shop.time_zone) if shop else UTC


def ticket_views(rows: Sequence[TicketRow]) -> list[api.TicketView]:
    """Tickets as answers show them."""
    return [
        api.TicketView(
            sale_id=row.sale_id,
            occurred_ms=row.occurred_ms,
            shop_id=row.shop_id,
            shop_name=row.shop_name,
            total_minor=row.total_minor,
            points=row.points,
        )
        for row in rows
    ]


def expiring_view(expiring: ExpiringLots | None, zone: tzinfo) -> api.ExpiringView | None:
    """What expires first, with its last good day: a lot ends at the midnight after it."""
    if expiring is None:
        return None
    last_day = local_day(expiring.expires_ms - 1, zone)
    return api.ExpiringView(points=expiring.points, last_day=last_day.isoformat())
