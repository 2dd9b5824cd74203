"""Incidents: one request at the counter, a queue at head office, a history that nobody edits (C-34)."""

from dataclasses import replace

import msgspec

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.member_keys import MemberKeys
from central.services.counter.acts import BY_MEMBER, CounterActs
from central.services.group.groups import GroupsService
from central.services.group.staff import StaffService
from central.services.members.identify import IdentifyService
from central.services.tickets.sales import SaleNotFound
from central.storage.base import GuardFailed
from central.storage.interface.counter import ActLimitReached, ActLimits
from central.storage.interface.incidents import IncidentRow, NoteRow
from loyalty.limits.counter import INCIDENT_NOTES_MAX
from loyalty.limits.my_value import MEMBER_INCIDENTS_PER_DAY
from loyalty.limits.web import PAGE_ROWS_MAX
from loyalty.programme.counter import CounterAct, CounterLimit
from loyalty.programme.identification import Act
from loyalty.programme.incident import (
    MOVES,
    NEEDS_TICKET,
    IncidentAct,
    IncidentKind,
    IncidentMoved,
    IncidentNotFound,
    IncidentState,
    TicketNeeded,
)
from wire import api_counter, api_my_value
from wire.api_my_value import MyReportView


class IncidentsService:
    """Takes, lists and moves incidents."""

    def __init__(
        self,
        context: Context,
        *,
        acts: CounterActs,
        staff: StaffService,
        identify: IdentifyService,
        groups: GroupsService,
    ) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._keys = MemberKeys(context)
        self._acts = acts
        self._groups = groups
        self._staff = staff
        self._identify = identify

    async def open(
        self, actor: Actor, body: api_counter.IncidentBody
    ) -> tuple[api_counter.IncidentView, bool]:
        """Hand a problem over, with its ticket; the same again is a replay (True).

        Raises: SignInOver, RoleMayNot, CounterLimit, TicketNeeded, SaleNotFound, the refusals of a card,
            IdempotencyConflict.
        """
        acting = await self._acts.begin(actor, body.clerk, CounterAct.INCIDENT)
        kind = IncidentKind(body.kind)
        if kind in NEEDS_TICKET and body.sale_id is None:
            raise TicketNeeded(kind=kind.value)
        member_id = await self._member_of(actor, body)
        content = [body.kind, body.sale_id, member_id, body.text]
        act = self._acts.row(
            acting, body.incident_id, content, reason=body.kind, member_id=member_id, sale_id=body.sale_id
        )
        row = IncidentRow(
            group_id=actor.group_id,
            incident_id=body.incident_id,
            kind=body.kind,
            state=IncidentState.OPEN.value,
            input_hash=act.input_hash,
            shop_id=acting.clerk.shop_id,
            token_id=actor.token_id,
            staff_id=acting.clerk.staff_id,
            member_id=member_id,
            sale_id=body.sale_id,
            taken_by=None,
            notes=1,
            opened_ms=acting.now_ms,
            changed_ms=acting.now_ms,
        )
        note = await self._note(row, 1, "open", f"staff/{acting.clerk.staff_id}", body.text)
        try:
            recorded = await self._store.open_incident(row, note, act, acting.limits)
        except ActLimitReached as reached:
            raise acting.refusal(reached) from reached
        return _view_of(recorded.row), recorded.is_replay

    async def report(self, actor: Actor, body: api_my_value.MyReportBody) -> tuple[MyReportView, bool]:
        """A member at a kiosk says that an own ticket is not right: one incident of it, once (True: again).

        Raises: SaleNotFound: also for somebody else's ticket; CounterLimit, the refusals of a card,
            StrengthTooLow.
        """
        access.require(actor, access.SALES_TELL)
        group = await self._groups.get(actor.group_id)
        holder = await self._identify.get_holder_for(
            actor, group, body.holder, Act.SEE_POINT_REASONS, self._clock()
        )
        member_id = holder.member.member_id
        sale = await self._store.find_sale(actor.group_id, body.sale_id)
        if sale is None or sale.member_id != member_id:
            raise SaleNotFound(sale_id=body.sale_id)
        incident_id, kind = f"{BY_MEMBER}:{body.sale_id}", IncidentKind.POINTS_MISSING.value
        act = await self._acts.row_of_member(
            actor, CounterAct.INCIDENT, incident_id, [], member_id=member_id, sale_id=body.sale_id
        )
        row = IncidentRow(
            group_id=actor.group_id,
            incident_id=incident_id,
            kind=kind,
            state=IncidentState.OPEN.value,
            input_hash=act.input_hash,
            shop_id=act.shop_id,
            token_id=actor.token_id,
            staff_id="",
            member_id=member_id,
            sale_id=body.sale_id,
            taken_by=None,
            notes=1,
            opened_ms=act.at_ms,
            changed_ms=act.at_ms,
        )
        note = await self._note(row, 1, "open", BY_MEMBER, None)
        try:
            recorded = await self._store.open_incident(
                row, note, act, ActLimits(per_staff=0, per_member=MEMBER_INCIDENTS_PER_DAY)
            )
        except ActLimitReached as reached:
            raise CounterLimit(most=MEMBER_INCIDENTS_PER_DAY, act=act.kind, whose=reached.whose) from reached
        seen = recorded.row
        view = MyReportView(incident_id=seen.incident_id, state=seen.state, opened_ms=seen.opened_ms)
        return view, recorded.is_replay

    async def list_incidents(
        self, actor: Actor, query: api_counter.IncidentsQuery
    ) -> api_counter.IncidentListView:
        """The queue, for head office and hotline."""
        access.require(actor, access.INCIDENTS)
        rows = await self._store.list_incidents(actor.group_id, query.state, query.after_ms, PAGE_ROWS_MAX)
        return api_counter.IncidentListView(incidents=[_view_of(row) for row in rows])

    async def get(self, actor: Actor, incident_id: str) -> api_counter.IncidentView:
        """One with its history. Raises: IncidentNotFound."""
        access.require(actor, access.INCIDENTS)
        return await self._whole(await self._row(actor, incident_id))

    async def look(
        self, actor: Actor, incident_id: str, body: api_counter.IncidentLookBody
    ) -> api_counter.IncidentView:
        """What became of one of the clerk's shop. Raises: SignInOver, IncidentNotFound."""
        clerk = await self._staff.get(actor, body.clerk)
        row = await self._row(actor, incident_id)
        if row.shop_id != clerk.shop_id:
            raise IncidentNotFound(incident_id=incident_id)
        return await self._whole(row)

    async def move(
        self, actor: Actor, incident_id: str, body: api_counter.IncidentActBody
    ) -> tuple[api_counter.IncidentView, bool]:
        """Take, answer, close or reopen one; the same step again is a replay (True).

        Raises: IncidentNotFound, IncidentMoved: somebody was faster, or it cannot go there.
        """
        access.require(actor, access.INCIDENTS)
        row = await self._row(actor, incident_id)
        from_states, target = MOVES[IncidentAct(body.act)]
        if await self._was_done(actor, row, body, target):
            return await self._whole(row), True
        is_full = row.notes >= INCIDENT_NOTES_MAX and target is not IncidentState.CLOSED
        if row.notes != body.notes or row.state not in from_states or is_full:
            raise IncidentMoved(incident_id=incident_id, state=row.state)
        now_ms = self._clock()
        taken_by = row.taken_by if target is IncidentState.CLOSED else actor.token_id
        changed = replace(
            row,
            state=target.value,
            taken_by=None if target is IncidentState.OPEN else taken_by,
            changed_ms=now_ms,
        )
        note = await self._note(row, row.notes + 1, body.act, actor.token_id, body.text)
        try:
            moved = await self._store.move_incident(changed, sorted(from_states), note)
        except GuardFailed as error:
            raise IncidentMoved(incident_id=incident_id, state=row.state) from error
        return await self._whole(moved), False

    async def _was_done(
        self, actor: Actor, row: IncidentRow, body: api_counter.IncidentActBody, target: IncidentState
    ) -> bool:
        """Whether the last step is this one, sent again."""
        if row.notes != body.notes + 1 or row.state != target:
            return False
        last = (await self._store.list_notes(row.group_id, row.incident_id))[-1]
        is_mine = (last.act, last.actor) == (body.act, actor.token_id)
        return is_mine and await self._text(row, last) == body.text

    async def _member_of(self, actor: Actor, body: api_counter.IncidentBody) -> str | None:
        if body.sale_id is not None:
            sale = await self._store.find_sale(actor.group_id, body.sale_id)
            if sale is None or actor.shop_id not in (None, sale.shop_id):
                raise SaleNotFound(sale_id=body.sale_id)
            if sale.member_id is not None:
                return sale.member_id
        if body.holder is None:
            return None
        key = await self._identify.find_key(actor, body.holder)
        return (await self._identify.look_up(actor, body.holder, key)).member_id

    async def _row(self, actor: Actor, incident_id: str) -> IncidentRow:
        row = await self._store.find_incident(actor.group_id, incident_id)
        if row is None:
            raise IncidentNotFound(incident_id=incident_id)
        return row

    async def _note(self, row: IncidentRow, note_no: int, act: str, actor: str, text: str | None) -> NoteRow:
        sealed = None
        if text is not None:
            key = await self._key(row)
            note_id = f"incident/{row.incident_id}/{note_no}"
            sealed = self._vault.seal_note(row.group_id, note_id, text.encode(), key)
        return NoteRow(note_no=note_no, act=act, actor=actor, sealed=sealed, at_ms=self._clock())

    async def _text(self, row: IncidentRow, note: NoteRow) -> str | None:
        if note.sealed is None or (row.member_id is not None and await self._key(row) is None):
            return None
        note_id = f"incident/{row.incident_id}/{note.note_no}"
        return self._vault.open_note(row.group_id, note_id, note.sealed, await self._key(row)).decode()

    async def _key(self, row: IncidentRow) -> bytes | None:
        """The member's own key, so that what was written ends with the member."""
        if row.member_id is None or await self._keys.find(row.group_id, row.member_id) is None:
            return None
        return await self._keys.open(row.group_id, row.member_id)

    async def _whole(self, row: IncidentRow) -> api_counter.IncidentView:
        notes = await self._store.list_notes(row.group_id, row.incident_id)
        history = [
            api_counter.NoteView(
                act=each.act, actor=each.actor, text=await self._text(row, each), at_ms=each.at_ms
            )
            for each in notes
        ]
        return msgspec.structs.replace(_view_of(row), history=history)


def _view_of(row: IncidentRow) -> api_counter.IncidentView:
    return api_counter.IncidentView(
        incident_id=row.incident_id,
        kind=row.kind,
        state=row.state,
        shop_id=row.shop_id,
        staff_id=row.staff_id,
        member_id=row.member_id,
        sale_id=row.sale_id,
        taken_by=row.taken_by,
        notes=row.notes,
        opened_ms=row.opened_ms,
        changed_ms=row.changed_ms,
    )
