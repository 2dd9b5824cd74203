"""For head office: what the counters gave on their own, by role, shop and day, with the reasons (P-14)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.core.days import DaysInvalid
from central.services.group.groups import GroupsService
from central.services.tickets.explanations import parse_reasons
from central.services.tickets.line_keys import LineKeys
from central.storage.interface.claims import GoodwillRow, UseRow
from loyalty.limits.counter import LATITUDE_LIST_MAX
from loyalty.pricing.outcome import ReasonCode
from loyalty.programme.latitude import discount_key
from wire import api_goodwill

_DAY: Final = timedelta(days=1)
_SHOP: Final = "shop/"


class LatitudeListService:
    """Lists goodwill points and manual discounts. Whoever approves value may see them."""

    def __init__(self, context: Context, groups: GroupsService, line_keys: LineKeys) -> None:
        self._store = context.store
        self._zones = context.zones
        self._groups = groups
        self._line_keys = line_keys

    async def list_given(
        self, actor: Actor, asked: api_goodwill.LatitudeQuery
    ) -> api_goodwill.LatitudeListView:
        """Every act of those days, and their sums by role, shop and day. Raises: DaysInvalid."""
        access.require(actor, access.VALUE_APPROVE)
        first, last = _days(asked)
        group = await self._groups.get(actor.group_id)
        roles = [asked.role] if asked.role else sorted(group.programme.latitudes)
        acts, is_cut = await self._goodwill(actor.group_id, first, last)
        for role in roles:
            uses = await self._store.list_uses_between(
                actor.group_id, discount_key(role, first), discount_key(role, last), LATITUDE_LIST_MAX + 1
            )
            is_cut |= len(uses) > LATITUDE_LIST_MAX
            acts += [await self._discount(actor.group_id, role, use) for use in uses[:LATITUDE_LIST_MAX]]
        told = [
            act
            for act in acts
            if (not asked.role or act.role == asked.role)
            and (not asked.shop_id or act.shop_id == asked.shop_id)
            and (act.points or act.off_minor)
        ]
        told.sort(key=lambda act: (act.day, act.shop_id, act.role, act.act_id), reverse=True)
        return api_goodwill.LatitudeListView(
            currency=group.row.currency, sums=_sums(told), acts=told, is_cut=is_cut
        )

    async def _goodwill(
        self, group_id: str, first: date, last: date
    ) -> tuple[list[api_goodwill.LatitudeActView], bool]:
        """Acts whose local day in their shop lies between; zones differ from UTC by less than a day."""
        from_ms, to_ms = _start_ms(first - _DAY), _start_ms(last + 2 * _DAY)
        rows = await self._store.list_goodwill(group_id, from_ms, to_ms, LATITUDE_LIST_MAX + 1)
        zones = {
            shop.shop_id: await self._zones.get(shop.time_zone)
            for shop in await self._store.list_shops(group_id)
        }
        acts = []
        for row in rows[:LATITUDE_LIST_MAX]:
            day = local_day(row.recorded_ms, zones[row.shop_id])
            if first <= day <= last:
                acts.append(_goodwill_view(row, day))
        return acts, len(rows) > LATITUDE_LIST_MAX

    async def _discount(self, group_id: str, role: str, use: UseRow) -> api_goodwill.LatitudeActView:
        """A manual discount; its reason lies with the ticket's lines, under the member's key."""
        sale = await self._store.find_sale(group_id, use.cause_id)
        assert sale is not None, "a use that is no hold is a sale's"
        key = await self._line_keys.of_sale(sale)
        text = await self._store.find_sale_reasons(group_id, key.line_key) if key else None
        reasons = [each for line in parse_reasons(text) for each in line.reasons] if text else []
        told = (each.citation for each in reasons if each.code == ReasonCode.MANUAL_DISCOUNT)
        return api_goodwill.LatitudeActView(
            act_id=sale.sale_id,
            kind="discount",
            day=use.claim_key.rpartition("/")[2],
            shop_id=use.owner.removeprefix(_SHOP),
            role=role,
            operator="",
            points=0,
            off_minor=use.amount - use.freed,
            reason=next(told, ""),
            given_by="",
        )


def _goodwill_view(row: GoodwillRow, day: date) -> api_goodwill.LatitudeActView:
    return api_goodwill.LatitudeActView(
        act_id=row.goodwill_id,
        kind="goodwill",
        day=day.isoformat(),
        shop_id=row.shop_id,
        role=row.role,
        operator=row.operator,
        points=row.points,
        off_minor=0,
        reason=row.reason,
        given_by=row.actor,
    )


def _sums(acts: Sequence[api_goodwill.LatitudeActView]) -> list[api_goodwill.LatitudeSumView]:
    """By role, shop and day, in the order of the acts."""
    groups: dict[tuple[str, str, str], list[api_goodwill.LatitudeActView]] = {}
    for act in acts:
        groups.setdefault((act.day, act.shop_id, act.role), []).append(act)
    return [
        api_goodwill.LatitudeSumView(
            day=day,
            shop_id=shop_id,
            role=role,
            acts=len(told),
            points=sum(act.points for act in told),
            off_minor=sum(act.off_minor for act in told),
        )
        for (day, shop_id, role), told in groups.items()
    ]


def _days(asked: api_goodwill.LatitudeQuery) -> tuple[date, date]:
    try:
        first, last = date.fromisoformat(asked.from_day), date.fromisoformat(asked.to_day)
    except ValueError:
        first, last = date.max, date.min
    if first > last or first == date.min or last >= date.max - 2 * _DAY:
        raise DaysInvalid(from_day=asked.from_day, to_day=asked.to_day)
    return first, last


def _start_ms(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
