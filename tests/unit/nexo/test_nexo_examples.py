"""The example messages of real terminals: read and written again without loss."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.shared_data import shared_path
from wire.nexo import json_codec
from wire.nexo.base import member_name
from wire.nexo.json_codec import BodyWrong, NotNexo

NAMES = (
    "abort_req",
    "award_refund_req",
    "award_req",
    "award_rsp",
    "balance_req",
    "balance_rsp",
    "card_acquisition_req",
    "card_acquisition_rsp",
    "diagnosis_rsp",
    "enable_service_req",
    "event_card_inserted",
    "event_reject",
    "input_confirm_req",
    "input_confirm_rsp",
    "login_req",
    "login_rsp",
    "rebate_req",
    "rebate_rsp",
    "redemption_req",
    "reversal_req",
    "reversal_rsp",
    "status_req",
    "status_rsp_done",
    "status_rsp_pending",
    "status_rsp_unknown",
    "stored_value_load_req",
    "stored_value_load_rsp",
)


def example(name: str) -> bytes:
    folder: Path = shared_path("../protocols/nexo_examples")
    return (folder / f"{name}.json").read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_written_as_it_was_read(name: str) -> None:
    raw = example(name)

    written = json_codec.encode(json_codec.decode(raw))

    assert json.loads(written, parse_float=Decimal) == json.loads(raw, parse_float=Decimal)


def test_the_list_of_examples_is_complete() -> None:
    folder = shared_path("../protocols/nexo_examples")

    assert sorted(path.stem for path in folder.glob("*.json")) == sorted(NAMES)


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("original_poi_transaction", "OriginalPOITransaction"),
        ("sale_to_poi_data", "SaleToPOIData"),
        ("loyalty_id", "LoyaltyID"),
        ("ean_upc", "EanUpc"),
        ("card_reader_ok_flag", "CardReaderOKFlag"),
        ("time_stamp", "TimeStamp"),
    ],
)
def test_members_are_spelled_as_nexo_does(name: str, spelled: str) -> None:
    assert member_name(name) == spelled


def test_a_refusal_never_repeats_what_was_sent() -> None:
    raw = json.dumps(
        {
            "SaleToPOIRequest": {
                "MessageHeader": {
                    "MessageClass": "Service",
                    "MessageCategory": "Loyalty",
                    "MessageType": "Request",
                    "POIID": "P",
                },
                "LoyaltyRequest": {
                    "SaleData": {"SaleTransactionID": {"TransactionID": "1", "TimeStamp": "1"}},
                    "LoyaltyTransaction": {"LoyaltyTransactionType": "2900000000017"},
                },
            }
        }
    ).encode()

    with pytest.raises(BodyWrong) as caught:
        json_codec.decode(raw)
    assert "2900000000017" not in str(caught.value)


def test_a_message_without_envelope_or_header_is_no_nexo() -> None:
    for raw in (b"{}", b'{"SaleToPOIRequest":{}}', b'{"Other":{}}', b"null"):
        with pytest.raises(NotNexo):
            json_codec.decode(raw)
