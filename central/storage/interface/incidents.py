"""The storage interface for incidents, and for members who were enrolled at the counter."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from central.storage.interface.common import Recorded
from central.storage.interface.counter import ActLimits, CounterActRow
from central.storage.interface.invitations import Invited
from central.storage.interface.rows import CardRow, MemberRow
from central.storage.interface.standings import ConsentRow


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRow:
    """A problem that the counter handed over; `notes`: how many steps its history has."""

    group_id: str
    incident_id: str
    kind: str
    state: str
    input_hash: bytes
    shop_id: str
    token_id: str
    staff_id: str
    member_id: str | None
    sale_id: str | None
    taken_by: str | None
    notes: int
    opened_ms: int
    changed_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRow:
    """A step of an incident's history; `sealed`: what was written, if anything."""

    note_no: int
    act: str
    actor: str
    sealed: bytes | None
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterEnrolment:
    """A member enrolled at the counter: all of it or nothing. `words`: hashes to be found by."""

    member: MemberRow
    card: CardRow | None
    form_number: str | None
    consents: Sequence[ConsentRow]
    words: Sequence[bytes]
    act: CounterActRow
    limits: ActLimits
    invited: Invited | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A member's data keyed in later, over those that were looked at; cards that waited become active."""

    before: MemberRow
    member: MemberRow
    words: Sequence[bytes]
    consents: Sequence[ConsentRow]
    actor: str
    now_ms: int


@dataclass(frozen=True, slots=True)
class FormRow:
    """A paper form and whose it is."""

    form_number: str
    member_id: str
    taken_ms: int
    completed_ms: int | None


class FormTaken(Exception):
    """Another member's form has this number."""


class IncidentStore(Protocol):
    """Verbs on incidents and enrolments at the counter; same promises as `Store`."""

    async def open_incident(
        self, row: IncidentRow, note: NoteRow, act: CounterActRow, limits: ActLimits
    ) -> Recorded[IncidentRow]:
        """Hand it over, with its first note. Raises: IdempotencyConflict, ActLimitReached."""
        ...

    async def move_incident(self, row: IncidentRow, from_states: Sequence[str], note: NoteRow) -> IncidentRow:
        """A step, guarded by state and by `row.notes`, which becomes one more.

        Raises: GuardFailed: somebody was faster.
        """
        ...

    async def find_incident(self, group_id: str, incident_id: str) -> IncidentRow | None: ...
    async def list_notes(self, group_id: str, incident_id: str) -> Sequence[NoteRow]: ...
    async def list_incidents(
        self, group_id: str, state: str, after_ms: int, limit: int
    ) -> Sequence[IncidentRow]:
        """Of a state, opened at `after_ms` or later, the oldest first."""
        ...

    async def enrol_at_counter(self, enrolment: CounterEnrolment) -> Recorded[MemberRow]:
        """Raises: IdempotencyConflict, ActLimitReached, FormTaken."""
        ...

    async def complete_member(self, completion: Completion) -> None:
        """Raises: GuardFailed: the data are others by now."""
        ...

    async def renew_card(
        self,
        group_id: str,
        card_number: str,
        from_states: Sequence[str],
        new_card: CardRow,
        actor: str,
        now_ms: int,
    ) -> CardRow:
        """As `replace_card`, and the PIN goes to the new card in the same transaction."""
        ...

    async def hand_out_card(self, row: CardRow, actor: str) -> CardRow:
        """Give a card to its member, from stock or new; one that is that member's already stays so.

        Raises: IdempotencyConflict: it is another's, or ended.
        """
        ...

    async def find_form(self, group_id: str, form_number: str) -> FormRow | None: ...
    async def put_words(self, group_id: str, member_id: str, words: Sequence[bytes]) -> None:
        """What a member is found by, in place of what was."""
        ...

    async def find_members_by_words(
        self, group_id: str, words: Sequence[bytes], limit: int
    ) -> Sequence[MemberRow]:
        """Members who have one of the words; those who have more of them first."""
        ...
