"""A client we did not write: the npm package @adyen/api-library drives the terminal, encrypted and plain."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from terminal.till.keys import key_file
from terminal.till.keys.key_file import TillKey
from terminal.tls import make_pair
from tests.central_fixture import CARD, MEMBER, SUN_CREAM
from tests.helpers import eventually
from tests.integration.central.stored import holds, sold_card, trust
from tests.terminal_fixture import Shop, a_terminal
from tools.till import read_additional
from tools.till.till import now

HERE = Path(__file__).parent
POI = "OFFICINE-00000001"
KEY = TillKey(identifier="till-1", version=3, passphrase="what both ends were given")
LIBRARY_CERTIFICATE = "officine-00000001.test.terminal.adyen.com"
"""The only shape of a name that the library takes from a terminal."""


@dataclass(slots=True)
class Client:
    """Node with the library; `key`: encrypts under it."""

    shop: Shop
    key: TillKey | None
    number: int = 0

    def header(self, category: str, message_class: str = "Service") -> dict[str, str]:
        self.number += 1
        return {
            "ProtocolVersion": "3.0",
            "MessageClass": message_class,
            "MessageCategory": category,
            "MessageType": "Request",
            "ServiceID": f"{self.number:010}",
            "SaleID": "TILL-1",
            "POIID": POI,
        }

    def request(self, category: str, body: dict[str, Any], message_class: str = "Service") -> dict[str, Any]:
        header = self.header(category, message_class)
        return {"header": header, "name": f"{category}Request", "body": body}

    async def tell(self, *requests: dict[str, Any], **changed: Any) -> list[dict[str, Any]]:
        """What the library makes of the terminal's answers."""
        key = self.key and {
            "KeyIdentifier": self.key.identifier,
            "KeyVersion": self.key.version,
            "Passphrase": self.key.passphrase,
            "AdyenCryptoVersion": 1,
        }
        plan = {
            "endpoint": self.shop.till.url + "/",
            "certificate": str(self.shop.settings.state_dir / "till-certificate.pem"),
            "key": key,
            "requests": requests,
        }
        node = await asyncio.create_subprocess_exec(
            "node",
            str(HERE / "client.cjs"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await node.communicate(json.dumps(plan | changed).encode())
        assert node.returncode == 0, err.decode()
        return [json.loads(line) for line in out.splitlines()]

    async def ask(
        self, category: str, body: dict[str, Any], message_class: str = "Service"
    ) -> dict[str, Any]:
        """One request; the body of its answer."""
        [told] = await self.tell(self.request(category, body, message_class))
        assert "answer" in told, told
        return dict(told["answer"]["SaleToPOIResponse"][f"{category}Response"])


@pytest.fixture(params=["encrypted", "plain"])
async def client(request: pytest.FixtureRequest, tmp_path: Path, socket_dir: Path) -> AsyncIterator[Client]:
    if shutil.which("node") is None or not (HERE / "node_modules" / "@adyen").is_dir():
        pytest.skip("no node client here: scripts/setup test installs it where there are node and npm")
    is_encrypted = request.param == "encrypted"
    await asyncio.to_thread(key_file.save, tmp_path / "terminal" / "till-keys.json", (KEY,))
    async with a_terminal(
        tmp_path,
        socket_dir,
        plain_nexo=not is_encrypted,
        certificate_name=LIBRARY_CERTIFICATE,
        poi_id=POI,
    ) as shop:
        await trust(shop.central)
        yield Client(shop, KEY if is_encrypted else None)


def ticket(number: int) -> dict[str, Any]:
    return {
        "SaleTransactionID": {"TransactionID": f"TICKET-{number}", "TimeStamp": now()},
        "OperatorID": "anne",
    }


def lines() -> list[dict[str, Any]]:
    return [
        {
            "ItemID": 0,
            "ProductCode": SUN_CREAM,
            "EanUpc": SUN_CREAM,
            "UnitOfMeasure": "Other",
            "Quantity": 2,
            "UnitPrice": 19.9,
            "ItemAmount": 39.8,
            "ProductLabel": "Crème solaire",
        }
    ]


def award_of(sale: dict[str, Any], acquired: dict[str, Any]) -> dict[str, Any]:
    transaction = {
        "LoyaltyTransactionType": "Award",
        "Currency": "CHF",
        "TotalAmount": 39.8,
        "SaleItem": lines(),
    }
    reference = {"CardAcquisitionReference": acquired["POIData"]["POITransactionID"]}
    return {"SaleData": sale, "LoyaltyTransaction": transaction, "LoyaltyData": [reference]}


def gift_payment(sale: dict[str, Any], number: str) -> dict[str, Any]:
    """The library's model of a payment knows no StoredValueAccountID: the number goes as a token."""
    token = {"PaymentToken": {"TokenRequestedType": "Transaction", "TokenValue": number}}
    instrument = {"PaymentInstrumentType": "StoredValue", "CardData": token}
    amounts = {"Currency": "CHF", "RequestedAmount": 10}
    return {
        "SaleData": sale,
        "PaymentTransaction": {"AmountsReq": amounts, "SaleItem": lines()},
        "PaymentData": {"PaymentType": "Normal", "PaymentInstrumentData": instrument},
    }


async def acquire(client: Client) -> dict[str, Any]:
    await client.shop.tap_known()
    wanted = {"LoyaltyHandling": "Required", "TotalAmount": 39.8}
    body = {"SaleData": ticket(1), "CardAcquisitionTransaction": wanted}
    return await client.ask("CardAcquisition", body)


async def test_a_till_logs_in_and_learns_who_stands_there(client: Client) -> None:
    software = {"ApplicationName": "T", "SoftwareVersion": "1", "CertificationCode": "0"}
    login = await client.ask("Login", {"DateTime": now(), "OperatorLanguage": "fr", "SaleSoftware": software})
    acquired = await acquire(client)
    card = acquired["LoyaltyAccount"][0]["LoyaltyAccountID"]
    balance = await client.ask("BalanceInquiry", {"LoyaltyAccountReq": {"LoyaltyAccountID": card}})

    assert login["POISystemData"]["POISoftware"]["ApplicationName"] == "officine-terminal"
    assert card["LoyaltyID"] == CARD
    assert balance["LoyaltyAccountStatus"]["CurrentBalance"] == 0


async def test_a_ticket_of_somebody_elses_library_is_paid_awarded_repeated_and_reversed(
    client: Client,
) -> None:
    shop, sale = client.shop, ticket(2)
    acquired = await acquire(client)
    number = str((await sold_card(shop.central, 1000))["number"])
    paid = await client.ask("Payment", gift_payment(sale, number))
    assert paid["PaymentResult"]["AmountsResp"]["AuthorizedAmount"] == 10

    sent = client.request("Loyalty", award_of(sale, acquired))
    first, again = await client.tell(sent, sent)

    assert first == again
    booked = first["answer"]["SaleToPOIResponse"]["LoyaltyResponse"]
    assert booked["LoyaltyResult"][0]["LoyaltyAmount"]["Value"] == 39
    assert booked["LoyaltyResult"][0]["CurrentBalance"] == 39
    assert read_additional(booked["Response"]["AdditionalResponse"])["otherMinor"] == "2980"
    assert await shop.central.points_of(MEMBER) == 39
    assert await holds(shop.central, number) == 0
    named = {"MessageCategory": "Loyalty", "SaleID": "TILL-1", "ServiceID": sent["header"]["ServiceID"]}
    status = await client.ask("TransactionStatus", {"MessageReference": named})
    repeated = status["RepeatedMessageResponse"]["RepeatedResponseMessageBody"]["LoyaltyResponse"]
    assert repeated == booked

    original = {"POITransactionID": booked["POIData"]["POITransactionID"]}
    reversal = {"OriginalPOITransaction": original, "ReversalReason": "CustCancel"}
    back = await client.ask("Reversal", reversal)
    totals = await client.ask("GetTotals", {})

    assert back["Response"]["Result"] == "Success"
    assert await holds(shop.central, number) == 1000
    kinds = {
        each["TransactionType"]
        for group in totals["TransactionTotals"]
        for each in [*group.get("PaymentTotals", []), *group.get("LoyaltyTotals", [])]
    }
    assert kinds == {"Debit", "Award", "ReverseAward"}


async def test_an_abort_is_answered_by_nothing_and_ends_the_wait(client: Client) -> None:
    waiting = client.request(
        "CardAcquisition",
        {"SaleData": ticket(3), "CardAcquisitionTransaction": {"LoyaltyHandling": "Required"}},
    )
    asked = asyncio.create_task(client.tell(waiting))
    await eventually(lambda: client.shop.agent.till.acquisition is not None, 30)
    reference = {
        "MessageCategory": "CardAcquisition",
        "SaleID": "TILL-1",
        "ServiceID": waiting["header"]["ServiceID"],
    }
    abort = client.request("Abort", {"AbortReason": "MerchantAbort", "MessageReference": reference})

    [nothing] = await client.tell(abort)
    [ended] = await asked

    assert nothing == {"answer": {}}
    response = ended["answer"]["SaleToPOIResponse"]["CardAcquisitionResponse"]["Response"]
    assert (response["Result"], response["ErrorCondition"]) == ("Failure", "Aborted")


async def test_devices_and_tenders_that_are_not_ours_are_refused_in_the_librarys_words(
    client: Client,
) -> None:
    shown = {
        "Device": "CustomerDisplay",
        "InfoQualify": "Display",
        "OutputContent": {"OutputFormat": "Text", "OutputText": [{"Text": "Bonjour"}]},
    }
    display = await client.ask("Display", {"DisplayOutput": [shown]}, "Device")
    assert display["OutputResult"][0]["Response"]["ErrorCondition"] == "UnavailableDevice"
    paid = await client.ask(
        "Payment",
        {
            "SaleData": ticket(4),
            "PaymentTransaction": {"AmountsReq": {"Currency": "CHF", "RequestedAmount": 10}},
            "PaymentData": {"PaymentInstrumentData": {"PaymentInstrumentType": "Card"}},
        },
    )
    assert paid["Response"]["ErrorCondition"] == "NotAllowed"
    enabled = await client.ask(
        "EnableService", {"TransactionAction": "StartTransaction", "ServicesEnabled": ["Loyalty"]}
    )
    assert enabled["Response"]["Result"] == "Success"


async def test_the_library_hears_of_a_wrong_key_and_of_a_wrong_certificate(
    client: Client, tmp_path: Path
) -> None:
    if client.key is None:  # without the envelope the library checks neither
        return
    wrong = {
        "KeyIdentifier": KEY.identifier,
        "KeyVersion": KEY.version,
        "Passphrase": "something else of this length",
        "AdyenCryptoVersion": 1,
    }
    [told] = await client.tell(client.request("Diagnosis", {}), key=wrong)
    assert "answer" not in told
    assert "crypto error" in told["message"]

    other = tmp_path / "other.pem"
    await asyncio.to_thread(make_pair, other, tmp_path / "other.key", name=LIBRARY_CERTIFICATE)
    [told] = await client.tell(client.request("Diagnosis", {}), certificate=str(other))
    assert "answer" not in told
