"""The storage interface for what a worker keeps in memory: what changed since it looked last, and look-ups
that bring that along, so that what is kept and what is read are of one state.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from loyalty.values import quick

if TYPE_CHECKING:
    from central.storage.interface.guesses import GuessAsked
    from central.storage.interface.rows import ArticleRow, CardRow, MemberOverview, MemberRow, SaleRow
    from central.storage.interface.value import MemberPoints
    from central.storage.interface.vouchers import VoucherStands


@quick
@dataclass(frozen=True, slots=True)
class Changes:
    """What changed of a group's reference data after the event asked for, up to and with event `seq`.

    `changed`: (kind of event, id of what it tells of), in order. `is_all`: too much, or nothing is known of
    what was before: everything may have changed.
    """

    seq: int
    changed: tuple[tuple[str, str], ...] = ()
    is_all: bool = False


@dataclass(frozen=True, slots=True)
class PricedArticle:
    """An article with class, tax and price as valid from `from_ms` until before `until_ms` (None: no end)."""

    row: "ArticleRow"
    from_ms: int
    until_ms: int | None


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class SaleAsked:
    """A ticket that came in: what it is known by, and the card that was shown (one of the two, or none).

    `code_hashes`: of the vouchers presented; `guesses`: who presents them. `since_ms`: when the day began
    that the member's overview counts points since, None: no overview is asked for; `tickets`: how many it
    lists.
    """

    group_id: str
    sale_id: str
    shop_id: str
    business_key: str
    card_uid: str | None = None
    card_number: str | None = None
    code_hashes: tuple[bytes, ...] = ()
    guesses: "GuessAsked | None" = None
    since_ms: int | None = None
    tickets: int = 0


@quick
@dataclass(frozen=True, slots=True)
class SaleFacts:
    """What deciding on a ticket begins with, all of one state.

    `earlier`: the same ticket, recorded before; then nothing else is looked up. `points`, `overview`: the
    member's. `vouchers`: those found, by hash. `next_guess_ms`: as `GuessStore.find_next_guess`.
    """

    changes: Changes
    earlier: "SaleRow | None" = None
    card: "CardRow | None" = None
    member: "MemberRow | None" = None
    points: "MemberPoints | None" = None
    overview: "MemberOverview | None" = None
    vouchers: "Mapping[bytes, VoucherStands] | None" = None
    next_guess_ms: int | None = None


class LookupStore(Protocol):
    """What every storage engine does; a part of `central.storage.base.Store`."""

    async def find_changes(self, group_id: str, after_seq: int) -> Changes:
        """What a worker that has seen event `after_seq` must forget; negative: it has seen none."""
        ...

    async def find_priced(
        self, group_id: str, codes: Sequence[str], at_ms: int, after_seq: int
    ) -> tuple[Changes, Mapping[str, PricedArticle]]:
        """Articles by code as of `at_ms`, all of one state, and what changed until that state."""
        ...

    async def find_sale_facts(self, asked: SaleAsked, after_seq: int) -> SaleFacts:
        """All that deciding on a ticket begins with, in one reading."""
        ...
