"""The storage interface for what a shop tells beside its address: other hours, services, events."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from central.storage.interface.common import Change

ShopPart = Literal["days", "services", "events"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopPageRow:
    """A part of a shop's page as one JSON document."""

    group_id: str
    shop_id: str
    part: ShopPart
    body: str
    changed_ms: int


class ShopPageStore(Protocol):
    """Verbs on the pages of shops; same promises as `Store`."""

    async def put_shop_page(self, row: ShopPageRow) -> Change:
        """Put a part whole; the same again changes nothing."""
        ...

    async def list_shop_pages(self, group_id: str, shop_ids: Sequence[str]) -> Sequence[ShopPageRow]:
        """What there is of these shops, in the order of shops and parts."""
        ...
