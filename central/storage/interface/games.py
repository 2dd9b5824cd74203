"""The storage interface for games: pools as they were published, plays, things that were handed over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from central.storage.interface.claims import CounterUse
from central.storage.interface.common import Change, Recorded
from central.storage.interface.vouchers import VoucherRow
from loyalty.ledger.postings import Transaction


@dataclass(frozen=True, slots=True)
class GameRow:
    """A game. `definition`: JSON. `version` rises with each change of what may change."""

    group_id: str
    game_id: str
    version: int
    definition: str
    last_day: str
    published_ms: int
    changed_ms: int
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayRow:
    """A play. `number` None: nothing was drawn. `drawn_id`: whose number, `prize_id`: what was given, both
    empty for nothing. `code_hash`: of a thing, that it is handed over by; `handed_...`: when it was.

    `play_no`: how many the member had made of this game before.
    """

    group_id: str
    play_id: str
    input_hash: bytes
    game_id: str
    member_id: str
    shop_id: str
    terminal_id: str | None
    actor: str
    day: str
    play_no: int
    plays_left: int
    server_seed: str
    client_seed: str
    number: int | None
    out_of: int
    drawn_id: str
    prize_id: str
    right_count: int
    code_hash: bytes | None
    last_day: str
    recorded_ms: int
    transaction_id: str | None
    handover_id: str | None = None
    handover_hash: bytes | None = None
    handed_shop_id: str | None = None
    handed_operator: str = ""
    handed_actor: str | None = None
    handed_ms: int | None = None
    handover_transaction_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """A thing leaves the shop with its winner."""

    group_id: str
    play_id: str
    handover_id: str
    handover_hash: bytes
    handed_shop_id: str
    handed_operator: str
    handed_actor: str
    handed_ms: int
    transaction: Transaction


@dataclass(frozen=True, slots=True)
class GameStands:
    """A pool by the ledger: units by prize in stock, won, handed over; budget left and spent, minor."""

    left: Mapping[str, int]
    won: Mapping[str, int]
    handed_over: Mapping[str, int]
    budget_left: int
    spent: int


class GameStore(Protocol):
    """Verbs for games; same promises as `Store`."""

    async def put_game(
        self, row: GameRow, stocked: Transaction | None, *, today: str, open_max: int
    ) -> Change | None:
        """Publish a game, or change the one of the version before; its stock and budget with it.

        Returns: None: so many are open or to come already, nothing happened.
        Raises: GuardFailed: another version came first.
        """
        ...

    async def find_game(self, group_id: str, game_id: str) -> GameRow | None: ...
    async def list_games(self, group_id: str, from_day: str, limit: int) -> Sequence[GameRow]:
        """Games that end on a day or later, by their last day."""
        ...

    async def find_game_stands(self, group_id: str, game_ids: Sequence[str]) -> Mapping[str, GameStands]: ...
    async def record_play(
        self,
        row: PlayRow,
        uses: Sequence[CounterUse],
        prize: Transaction | None,
        vouchers: Sequence[VoucherRow],
    ) -> Recorded[PlayRow]:
        """Write a play with what it won, counted against what the member may play.

        Raises: GuardFailed: a count, the stock or the budget leaves less; IdempotencyConflict.
        """
        ...

    async def find_play(self, group_id: str, play_id: str) -> PlayRow | None: ...
    async def find_play_by_code(self, group_id: str, code_hash: bytes) -> PlayRow | None: ...
    async def list_plays(self, group_id: str, game_id: str, after: str, limit: int) -> Sequence[PlayRow]:
        """A game's plays after an id, in the order of ids."""
        ...

    async def hand_over(self, handover: Handover) -> Recorded[PlayRow]:
        """Write that a thing was taken away.

        Raises: GuardFailed: it was before; IdempotencyConflict: the id is that of another.
        """
        ...
