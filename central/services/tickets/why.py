"""Why 37 points? Stored with each ticket, told to those who may know (R-23).

By rule; line by line for who may read purchase lines; and, without class or law, to the member who stands
there with a card: with the articles after a right PIN alone (docs/adr/0010).
"""

from collections.abc import Sequence

import msgspec

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.group.groups import GroupsService
from central.services.members.identify import IdentifyService
from central.services.tickets.explanations import (
    StoredWhy,
    left_out,
    nothing_of,
    parse_reasons,
    points_by_rule,
    reason_views,
    steps_of,
)
from central.services.tickets.line_keys import LineKeys
from central.services.tickets.price_check import till_total_of
from central.services.tickets.sales import SaleNotFound, SalesService
from central.services.tickets.terms import Remark
from central.storage.interface.rows import ReadLogRow, SaleRow
from loyalty.programme.identification import Act
from loyalty.programme.programme import worth_minor
from wire import api_value


class WhyService:
    """Answers from what was stored with the ticket, never from the rules of today."""

    def __init__(
        self,
        context: Context,
        *,
        groups: GroupsService,
        identify: IdentifyService,
        sales: SalesService,
        line_keys: LineKeys,
    ) -> None:
        self._store = context.store
        self._clock = context.clock
        self._groups = groups
        self._identify = identify
        self._sales = sales
        self._line_keys = line_keys

    async def explain(self, actor: Actor, sale_id: str) -> api_value.WhyView:
        """Why a ticket earned its points: by rule, in the order in which the rules acted.

        Line by line for who may read lines, which is logged.

        Raises: SaleNotFound.
        """
        access.require(actor, access.SALES_READ)
        row = await self._sales.get_row(actor, sale_id)
        kept = await self._kept(row)
        why = kept or ()
        group = await self._groups.get(actor.group_id)
        programme = await self._groups.get_programme(group, row.ruleset_version)
        steps = steps_of(why, redeemed_minor=worth_minor(programme, row.points_redeemed)) if why else []
        lines: list[api_value.WhyLineView] = []
        if why and actor.may(access.LINES_READ):
            await self._log(actor, row, "why")
            lines = [_line_view(each) for each in why]
        else:
            steps = [each for each in steps if each.points or each.amount_minor]
        return api_value.WhyView(
            sale_id=sale_id,
            currency=row.currency,
            points=row.points,
            ruleset_version=row.ruleset_version,
            is_known=kept is not None,
            sent_minor=sum(line.sent_minor for line in why),
            till_total_minor=till_total_of(msgspec.json.decode(row.warnings, type=tuple[Remark, ...])),
            steps=steps,
            rules=points_by_rule(why),
            lines=lines,
        )

    async def tell_holder(
        self, actor: Actor, sale_id: str, body: api_value.TellWhyBody
    ) -> api_value.ToldWhyView:
        """Line numbers with points and reasons, to the member who shows a card.

        Logged as a read, and whether it was a carer's card. The ticket is the member's own, of any shop of
        the group: the card is the authority, not the shop.

        Raises: SaleNotFound: also for somebody else's ticket; the refusals of a card; StrengthTooLow.
        """
        access.require(actor, access.SALES_TELL)
        group = await self._groups.get(actor.group_id)
        holder = await self._identify.get_holder_for(
            actor, group, body.holder, Act.SEE_POINT_REASONS, self._clock()
        )
        row = await self._store.find_sale(actor.group_id, sale_id)
        if row is None or row.member_id != holder.member.member_id:
            raise SaleNotFound(sale_id=sale_id)
        kept = await self._kept(row)
        has_names = Act.SEE_PURCHASE_LINES in holder.may
        if kept:
            told = "lines_told" if has_names else "why_told"
            await self._log(actor, row, told if holder.carer_id is None else f"carer_{told}")
        names = await self._names(row) if kept and has_names else {}
        return api_value.ToldWhyView(
            sale_id=sale_id,
            points=row.points,
            is_known=kept is not None,
            rules=points_by_rule(kept or ()),
            lines=[_told_line(each, names.get(each.line_no, "")) for each in kept or ()],
            has_names=has_names,
        )

    async def _names(self, row: SaleRow) -> dict[int, str]:
        """What was bought, by line: as the group called it then, or the code that nobody knew."""
        key = await self._line_keys.of_sale(row)
        lines = await self._store.list_sale_lines(row.group_id, key.line_key) if key else ()
        codes = list({line.code for line in lines})
        articles = await self._store.find_articles_by_code(row.group_id, codes, row.occurred_ms)
        return {
            line.line_no: articles[line.code].name if line.code in articles else line.code for line in lines
        }

    async def _kept(self, row: SaleRow) -> Sequence[StoredWhy] | None:
        """A ticket's explanation, None where none is kept or nobody can read it any more."""
        key = await self._line_keys.of_sale(row)
        text = await self._store.find_sale_reasons(row.group_id, key.line_key) if key else None
        return None if text is None else parse_reasons(text)

    async def _log(self, actor: Actor, row: SaleRow, purpose: str) -> None:
        if row.member_id is not None:
            read = ReadLogRow(
                at_ms=self._clock(), member_id=row.member_id, actor=actor.token_id, purpose=purpose
            )
            await self._store.log_read(actor.group_id, read)


def _line_view(why: StoredWhy) -> api_value.WhyLineView:
    return api_value.WhyLineView(
        line_no=why.line_no,
        sent_minor=why.sent_minor,
        amount_minor=why.amount_minor,
        points=why.points,
        reasons=reason_views(why.in_order),
    )


def _told_line(why: StoredWhy, name: str) -> api_value.ToldLineView:
    """A line as a screen may show it: which law, class or restriction spoke stays here."""
    return api_value.ToldLineView(
        line_no=why.line_no,
        points=why.points,
        rules=points_by_rule([why]),
        nothing=nothing_of(why),
        left_out=left_out(why),
        name=name,
    )
