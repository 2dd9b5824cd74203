"""Sales: commit once, whatever retries. Which moment decides: `sale_terms`; the answers: `sale_answers`."""

import contextlib
from dataclasses import replace
from datetime import tzinfo

import msgspec

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import day_start_ms, local_day
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.core.member_keys import MemberKeys
from central.services.core.requests import TryAgain, check_clock, content_hash
from central.services.group.groups import GroupsService
from central.services.group.shops import ShopsService
from central.services.members.facts import MemberFactsService
from central.services.members.holder import CardKey, Holder
from central.services.members.identify import IdentifyService
from central.services.tickets.claims import Claims
from central.services.tickets.explanations import StoredWhy, stored_reasons, why_of
from central.services.tickets.funding import FundingService
from central.services.tickets.late import late_of
from central.services.tickets.leases.settling import LeaseSettling
from central.services.tickets.line_keys import LineKeys
from central.services.tickets.overview import after_sale
from central.services.tickets.price_check import price_remark, till_total_of
from central.services.tickets.quotes import require_for_discount
from central.services.tickets.redeeming import (
    Burned,
    Redeeming,
    redeemed_lines,
)
from central.services.tickets.sale_answers import SaleAnswers
from central.services.tickets.sale_parts import Asked, Ticket, discount_given
from central.services.tickets.sale_terms import SaleTerms
from central.services.tickets.sponsoring import Rewarded, Sponsoring
from central.services.tickets.tenders.paying import Paying
from central.services.tickets.terms import (
    BUDGET_SHORT,
    TENDER_SHORT,
    VOUCHER_SHORT,
    Remark,
    Terms,
)
from central.services.tickets.ticket_acts import TicketActs, refusal_of
from central.services.tickets.vouchers import Vouchers
from central.storage.base import GuardFailed, IdempotencyConflict
from central.storage.interface.claims import Claimed
from central.storage.interface.counter import ActLimitReached
from central.storage.interface.lookups import SaleAsked
from central.storage.interface.rows import MemberOverview, MemberRow, ReadLogRow, SaleRecord, SaleRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.ledger.accrual import accrual
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.lots import expires_ms
from loyalty.ledger.pending import pending_accrual
from loyalty.ledger.postings import Transaction
from loyalty.limits.members import PROFILE_TICKETS_MAX
from loyalty.limits.tickets import COMMIT_TRIES_MAX
from loyalty.programme.party import funder_in
from wire import api, api_sales


class SaleNotFound(LoyaltyError):
    """No such sale in this group."""

    code = "sale_not_found"
    trouble = Trouble.NOT_FOUND
    text = "There is no sale {sale_id} in this group. Check the id."


class SalesService:
    """Commits and reads sales."""

    def __init__(
        self,
        context: Context,
        *,
        groups: GroupsService,
        shops: ShopsService,
        identify: IdentifyService,
        terms: SaleTerms,
        line_keys: LineKeys,
        redeeming: Redeeming,
        claims: Claims,
        vouchers: Vouchers,
        paying: Paying,
        leases: LeaseSettling,
        answers: SaleAnswers,
    ) -> None:
        self._answers = answers
        self._paying = paying
        self._leases = leases
        self._acts = TicketActs(context)
        self._redeeming = redeeming
        self._claims = claims
        self._vouchers = vouchers
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._groups = groups
        self._shops = shops
        self._identify = identify
        self._terms = terms
        self._line_keys = line_keys
        self._known = context.known
        self._zones = context.zones
        self._facts = MemberFactsService(context)
        self._keys = MemberKeys(context)
        self._sponsoring = Sponsoring(context)
        self._funding = FundingService(context)

    async def commit(self, actor: Actor, body: api_sales.SaleBody) -> tuple[api_sales.SaleView, bool]:
        """Record a paid ticket once; the same again gives the first answer (True).

        Raises: IdempotencyConflict, ClockSkew, OccurredAhead, TicketTooOld, the refusals of a card,
            FoundOver, CounterLimit, ArticleNotPriced, CurrencyMismatch, LinesErased, the errors of quotes and
            reservations, those of `Paying`, TryAgain.
        """
        access.require(actor, access.SALES_WRITE)
        require_for_discount(actor, body.basket)
        shop_id = access.shop_of(actor, body.shop_id)
        input_hash = content_hash(self._vault, actor.group_id, body, shop_id)
        key = await self._find_key(actor, body.holder)
        numbers = self._vouchers.numbers(actor.group_id, body.basket.vouchers)
        asked_of = await self._asked_of(actor, body, shop_id, key, tuple(numbers))
        found = await self._known.look_up_sale(asked_of)
        group = await self._groups.get_looked_at(actor.group_id)
        shop = await self._shops.get_row_of(actor.group_id, shop_id)
        if found.earlier is not None:
            return await self._answers.again(actor, group, body, found.earlier, input_hash), True
        now_ms = self._clock()
        moment_ms = check_clock(actor, occurred_ms=body.occurred_ms, sent_ms=body.sent_ms, now_ms=now_ms)
        body = msgspec.structs.replace(body, occurred_ms=moment_ms)
        holder, card = None, None
        if body.lease is not None:
            card = await self._leases.find_holder(actor, group, body, key, found)
            holder = card.holder
        elif body.holder is not None:
            holder = await self._identify.judge_earner(
                actor, group, body.holder, key, found, at_ms=body.occurred_ms
            )
        asked = Asked(
            actor=actor,
            group=group,
            shop=shop,
            body=body,
            input_hash=input_hash,
            holder=holder,
            since_ms=asked_of.since_ms,
            found=found,
            numbers=numbers,
            card=card,
        )
        return await self._record(asked)

    async def _find_key(self, actor: Actor, evidence: api.EvidenceBody | None) -> CardKey | None:
        """What the card is looked up by; None without one, or for one that is refused when it is judged."""
        if evidence is not None:
            with contextlib.suppress(LoyaltyError):
                return await self._identify.find_key(actor, evidence)
        return None

    async def get_sale(self, actor: Actor, sale_id: str) -> api_sales.SaleRecordView:
        """A recorded sale. Its lines need `lines.read`, and reading a member's is logged for the member.

        Raises: SaleNotFound: also for a terminal that asks for another shop's sale.
        """
        access.require(actor, access.SALES_READ)
        row = await self.get_row(actor, sale_id)
        lines: list[api_sales.SaleLineView] = []
        if actor.may(access.LINES_READ):
            if row.member_id is not None:
                read = ReadLogRow(
                    at_ms=self._clock(), member_id=row.member_id, actor=actor.token_id, purpose="sale"
                )
                await self._store.log_read(actor.group_id, read)
            key = await self._line_keys.of_sale(row)
            lines = [
                api_sales.SaleLineView(
                    line_no=line.line_no,
                    code=line.code,
                    quantity=line.quantity,
                    returned_quantity=line.returned_quantity,
                    amount_minor=line.amount_minor,
                    points=line.points,
                )
                for line in (await self._store.list_sale_lines(actor.group_id, key.line_key) if key else ())
            ]
        return api_sales.SaleRecordView(
            sale_id=row.sale_id,
            business_key=row.business_key,
            shop_id=row.shop_id,
            member_id=row.member_id,
            occurred_ms=row.occurred_ms,
            recorded_ms=row.recorded_ms,
            currency=row.currency,
            total_minor=row.total_minor,
            points=row.points,
            lines=lines,
        )

    async def get_row(self, actor: Actor, sale_id: str) -> SaleRow:
        """A sale the actor may know of. Raises: SaleNotFound."""
        row = await self._store.find_sale(actor.group_id, sale_id)
        if row is None or actor.shop_id not in (None, row.shop_id):
            raise SaleNotFound(sale_id=sale_id)
        return row

    async def _record(self, asked: Asked) -> tuple[api_sales.SaleView, bool]:
        """Decide and write; where somebody was faster, decide again on what is left."""
        actor, group, body, holder = asked.actor, asked.group, asked.body, asked.holder
        named = body.reservation_id
        for _ in range(COMMIT_TRIES_MAX):
            if named is not None:  # another may take its place between two tries
                standing = await self._store.find_standing_reservation(actor.group_id, named)
                body = msgspec.structs.replace(body, reservation_id=standing)
                asked = replace(asked, body=body)
            try:
                terms = await self._terms.get(
                    actor,
                    group,
                    asked.shop,
                    body,
                    holder,
                    found=asked.found,
                    numbers=asked.numbers,
                    named=named,
                )
                points = await self._redeeming.points_of(actor, group, body, holder, terms)
                tenders = await self._paying.of_sale(actor, group, body, at_ms=body.occurred_ms)
                record, terms, why = await self._sale_record(
                    Ticket(asked=asked, terms=terms, redeem_points=points, tenders=tenders)
                )
            except LoyaltyError:
                # What it needs may be gone because this very ticket was recorded since we looked.
                earlier = await self._store.find_recorded_sale(
                    actor.group_id, body.sale_id, asked.shop.shop_id, body.business_key
                )
                if earlier is None:
                    raise
                return await self._answers.again(actor, group, body, earlier, asked.input_hash), True
            act = await self._acts.act_of(asked)
            if act is not None:  # most have none: a copy of so many fields takes as long as a look-up
                record = replace(record, act=act)
            try:
                recorded = await self._store.record_sale(record)
            except (ActLimitReached, IdempotencyConflict) as error:
                raise refusal_of(record.act, error) from error
            except GuardFailed:
                await self._terms.require_free(actor, body)
                holder = await self._holder_now(group, holder)
                card = asked.card and replace(asked.card, holder=holder)
                asked = replace(asked, found=None, holder=holder, card=card)
                continue
            if recorded.is_replay:
                return await self._answers.again(actor, group, body, recorded.row, asked.input_hash), True
            benefits, has_tenders = record.claimed.benefits, bool(record.claimed.paid.tenders)
            overview = self._overview(asked, terms.zone, record, recorded.row)
            view = await self._answers.view(
                group,
                body,
                recorded.row,
                holder,
                terms,
                why,
                benefits,
                has_tenders=has_tenders,
                overview=overview,
            )
            return view, False
        raise TryAgain

    async def _holder_now(self, group: Group, holder: Holder | None) -> Holder | None:
        """The holder, who may have been merged into another member since the card was looked up."""
        if holder is None:
            return None
        row = await self._keys.living(group.row.group_id, holder.member.member_id)
        return holder if row is None else replace(holder, member=row)

    async def _asked_of(
        self,
        actor: Actor,
        body: api_sales.SaleBody,
        shop_id: str,
        key: CardKey | None,
        code_hashes: tuple[bytes, ...],
    ) -> SaleAsked:
        """What is looked up first."""
        since_ms = None
        shop = self._known.at(actor.group_id).find_shop(shop_id)
        if shop is not None:
            since_ms = day_start_ms(self._clock(), await self._zones.get(shop.time_zone))
        return SaleAsked(
            group_id=actor.group_id,
            sale_id=body.sale_id,
            shop_id=shop_id,
            business_key=body.business_key,
            card_uid=None if key is None else key.uid,
            card_number=None if key is None else key.number,
            code_hashes=code_hashes,
            guesses=self._vouchers.guesses_of(actor) if code_hashes else None,
            since_ms=since_ms,
            tickets=PROFILE_TICKETS_MAX,
        )

    def _overview(
        self, asked: Asked, zone: tzinfo, record: SaleRecord, row: SaleRow
    ) -> MemberOverview | None:
        """The member's overview after the sale, where it follows from what was looked up before."""
        if asked.found is None or asked.found.overview is None or asked.since_ms is None:
            return None
        if asked.since_ms != day_start_ms(self._clock(), zone):
            return None
        return after_sale(
            asked.found.overview,
            record,
            row,
            shop_name=asked.shop.name,
            since_ms=asked.since_ms,
            tickets=PROFILE_TICKETS_MAX,
        )

    async def _sale_record(self, ticket: Ticket) -> tuple[SaleRecord, Terms, tuple[StoredWhy, ...]]:
        """What is written, the terms with what has to be said of them, and why."""
        actor, body, terms = ticket.asked.actor, ticket.asked.body, ticket.terms
        now_ms = self._clock()
        member = ticket.asked.holder.member if ticket.asked.holder else None
        key = self._line_keys.of_member(actor.group_id, member, body.sale_id)
        head = EntryHead(
            transaction_id=f"{body.sale_id}/accrual",
            cause_id=body.sale_id,
            occurred_ms=body.occurred_ms,
            recorded_ms=now_ms,
            actor=actor.token_id,
            terminal_id=actor.terminal_id,
            ruleset_version=terms.programme.ruleset_version,
        )
        transaction, sponsored = None, Rewarded(terms)
        burned = await self._burned(ticket, head, member)
        if member is not None:
            sponsored = await self._sponsoring.reward(head, member, terms, ticket.asked.group)
            terms = sponsored.terms
        if member is not None and terms.quote.points > 0:
            transaction = await self._accrual(ticket.asked, head, member.member_id, terms)
        claimed, short = await self._claimed(actor, head, terms, member.member_id if member else None)
        if sponsored.points is not None:
            claimed = replace(claimed, uses=(*claimed.uses, *sponsored.uses), sponsor=sponsored.points)
        claimed, gone = await self._paid(actor, head, ticket, terms, claimed)
        differs = price_remark(body, terms)
        if short or gone or differs:
            terms = replace(terms, remarks=(*terms.remarks, *short, *gone, *differs))
        funding = await self._funding.of_sale(ticket.asked.group, head, terms, claimed, key, member)
        why = why_of(terms.quote.lines)
        given = discount_given(actor, body, terms)
        record = SaleRecord(
            carer_id=ticket.asked.holder.carer_id if ticket.asked.holder else None,
            group_id=actor.group_id,
            sale_id=body.sale_id,
            business_key=body.business_key,
            input_hash=ticket.asked.input_hash,
            shop_id=terms.shop.shop_id,
            terminal_id=actor.terminal_id,
            operator=body.operator,
            member_id=member.member_id if member else None,
            occurred_ms=body.occurred_ms,
            recorded_ms=now_ms,
            currency=body.basket.currency,
            total_minor=terms.quote.total_minor,
            points=terms.quote.points,
            ruleset_version=terms.programme.ruleset_version,
            facts=terms.facts(self._facts.seal(member, terms.member_facts)),
            warnings=msgspec.json.encode(terms.remarks).decode(),
            as_of_ms=terms.at_ms,
            line_key=key.line_key,
            subject_id=key.subject_id,
            lines=redeemed_lines(terms, terms.stored_lines(), burned.points),
            transaction=transaction,
            reservation_id=body.reservation_id,
            redemption=burned.transaction,
            points_redeemed=burned.points,
            hold_id=burned.hold_id,
            lease=burned.lease,
            reasons=stored_reasons(why),
            claimed=claimed if given is None else replace(claimed, discount=given),
            tickets_before=terms.member_facts.tickets_before,
            till_total_minor=till_total_of(differs),
            funding=funding,
            late=late_of(terms, body),
        )
        return record, terms, why

    async def _burned(self, ticket: Ticket, head: EntryHead, member: MemberRow | None) -> Burned:
        """What is booked for the points that paid: out of a lease, or now."""
        actor, body = ticket.asked.actor, ticket.asked.body
        named = head.named(f"{body.sale_id}/redemption")
        if ticket.asked.card is not None:
            return await self._leases.settle(actor, ticket.asked.group, body, ticket.asked.card, named)
        if member is None:
            return Burned()
        return await self._redeeming.burn(
            actor.group_id,
            named,
            member_id=member.member_id,
            points=ticket.redeem_points,
            reservation_id=body.reservation_id,
        )

    async def _claimed(
        self, actor: Actor, head: EntryHead, terms: Terms, member_id: str | None
    ) -> tuple[Claimed, list[Remark]]:
        """What a sale takes of limits, budgets and vouchers and gives of vouchers; what a late one lacked."""
        taken = await self._claims.take(
            actor.group_id,
            head,
            terms.quote,
            terms.basket,
            programme=terms.programme,
            member_id=member_id,
            reserved=terms.reserved,
        )
        vouchers = self._vouchers.take(
            actor.group_id,
            head,
            terms.quote,
            terms.presented,
            basket=terms.basket,
            zone=terms.zone,
            programme=terms.programme,
            member_id=member_id,
            reserved=terms.reserved,
        )
        claimed = replace(
            taken.claimed,
            holds=(*taken.claimed.holds, *vouchers.holds),
            transactions=(*taken.claimed.transactions, *vouchers.transactions),
            benefits=vouchers.benefits,
        )
        short = [Remark(code=BUDGET_SHORT, rule_id=s.rule_id, amount=s.amount) for s in taken.shortfalls]
        gone = [Remark(code=VOUCHER_SHORT, rule_id=name, amount=amount) for name, amount in vouchers.gone]
        return claimed, [*short, *gone]

    async def _paid(
        self, actor: Actor, head: EntryHead, ticket: Ticket, terms: Terms, claimed: Claimed
    ) -> tuple[Claimed, list[Remark]]:
        """What stored value pays, beside what a sale takes otherwise; what a late ticket found gone."""
        if not ticket.tenders:
            return claimed, []
        taken = await self._paying.take(
            actor.group_id,
            head,
            ticket.tenders,
            terms,
            points=ticket.redeem_points,
            reserved=terms.reserved,
        )
        paid = replace(
            claimed,
            uses=(*claimed.uses, *taken.uses),
            holds=(*claimed.holds, *taken.holds),
            transactions=(*claimed.transactions, *taken.transactions),
            paid=taken.paid,
        )
        return paid, [Remark(code=TENDER_SHORT, rule_id=kind, amount=amount) for kind, amount in taken.gone]

    async def _accrual(self, asked: Asked, head: EntryHead, member_id: str, terms: Terms) -> Transaction:
        """What the member owes is settled first; the ledger's guards catch a debt settled in between."""
        ends_ms = expires_ms(terms.programme.expiry, local_day(head.occurred_ms, terms.zone), terms.zone)
        pending = asked.group.settings.ledger.pending
        if pending.waits:
            return pending_accrual(
                head,
                member_id=member_id,
                points=terms.quote.points,
                expires_ms=ends_ms,
                funder=funder_in(terms.programme.funder, terms.shop.shop_id),
                policy=pending,
            )
        known = asked.found and asked.found.points
        known = known or await self._store.find_points(asked.actor.group_id, member_id)
        return accrual(
            head,
            member_id=member_id,
            points=terms.quote.points,
            points_owed=known.owed,
            expires_ms=ends_ms,
            funder=funder_in(terms.programme.funder, terms.shop.shop_id),
        )
