"""The storage interface for cards that are replaced at a kiosk."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from central.storage.interface.messages import MessageRow
from central.storage.interface.rows import CardRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementRow:
    """One replacement. `member_id`, `card_number` None: nobody has what was typed.

    `state`: unknown, asked, granted, done. `proof`: empty until it is granted, then card_and_pin, code or
    staff (`staff_id`). `ends_ms`: of the state that it is in.
    """

    group_id: str
    replacement_id: str
    shop_id: str
    token_id: str
    is_with_card: int
    member_id: str | None
    card_number: str | None
    made_ms: int
    ends_ms: int
    code_hash: bytes | None = None
    tries: int = 0
    proof: str = ""
    staff_id: str | None = None
    new_card: str | None = None
    state: str = "unknown"
    done_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementDone:
    """What ends a replacement. `new_card`: as it will stand; `keeps_pin`: the PIN goes with it."""

    group_id: str
    replacement_id: str
    new_card: CardRow
    keeps_pin: bool
    notice: MessageRow | None
    actor: str
    now_ms: int


class ReplacementStore(Protocol):
    """Verbs on them; same promises as `Store`."""

    async def put_replacement(self, row: ReplacementRow, notice: MessageRow | None) -> ReplacementRow:
        """Keep that one was asked for, with the message that brings its code. The same id: the first one.

        Raises: GuardFailed: the member was erased or merged meanwhile.
        """
        ...

    async def find_replacement(self, group_id: str, replacement_id: str) -> ReplacementRow | None:
        """As it stands."""
        ...

    async def take_replacement_try(
        self, group_id: str, replacement_id: str, tries_max: int, now_ms: int
    ) -> ReplacementRow | None:
        """Count a try at its code; None: it is not asked for any more, too late, or no try is left."""
        ...

    async def grant_replacement(
        self,
        group_id: str,
        replacement_id: str,
        *,
        proof: str,
        staff_id: str | None,
        now_ms: int,
        ends_ms: int,
    ) -> bool:
        """It was proved: a new card may come until `ends_ms`. False: it is not asked for any more."""
        ...

    async def finish_replacement(self, done: ReplacementDone) -> CardRow:
        """The old card is replaced by one of the stock, all at once, with the notice to its member.

        Raises: GuardFailed: not granted, too late, the old card was moved, or the new one is not in stock.
        """
        ...

    async def list_replacements(self, group_id: str, before_ms: int, limit: int) -> Sequence[ReplacementRow]:
        """The latest first."""
        ...

    async def forget_replacements(self, group_id: str, before_ms: int) -> int:
        """Forget those that were made before; how many."""
        ...
