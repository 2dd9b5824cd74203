"""The storage interface for cards by which somebody acts for a member."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from central.storage.interface.messages import MessageRow
from central.storage.interface.rows import CardRow


@dataclass(frozen=True, slots=True, kw_only=True)
class CarerRow:
    """A carer. `sealed`: the name, under the key of `sealed_for`. `may`: words of `CarerMay`."""

    group_id: str
    carer_id: str
    member_id: str
    card_number: str
    sealed: bytes
    sealed_for: str
    may: str
    given_by: str
    token_id: str
    shop_id: str | None
    made_ms: int
    ends_ms: int
    ended_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CarerUse:
    """What a carer did: tickets, and when the last one was."""

    carer_id: str
    tickets: int
    last_ms: int


class CarerStore(Protocol):
    """Verbs on them; same promises as `Store`."""

    async def put_carer(
        self, row: CarerRow, card: CardRow, *, most: int, notice: MessageRow | None
    ) -> CarerRow | None:
        """A card of the stock becomes a carer's, and the notice is kept. The same id: the first one.

        None: the member has `most`.

        Its card is to be validated as long as no card of the member's own is active.

        Raises: IdempotencyConflict: the card is not in stock. GuardFailed: the member was erased or merged.
        """
        ...

    async def end_carer(
        self,
        group_id: str,
        member_id: str,
        carer_id: str,
        actor: str,
        now_ms: int,
        *,
        notice: MessageRow | None,
    ) -> CarerRow | None:
        """End a carer of this member, once, with the notice of it; the card is blocked with it.

        None: there is no such carer.
        """
        ...

    async def list_carers(self, group_id: str, member_id: str, limit: int) -> Sequence[CarerRow]:
        """Those of a member, the latest first."""
        ...

    async def list_carer_uses(self, group_id: str, carer_ids: Sequence[str]) -> Sequence[CarerUse]:
        """What each of them did; who did nothing is left out."""
        ...
