"""The till's side of nexo as shops' tills speak it: JSON over HTTPS, amounts as decimals."""

import asyncio
import io
import secrets
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, Self, TypeVar
from urllib.parse import parse_qsl

import aiohttp
from aiohttp import AddrInfoType

from loyalty.money import format_minor, scale_of
from wire.nexo import envelope, json_codec
from wire.nexo.base import MessageHeader, MessageReference, Nexo, SaleData, TransactionIdentification
from wire.nexo.envelope import SealingKey
from wire.nexo.json_codec import Message
from wire.nexo.loyalty import (
    BalanceInquiryRequest,
    BalanceInquiryResponse,
    CardAcquisitionRequest,
    CardAcquisitionResponse,
    CardAcquisitionTransaction,
    LoyaltyAccountID,
    LoyaltyAccountReq,
    LoyaltyData,
    LoyaltyHandling,
    LoyaltyRequest,
    LoyaltyResponse,
    LoyaltyTransaction,
    OriginalPOITransaction,
    SaleItem,
)
from wire.nexo.service import (
    AbortRequest,
    DiagnosisRequest,
    DiagnosisResponse,
    LoginRequest,
    LoginResponse,
    LogoutRequest,
    LogoutResponse,
    SaleSoftware,
    TransactionStatusRequest,
    TransactionStatusResponse,
)

N = TypeVar("N", bound=Nexo)

TIMEOUT_S: Final = 120
DEVICE_CATEGORIES: Final = frozenset(
    {"Display", "Input", "InputUpdate", "Print", "CardReaderInit", "CardReaderAPDU", "CardReaderPowerOff"}
)


class TillError(Exception):
    """The terminal answered something else than the response asked for; the text says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A line of a ticket. `amount_minor` is for all `quantity` pieces."""

    line_no: int
    code: str
    quantity: int
    amount_minor: int
    label: str = ""
    tax_code: str | None = None


class SimulatedTill:
    """One till. Every request gets a new ServiceID unless one is given; `last_service_id` is the last."""

    def __init__(
        self,
        base_url: str,
        *,
        sale_id: str = "TILL-1",
        poi_id: str = "OFFICINE-00000001",
        currency: str = "CHF",
        operator: str = "till",
        language: str | None = None,
        ca_file: str | None = None,
        key: SealingKey | None = None,
        open_socket: Callable[[AddrInfoType], socket.socket] | None = None,
        certificate: bytes | None = None,
    ) -> None:
        """`base_url`: such as https://127.0.0.1:8443. Without `ca_file` the certificate is not checked, as
        the libraries of shops' tills do on a local terminal; a paired till knows its SHA-256 (`certificate`)
        and speaks to no other. With a `key` every message is encrypted.
        `open_socket`: makes its connections' sockets where they are not of this machine.
        """
        self.url = base_url.rstrip("/") + "/nexo"
        self.sale_id = sale_id
        self.poi_id = poi_id
        self.currency = currency
        self.operator = operator
        self.language = language
        """What the operator reads; None: what the login says, French."""
        self.last_service_id = ""
        self._tickets = 0
        self._run = secrets.token_hex(4)
        self._ca_file = ca_file
        self._certificate = certificate
        self.key = key
        self._open_socket = open_socket
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        context = await asyncio.to_thread(ssl.create_default_context, cafile=self._ca_file)
        context.check_hostname = False
        if self._ca_file is None:
            context.verify_mode = ssl.CERT_NONE
        pin = aiohttp.Fingerprint(self._certificate) if self._certificate is not None else context
        connector = aiohttp.TCPConnector(ssl=pin, socket_factory=self._open_socket)
        self._session = aiohttp.ClientSession(connector=connector)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    # What a cashier does ------------------------------------------------------------------------------------

    async def login(self, *, is_training: bool | None = None) -> LoginResponse:
        """Begin the day, or a lesson."""
        software = SaleSoftware(
            manufacturer_id="Officine",
            application_name="SimulatedTill",
            software_version="1",
            certification_code="0",
        )
        body = LoginRequest(
            date_time=now(),
            operator_language=self.language or "fr",
            operator_id=self.operator,
            sale_software=software,
            training_mode_flag=is_training,
        )
        return await self.ask(body, LoginResponse)

    async def logout(self) -> LogoutResponse:
        """End the day."""
        return await self.ask(LogoutRequest(), LogoutResponse)

    async def diagnosis(self) -> DiagnosisResponse:
        """How is the terminal?"""
        return await self.ask(DiagnosisRequest(host_diagnosis_flag=True), DiagnosisResponse)

    async def balance(
        self, *, card: str | None = None, reference: TransactionIdentification | None = None
    ) -> BalanceInquiryResponse:
        """The balance of a card by number, of an acquired card, or of the one on the reader."""
        wanted = LoyaltyAccountReq(
            loyalty_account_id=account(card) if card else None, card_acquisition_reference=reference
        )
        body = BalanceInquiryRequest(loyalty_account_req=wanted if card or reference else None)
        return await self.ask(body, BalanceInquiryResponse)

    async def acquire(
        self, *, handling: LoyaltyHandling = "Required", service_id: str | None = None
    ) -> CardAcquisitionResponse:
        """Ask for a card; waits for a tap. Its `poi_data.poi_transaction_id` is the reference for later."""
        body = CardAcquisitionRequest(
            sale_data=self.new_ticket(),
            card_acquisition_transaction=CardAcquisitionTransaction(loyalty_handling=handling),
        )
        return await self.ask(body, CardAcquisitionResponse, service_id)

    async def award(
        self,
        items: Sequence[Item],
        *,
        card: str | None = None,
        reference: TransactionIdentification | None = None,
        ticket: SaleData | None = None,
        service_id: str | None = None,
    ) -> LoyaltyResponse:
        """Report a paid ticket: by card number, by reference, or for the card on the reader."""
        body = self.award_request(items, card=card, reference=reference, ticket=ticket)
        return await self.ask(body, LoyaltyResponse, service_id)

    async def award_refund(
        self,
        original: TransactionIdentification,
        items: Sequence[Item] = (),
        *,
        card: str | None = None,
        ticket: SaleData | None = None,
        service_id: str | None = None,
    ) -> LoyaltyResponse:
        """Goods come back: the lines named, or the whole ticket. `original`: the award's POITransactionID."""
        body = self.refund_request(original, items, card=card, ticket=ticket)
        return await self.ask(body, LoyaltyResponse, service_id)

    async def status(self, service_id: str, *, category: str = "Loyalty") -> TransactionStatusResponse:
        """What became of an earlier message?"""
        reference = MessageReference(
            message_category=category, service_id=service_id, sale_id=self.sale_id, poi_id=self.poi_id
        )
        return await self.ask(
            TransactionStatusRequest(message_reference=reference), TransactionStatusResponse
        )

    async def abort(self, service_id: str, *, category: str = "CardAcquisition") -> None:
        """End the wait of a CardAcquisition, or of another message."""
        reference = MessageReference(message_category=category, service_id=service_id, sale_id=self.sale_id)
        body = AbortRequest(abort_reason="MerchantAbort", message_reference=reference)
        status, content = await self.post(self._sealed(json_codec.encode(self.message(body))))
        if status != 200 or content:
            raise TillError(f"Abort was answered by HTTP {status} and {len(content)} bytes")

    # The wire -----------------------------------------------------------------------------------------------

    def new_service_id(self) -> str:
        """A ServiceID never used before: 10 characters."""
        return secrets.token_hex(5)

    def new_ticket(self) -> SaleData:
        """A ticket never used before, now."""
        self._tickets += 1
        ticket = TransactionIdentification(transaction_id=f"T-{self._run}-{self._tickets}", time_stamp=now())
        return SaleData(
            sale_transaction_id=ticket, operator_id=self.operator, operator_language=self.language
        )

    def award_request(
        self,
        items: Sequence[Item],
        *,
        card: str | None = None,
        reference: TransactionIdentification | None = None,
        ticket: SaleData | None = None,
    ) -> LoyaltyRequest:
        """The body of an award."""
        total_minor = sum(item.amount_minor for item in items)
        data = LoyaltyData(
            card_acquisition_reference=reference, loyalty_account_id=account(card) if card else None
        )
        return LoyaltyRequest(
            sale_data=ticket or self.new_ticket(),
            loyalty_transaction=LoyaltyTransaction(
                loyalty_transaction_type="Award",
                currency=self.currency,
                total_amount=self._decimal(total_minor),
                sale_item=[self.sale_item(item) for item in items],
            ),
            loyalty_data=[data] if card or reference else None,
        )

    def refund_request(
        self,
        original: TransactionIdentification,
        items: Sequence[Item] = (),
        *,
        card: str | None = None,
        ticket: SaleData | None = None,
    ) -> LoyaltyRequest:
        """The body of a refund."""
        return LoyaltyRequest(
            sale_data=ticket or self.new_ticket(),
            loyalty_transaction=LoyaltyTransaction(
                loyalty_transaction_type="AwardRefund",
                currency=self.currency,
                original_poi_transaction=OriginalPOITransaction(
                    sale_id=self.sale_id, poi_id=self.poi_id, poi_transaction_id=original
                ),
                sale_item=[self.sale_item(item) for item in items] or None,
            ),
            loyalty_data=[LoyaltyData(loyalty_account_id=account(card))] if card else None,
        )

    def sale_item(self, item: Item) -> SaleItem:
        """A line as nexo writes it."""
        return SaleItem(
            item_id=item.line_no,
            product_code=item.code,
            ean_upc=item.code,
            unit_of_measure="Other",
            quantity=Decimal(item.quantity),
            item_amount=self._decimal(item.amount_minor),
            tax_code=item.tax_code,
            product_label=item.label or None,
        )

    def message(self, body: Nexo, service_id: str | None = None) -> Message:
        """A request of this till."""
        self.last_service_id = service_id or self.new_service_id()
        category = type(body).__name__.removesuffix("Request")
        header = MessageHeader(
            protocol_version="3.0",
            message_class="Device" if category in DEVICE_CATEGORIES else "Service",
            message_category=category,
            message_type="Request",
            service_id=self.last_service_id,
            sale_id=self.sale_id,
            poi_id=self.poi_id,
        )
        return Message(header=header, body=body)

    async def post(self, data: bytes) -> tuple[int, bytes]:
        """Send bytes as they are; HTTP status and body of the answer."""
        assert self._session is not None, "use the till as a context"
        async with self._session.post(
            self.url,
            data=io.BytesIO(data),
            headers={"Content-Type": "application/json"},
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
        ) as response:
            return response.status, await response.read()

    async def ask(self, body: Nexo, answer_type: type[N], service_id: str | None = None) -> N:
        """Send any request, and read its answer.

        Raises: TillError.
        """
        status, content = await self.post(self._sealed(json_codec.encode(self.message(body, service_id))))
        if status != 200:
            raise TillError(f"HTTP {status}: {content[:500].decode(errors='replace')}")
        answer = json_codec.decode(self._opened(content)).body
        if not isinstance(answer, answer_type):
            raise TillError(f"the terminal answered {type(answer).__name__}: {content[:500]!r}")
        return answer

    def _sealed(self, data: bytes) -> bytes:
        return data if self.key is None else envelope.seal(data, self.key)

    def _opened(self, content: bytes) -> bytes:
        if self.key is None:
            return content
        try:
            return envelope.open_sealed(*envelope.read(content), self.key.secrets)
        except envelope.EnvelopeWrong as error:
            raise TillError(f"the answer cannot be opened: {error}") from error

    def _decimal(self, minor: int) -> Decimal:
        return Decimal(format_minor(minor, scale_of(self.currency)))


def account(card: str) -> LoyaltyAccountID:
    """A card number as a till scans it."""
    return LoyaltyAccountID(
        entry_mode=["Scanned"],
        identification_type="BarCode",
        identification_support="LoyaltyCard",
        loyalty_id=card,
    )


def read_additional(text: str | None) -> dict[str, str]:
    """The pairs of an AdditionalResponse."""
    return dict(parse_qsl(text or "", keep_blank_values=True))


def now() -> str:
    """The moment in ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
