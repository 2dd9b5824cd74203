"""The payments of each till and register number, as they stand: for repeats, duplicates and cancellations.

The newest CAISSE_AP_PAYMENTS_KEPT_MAX are kept, in one small row that survives a restart. Whoever changes
them holds the till's turn (`Till.turn_of`).
"""

from typing import Final, Literal

import msgspec
from msgspec.structs import replace

from loyalty.limits.other_tills import CAISSE_AP_PAYMENTS_KEPT_MAX
from terminal.till_store import TillStore

State = Literal["asked", "paid", "undone"]
TenderKind = Literal["purse", "gift_card", "points"]


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """One payment. `payer`: the card's or gift card's number; `answer`: the tags a till was told."""

    ticket_key: str
    poi_id: str
    reference: str
    kind: TenderKind
    payer: str
    amount_minor: int
    currency: str
    at_ms: int
    state: State = "asked"
    answer: dict[str, str] = {}
    printed: str = ""
    """The printed ticket that took it over (terminal/till/escpos/joining.py)."""

    def with_printed(self, key: str) -> "Payment":
        """Taken over by a printed ticket."""
        return replace(self, printed=key)

    def is_like(self, other: "Payment") -> bool:
        """Whether both ask the same of the same card."""
        mine = (self.kind, self.payer, self.amount_minor, self.currency)
        return mine == (other.kind, other.payer, other.amount_minor, other.currency)


_decoder: Final = msgspec.json.Decoder(list[Payment])


class Payments:
    """Reads and writes the payments of a till's register number."""

    def __init__(self, store: TillStore) -> None:
        self._store = store

    async def list_of(self, sale_id: str, register: str) -> list[Payment]:
        """Oldest first."""
        kept = await self._store.find_kept(_name(sale_id, register))
        return _decoder.decode(kept) if kept else []

    async def registers_of(self, sale_id: str) -> list[str]:
        """The register numbers of a till that payments are remembered of."""
        prefix = _name(sale_id, "")
        return [name.removeprefix(prefix) for name in await self._store.list_kept(prefix)]

    async def put(self, sale_id: str, register: str, payment: Payment) -> Payment:
        """Add a payment, or write one as it stands now; on return it is on the disk."""
        before = await self.list_of(sale_id, register)
        is_new = all(each.poi_id != payment.poi_id for each in before)
        after = [payment if each.poi_id == payment.poi_id else each for each in before]
        after += [payment] if is_new else []
        data = msgspec.json.encode(after[-CAISSE_AP_PAYMENTS_KEPT_MAX:])
        await self._store.keep(_name(sale_id, register), data)
        return payment

    async def mark(self, sale_id: str, register: str, payment: Payment, state: State) -> Payment:
        """A payment in another state."""
        return await self.put(sale_id, register, replace(payment, state=state))


def _name(sale_id: str, register: str) -> str:
    return f"caisse-ap/{sale_id}/{register}"
