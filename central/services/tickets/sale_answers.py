"""What a sale is answered with: the first time, and whenever the same is asked again (P-30)."""

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.core.member_keys import MemberKeys
from central.services.group.groups import GroupsService
from central.services.group.shops import ShopsService
from central.services.members.facts import NOTHING_READ, MemberFacts, MemberFactsService, sealed_in
from central.services.members.holder import Holder
from central.services.members.identify import IdentifyService
from central.services.members.profile import ProfileService
from central.services.tickets.explanations import StoredWhy, parse_reasons, why_of
from central.services.tickets.line_keys import LineKeys, LinesErased
from central.services.tickets.price_check import till_total_of
from central.services.tickets.receipt.receipt import Receipt, ticket_rows, voucher_rows
from central.services.tickets.tenders.views import tender_views
from central.services.tickets.terms import Remark, Terms, TermsService
from central.services.tickets.vouchers import Vouchers, gift_views
from central.storage.base import IdempotencyConflict
from central.storage.interface.rows import MemberOverview, SaleRow
from central.storage.interface.vouchers import Benefits
from loyalty.programme.identification import Act
from loyalty.programme.programme import worth_minor
from wire import api_sales


class SaleAnswers:
    """Tells what a recorded sale came to: lines, reasons, vouchers, the member as of now, the receipt."""

    def __init__(
        self,
        context: Context,
        *,
        groups: GroupsService,
        shops: ShopsService,
        identify: IdentifyService,
        profiles: ProfileService,
        terms: TermsService,
        line_keys: LineKeys,
        vouchers: Vouchers,
    ) -> None:
        self._store = context.store
        self._clock = context.clock
        self._groups = groups
        self._shops = shops
        self._identify = identify
        self._profiles = profiles
        self._terms = terms
        self._line_keys = line_keys
        self._vouchers = vouchers
        self._facts = MemberFactsService(context)
        self._keys = MemberKeys(context)

    async def again(
        self, actor: Actor, group: Group, body: api_sales.SaleBody, row: SaleRow, input_hash: bytes
    ) -> api_sales.SaleView:
        """The first answer again; the profile alone is as of now, and gone with a card blocked since.

        Raises: IdempotencyConflict: the request is another; LinesErased.
        """
        if row.input_hash != input_hash:
            raise IdempotencyConflict(what="The sale", id=body.sale_id)
        holder = await self._identify.find_earner(actor, group, body.holder, row.occurred_ms)
        key = await self._line_keys.of_sale(row)
        if key is None:
            raise LinesErased
        stored = await self._store.list_sale_lines(actor.group_id, key.line_key)
        terms = await self._terms.recall(
            await self._shops.get_row(actor.group_id, row.shop_id),
            tuple(stored),
            at_ms=row.occurred_ms if row.as_of_ms is None else row.as_of_ms,
            programme=await self._groups.get_programme(group, row.ruleset_version),
            currency=row.currency,
            is_member=row.member_id is not None,
            member_facts=await self._recorded_facts(row),
        )
        terms = replace(terms, remarks=msgspec.json.decode(row.warnings, type=tuple[Remark, ...]))
        kept = await self._store.find_sale_reasons(actor.group_id, key.line_key)
        why = parse_reasons(kept) if kept else why_of(terms.quote.lines)
        benefits = await self._store.find_benefits(actor.group_id, row.sale_id)
        return await self.view(group, body, row, holder, terms, why, benefits, has_tenders=True)

    async def view(
        self,
        group: Group,
        body: api_sales.SaleBody,
        row: SaleRow,
        holder: Holder | None,
        terms: Terms,
        why: Sequence[StoredWhy],
        benefits: Benefits,
        *,
        has_tenders: bool,
        overview: MemberOverview | None = None,
    ) -> api_sales.SaleView:
        """The answer. `holder`: who may see what; `overview`: None where it is to be read."""
        profile = None
        if holder is not None:
            profile = await self._profiles.build(
                group,
                holder.member,
                holder.may,
                zone=terms.zone,
                now_ms=self._clock(),
                overview=overview,
            )
        may_see = holder is not None and Act.SEE_BALANCE in holder.may
        balance = row.balance_after if may_see else None
        redeemed_minor = worth_minor(terms.programme, row.points_redeemed)
        paid = await self._store.find_sale_tenders(row.group_id, row.sale_id) if has_tenders else ()
        other_minor = row.total_minor - redeemed_minor - sum(each.amount_minor for each in paid)
        tenders = tender_views(paid, may_see=may_see)
        receipt = Receipt(
            language=holder.member.language if holder is not None else group.settings.languages[0],
            columns=body.receipt_columns,
            currency=row.currency,
            rule_names=group.settings.rule_names,
            points_redeemed=row.points_redeemed,
            redeemed_minor=redeemed_minor,
            balance=balance,
            country=terms.basket.country,
            total_minor=row.total_minor,
            till_total_minor=till_total_of(terms.remarks),
        )
        given = await self._vouchers.given_views(group.row.group_id, row.shop_id, benefits, terms.programme)
        vouchers = [msgspec.structs.replace(each, rows=voucher_rows(each, receipt)) for each in given]
        return api_sales.SaleView(
            sale_id=row.sale_id,
            transaction_id=row.transaction_id,
            recorded_ms=row.recorded_ms,
            currency=row.currency,
            lines=terms.line_views(why),
            total_minor=row.total_minor,
            points=row.points,
            balance_points=balance,
            profile=profile,
            warnings=terms.warning_views(),
            redeemed_points=row.points_redeemed,
            redeemed_minor=redeemed_minor,
            tenders=tenders,
            other_minor=other_minor,
            gifts=gift_views(benefits),
            vouchers=vouchers,
            used_vouchers=await self._vouchers.used_views(
                group.row.group_id,
                body.basket.vouchers,
                {use.voucher_id: use.used_minor for use in benefits.uses},
                terms.presented,
            ),
            receipt=ticket_rows(why, receipt, tenders, other_minor, vouchers),
        )

    async def _recorded_facts(self, row: SaleRow) -> MemberFacts:
        """What the rules read of the member when the sale was decided; none after erasure."""
        sealed = sealed_in(row.facts)
        if row.member_id is None or not sealed:
            return NOTHING_READ
        return self._facts.open(await self._keys.find(row.group_id, row.key_of or row.member_id), sealed)
