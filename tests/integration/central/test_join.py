"""Somebody joins by an e-mail address alone, and completes their data by the link of a mail (C-08)."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from central.services.members.invitation_words import mail_of
from central.services.members.messages import Channel
from central.web.portal.join_words import JOIN_PAGE_TEXT, JOIN_WORDS
from loyalty.durations import DAY_MS
from loyalty.ledger.assets import money
from loyalty.ledger.chart import member_account
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.issue import issue
from loyalty.limits.details import (
    JOIN_ADDRESS_WINDOW_S,
    JOIN_LINK_VALID_DAYS,
    JOIN_MAILS_PER_ADDRESS,
    JOINS_PER_KIOSK,
)
from loyalty.limits.lost_cards import LOST_CARD_ANSWER_MS
from tests.central_fixture import (
    CARD,
    GROUP,
    STOCK_CARD,
    CentralUnderTest,
    Reply,
    a_central,
    a_sale,
    by_number,
    in_parallel,
)
from tests.integration.central.clerks import sign_in
from tests.integration.central.test_messages import Postbox, a_server, an_outlet
from tests.movable_clock import MovableClock
from tools.demo.stack import free_port

NOW_MS = 1_795_600_000_000
PUBLIC = "https://points.example"
EVA = "Eva@example.org"
DATA = {"family_name": "Aubert", "given_name": "Eva", "birth_date": "1984-05-06", "may_mail": "yes"}


@dataclass
class Kiosk:
    """A central whose mail goes to a real server of this test; and whoever stands before its kiosk."""

    central: CentralUnderTest
    clock: MovableClock
    postbox: Postbox = field(default_factory=Postbox)

    async def join(self, join_id: str = "j-1", token: str = "terminal", **changed: Any) -> Reply:
        body = {"join_id": join_id, "email": EVA, "agreed": True, "text_version": "2026-11/fr"}
        return await self.central.post("joins", body | changed, token=token)

    async def letters(self, count: int) -> list[tuple[str, str]]:
        """Address and text of what arrived, once so many did."""
        await self.central.handed_on(lambda: len(self.postbox.letters) >= count)
        assert len(self.postbox.letters) == count
        return [(str(each["To"]), str(each.get_content())) for each in self.postbox.letters]

    async def link(self, count: int = 1) -> str:
        """The path of the link in the latest mail."""
        _, text = (await self.letters(count))[-1]
        found = re.search(r"https://\S+", text)
        assert found is not None, text
        assert found[0].startswith(PUBLIC)
        return urlsplit(found[0]).path

    async def page(self, path: str, data: dict[str, str] | None = None) -> tuple[int, str, dict[str, str]]:
        method = "GET" if data is None else "POST"
        async with (
            aiohttp.ClientSession() as http,
            http.request(method, self.central.base_url + path, data=data) as answer,
        ):
            return answer.status, await answer.text(), dict(answer.headers)

    async def members(self) -> list[str]:
        events = await self.central.services.store.list_events(GROUP, 0, 10_000)
        return [str(json.loads(each.body)["member_id"]) for each in events if each.kind == "member.enrolled"]

    async def joined(self) -> str:
        return next(each for each in await self.members() if each.startswith("join-"))

    def later(self, *, days: int) -> None:
        self.clock.now_ms += days * DAY_MS


@asynccontextmanager
async def a_kiosk(tmp_path: Path) -> AsyncIterator[Kiosk]:
    clock, port, postbox = MovableClock(NOW_MS), free_port(), Postbox()
    outlets = {Channel.EMAIL: an_outlet(port)}
    async with (
        a_server(postbox, port),
        a_central(tmp_path, clock, outlets=outlets, public_url=PUBLIC) as central,
    ):
        yield Kiosk(central, clock, postbox)


@pytest.fixture
async def kiosk(tmp_path: Path, engine: str) -> AsyncIterator[Kiosk]:
    assert engine
    async with a_kiosk(tmp_path) as running:
        yield running


async def test_an_address_and_a_blank_card_earn_and_the_link_validates_once(kiosk: Kiosk) -> None:
    assert (await kiosk.central.get("joins/offer")).body["days"] == JOIN_LINK_VALID_DAYS
    card = by_number(STOCK_CARD)
    joined = await kiosk.join(card=card)
    assert (joined.status, joined.body) == (200, {"days": JOIN_LINK_VALID_DAYS, "card_state": "to_validate"})
    again = await kiosk.join(card=card)
    assert (again.body, again.headers["Idempotent-Replayed"]) == (joined.body, "true")
    assert (await kiosk.join(card=card, email="o@example.org")).code == "idempotency_conflict"

    assert (await kiosk.central.post("sales", a_sale(kiosk.central, holder=card))).body["points"] == 39
    burn = a_sale(kiosk.central, holder=card, redeem_points=10)
    assert (await kiosk.central.post("sales", burn)).code in ("card_not_active", "strength_too_low")
    member = await kiosk.joined()
    before = (await kiosk.central.get(f"members/{member}", token="office")).body
    assert (before["email"], before["points"]) == ("", 39), "the address is the link's to prove"

    link = await kiosk.link()
    status, html, headers = await kiosk.page(link)
    assert status == 200
    assert "eva@example.org" in html
    policy = headers["Content-Security-Policy"]
    assert "form-action 'self'" in policy
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert headers["Referrer-Policy"] == "no-referrer", "the link is a secret"
    assert headers["Cache-Control"] == "no-store"
    assert (await kiosk.page(link))[0] == 200, "a mail server that looks uses nothing up"
    answers = await asyncio.gather(*(kiosk.page(link, DATA) for _ in range(4)))
    assert Counter(each[0] for each in answers) == {200: 1, 410: 3}, "the link works once"
    after = (await kiosk.central.get(f"members/{member}", token="office")).body
    assert (after["family_name"], after["email"], after["birth_date"]) == (
        "Aubert",
        "eva@example.org",
        "1984-05-06",
    )
    assert [(each["state"], each["card_number"]) for each in after["cards"]] == [("active", STOCK_CARD)]
    assert (await kiosk.page(link))[0] == 410
    words = (await kiosk.central.get(f"members/{member}/consents", token="office")).body["consents"]
    assert {(each["purpose"], each["text_version"], each["shop_id"]) for each in words} == {
        ("programme", "2026-11/fr", "lac-1"),
        ("email", f"{JOIN_PAGE_TEXT}/fr", "lac-1"),
    }
    assert await kiosk.central.points_of(member) == 39


async def test_a_wish_sent_again_without_its_card_is_the_first_one(kiosk: Kiosk) -> None:
    card = by_number(STOCK_CARD)
    first = await kiosk.join(card=card)
    alone = await kiosk.join()
    assert (alone.status, alone.body, alone.headers["Idempotent-Replayed"]) == (200, first.body, "true")
    assert (await kiosk.join(email="o@example.org")).code == "idempotency_conflict"
    assert len([each for each in await kiosk.members() if each.startswith("join-")]) == 1
    await kiosk.letters(1)
    assert (await kiosk.join("j-2")).body["card_state"] is None
    stock = {"card_number": "2900000000222", "state": "stock"}
    assert (await kiosk.central.post("cards", stock, token="office")).status == 200
    late = await kiosk.join("j-2", card=by_number("2900000000222"))
    assert late.code == "idempotency_conflict", "a card that came later is another wish"


async def test_nobody_learns_who_is_a_member(kiosk: Kiosk) -> None:
    body = {"member_id": "m-old", "family_name": "Aubert", "email": "eva@example.org"}
    assert (await kiosk.central.post("members", body, token="office")).status == 200
    loop = asyncio.get_running_loop()
    answers, took_ms = [], []
    for number, email in enumerate(("EVA@example.org", "nobody@example.org", "Eva@Example.org")):
        begun = loop.time()
        answers.append(await kiosk.join(f"j-{number}", email=email))
        took_ms.append((loop.time() - begun) * 1000)
    assert {str(each.body) for each in answers} == {str(answers[0].body)}
    assert {each.status for each in answers} == {200}
    assert all(each >= LOST_CARD_ANSWER_MS for each in took_ms), "a whole step at least, whatever was found"
    letters = dict(await kiosk.letters(3))
    assert set(letters) == {"eva@example.org", "nobody@example.org"}
    assert "/j/" in letters["nobody@example.org"]
    assert "/j/" not in letters["eva@example.org"], "a member's mail opens nothing"
    assert "déjà" in letters["eva@example.org"]
    find = {"act_id": "f-1", "clerk": await sign_in(kiosk.central), "email": "nobody@example.org"}
    found = await kiosk.central.post("counter/finds", find)
    assert found.body["members"] == [], "an address is nobody's before its link was used"


async def test_two_wishes_with_one_address_make_one_member_of_it(kiosk: Kiosk) -> None:
    await kiosk.join("j-1")
    first = await kiosk.link(1)
    await kiosk.join("j-2", card=by_number(STOCK_CARD))
    second = await kiosk.link(2)
    assert (await kiosk.page(first, DATA))[0] == 200
    status, html, _ = await kiosk.page(second, DATA)
    assert (status, JOIN_WORDS["fr"]["join_member"] in html.replace("&#x27;", "'")) == (409, True)
    card = await kiosk.central.post("cards/find", {"card_number": STOCK_CARD}, token="office")
    assert card.body["state"] == "to_validate", "the address alone joins no card to an account that is there"


async def test_an_address_that_never_came_back_is_forgotten_and_a_card_goes_on_earning(
    kiosk: Kiosk,
) -> None:
    await kiosk.join("j-1")
    await kiosk.join("j-2", card=by_number(STOCK_CARD))
    alone, carded = (each for each in await kiosk.members() if each.startswith("join-"))
    link = await kiosk.link(2)
    kiosk.later(days=JOIN_LINK_VALID_DAYS)
    assert (await kiosk.page(link))[0] == 404
    assert (await kiosk.page(link, DATA))[0] == 404
    assert await kiosk.central.services.invitations.forget(GROUP) == 2
    assert await kiosk.central.services.invitations.forget(GROUP) == 0
    store = kiosk.central.services.store
    erased, kept = await store.find_member(GROUP, alone), await store.find_member(GROUP, carded)
    assert erased is not None
    assert erased.key_wrapped is None
    assert kept is not None
    assert kept.key_wrapped is not None
    sold = await kiosk.central.post("sales", a_sale(kiosk.central, holder=by_number(STOCK_CARD)))
    assert sold.body["points"] == 39


async def test_a_blank_card_whose_validity_is_over_is_not_given_to_who_joins(kiosk: Kiosk) -> None:
    number = "2900000000239"
    blank = {"card_number": number, "state": "stock", "valid_until_ms": NOW_MS + 1_000}
    assert (await kiosk.central.post("cards", blank, token="office")).status == 200
    kiosk.clock.now_ms += 1_000
    assert (await kiosk.join(card=by_number(number))).code == "card_taken"
    found = await kiosk.central.post("cards/find", {"card_number": number}, token="office")
    assert (found.body["state"], found.body["member_id"]) == ("stock", None)


async def test_a_member_who_cannot_be_erased_holds_up_nobody_elses_end(kiosk: Kiosk) -> None:
    await kiosk.join("j-1")
    kiosk.clock.now_ms += 1_000
    await kiosk.join("j-2", email="o@example.org")
    paid_for, other = (each for each in await kiosk.members() if each.startswith("join-"))
    head = EntryHead(
        transaction_id="top-1",
        cause_id="top-1",
        occurred_ms=NOW_MS,
        recorded_ms=NOW_MS,
        actor="till",
        terminal_id=None,
        ruleset_version=0,
    )
    francs = money("CHF")
    purse = issue(
        head,
        account=member_account(paid_for, francs),
        asset=francs,
        amount=500,
        expires_ms=None,
        funder="group",
    )
    store = kiosk.central.services.store
    assert await store.post_once(GROUP, purse)
    kiosk.later(days=JOIN_LINK_VALID_DAYS)
    assert await kiosk.central.services.invitations.forget(GROUP) == 1
    kept, erased = await store.find_member(GROUP, paid_for), await store.find_member(GROUP, other)
    assert kept is not None
    assert kept.key_wrapped is not None, "what was paid for is not lost"
    assert erased is not None
    assert erased.key_wrapped is None


async def test_the_counter_invites_by_the_same_link_and_a_clerk_who_was_faster_ends_it(kiosk: Kiosk) -> None:
    body = {
        "act_id": "e-1",
        "clerk": await sign_in(kiosk.central),
        "member_id": "m-new",
        "agreed": True,
        "email": EVA,
        "card": by_number(STOCK_CARD),
        "language": "de",
    }
    enrolled = await kiosk.central.post("counter/enrolments", body)
    assert (enrolled.status, enrolled.body["is_invited"]) == (200, True)
    again = await kiosk.central.post("counter/enrolments", body)
    assert again.body == enrolled.body
    link = await kiosk.link(1)
    assert "Noch ein Schritt" in (await kiosk.page(link))[1]
    assert (await kiosk.page(link, DATA))[0] == 200
    person = (await kiosk.central.get("members/m-new", token="office")).body
    assert (person["family_name"], [each["state"] for each in person["cards"]]) == ("Aubert", ["active"])

    other = body | {"act_id": "e-2", "member_id": "m-2", "email": "typo@example.org", "card": None}
    assert (await kiosk.central.post("counter/enrolments", other)).status == 200
    link = await kiosk.link(2)
    keyed = {"family_name": "Keller", "given_name": "Urs"}
    assert (await kiosk.central.put("members/m-2/completion", keyed)).status == 200
    assert (await kiosk.page(link, DATA))[0] == 410, "whoever has a mistyped address changes nothing"
    assert (await kiosk.central.get("members/m-2", token="office")).body["family_name"] == "Keller"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"agreed": False}, "agreement_needed"),
        ({"email": "no address"}, "enrolment_invalid"),
        ({"card": by_number(CARD)}, "card_taken"),
        ({"card": by_number("2900000009990")}, "unknown_card"),
    ],
)
async def test_what_joins_nobody(kiosk: Kiosk, changed: dict[str, Any], code: str) -> None:
    assert (await kiosk.join(**changed)).code == code
    assert [each for each in await kiosk.members() if each.startswith("join-")] == []
    await kiosk.letters(0)


async def test_postboxes_are_not_filled_and_kiosks_are_not_played_with(kiosk: Kiosk) -> None:
    answers = await in_parallel([kiosk.join(f"j-{n}") for n in range(JOIN_MAILS_PER_ADDRESS + 3)])
    assert Counter(each.status for each in answers) == {200: JOIN_MAILS_PER_ADDRESS, 429: 3}
    refused = next(each for each in answers if each.status == 429)
    assert refused.body["params"]["retry_after_s"] == JOIN_ADDRESS_WINDOW_S
    assert (await kiosk.join("j-x", token="terminal_2")).code == "join_too_many", "wherever they try"
    replayed = next(number for number, each in enumerate(answers) if each.status == 200)
    assert (await kiosk.join(f"j-{replayed}")).status == 200, "the same wish again is no other one"
    others = await in_parallel(
        [kiosk.join(f"k-{n}", email=f"n{n}@example.org") for n in range(JOINS_PER_KIOSK)]
    )
    assert sum(each.status == 200 for each in others) == JOINS_PER_KIOSK - JOIN_MAILS_PER_ADDRESS - 3


async def test_the_page_says_what_is_wrong_and_takes_nothing_else(kiosk: Kiosk) -> None:
    await kiosk.join()
    link = await kiosk.link()
    for data, field_name in (
        ({"family_name": ""}, "family_name"),
        ({"family_name": "<b>x", "birth_date": "2999-01-01"}, "birth_date"),
    ):
        status, html, _ = await kiosk.page(f"{link}?lang=en", data)
        assert (status, f'id="{field_name}-wrong"' in html) == (422, True)
        assert "<b>" not in html
    wrong = link[:-1] + ("A" if link[-1] != "A" else "B")
    assert (await kiosk.page(wrong))[0] == 404
    assert (await kiosk.page(wrong, DATA))[0] == 404
    assert (await kiosk.page(link, {"family_name": "x" * 9_000}))[0] in (404, 413)
    async with (
        aiohttp.ClientSession() as http,
        http.post(kiosk.central.base_url + link, json=DATA) as answer,
    ):
        assert answer.status >= 400, "no other form than ours"
    assert (await kiosk.page(link, DATA))[0] == 200, "nothing of that used the link up"


async def test_without_mail_or_an_address_of_pages_nothing_is_offered(tmp_path: Path) -> None:
    async with a_central(tmp_path, MovableClock(NOW_MS), public_url=PUBLIC) as central:
        assert (await central.get("joins/offer")).code == "join_not_set_up"
        assert (await Kiosk(central, MovableClock(NOW_MS)).join()).code == "join_not_set_up"


def test_every_language_says_all_of_it() -> None:
    names = set(JOIN_WORDS["fr"])
    assert {language: set(each) for language, each in JOIN_WORDS.items()} == dict.fromkeys(JOIN_WORDS, names)
    for language in JOIN_WORDS:
        for kind in ("kiosk", "counter", "already"):
            subject, text = mail_of(kind, language, name="Lac", link="https://x.example/j", days=14)  # type: ignore[arg-type]
            assert "Lac" in subject
            assert ("https://x.example/j" in text, "14" in text) == ((kind != "already"),) * 2
