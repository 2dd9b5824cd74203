"""The storage interface for the counter: secret codes, who serves there, and what they did."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from central.storage.interface.common import Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class PinRow:
    """A code as a slow hash. `owner`: `card/<number>` or `staff/<id>`; `tries`: wrong ones in a row."""

    group_id: str
    owner: str
    hash: bytes
    version: int
    tries: int
    set_by: str
    set_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRow:
    """Who serves at the counter; without `shop_id` in every shop. `ended_ms`: not any more, since then."""

    group_id: str
    staff_id: str
    role: str
    shop_id: str | None
    put_ms: int
    ended_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterActRow:
    """One act of a clerk. `member_id`: for whom; `from_id`: whose it was before; `day`: the shop's."""

    group_id: str
    act_id: str
    kind: str
    input_hash: bytes
    shop_id: str
    token_id: str
    staff_id: str
    role: str
    member_id: str | None
    from_id: str | None
    sale_id: str | None
    reason: str
    day: str
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedRow:
    """A basket put aside; `sealed` is gone once it is over."""

    group_id: str
    parked_id: str
    input_hash: bytes
    shop_id: str
    staff_id: str
    label: str
    sealed: bytes | None
    parked_ms: int
    expires_ms: int
    taken_ms: int | None = None
    taken_by: str | None = None


@dataclass(frozen=True, slots=True)
class ActCount:
    """How often a clerk did an act for a member (None: for nobody) in some time."""

    staff_id: str
    role: str
    kind: str
    member_id: str | None
    acts: int


@dataclass(frozen=True, slots=True)
class ActLimits:
    """How often an act may be done in a day; 0: no limit."""

    per_staff: int
    per_member: int


UNLIMITED = ActLimits(per_staff=0, per_member=0)


@dataclass(frozen=True, slots=True)
class NotedAct:
    """An act that is noted with what it is about, in the same transaction: both, or neither."""

    row: CounterActRow
    limits: ActLimits


class ActLimitReached(Exception):
    """A clerk or a member had as many of these acts today as there may be."""

    def __init__(self, whose: Literal["staff", "member"]) -> None:
        super().__init__(whose)
        self.whose: Literal["staff", "member"] = whose


class CounterStore(Protocol):
    """Verbs of the counter; same promises as `Store`."""

    async def set_pin(self, row: PinRow, act: CounterActRow | None, limits: ActLimits) -> int | None:
        """Keep a code in place of `row.version` - 1 (0: of none); nothing tried counts any more.

        With an act, both or neither; the same act again changes nothing and gives None. The version else.
        Raises: GuardFailed: another version is there now. IdempotencyConflict, ActLimitReached.
        """
        ...

    async def find_pin(self, group_id: str, owner: str) -> PinRow | None: ...
    async def take_pin_try(self, group_id: str, owner: str, tries_max: int) -> PinRow | None:
        """Count a try before anything is compared, by one guarded statement.

        None: there is no code, or none of its `tries_max` tries is left.
        """
        ...

    async def give_pin_tries(
        self, group_id: str, owner: str, version: int, act: CounterActRow | None, limits: ActLimits
    ) -> bool:
        """A right code, or a clerk (by an act): all tries are left again. False: it changed since.

        Raises: IdempotencyConflict, ActLimitReached.
        """
        ...

    async def tell_pin_locked(self, group_id: str, ids: dict[str, str | None], now_ms: int) -> None:
        """An event: the last try was wrong."""
        ...

    async def put_staff(self, row: StaffRow) -> StaffRow:
        """Make or change a clerk; who ended stays so until put again without `ended_ms`."""
        ...

    async def find_staff(self, group_id: str, staff_id: str) -> StaffRow | None: ...
    async def list_staff(self, group_id: str, limit: int) -> Sequence[StaffRow]: ...
    async def add_counter_act(self, row: CounterActRow, limits: ActLimits) -> Recorded[CounterActRow]:
        """Note an act, within its limits. Raises: IdempotencyConflict, ActLimitReached."""
        ...

    async def find_last_sale(
        self, group_id: str, shop_id: str, terminal_id: str | None, since_ms: int
    ) -> str | None:
        """The last ticket of a terminal that occurred at `since_ms` or later; None: there is none."""
        ...

    async def find_counter_act(self, group_id: str, act_id: str) -> CounterActRow | None: ...
    async def count_counter_acts(
        self, group_id: str, from_ms: int, to_ms: int, limit: int
    ) -> Sequence[ActCount]:
        """Counts in [from_ms, to_ms), the highest first."""
        ...

    async def put_parked(self, row: ParkedRow, parked_max: int) -> Recorded[ParkedRow]:
        """Put a basket aside.

        Raises: IdempotencyConflict. GuardFailed: so many wait in this shop.
        """
        ...

    async def empty_parked(self, group_id: str, now_ms: int) -> int:
        """Forget what was in baskets whose time is over; how many were emptied."""
        ...

    async def list_parked(self, group_id: str, shop_id: str, now_ms: int, limit: int) -> Sequence[ParkedRow]:
        """What waits in a shop, the oldest first."""
        ...

    async def take_parked(
        self, group_id: str, shop_id: str, parked_id: str, taken_by: str, now_ms: int
    ) -> ParkedRow | None:
        """Take it up, once, by one guarded statement; who took it may ask again. None: it is not there."""
        ...

    async def list_counter_acts(
        self, group_id: str, from_ms: int, to_ms: int, limit: int
    ) -> Sequence[CounterActRow]:
        """Acts in [from_ms, to_ms), the latest first."""
        ...
