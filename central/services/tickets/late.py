"""Tickets that a terminal priced while central was away: priced again from the same bundle (ADR 24).

The bundle's id decides, not the ticket's clock. The price the customer saw stands; what central knows beside
may add points and vouchers, and takes none away. What a terminal says it told counts for nothing: it is
compared, and head office sees where it differs.
"""

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.group.bundles import BundlesService
from central.services.group.groups import GroupsService
from central.services.members.facts import NOTHING_READ, MemberFactsService
from central.services.tickets.claims import Claims
from central.services.tickets.terms import CurrencyMismatch, Terms, remarks_of
from central.storage.interface.offline import LateTicket, LateTicketRow
from central.storage.interface.rows import MemberRow, ShopRow
from loyalty.errors import LoyaltyError
from loyalty.pricing.offline import quote_late, quote_told
from loyalty.pricing.quote import Quote, possible_claims, quote_basket
from wire import api_sales
from wire.offline import LateTicketListView, LateTicketView, ToldBody
from wire.offline_basket import offline_basket


class BundleNotAlone(LoyaltyError):
    """A ticket was priced offline and by central."""

    code = "bundle_not_alone"
    text = (
        "`told` is of a ticket that was priced offline: a quote, a reservation, vouchers and the counter's"
        " own discount need central. Leave the one or the other out."
    )


class LateTickets:
    """Prices late tickets, and lists what came of them."""

    def __init__(
        self, context: Context, bundles: BundlesService, groups: GroupsService, claims: Claims
    ) -> None:
        self._store = context.store
        self._zones = context.zones
        self._bundles = bundles
        self._groups = groups
        self._claims = claims
        self._facts = MemberFactsService(context)

    async def terms_of(
        self, group: Group, shop: ShopRow, body: api_sales.SaleBody, member: MemberRow | None
    ) -> Terms | None:
        """The terms of a ticket that was priced offline; None for any other, and where its bundle is gone.

        Raises: BundleNotAlone, CurrencyMismatch, NotInBundle.
        """
        told = body.told
        if told is None:
            return None
        if body.quote_id or body.reservation_id or body.basket.vouchers or body.basket.discount is not None:
            raise BundleNotAlone
        bundle = await self._bundles.find(group.row.group_id, shop.shop_id, told.bundle_id)
        if bundle is None:
            return None
        if body.basket.currency != bundle.currency:
            raise CurrencyMismatch(currency=body.basket.currency, group_currency=bundle.currency)
        zone = await self._zones.get(bundle.time_zone)
        at_ms = bundle.moment_ms(body.occurred_ms)
        basket = offline_basket(bundle, body.basket, occurred_ms=body.occurred_ms, zone=zone)
        programme = await self._groups.get_programme(group, bundle.programme.ruleset_version)
        facts = NOTHING_READ
        if member is not None:
            facts = await self._facts.read(member, programme.member_facts, at_ms=at_ms, zone=zone)
        is_member = member is not None
        possible = possible_claims(basket, programme, is_member=is_member, member_facts=facts.values)
        member_id = None if member is None else member.member_id
        usage = await self._claims.now(group.row.group_id, member_id).of(basket, possible)
        as_told = quote_told(basket, bundle.programme, is_member=is_member)
        quote = quote_late(
            basket, programme, as_told, is_member=is_member, member_facts=facts.values, usage=usage
        )
        by_all = quote_basket(basket, programme, is_member=is_member, member_facts=facts.values, usage=usage)
        return Terms(
            shop=shop,
            zone=zone,
            programme=programme,
            at_ms=at_ms,
            basket=basket,
            quote=quote,
            remarks=remarks_of(basket),
            usage=usage,
            member_facts=facts,
            late=_compared(told, as_told, quote, by_all),
        )

    async def list_late(
        self, actor: Actor, *, differing: bool, after: str | None, limit: int
    ) -> LateTicketListView:
        """Late tickets, newest first; a terminal sees its own shop's."""
        access.require(actor, access.SALES_READ)
        rows = await self._store.list_late_tickets(
            actor.group_id,
            shop_id=actor.shop_id,
            differing=differing,
            before=None if after is None else _place(after),
            limit=limit + 1,
        )
        more = rows[limit:]
        rows = rows[:limit]
        last = f"{rows[-1].recorded_ms}.{rows[-1].sale_id}" if more else None
        return LateTicketListView(tickets=[_view(row) for row in rows], next=last)


class PlaceUnreadable(LoyaltyError):
    """A page is asked for from a place that is none."""

    code = "place_unreadable"
    text = "The place to go on from is the `next` of the page before. Leave it out to begin."


def _place(text: str) -> tuple[int, str]:
    moment, _, sale_id = text.partition(".")
    if not moment.isdigit() or not sale_id:
        raise PlaceUnreadable
    return int(moment), sale_id


def late_of(terms: Terms, body: api_sales.SaleBody) -> LateTicket | None:
    """What is kept beside a late ticket, also of one whose bundle was gone: priced as of its moment."""
    if body.told is None:
        return None
    if terms.late is not None:
        return terms.late
    return LateTicket(
        bundle_id=body.told.bundle_id,
        told_total_minor=body.told.total_minor,
        told_points=body.told.points,
        bundle_total_minor=None,
        bundle_points=None,
        member_total_minor=None,
        differs=True,
    )


def _compared(told: ToldBody, as_told: Quote, booked: Quote, by_all: Quote) -> LateTicket:
    said = (told.total_minor, told.points)
    return LateTicket(
        bundle_id=told.bundle_id,
        told_total_minor=told.total_minor,
        told_points=told.points,
        bundle_total_minor=as_told.total_minor,
        bundle_points=as_told.points,
        member_total_minor=by_all.total_minor,
        differs=said != (booked.total_minor, booked.points) or by_all.total_minor != booked.total_minor,
    )


def _view(row: LateTicketRow) -> LateTicketView:
    return LateTicketView(**{name: getattr(row, name) for name in LateTicketRow.__slots__})
