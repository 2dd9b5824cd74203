"""The storage interface for what members change about themselves, and how a new address is proved."""

from dataclasses import dataclass
from typing import Protocol

from central.storage.interface.common import Recorded
from central.storage.interface.rows import MemberRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCodeRow:
    """An address (`sealed`) that a code was sent to. `tries`: codes that were tried; `done_ms`: proved."""

    group_id: str
    code_id: str
    member_id: str
    channel: str
    input_hash: bytes
    sealed: bytes
    made_ms: int
    expires_ms: int
    token_id: str
    tries: int = 0
    done_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsChange:
    """A member's data as they will be. `before`: as they were looked at; `code_id`: what proved them."""

    before: MemberRow
    member: MemberRow
    now_ms: int
    code_id: str | None = None


class DetailsStore(Protocol):
    """Verbs on them; same promises as `Store`."""

    async def put_contact_code(
        self, row: ContactCodeRow, *, most: int, since_ms: int
    ) -> Recorded[ContactCodeRow] | None:
        """Keep one; older ones are forgotten. None: the member was sent `most` since then.

        Raises: IdempotencyConflict.
        """
        ...

    async def take_contact_try(
        self, group_id: str, code_id: str, member_id: str, *, most: int, now_ms: int
    ) -> ContactCodeRow | None:
        """Count a try, then tell the row; None: no such code of this member, or it is over, or tried out."""
        ...

    async def change_details(self, change: DetailsChange) -> None:
        """Put the data in place of those that were looked at, and the code is used.

        Raises: GuardFailed: they were changed meanwhile, or the code was used.
        """
        ...
