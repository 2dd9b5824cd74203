"""Why 37 points? Stored with each ticket, told to those who may know: by rule, or line by line (R-23)."""

from central.services import access
from central.services.access import Actor
from central.services.context import Context
from central.services.explanations import StoredWhy, parse_reasons, points_by_rule
from central.services.line_keys import LineKeys
from central.services.sales import SalesService
from central.storage.base import ReadLogRow
from wire import api, api_value


class WhyService:
    """Answers from what was stored with the ticket, never from the rules of today."""

    def __init__(self, context: Context, sales: SalesService, line_keys: LineKeys) -> None:
        self._store = context.store
        self._clock = context.clock
        self._sales = sales
        self._line_keys = line_keys

    async def explain(self, actor: Actor, sale_id: str) -> api_value.WhyView:
        """Why a ticket earned its points: by rule; line by line for who may read lines, which is logged.

        Raises: SaleNotFound.
        """
        access.require(actor, access.SALES_READ)
        row = await self._sales.get_row(actor, sale_id)
        key = await self._line_keys.of_sale(actor.group_id, row.member_id, sale_id)
        text = await self._store.find_sale_reasons(actor.group_id, key.line_key) if key else None
        why = () if text is None else parse_reasons(text)
        lines: list[api_value.WhyLineView] = []
        if why and actor.may(access.LINES_READ):
            if row.member_id is not None:
                read = ReadLogRow(
                    at_ms=self._clock(), member_id=row.member_id, actor=actor.token_id, purpose="why"
                )
                await self._store.log_read(actor.group_id, read)
            lines = [_line_view(each) for each in why]
        return api_value.WhyView(
            sale_id=sale_id,
            points=row.points,
            ruleset_version=row.ruleset_version,
            is_known=text is not None,
            rules=points_by_rule(why),
            lines=lines,
        )


def _line_view(why: StoredWhy) -> api_value.WhyLineView:
    return api_value.WhyLineView(
        line_no=why.line_no,
        points=why.points,
        reasons=[
            api.ReasonView(
                rule_id=each.rule_id,
                rule_version=each.rule_version,
                code=each.code,
                points=each.points,
                citation=each.citation,
            )
            for each in why.reasons
        ],
    )
