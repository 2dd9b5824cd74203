"""The card in the phone: a page whose code changes every 30 seconds and counts once (issue 7, part 1)."""

import base64
import hashlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from central.services.core.clock import system_clock
from tests.central_fixture import (
    BLOCKED_CARD,
    CARD,
    MEMBER,
    OTHER_CARD,
    SHAMPOO,
    SUN_CREAM,
    CentralUnderTest,
    Reply,
    a_central,
    a_sale,
)
from tests.picture_files import a_picture, in_base64

NEW_CARD = "2900000000109"


class Phones:
    """A central whose clock a test moves, and what phones show there."""

    def __init__(self, central: CentralUnderTest, moved: list[int]) -> None:
        self.central = central
        self.moved = moved

    async def link(self, card: str = CARD, phone: str = "phone-1") -> str:
        body = {"phone_card_id": phone, "card_number": card}
        made = await self.central.post("cards/phone", body, token="office")
        assert made.status == 200, made.body
        return str(made.body["path"])

    async def page(self, path: str, **headers: str) -> tuple[int, str, dict[str, str]]:
        async with (
            aiohttp.ClientSession() as http,
            http.get(self.central.base_url + path, headers=headers) as answer,
        ):
            return answer.status, await answer.text(), dict(answer.headers)

    async def code(self, path: str) -> str:
        """What a scanner reads off the page: made by the service that the page is made by."""
        _, group_id, handle, secret = path.strip("/").split("/")
        page = await self.central.services.phone_cards.page(group_id, handle, secret)
        return page.code

    async def identify(self, code: str, token: str = "terminal") -> Reply:
        body = {"evidence": {"medium": "phone", "value": code}}
        return await self.central.post("identify", body, token=token)

    def later(self, seconds: int) -> None:
        self.moved[0] += seconds * 1000


@pytest.fixture
async def phones(tmp_path: Path) -> AsyncIterator[Phones]:
    moved = [0]
    async with a_central(tmp_path, clock=lambda: system_clock() + moved[0]) as central:
        yield Phones(central, moved)


async def test_a_code_of_now_shows_the_balance_and_moves_no_value(phones: Phones) -> None:
    told = await phones.identify(await phones.code(await phones.link()))
    assert (told.status, told.body["strength"]) == (200, "phone_code")
    assert told.body["profile"]["points"] == 0
    assert not {"redeem", "pay_from_purse", "donate", "transfer"} & set(told.body["profile"]["may"])
    assert told.body["has_pin"] is False


async def test_the_same_code_counts_once_and_at_its_terminal_for_the_ticket_at_hand(phones: Phones) -> None:
    code = await phones.code(await phones.link())
    assert (await phones.identify(code)).status == 200
    assert (await phones.identify(code)).status == 200, "the terminal asks again for the same ticket"
    replayed = await phones.identify(code, token="terminal_2")
    assert (replayed.status, replayed.code) == (422, "phone_code_over")


async def test_a_photograph_of_the_code_is_worth_nothing_a_minute_later(phones: Phones) -> None:
    path = await phones.link()
    code = await phones.code(path)
    phones.later(90)
    assert (await phones.identify(code)).code == "phone_code_over"
    assert (await phones.identify(code)).code == "phone_code_over", "asking again makes it no fresher"
    assert (await phones.identify(await phones.code(path))).status == 200


async def test_an_old_code_still_earns_on_a_ticket_from_a_cut(phones: Phones) -> None:
    code = await phones.code(await phones.link())
    phones.later(3600)
    sale = a_sale(phones.central, [(SUN_CREAM, 2, 3980)], {"medium": "phone", "value": code})
    booked = await phones.central.post("sales", sale)
    assert (booked.status, booked.body["points"]) == (200, 39)
    assert booked.body["balance_points"] is None, "an old code shows no balance"


async def test_codes_follow_one_another_and_none_can_be_made_up(phones: Phones) -> None:
    path = await phones.link()
    first = await phones.code(path)
    phones.later(30)
    second = await phones.code(path)
    assert first != second
    head, handle, window, mac = second.split(".")
    for forged in (
        f"{head}.{handle}.{int(window) + 1}.{mac}",
        f"{head}.{handle}.{window}.{'A' * 16}",
        f"{head}.{'A' * 16}.{window}.{mac}",
        second[:-1],
        second + "A",
        second.lower(),
    ):
        assert (await phones.identify(forged)).code == "phone_code_invalid"


async def test_the_code_of_one_member_says_nothing_of_another(phones: Phones) -> None:
    anne = await phones.code(await phones.link())
    bruno = await phones.code(await phones.link(OTHER_CARD, "phone-2"))
    _, handle, window, _ = anne.split(".")
    mixed = f"LOYP1.{handle}.{window}.{bruno.split('.')[3]}"
    assert (await phones.identify(mixed)).code == "phone_code_invalid"
    assert CARD not in anne


async def test_a_new_link_ends_the_old_one_and_so_does_the_office(phones: Phones) -> None:
    old = await phones.link()
    assert await phones.link() == old, "the same id is the same link"
    new = await phones.link(phone="phone-2")
    assert (await phones.page(old))[0] == 404
    code = await phones.code(new)
    ended = await phones.central.post("cards/phone/end", {"card_number": CARD}, token="office")
    assert ended.status == 200
    assert (await phones.identify(code)).code == "phone_code_invalid"
    assert (await phones.page(new))[0] == 404
    again = await phones.central.post("cards/phone/end", {"card_number": CARD}, token="office")
    assert again.code == "no_phone_card"


async def test_the_phone_follows_a_card_that_is_replaced_and_stops_with_one_that_is_blocked(
    phones: Phones,
) -> None:
    path = await phones.link()
    replaced = {"card_number": CARD, "new_card_number": NEW_CARD}
    assert (await phones.central.post("cards/replace", replaced, token="office")).status == 200
    told = await phones.identify(await phones.code(path))
    assert (told.status, told.body["card_number"]) == (200, NEW_CARD)
    code = await phones.code(path)
    block = {"card_number": NEW_CARD, "reason": "lost"}
    assert (await phones.central.post("cards/block", block, token="office")).status == 200
    assert (await phones.identify(code)).code == "blocked_card"
    status, html, _ = await phones.page(path)
    assert (status, "<svg" in html) == (200, False)


async def test_no_link_is_made_for_a_blocked_card_nor_by_a_terminal(phones: Phones) -> None:
    body = {"phone_card_id": "phone-1", "card_number": BLOCKED_CARD}
    assert (await phones.central.post("cards/phone", body, token="office")).code == "blocked_card"
    body = {"phone_card_id": "phone-1", "card_number": CARD}
    assert (await phones.central.post("cards/phone", body)).code == "permission_missing"


async def test_the_page_brings_nothing_from_elsewhere_and_runs_no_script(phones: Phones) -> None:
    path = await phones.link()
    status, html, headers = await phones.page(path)
    assert status == 200
    assert "<script" not in html
    assert not re.search(r'(?:src|href)="(?!\?lang=)', html), "links lead to the page's own languages alone"
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert CARD not in html
    assert int(re.findall(r'http-equiv="refresh" content="(\d+)"', html)[0]) <= 30


async def test_the_page_bears_the_groups_logo_in_itself(phones: Phones) -> None:
    path = await phones.link()
    assert "<img" not in (await phones.page(path))[1]
    logo = a_picture((11, 107, 79), (600, 200))
    put = await phones.central.put("group/logo", {"picture": in_base64(logo)})
    _, html, headers = await phones.page(path)
    (inside,) = re.findall(r'<img alt="" src="data:image/png;base64,([^"]+)">', html)
    sha256 = hashlib.sha256(base64.b64decode(inside)).hexdigest()
    assert sha256 == put.body["logo"]["sha256"]
    assert "img-src data:;" in headers["Content-Security-Policy"]


async def test_a_wrong_secret_or_group_is_the_same_answer(phones: Phones) -> None:
    path = await phones.link()
    start, _, secret = path.rpartition("/")
    answers = {
        (await phones.page(wrong))[:2]
        for wrong in (
            f"{start}/{'A' * len(secret)}",
            f"/m/nobody/{'A' * 16}/{secret}",
            "/m/lac/x/%C3%A9",
            "/m/x",
        )
    }
    assert len(answers) == 1
    assert next(iter(answers))[0] == 404


async def test_the_page_speaks_the_members_language_and_the_one_that_is_touched(phones: Phones) -> None:
    path = await phones.link()
    assert '<html lang="fr">' in (await phones.page(path))[1]
    assert "您的会员卡" in (await phones.page(path + "?lang=zh"))[1]


async def test_erasure_ends_the_page(phones: Phones) -> None:
    path = await phones.link()
    erased = await phones.central.post(f"members/{MEMBER}/erasure", {}, token="office")
    assert erased.status == 200
    status, html, _ = await phones.page(path)
    assert "<svg" not in html
    assert status == 404


async def test_shampoo_at_another_shop_needs_the_next_code(phones: Phones) -> None:
    path = await phones.link()
    code = await phones.code(path)
    sale = a_sale(phones.central, [(SHAMPOO, 1, 890)], {"medium": "phone", "value": code})
    assert (await phones.central.post("sales", sale)).body["balance_points"] == 8
    assert (await phones.identify(code, token="terminal_2")).code == "phone_code_over"
    phones.later(30)
    assert (await phones.identify(await phones.code(path), token="terminal_2")).status == 200
