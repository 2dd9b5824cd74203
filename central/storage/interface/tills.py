"""The storage interface for cards of staff and for what terminals tell of their tills."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from central.storage.interface.common import Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffCardRow:
    """A clerk's card. In which shop it opens anything is the clerk's affair."""

    group_id: str
    staff_id: str
    uid: str
    name: str
    needs: Literal["nfc_uid", "aes_card"]
    issued_ms: int
    blocked_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TillActRow:
    """A till was paired, or put out; or its code was guessed at."""

    group_id: str
    act_id: str
    kind: Literal["paired", "unpaired", "guessed"]
    shop_id: str
    terminal_id: str
    sale_id: str
    key_version: int
    opened_by: Literal["staff_card", "operator"]
    staff_id: str | None
    occurred_ms: int
    recorded_ms: int


class TillStore(Protocol):
    """Verbs on staff cards and tills; same promises as `Store`."""

    async def put_staff_card(self, row: StaffCardRow) -> Recorded[StaffCardRow]:
        """Issue a card. Raises: IdempotencyConflict: the person has another one, or the chip is taken."""
        ...

    async def find_staff_card(self, group_id: str, uid: str) -> StaffCardRow | None: ...
    async def list_staff_cards(self, group_id: str, limit: int) -> Sequence[StaffCardRow]: ...
    async def block_staff_card(self, group_id: str, staff_id: str, now_ms: int) -> StaffCardRow | None:
        """Block a card, for good; None: there is none. One that is blocked stays as it is."""
        ...

    async def note_till_act(self, row: TillActRow) -> Recorded[TillActRow]:
        """Record an act once, with its event. Raises: IdempotencyConflict: the id with other content."""
        ...

    async def tell_support(self, group_id: str, kind: str, ids: dict[str, str | None], now_ms: int) -> None:
        """An event of a look at a kiosk's screen: asked, granted, refused, ended."""
        ...

    async def list_till_acts(self, group_id: str, limit: int) -> Sequence[TillActRow]:
        """The latest first."""
        ...
