"""The storage interface for what members ask of a pharmacy at its kiosk."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from central.storage.interface.common import Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopMessageRow:
    """What a member asks. `topic`: one of the ready sentences, or own words (`sealed`); `done_ms`, `done_by`:
    once it is done.
    """

    group_id: str
    message_id: str
    input_hash: bytes
    shop_id: str
    member_id: str
    topic: str
    token_id: str
    made_ms: int
    done_ms: int | None = None
    done_by: str | None = None
    sealed: bytes | None = None
    sealed_for: str | None = None
    """Under whose key: who wrote it, also where that record was merged into another since."""
    staff_id: str | None = None
    """Whom it is for, where it is for one person."""


class ShopMessageStore(Protocol):
    """Verbs on them; same promises as `Store`."""

    async def put_shop_message(
        self, row: ShopMessageRow, *, most: int, since_ms: int
    ) -> Recorded[ShopMessageRow] | None:
        """Keep one; None: the member has written `most` since then. Raises: IdempotencyConflict."""
        ...

    async def find_shop_message(self, group_id: str, message_id: str) -> ShopMessageRow | None: ...
    async def list_shop_messages(self, group_id: str, shop_id: str, limit: int) -> Sequence[ShopMessageRow]:
        """Those of a shop that are not done, the oldest first."""
        ...

    async def end_shop_message(self, group_id: str, message_id: str, done_by: str, now_ms: int) -> bool:
        """It is done; False: it was before, or there is none."""
        ...
