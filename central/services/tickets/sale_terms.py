"""The terms a sale stands on, and which moment decides them.

With a quote (or a reservation of one) prices, classes, rules and facts of the member are those of the quote.
Without one, prices and classes are those valid at `occurred_ms`, facts of the member as `member_facts` says,
and the rules are the group's current ones: the store keeps every version of the programme, but a late ticket
does not yet name the version its till knew. A card's state is judged as it stands now, its validity at
`occurred_ms`.
"""

from collections.abc import Mapping
from dataclasses import replace

from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.group.groups import GroupsService
from central.services.members.facts import MemberFactsService
from central.services.members.holder import Holder
from central.services.tickets.as_quoted import is_same, require_same
from central.services.tickets.claims import Claims
from central.services.tickets.late import LateTickets
from central.services.tickets.quote_ids import QuotedTerms, QuoteExpired, QuoteMismatch, QuoteSigner
from central.services.tickets.replaced import ReservationNotFound, ReservationUsed
from central.services.tickets.terms import TERMS_CHANGED, Remark, Terms, TermsService
from central.services.tickets.vouchers import Vouchers
from central.storage.interface.lookups import SaleFacts
from central.storage.interface.rows import ReservationRow, ShopRow
from wire import api_sales


class SaleTerms:
    """Finds what a sale stands on: a quote, a reservation, a bundle, or the moment it happened."""

    def __init__(
        self,
        context: Context,
        *,
        groups: GroupsService,
        terms: TermsService,
        claims: Claims,
        vouchers: Vouchers,
        late: LateTickets,
    ) -> None:
        self._late = late
        self._claims = claims
        self._vouchers = vouchers
        self._store = context.store
        self._signer = QuoteSigner(context.quote_key)
        self._groups = groups
        self._terms = terms
        self._facts = MemberFactsService(context)

    async def get(
        self,
        actor: Actor,
        group: Group,
        shop: ShopRow,
        body: api_sales.SaleBody,
        holder: Holder | None,
        *,
        found: SaleFacts | None,
        numbers: Mapping[bytes, str],
        named: str | None = None,
    ) -> Terms:
        """The terms of a sale: those quoted, those of its bundle, or those of the moment it happened.

        `found`: what was looked up with the ticket; None: the vouchers presented, `numbers`, are read.
        `named`: the reservation that the ticket names, whose place the body's took.

        Raises: the errors of quotes and reservations, QuoteChanged, those of `LateTickets.terms_of`,
            `Vouchers.present` and `TermsService.decide`.
        """
        member = None if holder is None else holder.member
        earns_minor = None if holder is None else holder.earns_minor
        # What a terminal promises in a cut it promises to a card: who was found is judged here.
        late = None if earns_minor is not None else await self._late.terms_of(group, shop, body, member)
        if late is not None:
            return late
        quoted, row = await self._quoted_terms(actor, body)
        if row is not None and named not in (None, row.reservation_id):
            quoted, row = await self._as_named(actor, body, shop.shop_id, row, named)
        at_ms, programme = body.occurred_ms, group.programme
        facts = None
        if quoted is not None:
            self._signer.require_match(quoted, body.basket, holder=body.holder, shop_id=shop.shop_id)
            at_ms = quoted.as_of_ms
            programme = await self._groups.get_programme(group, quoted.ruleset_version)
            facts = await self._facts.open_quoted(member, quoted.facts)
        member_id = None if member is None else member.member_id
        usage, reserved = self._claims.now(actor.group_id, member_id), None
        if row is not None:
            reserved = await self._claims.reserved(row)
            usage = self._claims.agreed(actor.group_id, member_id, reserved, programme)
        terms = await self._terms.decide(
            group,
            shop,
            body.basket,
            at_ms=at_ms,
            programme=programme,
            member=member,
            member_facts=facts,
            usage=usage,
            presented=await self._vouchers.present(
                actor,
                body.basket.vouchers,
                member_id=member_id,
                at_ms=body.occurred_ms,
                reserved=reserved,
                found=found,
                numbers=numbers,
            ),
            earns_minor=earns_minor,
        )
        if reserved is not None:
            terms = replace(terms, reserved=reserved)
        if quoted is None or is_same(terms, quoted):
            return terms
        if row is None:
            require_same(terms, quoted)
        # Reserved and paid: never refused for value. What changed since is said, not hidden.
        remark = Remark(code=TERMS_CHANGED, promised_points=quoted.points)
        return replace(terms, remarks=(*terms.remarks, remark))

    async def require_free(self, actor: Actor, body: api_sales.SaleBody) -> None:
        """A reservation that another sale took in between will not come free by trying again.

        Raises: ReservationUsed.
        """
        if body.reservation_id is not None:
            row = await self._store.find_reservation(actor.group_id, body.reservation_id)
            if row is not None and row.sale_id not in (None, body.sale_id):
                raise ReservationUsed(reservation_id=body.reservation_id)

    async def _as_named(
        self, actor: Actor, body: api_sales.SaleBody, shop_id: str, row: ReservationRow, named: str | None
    ) -> tuple[QuotedTerms, ReservationRow]:
        """The terms of what stands; those of the one that the ticket names where what stands is of other
        lines or another card, for who asked for that never heard of it. What is kept, the standing one keeps.
        """
        quoted = self._signer.open(row.quote_id, group_id=actor.group_id)
        if quoted.digest == self._signer.digest(body.basket, body.holder, shop_id) or named is None:
            return quoted, row
        first = await self._store.find_reservation(actor.group_id, named)
        assert first is not None, "something took its place"
        agreed = self._signer.open(first.quote_id, group_id=actor.group_id)
        return agreed, replace(row, quote_id=first.quote_id, usage=first.usage)

    async def _quoted_terms(
        self, actor: Actor, body: api_sales.SaleBody
    ) -> tuple[QuotedTerms | None, ReservationRow | None]:
        """The quote a sale stands on, and the reservation of it."""
        if body.reservation_id is None:
            if body.quote_id is None:
                return None, None
            quoted = self._signer.open(body.quote_id, group_id=actor.group_id)
            if body.occurred_ms > quoted.expires_ms:
                raise QuoteExpired
            return quoted, None
        row = await self._store.find_reservation(actor.group_id, body.reservation_id)
        if row is None:
            raise ReservationNotFound(reservation_id=body.reservation_id)
        if row.sale_id not in (None, body.sale_id):
            raise ReservationUsed(reservation_id=body.reservation_id)
        if body.quote_id not in (None, row.quote_id):
            raise QuoteMismatch
        if body.occurred_ms > row.expires_ms:
            raise QuoteExpired
        return self._signer.open(row.quote_id, group_id=actor.group_id), row
