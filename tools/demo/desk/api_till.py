"""Vouchers at the desk's till: nexo has no place for them, so a ticket with vouchers goes by central's API.

A quote says what the basket costs with them, the sale under that quote spends them (docs/api.md, A sale).
"""

import secrets
import time
from collections.abc import Sequence
from typing import Final, TypeVar

import aiohttp
import msgspec

from loyalty.errors import LoyaltyError, Trouble
from tools.demo.desk.counter import CounterLine, Told
from wire.api import EvidenceBody
from wire.api_sales import BasketBody, LineBody, QuoteBody, QuoteView, SaleBody, SaleView

TIMEOUT_S: Final = 5
V = TypeVar("V")


class CentralSays(LoyaltyError):
    """Central did not take it, or does not answer."""

    code = "desk_central_says"
    trouble = Trouble.REFUSED
    text = "{detail}"


class Priced(msgspec.Struct, frozen=True, kw_only=True):
    """What a basket comes to with its vouchers, and what each took off."""

    total: int
    vouchers: list[int]


class ApiTill:
    """A till at central's JSON API, with the terminal's token."""

    def __init__(self, central_url: str, token: str, currency: str) -> None:
        self._url = f"{central_url}/api/v1"
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._currency = currency

    async def price(self, lines: Sequence[CounterLine], vouchers: Sequence[str], card: str) -> Priced:
        """What the basket costs. Raises: CentralSays: a voucher is not good, or the network is cut."""
        quote = await self._quote(lines, vouchers, card)
        return Priced(total=quote.total_minor, vouchers=[used.used_minor for used in quote.used_vouchers])

    async def pay(self, lines: Sequence[CounterLine], vouchers: Sequence[str], card: str) -> Told:
        """Sell it, once. Raises: CentralSays."""
        quote = await self._quote(lines, vouchers, card)
        name, now_ms = f"V-{secrets.token_hex(4)}", time.time_ns() // 1_000_000
        body = SaleBody(
            sale_id=f"desk.{name}",
            business_key=f"DESK,{name},{now_ms}",
            occurred_ms=now_ms,
            sent_ms=now_ms,
            basket=self._basket(lines, vouchers),
            holder=_holder(card),
            quote_id=quote.quote_id,
        )
        sold = await self._ask("sales", body, SaleView)
        return Told(
            ticket=name,
            is_success=True,
            is_by_api=True,
            member=sold.profile.display_name if sold.profile else None,
            points=sold.points,
            balance=sold.balance_points,
            total=sold.total_minor,
            prices=[line.price_minor for line in sold.lines if line.price_minor is not None],
            receipt=sold.receipt,
        )

    async def _quote(self, lines: Sequence[CounterLine], vouchers: Sequence[str], card: str) -> QuoteView:
        body = QuoteBody(basket=self._basket(lines, vouchers), holder=_holder(card))
        return await self._ask("quotes", body, QuoteView)

    def _basket(self, lines: Sequence[CounterLine], vouchers: Sequence[str]) -> BasketBody:
        sold = [
            LineBody(
                line_no=number,
                code=line.code,
                quantity=line.quantity,
                amount_minor=line.quantity * line.price_minor,
                label=line.label,
            )
            for number, line in enumerate(lines, start=1)
        ]
        return BasketBody(currency=self._currency, lines=sold, vouchers=list(vouchers))

    async def _ask(self, path: str, body: msgspec.Struct, kind: type[V]) -> V:
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, headers=self._headers) as session,
                session.post(f"{self._url}/{path}", data=msgspec.json.encode(body)) as response,
            ):
                answer = await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise CentralSays(detail="Vouchers need central, and the network is cut.") from error
        if response.status >= 400:
            raise CentralSays(detail=msgspec.json.decode(answer, type=_Problem).detail)
        return msgspec.json.decode(answer, type=kind, strict=False)


class _Problem(msgspec.Struct):
    detail: str = ""


def _holder(card: str) -> EvidenceBody | None:
    return EvidenceBody(medium="barcode", value=card) if card else None
