"""Quotes and reservations: what a basket would cost and earn, promised under a signature, held on request.

Which moment decides a sale: with a quote (or a reservation of one) prices, classes, rules and facts of the
member are those of the quote. Without one, prices and classes are those valid at `occurred_ms`, facts of the
member as `member_facts` says, and the rules are the group's current ones: the store keeps every version of
the programme, but a late ticket does not yet name the version its till knew. A card's state is judged as it
stands now, its validity at `occurred_ms`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace

import msgspec

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.core.requests import TryAgain
from central.services.group.groups import GroupsService
from central.services.group.shops import ShopsService
from central.services.members.facts import MemberFactsService
from central.services.members.holder import Holder
from central.services.members.identify import IdentifyService
from central.services.members.profile import ProfileService
from central.services.tickets.claims import Claims, Kept
from central.services.tickets.late import LateTickets
from central.services.tickets.quote_ids import QuotedTerms, QuoteExpired, QuoteMismatch, QuoteSigner
from central.services.tickets.redeeming import Redeeming, RedeemingNeedsMember, check_redeemable
from central.services.tickets.replaced import Replaced, ReservationReplaced, ReservationUsed, find_replaced
from central.services.tickets.tenders.paying import Paying
from central.services.tickets.terms import TERMS_CHANGED, Remark, Terms, TermsService
from central.services.tickets.vouchers import Vouchers, gift_views
from central.storage.base import GuardFailed, Recorded
from central.storage.interface.lookups import SaleFacts
from central.storage.interface.rows import ReservationRow, ShopRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.holds import Hold
from loyalty.limits.ledger import HOLD_LIFETIME_S
from loyalty.limits.tickets import COMMIT_TRIES_MAX, QUOTE_LIFETIME_S
from loyalty.money import MoneyError
from loyalty.pricing.quote import Quote
from loyalty.programme.identification import Act
from loyalty.programme.programme import worth_minor
from wire import api, api_sales
from wire.api_tenders import TenderBody, TenderView


class ReservationNotFound(LoyaltyError):
    """No such reservation in this group."""

    code = "reservation_not_found"
    trouble = Trouble.NOT_FOUND
    text = "There is no reservation {reservation_id}. Reserve first, or send the sale without it."


class QuoteChanged(MoneyError):
    """The basket would not come out as quoted any more."""

    code = "quote_changed"
    trouble = Trouble.CONFLICT
    text = (
        "Articles, limits or budgets changed since the quote: it would now be {total_minor} and {points}"
        " points. Ask for a new quote."
    )


class QuotesService:
    """Quotes, reserves, and finds the terms a sale stands on."""

    def __init__(
        self,
        context: Context,
        *,
        groups: GroupsService,
        shops: ShopsService,
        identify: IdentifyService,
        profiles: ProfileService,
        terms: TermsService,
        redeeming: Redeeming,
        claims: Claims,
        vouchers: Vouchers,
        paying: Paying,
        late: LateTickets,
    ) -> None:
        self._late = late
        self._paying = paying
        self._redeeming = redeeming
        self._claims = claims
        self._vouchers = vouchers
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._signer = QuoteSigner(context.quote_key)
        self._groups = groups
        self._shops = shops
        self._identify = identify
        self._profiles = profiles
        self._terms = terms
        self._facts = MemberFactsService(context)

    async def quote(self, actor: Actor, body: api_sales.QuoteBody) -> api_sales.QuoteView:
        """What this basket costs this member and what it earns; writes nothing."""
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

    async def reserve(
        self, actor: Actor, body: api_sales.ReservationBody
    ) -> tuple[api_sales.ReservationView, bool]:
        """Hold a quote's terms; the same again is a replay (True).

        One that takes the place of another lets that go in the same step; refused, the other stands.
        Raises: QuoteInvalid, QuoteMismatch, QuoteExpired, IdempotencyConflict, ReservationReplaced,
            ReservationUsed: the one whose place it is to take is a sale's; where points are to pay, the
            errors of `check_redeemable`, BalanceTooLow, StrengthTooLow, the refusals of a card; those of
            `Paying.present` and `Paying.keep`; TryAgain.
        """
        access.require(actor, access.SALES_WRITE)
        require_for_discount(actor, body.quote.basket)
        shop_id = access.shop_of(actor, body.quote.shop_id)
        quoted = self._signer.open(body.quote_id, group_id=actor.group_id)
        self._match(quoted, body.quote.basket, body.quote.holder, shop_id)
        now_ms = self._clock()
        earlier = await self._store.find_reservation(actor.group_id, body.reservation_id)
        if earlier is None and now_ms > quoted.expires_ms:
            raise QuoteExpired
        redeeming = b"" if not body.redeem_points else f"/{body.redeem_points}".encode()
        if body.tenders:
            told = msgspec.json.encode(body.tenders, order="deterministic")
            redeeming += b"/" + self._vault.content_hash(actor.group_id, told)[:16]
        row = ReservationRow(
            group_id=actor.group_id,
            reservation_id=body.reservation_id,
            input_hash=quoted.digest + body.quote_id[-16:].encode() + redeeming,
            quote_id=body.quote_id,
            total_minor=quoted.total_minor,
            points=quoted.points,
            expires_ms=now_ms + HOLD_LIFETIME_S * 1000,
            points_redeemed=body.redeem_points,
        )
        if earlier is not None:  # a replay: nothing is held anew
            recorded = await self._store.put_reservation(row)
        else:
            recorded = await self._put(actor, shop_id, body, quoted, row)
        group = await self._groups.get(actor.group_id)
        programme = await self._groups.get_programme(group, quoted.ruleset_version)
        view = api_sales.ReservationView(
            reservation_id=recorded.row.reservation_id,
            expires_ms=recorded.row.expires_ms,
            total_minor=recorded.row.total_minor,
            points=recorded.row.points,
            redeem_points=recorded.row.points_redeemed,
            redeem_minor=worth_minor(programme, recorded.row.points_redeemed),
            tenders=[
                TenderView(kind=tender.kind, amount_minor=tender.amount_minor, number_end=_end_of(tender))
                for tender in body.tenders
            ],
        )
        return view, recorded.is_replay

    async def release(self, actor: Actor, reservation_id: str) -> api_sales.ReleasedReservationView:
        """Let a reservation, or what took its place, go before its time; once more is harmless.

        Raises: ReservationNotFound, ReservationUsed.
        """
        access.require(actor, access.SALES_WRITE)
        try:
            standing = await self._store.find_standing_reservation(actor.group_id, reservation_id)
            row = await self._store.release_reservation(actor.group_id, standing)
        except GuardFailed:
            raise ReservationUsed(reservation_id=reservation_id) from None
        if row is None:
            raise ReservationNotFound(reservation_id=reservation_id)
        return api_sales.ReleasedReservationView(reservation_id=reservation_id, expires_ms=row.expires_ms)

    async def _put(
        self,
        actor: Actor,
        shop_id: str,
        body: api_sales.ReservationBody,
        quoted: QuotedTerms,
        row: ReservationRow,
    ) -> Recorded[ReservationRow]:
        """Write a reservation with all it keeps, decided again when somebody else was faster.

        Raises: QuoteChanged: limits or budgets are used up meanwhile. TryAgain.
        """
        for _ in range(COMMIT_TRIES_MAX):
            now_ms = self._clock()  # once for all it keeps: should the clock leap, it must end as a whole
            try:
                replaced, standing = await find_replaced(
                    self._store, actor.group_id, body.quote.replaces, now_ms=now_ms
                )
            except ReservationReplaced:
                if await self._store.find_reservation(actor.group_id, body.reservation_id) is None:
                    raise
                return await self._store.put_reservation(row)  # a copy of this very request was quicker
            holds, kept, usage = await self._kept(actor, shop_id, body, quoted, replaced, now_ms=now_ms)
            changed = replace(
                row,
                expires_ms=now_ms + HOLD_LIFETIME_S * 1000,
                usage=msgspec.json.encode(usage).decode() if usage else "",
            )
            try:
                return await self._store.put_reservation(
                    changed, [*holds, *kept.holds], kept.uses, replaces=standing
                )
            except GuardFailed:
                continue
        raise TryAgain

    async def _kept(
        self,
        actor: Actor,
        shop_id: str,
        body: api_sales.ReservationBody,
        quoted: QuotedTerms,
        replaced: Replaced,
        *,
        now_ms: int,
    ) -> tuple[list[Hold], Kept, Mapping[str, int]]:
        """The hold of the points that are to pay, what else is kept, and the usage it was decided on."""
        group = await self._groups.get(actor.group_id)
        shop = await self._shops.get_row_of(actor.group_id, shop_id)
        if body.redeem_points and body.quote.holder is None:
            raise RedeemingNeedsMember
        holder = await self._holder_of(actor, group, body, now_ms)
        member = None if holder is None else holder.member
        member_id = None if member is None else member.member_id
        programme = await self._groups.get_programme(group, quoted.ruleset_version)
        terms = await self._terms.decide(
            group,
            shop,
            body.quote.basket,
            at_ms=quoted.as_of_ms,
            programme=programme,
            member=member,
            member_facts=await self._facts.open_quoted(member, quoted.facts),
            usage=self._claims.now(actor.group_id, member_id, replaced),
            presented=await self._vouchers.present(
                actor, body.quote.basket.vouchers, member_id=member_id, at_ms=now_ms, replaced=replaced
            ),
            earns_minor=None if holder is None else holder.earns_minor,
        )
        _require_same(terms, quoted)
        head = EntryHead(
            transaction_id=body.reservation_id,
            cause_id=body.reservation_id,
            occurred_ms=now_ms,
            recorded_ms=now_ms,
            actor=actor.token_id,
            terminal_id=actor.terminal_id,
            ruleset_version=quoted.ruleset_version,
        )
        kept = self._claims.keep(
            terms.quote, terms.basket, member_id=member_id, reservation_id=body.reservation_id, head=head
        )
        holds = self._vouchers.keep(
            terms.quote, terms.presented, reservation_id=body.reservation_id, head=head
        )
        if body.redeem_points:
            check_redeemable(actor, terms, body.redeem_points)
        stored, uses = await self._paying.keep(
            actor.group_id,
            await self._paying.present(actor, group, body.tenders, holder=body.quote.holder, at_ms=now_ms),
            terms,
            points=body.redeem_points,
            reservation_id=body.reservation_id,
            head=head,
            replaced=replaced,
        )
        kept = replace(kept, uses=(*kept.uses, *uses))
        points = await self._points_held(actor, body, member_id, replaced, now_ms=now_ms)
        return [*holds, *stored, *points], kept, terms.usage

    async def _points_held(
        self,
        actor: Actor,
        body: api_sales.ReservationBody,
        member_id: str | None,
        replaced: Replaced,
        *,
        now_ms: int,
    ) -> list[Hold]:
        """The hold of the points that are to pay, where some are."""
        if not body.redeem_points or member_id is None:
            return []
        hold = await self._redeeming.hold(
            actor.group_id,
            member_id,
            reservation_id=body.reservation_id,
            points=body.redeem_points,
            now_ms=now_ms,
            actor=actor.token_id,
            terminal_id=actor.terminal_id,
            replaced=replaced,
        )
        return [hold]

    async def _holder_of(
        self, actor: Actor, group: Group, body: api_sales.ReservationBody, now_ms: int
    ) -> Holder | None:
        """Whose card it is, identified well enough for the points that are to pay."""
        evidence, points = body.quote.holder, body.redeem_points
        if evidence is None:
            return None
        if not points:
            return await self._identify.get_earner(actor, group, evidence, now_ms)
        return await self._identify.get_holder_for(actor, group, evidence, Act.REDEEM, now_ms, amount=points)

    def _match(
        self,
        quoted: QuotedTerms,
        basket: api_sales.BasketBody,
        holder: api.EvidenceBody | None,
        shop_id: str,
    ) -> None:
        is_same = quoted.digest == self._signer.digest(basket, holder, shop_id)
        if not is_same or quoted.shop_id != shop_id:
            raise QuoteMismatch

    async def terms_of(
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

        Raises: the errors of quotes, reservations and `TermsService.decide`.
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
            self._match(quoted, body.basket, body.holder, shop.shop_id)
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
        if quoted is None or _is_same(terms, quoted):
            return terms
        if row is None:
            _require_same(terms, quoted)
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


def require_for_discount(actor: Actor, basket: api_sales.BasketBody) -> None:
    """The counter's own discount is an act of goodwill. Raises: PermissionMissing."""
    if basket.discount is not None:
        access.require(actor, access.VALUE_GOODWILL)


def _end_of(tender: TenderBody) -> str:
    return "" if tender.number is None else tender.number.strip()[-4:]


def extras_of(quote: Quote) -> bytes:
    """What a quote promises beside money and points, as a short digest."""
    if not (quote.promises or quote.gifts or quote.vouchers):
        return b""
    told = [
        [[each.rule_id, each.rule_version, each.effect.name.value] for each in quote.promises],
        [[each.rule_id, each.article_id, each.quantity] for each in quote.gifts],
        [[each.voucher_id, each.used_minor] for each in quote.vouchers],
    ]
    return hashlib.sha256(msgspec.json.encode(told)).digest()[:8]


def _is_same(terms: Terms, quoted: QuotedTerms) -> bool:
    came_out = (terms.quote.total_minor, terms.quote.points, extras_of(terms.quote))
    return came_out == (quoted.total_minor, quoted.points, quoted.extras)


def _require_same(terms: Terms, quoted: QuotedTerms) -> None:
    if not _is_same(terms, quoted):
        raise QuoteChanged(
            total_minor=terms.quote.total_minor, points=terms.quote.points, currency=terms.basket.currency
        )
