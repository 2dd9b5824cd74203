"""The verbs of `central.storage.interface.incidents` one line each; see `async_verbs.store`."""

from collections.abc import Sequence

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.common import Recorded
from central.storage.interface.counter import ActLimits, CounterActRow
from central.storage.interface.incidents import Completion, CounterEnrolment, FormRow, IncidentRow, NoteRow
from central.storage.interface.rows import CardRow, MemberRow
from central.storage.verbs import counter_enrolments, incidents


class IncidentVerbs(VerbRunner):
    """See `central.storage.interface.incidents.IncidentStore`; a part of `VerbStore`."""

    async def open_incident(
        self, row: IncidentRow, note: NoteRow, act: CounterActRow, limits: ActLimits
    ) -> Recorded[IncidentRow]:
        return await self._write(incidents.open_incident, row, note, act, limits)

    async def move_incident(self, row: IncidentRow, from_states: Sequence[str], note: NoteRow) -> IncidentRow:
        return await self._write(incidents.move_incident, row, from_states, note)

    async def find_incident(self, group_id: str, incident_id: str) -> IncidentRow | None:
        return await self._read(incidents.find_incident, group_id, incident_id)

    async def list_notes(self, group_id: str, incident_id: str) -> Sequence[NoteRow]:
        return await self._read(incidents.list_notes, group_id, incident_id)

    async def list_incidents(
        self, group_id: str, state: str, after_ms: int, limit: int
    ) -> Sequence[IncidentRow]:
        return await self._scan(incidents.list_incidents, group_id, state, after_ms, limit)

    async def enrol_at_counter(self, enrolment: CounterEnrolment) -> Recorded[MemberRow]:
        return await self._write(counter_enrolments.enrol_at_counter, enrolment)

    async def complete_member(self, completion: Completion) -> None:
        await self._write(counter_enrolments.complete_member, completion)

    async def renew_card(
        self,
        group_id: str,
        card_number: str,
        from_states: Sequence[str],
        new_card: CardRow,
        actor: str,
        now_ms: int,
    ) -> CardRow:
        return await self._write(
            counter_enrolments.renew_card, group_id, card_number, from_states, new_card, actor, now_ms
        )

    async def hand_out_card(self, row: CardRow, actor: str) -> CardRow:
        return await self._write(counter_enrolments.hand_out_card, row, actor)

    async def find_form(self, group_id: str, form_number: str) -> FormRow | None:
        return await self._read(counter_enrolments.find_form, group_id, form_number)

    async def put_words(self, group_id: str, member_id: str, words: Sequence[bytes]) -> None:
        await self._write(counter_enrolments.put_words, group_id, member_id, words)

    async def find_members_by_words(
        self, group_id: str, words: Sequence[bytes], limit: int
    ) -> Sequence[MemberRow]:
        return await self._read(counter_enrolments.find_members_by_words, group_id, words, limit)
