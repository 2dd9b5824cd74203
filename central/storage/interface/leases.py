"""The storage interface for leases: points set aside for a terminal, what it burned of them, their ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from central.storage.interface.common import Recorded
from loyalty.ledger.holds import Hold
from loyalty.programme.leasing import LeaseFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseRow:
    """A lease as it stands. `document`: what was signed. `tap_counter`: of the chip, when it was granted.

    `state`: live; returned by its terminal; lost, as a person declared; ended with its member.
    While it is live, a hold keeps what is left of it: `hold_id`, unless nothing is.
    """

    group_id: str
    lease_id: str
    input_hash: bytes
    terminal_id: str
    shop_id: str
    member_id: str
    card_number: str
    medium: str
    tap_counter: int | None
    asset: str
    amount: int
    document: str
    granted_ms: int
    expires_ms: int
    drawn: int = 0
    hold_no: int = 0
    state: str = "live"
    ended_ms: int | None = None
    ended_by: str | None = None
    reason: str = ""

    @property
    def left(self) -> int:
        """What has not been settled."""
        return self.amount - self.drawn

    @property
    def hold_id(self) -> str:
        """Of the hold that keeps what is left. No id of a caller has a slash in it."""
        return hold_id_of(self.lease_id, self.hold_no)


def hold_id_of(lease_id: str, hold_no: int) -> str:
    """Each burn that is settled ends a lease's hold; what is left is held by the next."""
    return f"lease/{lease_id}/{hold_no}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseDraw:
    """A burn of a lease, written with its ticket. `from_hold`: what of it the member's hold pays.

    `hold_id`: the lease's hold it was decided on; None: the lease had ended. `at_risk`: what the group pays,
    `reason` says why. `tap_uid`, `tap_counter`: of the chip's message, where it had one.
    """

    lease_id: str
    terminal_id: str
    points: int
    hold_id: str | None
    from_hold: int
    at_risk: int
    reason: str
    tap_uid: str | None
    tap_counter: int | None
    drawn_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseEnd:
    """How a lease ends: by its terminal (`drawn`: what it burned in all), or by a person."""

    state: str
    by: str
    at_ms: int
    reason: str = ""
    drawn: int | None = None


class LeaseStore(Protocol):
    """Verbs for leases; same promises as `Store`."""

    async def read_lease_facts(
        self, group_id: str, member_id: str, terminal_id: str, now_ms: int
    ) -> LeaseFacts: ...
    async def was_seen(self, group_id: str, member_id: str, shop_id: str, since_ms: int) -> bool:
        """Whether the member bought in this shop since."""
        ...

    async def grant_lease(self, row: LeaseRow, hold: Hold, facts: LeaseFacts) -> Recorded[LeaseRow]:
        """Write a lease with its hold, or give the first answer again.

        Raises: GuardFailed: the facts it was decided on are no longer so. IdempotencyConflict.
        """
        ...

    async def find_lease(self, group_id: str, lease_id: str) -> LeaseRow | None: ...
    async def list_live_leases(self, group_id: str, after: str, limit: int) -> Sequence[LeaseRow]: ...
    async def list_leases_of_terminal(self, group_id: str, terminal_id: str) -> Sequence[LeaseRow]:
        """The live ones."""
        ...

    async def list_leases_of_member(self, group_id: str, member_id: str) -> Sequence[LeaseRow]:
        """The live ones."""
        ...

    async def end_lease(self, group_id: str, lease_id: str, end: LeaseEnd) -> LeaseRow:
        """End a live lease: what is left of it is free. One that ended this way before stays as it is.

        Raises: GuardFailed: it ended otherwise, or what is settled of it is not `end.drawn`.
        """
        ...

    async def is_tap_drawn(self, group_id: str, uid: str, counter: int, terminal_id: str) -> bool:
        """Whether another terminal settled a burn with this very message of a chip."""
        ...

    async def find_lease_draw(self, group_id: str, sale_id: str) -> LeaseDraw | None: ...
