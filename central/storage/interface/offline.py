"""The part of the storage interface for shops that work offline: bundles, the hot-list, late tickets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from loyalty.values import quick


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleRow:
    """A bundle of a shop. `content` is deflated; numbers of a shop rise by one."""

    group_id: str
    shop_id: str
    number: int
    bundle_id: str
    content_hash: str
    time_zone: str
    ruleset_version: int
    made_ms: int
    content: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class HotCardRow:
    """A card on the hot-list, or one that left it (`is_hot` false), under the number of its last change."""

    seq: int
    card_number: str
    uid: str
    is_hot: bool


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class LateTicket:
    """What a late ticket was told, what its bundle says, and what came of it.

    `bundle_*` None: central no longer has that bundle. `member_total_minor`: what it would have cost with all
    that central knows.
    """

    bundle_id: str
    told_total_minor: int
    told_points: int
    bundle_total_minor: int | None
    bundle_points: int | None
    member_total_minor: int | None
    differs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LateTicketRow:
    """A late ticket as it was booked."""

    sale_id: str
    shop_id: str
    bundle_id: str
    recorded_ms: int
    occurred_ms: int
    told_total_minor: int
    told_points: int
    bundle_total_minor: int | None
    bundle_points: int | None
    total_minor: int
    points: int
    member_total_minor: int | None
    differs: bool


class OfflineStore(Protocol):
    """The verbs of working offline."""

    async def put_bundle(self, row: BundleRow, *, forget_before_ms: int) -> BundleRow:
        """Keep a content as the shop's newest bundle, and give it the next number (`number`, `bundle_id` of
        the row are not looked at). The newest one's content again gives that one. Bundles that were replaced
        before `forget_before_ms` go.
        """
        ...

    async def find_newest_bundle(self, group_id: str, shop_id: str) -> BundleRow | None: ...
    async def find_bundle(self, group_id: str, shop_id: str, bundle_id: str) -> BundleRow | None: ...
    async def list_hot_cards(self, group_id: str, after_seq: int, limit: int) -> Sequence[HotCardRow]:
        """Changes of the hot-list after a number, in order; of a card the last alone."""
        ...

    async def list_late_tickets(
        self,
        group_id: str,
        *,
        shop_id: str | None,
        differing: bool,
        before: tuple[int, str] | None,
        limit: int,
    ) -> Sequence[LateTicketRow]:
        """Newest first, beginning after the one `before` (recorded_ms, sale_id)."""
        ...
