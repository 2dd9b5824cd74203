"""A card is replaced at a kiosk: what proves enough, what never does, what goes with it (C-05, P-38)."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from central.gateways.messaging.simulated import SimulatedOutlet
from central.services.members.messages import Channel
from central.services.visits.replacement_words import CODE, DONE, code_notice, done_notice
from loyalty.limits import replacements as limits
from loyalty.limits.messages import SMS_PARTS_MAX
from loyalty.programme.sms import sms_size
from tests.central_fixture import (
    CARD,
    MEMBER,
    OTHER_UID,
    SHOPS,
    STOCK_CARD,
    UID,
    CentralUnderTest,
    Reply,
    a_central,
    a_sale,
    by_number,
    by_uid,
    in_parallel,
)
from tests.helpers import eventually
from tests.integration.central.test_chip_messages import keys_of, tap
from tests.integration.central.test_pins import PIN, try_pin, with_pin
from tests.integration.central.test_staff_cards import STAFF_UID, a_card
from tests.movable_clock import MovableClock
from tools.cards.kinds import SunCard
from wire.api_counter import StaffBody

NOW_MS = 1_795_600_000_000
CLARA, CLARAS, CLARAS_UID = "10041", "2900000000116", "04A1B2C3D4E5A0"
NEW_CARD, NEW_UID = "2900000000222", "04A1B2C3D4E5B1"
BORN = "1961-04-12"
CLERKS_CODE = "4071"


async def a_clerks_chip(central: CentralUnderTest, code: str | None = None) -> SunCard:
    """A clerk of the shop and their card, whose chip signs."""
    body = StaffBody(role="assistant", shop_id=SHOPS[0], code=code)
    await central.services.counter.staff.put(central.operator, "s-7", body)
    await a_card(central)
    await central.services.card_keys.make(central.operator)
    keys, uid = await keys_of(central), bytes.fromhex(STAFF_UID)
    return SunCard(uid, meta_key=keys.meta, mac_key=keys.file_key(uid))


class Kiosk:
    """A central with a member who has a telephone, a blank card with a chip, and where messages arrive."""

    def __init__(self, central: CentralUnderTest, clock: MovableClock, folder: Path) -> None:
        self.central, self.clock, self.folder = central, clock, folder
        self.replacement_id = ""

    async def begin(self, holder: dict[str, Any], request_id: str = "k-1", **extra: str) -> Reply:
        reply = await self.central.post(
            "card-replacements", {"request_id": request_id, "holder": holder}, **extra
        )
        self.replacement_id = reply.body.get("replacement_id", self.replacement_id)
        return reply

    async def begin_without(self, number: str = CLARAS, born: str = BORN, request_id: str = "w-1") -> Reply:
        body = {"request_id": request_id, "number": number, "birth_date": born}
        reply = await self.central.post("card-replacements/without-card", body)
        self.replacement_id = reply.body.get("replacement_id", self.replacement_id)
        return reply

    async def step(self, what: str, token: str = "terminal", **body: Any) -> Reply:
        sent = {"replacement_id": self.replacement_id} | body
        return await self.central.post(f"card-replacements/{what}", sent, token=token)

    async def hold(self, card: dict[str, str], token: str = "terminal") -> Reply:
        return await self.step("card", token, card=card)

    def letters(self) -> dict[str, str]:
        """What left, by the message's id: central's own worker may be handing on just now."""
        files = [json.loads(path.read_bytes()) for path in self.folder.glob("*.json")]
        return {each["message_id"]: each["text"] for each in files}

    async def letter(self, what: str) -> str:
        """The message with the code, or that it was done."""
        message_id = f"card.{self.replacement_id}.{what}"
        await eventually(lambda: message_id in self.letters())
        return self.letters()[message_id]

    async def code(self) -> str:
        (code,) = re.findall(r"\b\d{6}\b", await self.letter("code"))
        return str(code)

    async def kept(self) -> int:
        """How many messages were kept for members, sent or not."""
        of = [await self.central.get(f"members/{each}/messages", token="office") for each in (CLARA, MEMBER)]
        return sum(len(each.body["messages"]) for each in of)

    async def card(self, number: str) -> tuple[str, str | None]:
        reply = await self.central.post("cards/find", {"card_number": number}, token="office")
        return reply.body["state"], reply.body["member_id"]

    async def listed(self) -> list[tuple[str, str, str | None]]:
        reply = await self.central.get("card-replacements", token="office")
        rows = reply.body["replacements"]
        return sorted((row["state"], row["proof"], row["member_id"]) for row in rows)


@pytest.fixture
async def kiosk(tmp_path: Path, engine: str) -> AsyncIterator[Kiosk]:
    assert engine
    clock, folder = MovableClock(NOW_MS), tmp_path / "sms"
    outlets = {Channel.SMS: SimulatedOutlet(folder, "sms")}
    async with a_central(tmp_path, clock, outlets=outlets) as central:
        member = {
            "member_id": CLARA, "family_name": "Keller", "birth_date": BORN, "phone": "+41 79 555 01 23",
            "language": "de",
        }  # fmt: skip
        assert (await central.post("members", member, token="office")).status == 200
        for card in (
            {"card_number": CLARAS, "uid": CLARAS_UID, "member_id": CLARA},
            {"card_number": NEW_CARD, "uid": NEW_UID, "state": "stock"},
        ):
            assert (await central.post("cards", card, token="office")).status == 200
        yield Kiosk(central, clock, folder)


async def test_by_code_all_that_is_the_members_is_on_the_new_card_and_the_old_one_is_worth_nothing(
    kiosk: Kiosk,
) -> None:
    sale = await kiosk.central.post("sales", a_sale(kiosk.central, holder=by_uid(CLARAS_UID)))
    points = sale.body["points"]
    assert points > 0
    begun = await kiosk.begin(by_uid(CLARAS_UID))
    assert (begun.body["by"], begun.body["channel"]) == ("code", "sms")
    assert (await kiosk.hold(by_uid(NEW_UID))).code == "replacement_over", "nothing is proved yet"
    code = await kiosk.code()
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert (await kiosk.step("code", code=wrong)).code == "replacement_code_wrong"
    assert (await kiosk.step("code", "terminal_2", code=code)).code == "replacement_code_wrong", "elsewhere"
    assert (await kiosk.step("code", code=code)).body == {"seconds": limits.REPLACEMENT_CARD_WAIT_S}
    assert await kiosk.card(CLARAS) == ("active", CLARA), "the old card is good until the new one is there"
    done = await kiosk.hold(by_uid(NEW_UID))
    assert done.body == {"keeps_pin": False}
    again = await kiosk.hold(by_uid(NEW_UID))
    assert (again.body, again.headers["Idempotent-Replayed"]) == (done.body, "true")
    assert (await kiosk.card(CLARAS), await kiosk.card(NEW_CARD)) == (("replaced", CLARA), ("active", CLARA))
    old = await kiosk.central.post("identify", {"evidence": by_uid(CLARAS_UID)})
    new = await kiosk.central.post("identify", {"evidence": by_uid(NEW_UID)})
    assert old.code == "replaced_card"
    assert new.body["profile"]["points"] == points
    assert [each["sale_id"] for each in new.body["profile"]["tickets"]] == [sale.body["sale_id"]]
    assert "ersetzt" in await kiosk.letter("done")
    assert await kiosk.kept() == 2
    assert await kiosk.listed() == [("done", "code", CLARA)]


async def test_card_and_pin_need_no_code_and_the_pin_goes_with_the_card(kiosk: Kiosk) -> None:
    card, _ = await with_pin(kiosk.central)
    shown = tap(card)
    proof = (await try_pin(kiosk.central, shown, PIN)).body["pin_proof"]
    assert (await kiosk.begin(shown | {"pin_proof": proof})).body["by"] == "card"
    assert (await kiosk.hold(by_number(STOCK_CARD))).body == {"keeps_pin": True}
    assert await kiosk.card(STOCK_CARD) == ("active", MEMBER)
    assert await kiosk.kept() == 0, "nobody knows an address of hers"
    found = await kiosk.central.post("identify", {"evidence": by_number(STOCK_CARD)})
    assert found.status == 200
    assert await kiosk.listed() == [("done", "card_and_pin", MEMBER)]


async def test_where_nothing_reaches_the_member_a_clerks_card_confirms(kiosk: Kiosk) -> None:
    clerk = await a_clerks_chip(kiosk.central)
    assert (await kiosk.begin(by_uid(UID))).body["by"] == "staff"
    assert (await kiosk.step("code", code="000000")).code == "replacement_code_wrong"
    assert (await kiosk.step("staff", staff=by_uid(OTHER_UID))).code == "staff_card_refused"
    assert (await kiosk.step("staff", staff=tap(clerk))).status == 200
    assert (await kiosk.hold(by_uid(STAFF_UID))).code == "new_card_refused"
    assert (await kiosk.hold(by_uid(NEW_UID))).body == {"keeps_pin": False}
    assert await kiosk.card(CARD) == ("replaced", MEMBER)
    assert await kiosk.listed() == [("done", "staff", MEMBER)]


async def test_a_copied_uid_of_a_clerks_card_makes_no_genuine_card_of_a_copied_members_one(
    kiosk: Kiosk,
) -> None:
    clerk = await a_clerks_chip(kiosk.central)
    await kiosk.begin(by_uid(UID))
    assert (await kiosk.step("staff", staff=by_uid(STAFF_UID))).code == "staff_card_refused"
    assert (await kiosk.step("staff", staff=by_uid(STAFF_UID), pin=CLERKS_CODE)).code == "staff_card_refused"
    assert (await kiosk.hold(by_uid(NEW_UID))).code == "replacement_over", "nothing is proved"
    assert (await kiosk.step("staff", staff=tap(clerk))).status == 200


async def test_a_clerk_who_has_a_code_confirms_by_card_and_code_and_tries_are_few(kiosk: Kiosk) -> None:
    clerk = await a_clerks_chip(kiosk.central, CLERKS_CODE)
    await kiosk.begin(by_uid(UID))
    alone = await kiosk.step("staff", staff=tap(clerk))
    assert (alone.status, alone.code) == (403, "replacement_staff_code")
    assert (await kiosk.step("staff", staff=tap(clerk), pin="4072")).code == "pin_wrong"
    assert (await kiosk.step("staff", staff=tap(clerk), pin=CLERKS_CODE)).status == 200
    for _ in range(limits.REPLACEMENT_STAFF_TRIES - 3):
        assert (await kiosk.step("staff", staff=by_uid(OTHER_UID))).code == "staff_card_refused"
    many = await kiosk.step("staff", staff=by_uid(OTHER_UID))
    assert (many.status, many.code) == (429, "replacements_too_many")


async def test_the_same_proof_again_is_answered_as_the_first_and_gives_no_more_time(kiosk: Kiosk) -> None:
    await kiosk.begin(by_uid(CLARAS_UID))
    code = await kiosk.code()
    first = await kiosk.step("code", code=code)
    kiosk.clock.now_ms += 1_000
    again = await kiosk.step("code", code=code)
    assert (again.status, again.body) == (200, first.body)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert (await kiosk.step("code", code=wrong)).code == "replacement_code_wrong"
    kiosk.clock.now_ms += limits.REPLACEMENT_CARD_WAIT_S * 1000 - 1_000
    assert (await kiosk.step("code", code=code)).code == "replacement_code_wrong", "its time went on"
    clerk = await a_clerks_chip(kiosk.central)
    await kiosk.begin(by_uid(UID), "k-2")
    assert (await kiosk.step("staff", staff=tap(clerk))).status == 200
    assert (await kiosk.step("staff", staff=tap(clerk))).status == 200
    kiosk.clock.now_ms += limits.REPLACEMENT_CARD_WAIT_S * 1000
    assert (await kiosk.step("staff", staff=tap(clerk))).code == "replacement_over"


async def test_without_the_card_right_and_wrong_data_look_alike_and_the_code_decides(kiosk: Kiosk) -> None:
    await kiosk.central.post("cards/block", {"card_number": CLARAS, "reason": "lost"}, token="office")
    answers = []
    for at, (number, born) in enumerate(((CLARAS, "1961-04-13"), ("2900000000999", BORN), (CLARAS, BORN))):
        reply = await kiosk.begin_without(number, born, f"w-{at}")
        answers.append({name: value for name, value in reply.body.items() if name != "replacement_id"})
    assert answers == [{"by": "code", "channel": ""}] * 3
    assert await kiosk.kept() == 1
    assert (await kiosk.step("staff", staff=by_uid(STAFF_UID))).code == "replacement_over"
    assert (await kiosk.step("code", code=await kiosk.code())).status == 200
    assert (await kiosk.hold(by_uid(NEW_UID))).status == 200
    assert (await kiosk.card(CLARAS), await kiosk.card(NEW_CARD)) == (("replaced", CLARA), ("active", CLARA))
    assert await kiosk.listed() == [("done", "code", CLARA), ("unknown", "", None), ("unknown", "", None)]


async def test_a_number_alone_and_a_card_blocked_for_fraud_grant_nothing(kiosk: Kiosk) -> None:
    assert (await kiosk.begin(by_number(CLARAS))).code == "strength_too_low"
    fraud = {"card_number": CLARAS, "reason": "fraud"}
    assert (await kiosk.central.post("cards/block", fraud, token="office")).status == 200
    assert (await kiosk.begin(by_uid(CLARAS_UID))).code == "blocked_card"
    assert (await kiosk.begin_without()).body["by"] == "code"
    assert await kiosk.kept() == 0
    assert await kiosk.card(CLARAS) == ("blocked", CLARA)


async def test_only_a_blank_card_that_lies_there_takes_its_place(kiosk: Kiosk) -> None:
    await kiosk.begin(by_uid(CLARAS_UID))
    await kiosk.step("code", code=await kiosk.code())
    for card in (by_uid(OTHER_UID), by_uid(CLARAS_UID), by_number(NEW_CARD), by_uid("04000000000099")):
        assert (await kiosk.hold(card)).code == "new_card_refused", card
    kiosk.clock.now_ms += limits.REPLACEMENT_CARD_WAIT_S * 1000
    assert (await kiosk.hold(by_uid(NEW_UID))).code == "replacement_over"
    assert await kiosk.card(NEW_CARD) == ("stock", None)


async def test_two_kiosks_with_one_blank_card_make_one_card_of_it(kiosk: Kiosk) -> None:
    both = []
    for request_id, token in (("k-1", "terminal"), ("k-2", "terminal_2")):
        await kiosk.begin(by_uid(CLARAS_UID), request_id, token=token)
        await kiosk.step("code", token, code=await kiosk.code())
        both.append((kiosk.replacement_id, token))
    replies = await in_parallel(
        [
            kiosk.central.post(
                "card-replacements/card", {"replacement_id": each, "card": by_uid(NEW_UID)}, token=token
            )
            for each, token in both
        ]
    )
    assert sorted(each.status for each in replies) == [200, 409]
    assert await kiosk.card(NEW_CARD) == ("active", CLARA)


async def test_tries_are_few_and_old_codes_die(kiosk: Kiosk) -> None:
    await kiosk.begin(by_uid(CLARAS_UID))
    code = await kiosk.code()
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _ in range(limits.REPLACEMENT_CODE_TRIES):
        assert (await kiosk.step("code", code=wrong)).code == "replacement_code_wrong"
    assert (await kiosk.step("code", code=code)).code == "replacement_code_wrong", "no try is left"
    for at in range(limits.REPLACEMENT_TRIES_PER_MEMBER - 1):
        assert (await kiosk.begin(by_uid(CLARAS_UID), f"more-{at}")).status == 200
    many = await kiosk.begin(by_uid(CLARAS_UID), "too-many")
    assert (many.status, many.code) == (429, "replacements_too_many")
    kiosk.clock.now_ms += limits.REPLACEMENT_NUMBER_WINDOW_S * 1000
    await kiosk.begin(by_uid(CLARAS_UID), "late")
    late = await kiosk.code()
    kiosk.clock.now_ms += limits.REPLACEMENT_CODE_VALID_S * 1000
    assert (await kiosk.step("code", code=late)).code == "replacement_code_wrong"


async def test_a_blank_card_whose_validity_is_over_replaces_none(kiosk: Kiosk) -> None:
    old, uid = "2900000000239", "04A1B2C3D4E5B9"
    blank = {"card_number": old, "uid": uid, "state": "stock", "valid_until_ms": NOW_MS + 2_000}
    assert (await kiosk.central.post("cards", blank, token="office")).status == 200
    await kiosk.begin(by_uid(CLARAS_UID))
    await kiosk.step("code", code=await kiosk.code())
    kiosk.clock.now_ms += 2_000
    assert (await kiosk.hold(by_uid(uid))).code == "new_card_refused"
    assert (await kiosk.card(old), await kiosk.card(CLARAS)) == (("stock", None), ("active", CLARA))
    assert (await kiosk.hold(by_uid(NEW_UID))).status == 200


async def test_whoever_knows_a_number_uses_up_nothing_of_the_member_who_holds_the_card(kiosk: Kiosk) -> None:
    for at, number in enumerate((CLARAS, CLARA) * limits.REPLACEMENT_TRIES_PER_NUMBER):
        reply = await kiosk.begin_without(number, "1961-04-13", f"w-{at}")
        assert reply.body["by"] == "code"
    for at in range(limits.REPLACEMENT_TRIES_PER_MEMBER):
        assert (await kiosk.begin(by_uid(CLARAS_UID), f"k-{at}")).status == 200
    assert (await kiosk.begin(by_uid(CLARAS_UID), "too-many")).code == "replacements_too_many"


def test_every_notice_is_an_sms() -> None:
    assert set(CODE) == set(DONE) == {"fr", "de", "it", "en", "zh"}
    for language in CODE:
        said = code_notice(language, group="Pharmacies du Lac", code="123456", minutes=15)
        told = done_notice(language, group="Pharmacies du Lac", at="26.11. 14:05", shop="Pharmacie du Lac 1")
        assert all(sms_size(each.text).parts <= SMS_PARTS_MAX for each in (said, told))
        assert "123456" in said.text
