"""What head office looks at: who does what how often, and what stands out. It accuses nobody."""

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.tickets.late_cards import BY_TILL
from loyalty.limits.counter import COUNTER_REPORT_ROWS_MAX
from loyalty.programme.counter_patterns import Done, notice, sums
from wire import api_counter


class CounterReport:
    """Sums and patterns."""

    def __init__(self, context: Context) -> None:
        self._store = context.store

    async def report(
        self, actor: Actor, query: api_counter.CounterActsQuery
    ) -> api_counter.CounterReportView:
        """Acts by clerk, and the patterns in them."""
        access.require(actor, access.COUNTER_READ)
        rows = await self._store.count_counter_acts(
            actor.group_id, query.from_ms, query.to_ms, COUNTER_REPORT_ROWS_MAX
        )
        done = [Done(row.staff_id, row.kind, row.member_id, row.acts) for row in rows]
        # A till may name an operator as a clerk is called: the role that the clerk signed in with is theirs.
        roles = {row.staff_id: row.role for row in sorted(rows, key=lambda row: row.role != BY_TILL)}
        return api_counter.CounterReportView(
            clerks=[
                api_counter.ClerkSumView(staff_id=staff_id, role=roles[staff_id], acts=dict(counted))
                for staff_id, counted in sorted(sums(done).items())
            ],
            noticed=[
                api_counter.NoticedView(
                    staff_id=each.staff_id,
                    pattern=each.pattern.value,
                    act=each.act,
                    member_id=each.member_id,
                    acts=each.acts,
                    beside=each.beside,
                )
                for each in notice(done)
            ],
            is_cut=len(rows) == COUNTER_REPORT_ROWS_MAX,
        )
