"""The coupon on the paper: a number in the till's receipt, drawn, read by a scanner, paid with."""

import shutil
import subprocess
from pathlib import Path

import pytest
import segno

from tests.central_fixture import SHAMPOO, CentralUnderTest, a_basket, by_uid
from tests.integration.central.claim_rules import publish
from tests.integration.central.test_vouchers import thanks
from tests.terminal_fixture import CREAM, Shop
from wire import api_parties

needs_scanner = pytest.mark.skipif(
    shutil.which("zbarimg") is None, reason="no barcode decoder here: install zbar-tools"
)


async def with_a_suppliers_voucher(central: CentralUnderTest) -> None:
    sol = api_parties.PartyBody(name="Sol Laboratoires SA")
    await central.services.parties.put(central.operator, "supplier", "sol", sol)
    await publish(central, thanks() | {"funder": "supplier/sol"})


def scanned(picture: Path) -> str:
    """What a decoder reads from a picture."""
    command = ["zbarimg", "--quiet", "--raw", str(picture)]  # a list: no shell reads it
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@needs_scanner
async def test_the_code_under_the_receipt_is_read_by_a_scanner_and_pays(shop: Shop, tmp_path: Path) -> None:
    await with_a_suppliers_voucher(shop.central)
    await shop.tap_known()
    answer = await shop.till.award([CREAM])
    assert answer.payment_receipt is not None
    text, code = answer.payment_receipt
    assert (text.document_qualifier, code.document_qualifier) == ("CustomerReceipt", "Voucher")
    assert code.output_content.output_format == "BarCode"
    barcode = code.output_content.output_barcode
    assert barcode is not None
    assert barcode.barcode_type == "QRCode"
    picture = tmp_path / "code.png"
    segno.make_qr(barcode.barcode_value).save(str(picture), scale=4)

    number = scanned(picture)

    printed = [row.text or "" for row in text.output_content.output_text or []]
    assert number in {row.replace(" ", "") for row in printed}
    assert any("Sol Laboratoires SA" in row for row in printed)
    basket = a_basket([(SHAMPOO, 1, 1500)]) | {"vouchers": [number]}
    quote = await shop.central.post("quotes", {"basket": basket, "holder": by_uid()})
    assert (quote.body["total_minor"], quote.body["used_vouchers"][0]["used_minor"]) == (1000, 500)


async def test_a_ticket_without_a_voucher_has_no_code(shop: Shop) -> None:
    await shop.tap_known()
    answer = await shop.till.award([CREAM])
    assert [each.output_content.output_format for each in answer.payment_receipt or []] == ["Text"]
