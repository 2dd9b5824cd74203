"""Reservations: a quote's terms held on request, with the limits, budgets, vouchers and value they need."""

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
from central.services.tickets.as_quoted import require_same
from central.services.tickets.claims import Claims, Kept
from central.services.tickets.quote_ids import QuotedTerms, QuoteExpired, QuoteSigner
from central.services.tickets.quotes import require_for_discount
from central.services.tickets.redeeming import Redeeming, RedeemingNeedsMember, check_redeemable
from central.services.tickets.replaced import (
    Replaced,
    ReservationNotFound,
    ReservationReplaced,
    ReservationUsed,
    find_replaced,
)
from central.services.tickets.tenders.paying import Paying
from central.services.tickets.terms import TermsService
from central.services.tickets.vouchers import Vouchers
from central.storage.base import GuardFailed, Recorded
from central.storage.interface.rows import ReservationRow
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.holds import Hold
from loyalty.limits.ledger import HOLD_LIFETIME_S
from loyalty.limits.tickets import COMMIT_TRIES_MAX
from loyalty.programme.identification import Act
from loyalty.programme.programme import worth_minor
from wire import api_sales
from wire.api_tenders import TenderBody, TenderView


class ReservationsService:
    """Holds what a quote promised, and lets it go."""

    def __init__(
        self,
        context: Context,
        *,
        groups: GroupsService,
        shops: ShopsService,
        identify: IdentifyService,
        terms: TermsService,
        redeeming: Redeeming,
        claims: Claims,
        vouchers: Vouchers,
        paying: Paying,
    ) -> None:
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
        self._terms = terms
        self._facts = MemberFactsService(context)

    async def reserve(
        self, actor: Actor, body: api_sales.ReservationBody
    ) -> tuple[api_sales.ReservationView, bool]:
        """Hold a quote's terms; the same again is a replay (True).

        One that takes the place of another lets that go in the same step; refused, the other stands.
        Raises: PermissionMissing, QuoteInvalid, QuoteMismatch, QuoteExpired, QuoteChanged,
            IdempotencyConflict, RedeemingNeedsMember, ReservationReplaced,
            ReservationUsed: the one whose place it is to take is a sale's; where points are to pay, the
            errors of `check_redeemable`, BalanceTooLow, StrengthTooLow, the refusals of a card; those of
            `Paying.present` and `Paying.keep`; TryAgain.
        """
        access.require(actor, access.SALES_WRITE)
        require_for_discount(actor, body.quote.basket)
        shop_id = access.shop_of(actor, body.quote.shop_id)
        quoted = self._signer.open(body.quote_id, group_id=actor.group_id)
        self._signer.require_match(quoted, body.quote.basket, holder=body.quote.holder, shop_id=shop_id)
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

        Raises: QuoteChanged: limits or budgets are used up meanwhile. ReservationReplaced, ReservationUsed,
            RedeemingNeedsMember, the refusals of a card and of what is to pay. TryAgain.
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
        require_same(terms, quoted)
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


def _end_of(tender: TenderBody) -> str:
    return "" if tender.number is None else tender.number.strip()[-4:]
