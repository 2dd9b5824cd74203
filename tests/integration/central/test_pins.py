"""PINs of members: set at the counter, asked for with a proven card, locked after so many, and back again."""

import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from loyalty.limits.cards import PIN_PROOF_S, PIN_TRIES_MAX
from loyalty.programme.member import name_at_the_counter
from tests.central_fixture import (
    CARD,
    GROUP,
    MEMBER,
    OTHER_UID,
    CentralUnderTest,
    Reply,
    a_central,
    by_number,
    by_uid,
    in_parallel,
)
from tests.integration.central.clerks import sign_in
from tests.integration.central.test_chip_messages import a_chip, tap
from tests.integration.central.test_value import earn, lenient
from tests.movable_clock import MovableClock
from tools.cards.kinds import SunCard
from wire.api_tills import StaffCardBody

PIN = "2486"
STAFF_UID = "04C0FFEE000007"
NOW_MS = 1_795_600_000_000


@pytest.fixture
async def central(tmp_path: Path, engine: str) -> AsyncIterator[CentralUnderTest]:
    assert engine
    async with a_central(tmp_path, MovableClock(NOW_MS)) as running:
        yield running


async def put_pin(central: CentralUnderTest, signed_in: str, act_id: str = "pin-1", **changed: Any) -> Reply:
    body = {
        "act_id": act_id,
        "clerk": signed_in,
        "holder": by_uid(),
        "kind": "set",
        "identity": "id_card",
        "pin": PIN,
    }
    body |= changed
    return await central.post("counter/pins", {name: each for name, each in body.items() if each is not None})


async def with_pin(central: CentralUnderTest) -> tuple[SunCard, str]:
    """Anne's card, which proves itself and has a PIN; and the clerk who set it."""
    clerk = await sign_in(central)
    card = await a_chip(central)
    assert (await put_pin(central, clerk)).status == 200
    return card, clerk


async def try_pin(central: CentralUnderTest, evidence: dict[str, str], pin: str) -> Reply:
    return await central.post("identify", {"evidence": evidence, "pin": pin})


async def test_a_right_pin_with_a_proven_card_is_the_strongest_identification(
    central: CentralUnderTest,
) -> None:
    card, _ = await with_pin(central)
    shown = tap(card)
    before = (await central.post("identify", {"evidence": shown})).body
    assert (before["strength"], before["has_pin"]) == ("aes_card", True)
    assert "see_purchase_lines" not in before["profile"]["may"]

    reply = await try_pin(central, shown, PIN)
    assert (reply.status, reply.body["strength"]) == (200, "card_and_pin")
    assert {"see_purchase_lines", "transfer"} <= set(reply.body["profile"]["may"])


async def test_the_proof_of_a_pin_is_good_for_its_tap_its_terminal_and_a_while(
    central: CentralUnderTest,
) -> None:
    card, _ = await with_pin(central)
    shown = tap(card)
    proof = {"pin_proof": (await try_pin(central, shown, PIN)).body["pin_proof"]}

    async def strength(evidence: dict[str, str], token: str = "terminal") -> str:
        reply = await central.post("identify", {"evidence": evidence}, token=token)
        return str(reply.body.get("strength") or reply.code)

    assert await strength(shown | proof) == "card_and_pin"
    assert await strength(by_uid() | proof) == "nfc_uid", "a copied card is no proven one"
    assert await strength(shown | {"pin_proof": proof["pin_proof"][:-2] + "AA"}) == "aes_card"
    assert await strength(shown | proof, "terminal_2") == "card_message_replayed"
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms += PIN_PROOF_S * 1000
    assert await strength(shown | proof) == "aes_card"
    assert await strength(tap(card) | proof) == "aes_card", "the next tap asks again"


async def test_64_clients_with_wrong_pins_have_exactly_the_tries_that_are_allowed(
    central: CentralUnderTest,
) -> None:
    card, _ = await with_pin(central)
    shown = tap(card)
    replies = await in_parallel([try_pin(central, shown, f"{7000 + number}") for number in range(64)])
    left = sorted(each.body["params"]["tries_left"] for each in replies if each.code == "pin_wrong")
    assert left == list(range(1, PIN_TRIES_MAX)), "the last one locks"
    assert sum(each.code == "pin_locked" for each in replies) == 64 - len(left)
    assert (await try_pin(central, shown, PIN)).code == "pin_locked", "the right one comes too late"
    events = await central.services.store.list_events(GROUP, 0, 1000)
    locked = [json.loads(each.body) for each in events if each.kind == "pin.locked"]
    assert locked == [{"member_id": MEMBER, "shop_id": "lac-1"}], "told once"


async def test_a_right_pin_gives_all_tries_back(central: CentralUnderTest) -> None:
    card, _ = await with_pin(central)
    shown = tap(card)
    for _ in range(3):
        for _ in range(PIN_TRIES_MAX - 1):
            assert (await try_pin(central, shown, "9517")).code == "pin_wrong"
        assert (await try_pin(central, shown, PIN)).status == 200


async def test_a_locked_pin_is_unlocked_or_reset_at_the_counter_and_both_are_noted(
    central: CentralUnderTest,
) -> None:
    card, clerk = await with_pin(central)
    shown = tap(card)
    for _ in range(PIN_TRIES_MAX):
        await try_pin(central, shown, "9517")
    assert (await central.post("identify", {"evidence": shown})).body["has_pin"] is False

    unlocked = await put_pin(central, clerk, "pin-2", kind="unlock", pin=None, identity="passport")
    assert (unlocked.status, unlocked.body["tries_left"]) == (200, PIN_TRIES_MAX)
    assert (await try_pin(central, shown, PIN)).status == 200
    assert (await put_pin(central, clerk, "pin-3", kind="reset", pin="9517")).status == 200
    assert (await try_pin(central, shown, PIN)).code == "pin_wrong"
    assert (await try_pin(central, shown, "9517")).status == 200

    acts = (await central.get("counter/acts", token="office")).body["acts"]
    assert sorted((each["kind"], each["staff_id"], each["reason"]) for each in acts) == [
        ("pin_reset", "s-7", "id_card"),
        ("pin_set", "s-7", "id_card"),
        ("pin_unlock", "s-7", "passport"),
    ]
    assert (await central.get("counter/acts")).status == 403


async def test_the_same_request_again_changes_nothing_and_another_pin_under_its_id_is_refused(
    central: CentralUnderTest,
) -> None:
    card, clerk = await with_pin(central)
    again = await put_pin(central, clerk)
    assert (again.status, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert (await put_pin(central, clerk, pin="9517")).code == "idempotency_conflict"
    assert (await put_pin(central, clerk, "pin-2")).code == "pin_there"
    assert (await try_pin(central, tap(card), PIN)).status == 200


async def test_a_member_changes_the_pin_with_the_old_one(central: CentralUnderTest) -> None:
    card, _ = await with_pin(central)
    shown = tap(card)

    async def change(pin: str, new_pin: str) -> Reply:
        return await central.post("counter/pins/change", {"holder": shown, "pin": pin, "new_pin": new_pin})

    assert (await change("9517", "8520")).code == "pin_wrong"
    assert (await change(PIN, "1234")).code == "pin_too_simple"
    assert (await change(PIN, "8520")).status == 200
    assert (await change(PIN, "8520")).headers["Idempotent-Replayed"] == "true", "its answer was lost"
    assert (await try_pin(central, shown, "8520")).status == 200


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"holder": by_number()}, "strength_too_low"),
        ({"holder": by_uid("04FFFFFFFFFF80")}, "blocked_card"),
        ({"pin": "12"}, "pin_invalid"),
        ({"pin": "24a6"}, "pin_invalid"),
        ({"pin": "1111"}, "pin_too_simple"),
        ({"pin": "9876"}, "pin_too_simple"),
        ({"kind": "unlock", "pin": None}, "pin_missing"),
        ({"kind": "reset"}, "pin_missing"),
        ({"kind": "unlock"}, "pin_invalid"),
        ({"clerk": "nobody"}, "sign_in_over"),
    ],
)
async def test_what_sets_no_pin_sets_none(
    central: CentralUnderTest, changed: dict[str, Any], code: str
) -> None:
    clerk = await sign_in(central)
    assert (await put_pin(central, clerk, **changed)).code == code
    assert (await put_pin(central, clerk)).status == 200, "and nothing was noted under its id"


async def test_a_card_that_proves_nothing_is_asked_for_no_pin_and_locks_nobody_out(
    central: CentralUnderTest,
) -> None:
    card, _ = await with_pin(central)
    for evidence in (by_uid(), by_number(CARD), by_uid(OTHER_UID)):
        for _ in range(PIN_TRIES_MAX + 1):
            assert (await try_pin(central, evidence, "9517")).code == "strength_too_low"
    assert (await try_pin(central, tap(card), PIN)).status == 200


async def test_resets_are_limited_by_clerk_and_role(central: CentralUnderTest) -> None:
    _, clerk = await with_pin(central)
    numbers = ["9517", "8520"]
    for number, pin in enumerate(numbers):
        assert (await put_pin(central, clerk, f"r-{number}", kind="reset", pin=pin)).status == 200
    refused = await put_pin(central, clerk, "r-9", kind="reset")
    assert (refused.code, refused.body["params"]["whose"]) == ("counter_limit", "member")


async def test_no_pin_is_in_a_log_an_event_or_an_act(
    central: CentralUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    card, _ = await with_pin(central)
    await try_pin(central, tap(card), "951753")
    store = central.services.store
    kept = repr(await store.list_events(GROUP, 0, 1000)) + repr(
        await store.list_counter_acts(GROUP, 0, 2**60, 9)
    )
    row = await store.find_pin(GROUP, f"card/{CARD}")
    assert row is not None
    assert PIN.encode() not in row.hash
    for text in (kept, caplog.text):
        assert "951753" not in text
        assert PIN not in text.replace(str(NOW_MS), "")


async def test_an_erased_member_leaves_no_pin(central: CentralUnderTest) -> None:
    await with_pin(central)
    erased = await central.post(f"members/{MEMBER}/erasure", {}, token="office")
    assert erased.status == 200, erased.body
    assert await central.services.store.find_pin(GROUP, f"card/{CARD}") is None


async def test_a_clerk_sees_whose_card_lies_there_by_pass_or_by_card_of_staff_and_nobody_else(
    central: CentralUnderTest,
) -> None:
    clerk = await sign_in(central)
    await central.services.staff_cards.issue(
        central.operator, StaffCardBody(staff_id="s-7", name="Mme Rochat", uid=STAFF_UID)
    )
    staff_card = by_uid(STAFF_UID)

    async def told(**by: Any) -> Reply:
        return await central.post("counter/pins/holder", {"holder": by_uid()} | by)

    seen = {"member_id": MEMBER, "name": "R.", "card_number": CARD, "card_end": CARD[-4:]}
    assert (await told(clerk=clerk)).body == (await told(staff_card=staff_card)).body == seen
    assert (await told()).code == "sign_in_over"
    assert (await told(clerk="made-up")).code == "sign_in_over"
    assert (await told(staff_card=by_uid())).code == "staff_card_refused"
    assert (await told(clerk=clerk, holder=by_number())).code == "strength_too_low"
    assert (await told(clerk=clerk, holder=by_uid("04FFFFFFFFFF80"))).code == "blocked_card"


@pytest.mark.parametrize(
    ("family", "given", "told"),
    [
        ("Rochat", "Anne", "Anne R."),
        ("Rochat", "", "R."),
        ("de Boer", "Piet", "Piet D."),
        ("王", "小明", "小明 王."),
    ],
)
def test_a_name_at_the_counter_is_the_given_name_and_an_initial(family: str, given: str, told: str) -> None:
    assert name_at_the_counter(family, given) == told


async def test_a_gift_above_what_a_tap_may_give_takes_the_pin_once_a_visit(central: CentralUnderTest) -> None:
    await lenient(central, identification={"donate": {"nfc_uid": 100, "card_and_pin": None}})
    await earn(central)
    card, _ = await with_pin(central)
    shown = tap(card)

    async def give(points: int, donation_id: str, **proof: str) -> Reply:
        body = {"donation_id": donation_id, "association_id": "red-cross", "points": points}
        return await central.post("donations", body | {"holder": shown | proof})

    assert (await give(100, "d-1")).status == 200
    refused = await give(200, "d-2")
    assert (refused.status, refused.code) == (403, "strength_too_low")
    proof = {"pin_proof": (await try_pin(central, shown, PIN)).body["pin_proof"]}
    assert (await give(200, "d-2", **proof)).body["balance_points"] == 700
    assert (await give(300, "d-3", **proof)).body["balance_points"] == 400, "typed a moment ago"
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms += PIN_PROOF_S * 1000
    assert (await give(200, "d-4", **proof)).code == "strength_too_low", "that visit is over"
    assert await central.points_of() == 400
