"""A card proves by a challenge that it is there: fresh, for one terminal and one card (C-03; ADR 22)."""

import time
from pathlib import Path
from typing import Any

import pytest

from central.services.cards.card_keys import CardKeys
from loyalty.limits.cards import CARD_PROOF_ANSWER_S, CARD_PROOF_VALID_S
from tests.central_fixture import (
    GROUP,
    MEMBER,
    PROGRAMME,
    SUN_CREAM,
    UID,
    CentralUnderTest,
    a_central,
    a_sale,
    by_uid,
)
from tests.integration.central.game_rules import POINTS, a_play, offer_of, publish_game
from tests.integration.central.publishing import publish_document
from tests.movable_clock import MovableClock
from tools.cards.kinds import AnyCard
from tools.cards.ntag424 import Ntag424
from tools.cards.own_chip import OwnChipCard

SERIAL = "97560000000000000017"
TAP = "tap-1"


async def keys_of(central: CentralUnderTest) -> CardKeys:
    await central.services.card_keys.make(central.operator)
    return (await central.services.card_keys.in_use(GROUP))[0]


def a_tag(keys: CardKeys, uid: str = UID) -> Ntag424:
    """A card as the card maker made it."""
    number = bytes.fromhex(uid)
    return Ntag424(
        number, meta_key=keys.meta, mac_key=keys.file_key(number), keys={3: keys.proof_key(number)}
    )


def message_of(card: Ntag424) -> dict[str, str]:
    card.counter += 1
    return {"medium": "ntag424", "value": card.sun_url()}


async def a_chip(central: CentralUnderTest, keys: CardKeys) -> tuple[OwnChipCard, dict[str, str]]:
    """A contact card of Anne's, entered in central."""
    body = {
        "card_number": "2990000000712",
        "uid": f"iccsn:{SERIAL}",
        "member_id": MEMBER,
        "state": "active",
    }
    assert (await central.post("cards", body, token="office")).status == 200
    serial = bytes.fromhex(SERIAL)
    return OwnChipCard(serial, keys.chip_key(serial)), {"medium": "chip", "value": f"iccsn:{SERIAL}"}


async def begin(central: CentralUnderTest, evidence: dict[str, str], token: str = "terminal") -> Any:
    return await central.post("cards/proofs", {"evidence": evidence, "tap_id": TAP}, token=token)


async def carry(central: CentralUnderTest, step: Any, answers: list[bytes], token: str = "terminal") -> Any:
    body = {"state": step.body["state"], "answers": [each.hex().upper() for each in answers]}
    return await central.post("cards/proofs/answers", body, token=token)


def asked(step: Any, card: AnyCard) -> list[bytes]:
    """What the card answers to the commands of a step."""
    return [card.answer(bytes.fromhex(each)) for each in step.body["commands"]]


async def prove(central: CentralUnderTest, evidence: dict[str, str], card: AnyCard) -> Any:
    """The last answer of a whole talk."""
    step = await begin(central, evidence)
    while step.status == 200 and step.body["commands"]:
        step = await carry(central, step, asked(step, card))
    return step


async def rich(central: CentralUnderTest) -> int:
    for _ in range(20):
        await central.post("sales", a_sale(central, [(SUN_CREAM, 2, 3980)], holder=by_uid()))
    return await central.points_of()


async def redeem(central: CentralUnderTest, holder: dict[str, str], token: str = "terminal") -> Any:
    return await central.post("sales", a_sale(central, holder=holder, redeem_points=500), token=token)


async def test_points_move_only_when_the_card_itself_answers(central: CentralUnderTest) -> None:
    card = a_tag(await keys_of(central))
    before = await rich(central)
    shown = message_of(card)

    refused = await redeem(central, shown)
    proof = (await prove(central, shown, card)).body["proof"]
    paid = await redeem(central, shown | {"proof_id": proof["proof_id"]})

    assert (refused.status, refused.code) == (403, "card_proof_needed")
    assert (paid.status, card.proofs) == (200, 1)
    assert await central.points_of() == before - 500 + paid.body["points"]


async def test_a_message_read_in_advance_burns_nothing(central: CentralUnderTest) -> None:
    """Somebody with a reader took a fresh message off the card in a pocket: it has never been used."""
    card = a_tag(await keys_of(central))
    before = await rich(central)
    stolen = message_of(card)
    begun = await begin(central, stolen)

    refused = await redeem(central, stolen)
    guessed = await carry(central, begun, [b"\x90\x00", bytes(16) + b"\x91\xaf"])
    failed = await carry(central, guessed, [bytes(32) + b"\x91\x00"])

    assert refused.code == "card_proof_needed"
    assert (failed.status, failed.code) == (422, "card_proof_failed")
    assert (await redeem(central, stolen | {"proof_id": "a-guess"})).code == "card_proof_needed"
    assert await central.points_of() == before


async def test_a_proof_is_its_terminals_and_its_cards(central: CentralUnderTest) -> None:
    keys = await keys_of(central)
    card = a_tag(keys)
    await rich(central)
    shown = message_of(card)
    proof_id = (await prove(central, shown, card)).body["proof"]["proof_id"]

    elsewhere = await redeem(central, shown | {"proof_id": proof_id}, "terminal_2")
    _, contact = await a_chip(central, keys)
    other_card = await redeem(central, contact | {"proof_id": proof_id})

    assert (elsewhere.code, other_card.code) == ("card_proof_needed", "card_proof_needed")


async def test_another_card_on_the_reader_proves_nothing(central: CentralUnderTest) -> None:
    """Swapped between identification and burn: its keys are its own, and it says 91AE."""
    keys = await keys_of(central)
    card, other = a_tag(keys), a_tag(keys, "04FFEEDDCCBB80")
    step = await begin(central, message_of(card))

    step = await carry(central, step, asked(step, other))
    answers = asked(step, other)
    failed = await carry(central, step, answers)

    assert answers == [b"\x91\xae"]
    assert (failed.status, failed.code) == (422, "card_proof_failed")


async def test_recorded_answers_open_no_other_challenge(central: CentralUnderTest) -> None:
    card = a_tag(await keys_of(central))
    shown = message_of(card)
    step = await begin(central, shown)
    first = asked(step, card)
    second_step = await carry(central, step, first)
    second = asked(second_step, card)
    done = await carry(central, second_step, second)
    assert done.body["proof"]["card_number"]

    again = await begin(central, shown)
    replayed = await carry(central, await carry(central, again, first), second)

    assert (replayed.status, replayed.code) == (422, "card_proof_failed")


async def test_the_same_answers_again_are_the_same_proof_and_make_it_no_longer(tmp_path: Path) -> None:
    clock = MovableClock(time.time_ns() // 1_000_000)
    async with a_central(tmp_path, clock) as central:
        card = a_tag(await keys_of(central))
        await rich(central)
        shown = message_of(card)
        step = await begin(central, shown)
        step = await carry(central, step, asked(step, card))
        answers = asked(step, card)
        first = await carry(central, step, answers)
        clock.now_ms += 5000
        again = await carry(central, step, answers)
        assert again.body["proof"] == first.body["proof"]
        assert card.proofs == 1

        newer = await prove(central, shown, card)
        superseded = await carry(central, step, answers)
        assert (superseded.status, superseded.code) == (422, "card_talk_over")
        paying = shown | {"proof_id": newer.body["proof"]["proof_id"]}
        assert (await redeem(central, shown | {"proof_id": first.body["proof"]["proof_id"]})).status == 403
        assert (await redeem(central, paying)).status == 200
        clock.now_ms += CARD_PROOF_VALID_S * 1000
        assert (await redeem(central, paying)).code == "card_proof_needed"


async def test_a_talk_is_its_terminals_and_ends(tmp_path: Path) -> None:
    clock = MovableClock(time.time_ns() // 1_000_000)
    async with a_central(tmp_path, clock) as central:
        card = a_tag(await keys_of(central))
        step = await begin(central, message_of(card))
        answers = asked(step, card)
        assert (await carry(central, step, answers, "terminal_2")).code == "card_talk_over"
        step.body["state"] = "00" * 80
        assert (await carry(central, step, answers)).code == "card_talk_over"
        slow = await begin(central, message_of(card))
        answers = asked(slow, card)
        clock.now_ms += CARD_PROOF_ANSWER_S * 1000 + 1
        assert (await carry(central, slow, answers)).code == "card_talk_over"


@pytest.mark.parametrize(
    "answers",
    [
        [b"\x91\xae"],
        [b"\x90\x00"],
        [b"\x90\x00", b"\x91\xae"],
        [b"\x90\x00", bytes(15) + b"\x91\xaf"],
        [b"\x90\x00", bytes(17) + b"\x91\xaf"],
        [b"\x90\x00", bytes(16) + b"\x91\x00"],
        [b"\x6a\x82", bytes(16) + b"\x91\xaf"],
        [b"\x90\x00", bytes(16) + b"\x91\xaf", b"\x90\x00"],
    ],
)
async def test_what_is_no_answer_proves_nothing(central: CentralUnderTest, answers: list[bytes]) -> None:
    card = a_tag(await keys_of(central))
    step = await begin(central, message_of(card))
    failed = await carry(central, step, answers)
    assert (failed.status, failed.code) == (422, "card_proof_failed")


async def test_a_contact_card_of_our_own_signs_the_challenge(central: CentralUnderTest) -> None:
    card, shown = await a_chip(central, await keys_of(central))
    await rich(central)
    assert (await redeem(central, shown)).code == "card_proof_needed"
    assert (await central.post("identify", {"evidence": shown})).body["strength"] == "barcode"

    proof_id = (await prove(central, shown, card)).body["proof"]["proof_id"]

    assert card.signed == 1
    proved = await central.post("identify", {"evidence": shown | {"proof_id": proof_id}})
    assert proved.body["strength"] == "chip_challenge"
    assert (await redeem(central, shown | {"proof_id": proof_id})).status == 200


async def test_a_contact_card_that_shows_anothers_serial_signs_nothing(central: CentralUnderTest) -> None:
    keys = await keys_of(central)
    card, shown = await a_chip(central, keys)
    copy = OwnChipCard(card.serial, bytes(16))
    other = bytes.fromhex("97560000000000000025")
    for wrong in (copy, OwnChipCard(other, keys.chip_key(other))):
        failed = await prove(central, shown, wrong)
        assert (failed.status, failed.code) == (422, "card_proof_failed")


async def test_what_has_no_chip_is_asked_nothing(central: CentralUnderTest) -> None:
    await keys_of(central)
    for evidence in (by_uid(), {"medium": "typed", "value": "2990000000019"}):
        refused = await begin(central, evidence)
        assert (refused.status, refused.code) in {(422, "card_proof_impossible"), (404, "unknown_card")}
    assert (await begin(central, by_uid())).code == "card_proof_impossible"


async def test_the_table_of_strengths_is_told_and_limits_are_kept(central: CentralUnderTest) -> None:
    card = a_tag(await keys_of(central))
    await rich(central)
    limited = {"redeem": {"aes_card": 200, "chip_challenge": None}}
    await publish_document(central, PROGRAMME | {"identification": limited})
    table = (await central.get("identification")).body
    redeeming = next(row for row in table["acts"] if row["act"] == "redeem")
    assert (redeeming["unit"], redeeming["allowances"]) == (
        "points",
        [{"strength": "aes_card", "most": 200}, {"strength": "chip_challenge", "most": None}],
    )
    shown = message_of(card)
    known = (await central.post("identify", {"evidence": shown})).body
    limit = next(row for row in known["limits"] if row["act"] == "redeem")
    assert (limit["most"], limit["needs"]) == (200, "chip_challenge")
    assert (await redeem(central, shown)).code == "card_proof_needed"


async def test_a_game_that_asks_for_a_challenge_is_open_to_cards_that_can_answer_it(
    central: CentralUnderTest,
) -> None:
    card = a_tag(await keys_of(central))
    await publish_document(central, PROGRAMME | {"identification": {"play": "chip_challenge"}})
    await publish_game(central, POINTS)
    assert (await offer_of(central))["why_not"] == "needs_card", "a number can be copied"
    shown = message_of(card)
    offer = await offer_of(central, **shown)
    assert (offer["is_open"], offer["plays_left"] > 0) == (True, True), offer
    play = a_play(offer["commitment"], holder=shown)
    asked_for = await central.post("games/wheel/plays", play)
    assert asked_for.code == "card_proof_needed"

    proof_id = (await prove(central, shown, card)).body["proof"]["proof_id"]
    proved = play | {"holder": shown | {"proof_id": proof_id}}
    told = await central.post("games/wheel/plays", proved)
    assert told.status == 200, told.body
    proof_id = (await prove(central, shown, card)).body["proof"]["proof_id"]
    again = await central.post("games/wheel/plays", play | {"holder": shown | {"proof_id": proof_id}})
    assert (again.status, again.body) == (200, told.body), "a retry proves the card anew and is the same play"
