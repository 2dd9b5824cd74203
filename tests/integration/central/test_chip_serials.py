"""Contact chip cards: found by the serial number they show to anybody, worth what a printed one is (C-03).

Health cards show such a number too: it is never looked up and never kept (P-12 needs the member's consent).
"""

from pathlib import Path
from typing import Any

import pytest

from central.services.core.access import operator_of
from tests.central_fixture import (
    CARD,
    GROUP,
    MEMBER,
    OTHER_MEMBER,
    STOCK_CARD,
    SUN_CREAM,
    CentralUnderTest,
    a_sale,
    by_uid,
)
from wire import api_members

SERIAL = "iccsn:97560000000000000017"
HEALTH_SERIAL = "iccsn:80756000000000000001"
HEALTH_NUMBER = "80756000000000000001"
PRINTED = "2900000000055"


def chip(value: str = SERIAL) -> dict[str, str]:
    return {"medium": "chip", "value": value}


async def issue(central: CentralUnderTest, uid: str = SERIAL, card_number: str = PRINTED) -> Any:
    body = {"card_number": card_number, "uid": uid, "member_id": MEMBER}
    return await central.post("cards", body, token="office")


def stored(tmp_path: Path) -> bytes:
    """Every byte of the database, its journal included."""
    files = [each for each in tmp_path.rglob("*") if each.is_file()]
    content = b"".join(each.read_bytes() for each in files)
    assert CARD.encode() in content, "what is kept is found so"
    return content


async def test_a_chip_card_is_found_by_its_serial_and_shows_what_a_printed_card_shows(
    central: CentralUnderTest,
) -> None:
    assert (await issue(central)).status == 200
    sold = await central.post("sales", a_sale(central, [(SUN_CREAM, 6, 12000)], holder=chip()))
    shown = await central.post("identify", {"evidence": chip()})

    assert (sold.status, sold.body["points"], sold.body["balance_points"]) == (200, 120, None)
    assert await central.points_of() == 120
    profile = shown.body["profile"]
    assert (shown.body["strength"], shown.body["card_number"]) == ("barcode", PRINTED)
    assert (profile["points"], profile["points_from"], profile["points_to"]) == (None, 100, 250)
    assert profile["tickets"] == []
    assert set(profile["may"]) == {"earn", "see_balance_range"}


async def test_a_chip_card_redeems_nothing(central: CentralUnderTest) -> None:
    await issue(central)
    await central.post("sales", a_sale(central, [(SUN_CREAM, 30, 60000)], holder=by_uid()))
    before = await central.points_of()
    reply = await central.post("sales", a_sale(central, holder=chip(), redeem_points=500))

    # A chip is asked to answer a challenge; what only shows a serial number has no answer.
    assert (reply.status, reply.code) == (403, "card_proof_needed")
    assert await central.points_of() == before >= 500


async def test_the_last_bytes_padding_makes_no_other_card(central: CentralUnderTest) -> None:
    await issue(central, "iccsn:9756000000000000017F")
    reply = await central.post("identify", {"evidence": chip("iccsn:9756000000000000017F")})
    assert (reply.status, reply.body["card_number"]) == (200, PRINTED)


async def test_a_uid_of_the_same_digits_is_not_that_card(central: CentralUnderTest) -> None:
    await issue(central)
    copied = {"medium": "nfc_uid", "value": SERIAL.removeprefix("iccsn:")}
    dressed = {"medium": "nfc_uid", "value": SERIAL}
    for evidence in (copied, dressed):
        reply = await central.post("identify", {"evidence": evidence})
        assert (reply.status, reply.code) == (404, "unknown_card"), evidence


async def test_a_serial_is_one_cards(central: CentralUnderTest) -> None:
    await issue(central)
    body = {"card_number": "2900000000062", "uid": SERIAL, "member_id": OTHER_MEMBER}
    reply = await central.post("cards", body, token="office")
    assert (reply.status, reply.code) == (409, "idempotency_conflict")


async def test_a_lost_chip_card_is_blocked_and_another_takes_its_place(central: CentralUnderTest) -> None:
    await issue(central)
    new = {
        "card_number": PRINTED,
        "new_card_number": "2900000000062",
        "new_uid": "iccsn:97560000000000000025",
    }
    await central.post("cards/block", {"card_number": PRINTED, "reason": "lost"}, token="office")
    blocked = await central.post("identify", {"evidence": chip()})
    replaced = await central.post("cards/replace", new, token="office")
    old = await central.post("identify", {"evidence": chip()})
    found = await central.post("identify", {"evidence": chip("iccsn:97560000000000000025")})

    assert (blocked.status, blocked.code) == (422, "blocked_card")
    assert (replaced.status, replaced.body["member_id"]) == (200, MEMBER)
    assert (old.status, old.code) == (422, "replaced_card")
    assert (found.status, found.body["profile"]["member_id"]) == (200, MEMBER)


@pytest.mark.parametrize(
    ("value", "status", "code"),
    [
        ("iccsn:97560000000000000099", 404, "unknown_card"),
        ("iccsn:9756", 422, "chip_serial_invalid"),
        ("cplc:4790504047905040303132334041", 422, "unreadable_card"),
        ("00AA", 422, "unreadable_card"),
    ],
)
async def test_other_chips_are_refused_in_words(
    central: CentralUnderTest, value: str, status: int, code: str
) -> None:
    reply = await central.post("identify", {"evidence": chip(value)})
    assert (reply.status, reply.code) == (status, code)


async def test_serial_numbers_cannot_be_tried_one_after_the_other(central: CentralUnderTest) -> None:
    codes = []
    for number in range(200):
        evidence = chip(f"iccsn:97560000000000{number:06}")
        codes.append((await central.post("identify", {"evidence": evidence})).code)
        if codes[-1] == "too_many_tries":
            break
    assert codes[-1] == "too_many_tries"
    assert set(codes[:-1]) == {"unknown_card"}


@pytest.mark.parametrize(
    "evidence",
    [
        chip(HEALTH_SERIAL),
        chip("health_card"),
        {"medium": "typed", "value": HEALTH_NUMBER},
        {"medium": "barcode", "value": HEALTH_NUMBER},
        {"medium": "qr", "value": HEALTH_NUMBER},
    ],
)
async def test_a_health_card_identifies_nobody_earns_nothing_and_leaves_no_trace(
    central: CentralUnderTest, tmp_path: Path, evidence: dict[str, str]
) -> None:
    shown = await central.post("identify", {"evidence": evidence})
    sale = a_sale(central, holder=evidence)
    sold = await central.post("sales", sale)

    assert (shown.status, shown.code) == (422, "health_card")
    assert (sold.status, sold.code) == (422, "health_card")
    assert (await central.get(f"sales/{sale['sale_id']}")).status == 404
    assert "80756" not in str(shown.body) + str(sold.body)
    assert HEALTH_NUMBER.encode() not in stored(tmp_path)


async def test_a_health_cards_number_is_taken_for_no_card_by_nobody(
    central: CentralUnderTest, tmp_path: Path
) -> None:
    member = {"member_id": "m-new", "family_name": "Favre", "salutation": "mr", "card_number": HEALTH_NUMBER}
    new = {"card_number": STOCK_CARD, "new_card_number": "2900000000079", "new_uid": HEALTH_SERIAL}
    replies = [
        await issue(central, uid=HEALTH_SERIAL),
        await issue(central, uid="", card_number=HEALTH_NUMBER),
        await central.post("members", member, token="office"),
        await central.post("cards/replace", new | {"card_number": "2900000000017"}, token="office"),
        await central.post("cards/find", {"card_number": HEALTH_NUMBER}, token="office"),
    ]
    assert [(reply.status, reply.code) for reply in replies] == [(422, "health_card")] * len(replies)
    assert (await central.get("members/m-new", token="office")).status == 404
    assert HEALTH_NUMBER.encode() not in stored(tmp_path)


async def test_the_command_lines_way_is_the_same(central: CentralUnderTest) -> None:
    services, operator = central.services, operator_of(GROUP)
    body = api_members.CardBody(card_number=PRINTED, uid=SERIAL, member_id=MEMBER)
    view, is_replay = await services.cards.put_card(operator, body)
    again, is_second = await services.cards.put_card(operator, body)
    assert (view, is_replay, is_second) == (again, False, True)
