"""Members see and change how they are reached, by card and PIN; an address counts once its code came back."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from central.gateways.messaging.simulated import SimulatedOutlet
from central.services.core.sealed_people import open_person
from central.services.members.messages import Channel
from loyalty.durations import DAY_MS
from loyalty.limits.details import CONTACT_CODE_TRIES_MAX, CONTACT_CODE_VALID_S, CONTACT_CODES_PER_DAY
from tests.central_fixture import GROUP, MEMBER, CentralUnderTest, Reply, a_central, by_uid, in_parallel
from tests.integration.central.test_chip_messages import tap
from tests.integration.central.test_pins import PIN, try_pin, with_pin
from tests.movable_clock import MovableClock
from tools.cards.kinds import SunCard

NOW_MS = 1_795_600_000_000
TEXT = "2026-11/fr"


class Anne:
    """The member at the kiosk, with card and PIN; and her telephone."""

    def __init__(self, central: CentralUnderTest, clock: MovableClock, card: SunCard, post: Path) -> None:
        self.central, self.clock, self.card, self.post = central, clock, card, post
        self.holder: dict[str, str] = {}

    async def come(self) -> None:
        """Hold the card there, and type the PIN."""
        shown = tap(self.card)
        self.holder = shown | {"pin_proof": (await try_pin(self.central, shown, PIN)).body["pin_proof"]}

    def letters(self) -> list[dict[str, str]]:
        """What left."""
        return [json.loads(path.read_bytes()) for path in self.post.glob("*.json")]

    async def ask(self, what: str = "", **body: Any) -> Reply:
        path = f"holders/details/{what}" if what else "holders/details"
        return await self.central.post(path, {"holder": self.holder} | body)

    async def code_of(self, code_id: str, address: str, channel: str = "email") -> str:
        """Have a code sent, and read it where it arrives."""
        reply = await self.ask("codes", code_id=code_id, channel=channel, address=address)
        assert reply.status == 200, reply.body
        [letter] = await self.central.handed_on(
            lambda: [each for each in self.letters() if each["message_id"] == f"code.{code_id}"]
        )
        found = re.search(r"\b[0-9]{6}\b", letter["text"])
        assert found, letter
        return found[0]


@pytest.fixture
async def anne(tmp_path: Path, engine: str) -> AsyncIterator[Anne]:
    assert engine
    clock = MovableClock(NOW_MS)
    post = tmp_path / "post"
    outlets = {each: SimulatedOutlet(post, each) for each in Channel}
    async with a_central(tmp_path, clock, outlets=outlets) as central:
        card, _ = await with_pin(central)
        member = Anne(central, clock, card, post)
        await member.come()
        yield member


async def test_it_takes_the_card_and_its_pin(anne: Anne) -> None:
    assert (await anne.ask()).status == 200
    weak = {name: value for name, value in anne.holder.items() if name != "pin_proof"}
    for holder in (weak, by_uid()):
        anne.holder = holder
        for what, body in (
            ("", {}),
            ("changes", {"language": "de"}),
            ("consents", {"purpose": "email", "is_given": True, "text_version": TEXT}),
            ("codes", {"code_id": "k-1", "channel": "email", "address": "a@example.org"}),
            ("proofs", {"code_id": "k-1", "code": "123456"}),
        ):
            assert (await anne.ask(what, **body)).code == "strength_too_low", what
    assert anne.letters() == []


async def test_a_word_is_kept_with_its_day_text_and_place(anne: Anne) -> None:
    said = {"purpose": "wechat", "is_given": True, "text_version": TEXT}
    view = (await anne.ask("consents", **said)).body
    assert {each["purpose"]: each["is_given"] for each in view["consents"]} == {
        "email": False,
        "sms": False,
        "letter": False,
        "wechat": True,
    }
    assert (await anne.ask("consents", **said)).status == 200
    anne.clock.now_ms += 1000
    await anne.ask("consents", **said | {"is_given": False})
    kept = (await anne.central.get(f"members/{MEMBER}/consents", token="office")).body["consents"]
    assert [(each["is_given"], each["at_ms"], each["text_version"], each["shop_id"]) for each in kept] == [
        (False, NOW_MS + 1000, TEXT, "lac-1"),
        (True, NOW_MS, TEXT, "lac-1"),
    ]
    assert (await anne.ask("consents", **said | {"purpose": "health"})).status == 400


async def test_language_channel_and_postal_address_are_the_members_own_words(anne: Anne) -> None:
    changed = {"language": "zh", "preferred_channel": "letter", "address": " Rue du Lac 1,  1260 Nyon "}
    view = (await anne.ask("changes", **changed)).body
    assert (view["language"], view["preferred_channel"], view["address"]) == (
        "zh",
        "letter",
        "Rue du Lac 1, 1260 Nyon",
    )
    assert (await anne.ask()).body == view
    assert (await anne.ask("changes")).body == view


async def test_an_address_counts_once_its_code_came_back_and_is_found_by_from_then_on(anne: Anne) -> None:
    before = (await anne.ask()).body
    code = await anne.code_of("k-1", "Anne.Neu@Example.org")
    assert (await anne.ask()).body == before
    assert [each["address"] for each in anne.letters()] == ["anne.neu@example.org"]
    listed = (await anne.central.get(f"members/{MEMBER}/messages", token="office")).body["messages"]
    assert code not in str([each["text"] for each in listed]), "the code is for who has the address"
    for _ in range(2):
        assert (await anne.ask("proofs", code_id="k-1", code=code)).body["email"] == "anne.neu@example.org"
    phone_code = await anne.code_of("k-2", "+41 79 123 45 67", "sms")
    view = (await anne.ask("proofs", code_id="k-2", code=phone_code)).body
    assert (view["email"], view["phone"]) == ("anne.neu@example.org", "+41791234567")
    row = await anne.central.services.store.find_member(GROUP, MEMBER)
    assert row is not None
    vault = anne.central.services.members._vault
    assert row.email_hash == vault.lookup_hash(GROUP, "email", open_person(vault, row).email)


async def test_a_code_has_few_tries_and_little_time(anne: Anne) -> None:
    code = await anne.code_of("k-1", "a@example.org")
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    replies = await in_parallel(
        [anne.ask("proofs", code_id="k-1", code=wrong) for _ in range(CONTACT_CODE_TRIES_MAX + 3)]
    )
    codes = sorted(each.code for each in replies)
    assert codes == ["contact_code_over"] * 3 + ["contact_code_wrong"] * CONTACT_CODE_TRIES_MAX
    assert (await anne.ask("proofs", code_id="k-1", code=code)).code == "contact_code_over"
    later = await anne.code_of("k-2", "a@example.org")
    anne.clock.now_ms += CONTACT_CODE_VALID_S * 1000
    await anne.come()
    assert (await anne.ask("proofs", code_id="k-2", code=later)).code == "contact_code_over"
    assert (await anne.ask()).body["email"] != "a@example.org"


async def test_a_code_proves_no_other_address_under_the_same_id(anne: Anne) -> None:
    mine = await anne.code_of("k-1", "mine@example.org")
    anne.clock.now_ms += DAY_MS
    await anne.come()
    await anne.code_of("k-2", "mine@example.org")  # what is older than a day is forgotten by it
    await anne.ask("codes", code_id="k-1", channel="email", address="not.mine@example.org")
    assert (await anne.ask("proofs", code_id="k-1", code=mine)).code == "contact_code_wrong"
    assert (await anne.ask()).body["email"] != "not.mine@example.org"


async def test_few_codes_are_sent_a_day_and_none_to_what_is_no_address(anne: Anne) -> None:
    for channel, address, refused in (
        ("email", "nobody", "enrolment_invalid"),
        ("sms", "079 123 45 67", "phone_without_country"),
        ("sms", "anne@example.org", "enrolment_invalid"),
    ):
        reply = await anne.ask("codes", code_id="k-0", channel=channel, address=address)
        assert reply.code == refused
    for number in range(CONTACT_CODES_PER_DAY):
        await anne.code_of(f"k-{number}", f"a{number}@example.org")
    again = await anne.ask("codes", code_id="k-0", channel="email", address="a0@example.org")
    assert again.headers["Idempotent-Replayed"] == "true"
    other = await anne.ask("codes", code_id="k-0", channel="email", address="b@example.org")
    assert other.code == "idempotency_conflict"
    reply = await anne.ask("codes", code_id="k-9", channel="email", address="a9@example.org")
    assert (reply.status, reply.code) == (429, "contact_codes_too_many")
    assert len(anne.letters()) == CONTACT_CODES_PER_DAY


async def test_an_erasure_takes_codes_and_words_along(anne: Anne) -> None:
    code = await anne.code_of("k-1", "a@example.org")
    store = anne.central.services.store
    assert await store.take_contact_try(GROUP, "k-1", MEMBER, most=9, now_ms=NOW_MS) is not None
    body = {}
    erased = await anne.central.post(f"members/{MEMBER}/erasure", body, token="office")
    assert erased.status == 200, erased.body
    assert await store.take_contact_try(GROUP, "k-1", MEMBER, most=9, now_ms=NOW_MS) is None
    assert (await anne.ask("proofs", code_id="k-1", code=code)).status >= 400
