"""Quotes: what a basket would cost and earn, promised under a signature."""

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.group.groups import GroupsService
from central.services.group.shops import ShopsService
from central.services.members.facts import MemberFactsService
from central.services.members.identify import IdentifyService
from central.services.members.profile import ProfileService
from central.services.tickets.as_quoted import extras_of
from central.services.tickets.claims import Claims
from central.services.tickets.quote_ids import QuotedTerms, QuoteSigner
from central.services.tickets.replaced import find_replaced
from central.services.tickets.terms import TermsService
from central.services.tickets.vouchers import Vouchers, gift_views
from loyalty.limits.tickets import QUOTE_LIFETIME_S
from wire import api_sales


class QuotesService:
    """Tells what a basket costs and earns."""

    def __init__(
        self,
        context: Context,
        *,
        groups: GroupsService,
        shops: ShopsService,
        identify: IdentifyService,
        profiles: ProfileService,
        terms: TermsService,
        claims: Claims,
        vouchers: Vouchers,
    ) -> None:
        self._claims = claims
        self._vouchers = vouchers
        self._store = context.store
        self._clock = context.clock
        self._signer = QuoteSigner(context.quote_key)
        self._groups = groups
        self._shops = shops
        self._identify = identify
        self._profiles = profiles
        self._terms = terms
        self._facts = MemberFactsService(context)

    async def quote(self, actor: Actor, body: api_sales.QuoteBody) -> api_sales.QuoteView:
        """What this basket costs this member and what it earns; writes nothing.

        Raises: PermissionMissing, the refusals of a card, ReservationReplaced, ReservationUsed, the errors of
            `Vouchers.present` and `TermsService.decide`.
        """
        access.require(actor, access.SALES_WRITE)
        require_for_discount(actor, body.basket)
        shop_id = access.shop_of(actor, body.shop_id)
        group = await self._groups.get(actor.group_id)
        shop = await self._shops.get_row_of(actor.group_id, shop_id)
        now_ms = self._clock()
        replaced, _ = await find_replaced(self._store, actor.group_id, body.replaces, now_ms=now_ms)
        holder = profile = None
        if body.holder is not None:
            holder = await self._identify.get_earner(actor, group, body.holder, now_ms)
        member_id = None if holder is None else holder.member.member_id
        terms = await self._terms.decide(
            group,
            shop,
            body.basket,
            at_ms=now_ms,
            programme=group.programme,
            member=None if holder is None else holder.member,
            usage=self._claims.now(actor.group_id, member_id, replaced),
            presented=await self._vouchers.present(
                actor, body.basket.vouchers, member_id=member_id, at_ms=now_ms, replaced=replaced
            ),
            earns_minor=None if holder is None else holder.earns_minor,
        )
        if holder is not None:
            profile = await self._profiles.build(
                group, holder.member, holder.may, zone=terms.zone, now_ms=now_ms
            )
        signed = QuotedTerms(
            group_id=actor.group_id,
            shop_id=shop.shop_id,
            as_of_ms=now_ms,
            expires_ms=now_ms + QUOTE_LIFETIME_S * 1000,
            ruleset_version=group.row.ruleset_version,
            total_minor=terms.quote.total_minor,
            points=terms.quote.points,
            digest=self._signer.digest(body.basket, body.holder, shop.shop_id),
            extras=extras_of(terms.quote),
            facts=self._facts.seal(None if holder is None else holder.member, terms.member_facts),
        )
        return api_sales.QuoteView(
            quote_id=self._signer.sign(signed),
            expires_ms=signed.expires_ms,
            currency=body.basket.currency,
            lines=terms.line_views(),
            total_minor=signed.total_minor,
            points=signed.points,
            profile=profile,
            warnings=terms.warning_views(),
            gifts=gift_views(terms.quote),
            used_vouchers=await self._vouchers.used_views(
                actor.group_id,
                body.basket.vouchers,
                {each.voucher_id: each.used_minor for each in terms.quote.vouchers},
                terms.presented,
            ),
        )


def require_for_discount(actor: Actor, basket: api_sales.BasketBody) -> None:
    """The counter's own discount is an act of goodwill. Raises: PermissionMissing."""
    if basket.discount is not None:
        access.require(actor, access.VALUE_GOODWILL)
