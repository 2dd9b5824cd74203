"""A ticket of a member who was found without a card: small, counted, one for each search (C-02)."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from loyalty.limits.counter import (
    EARN_BY_NAME_MINOR,
    FINDS_BY_NAME_PER_STAFF_DAY,
    FOUND_TICKETS_PER_MEMBER_DAY,
    FOUND_VALID_S,
)
from tests.central_fixture import (
    PROGRAMME,
    SHAMPOO,
    SHOPS,
    STOCK_CARD,
    SUN_CREAM,
    CentralUnderTest,
    Reply,
    a_central,
    a_sale,
    by_number,
)
from tests.integration.central.clerks import sign_in
from tests.integration.central.publishing import publish_document
from tests.movable_clock import MovableClock

NOW_MS = 1_795_600_000_000
SMALL, LARGE = [(SHAMPOO, 1, 890)], [(SUN_CREAM, 4, 7960), (SHAMPOO, 1, 890)]


@pytest.fixture
async def central(tmp_path: Path, engine: str) -> AsyncIterator[CentralUnderTest]:
    assert engine
    async with a_central(tmp_path, MovableClock(NOW_MS)) as running:
        yield running


async def put_person(central: CentralUnderTest, member_id: str, name: str, **more: str) -> None:
    family, _, given = name.partition(" ")
    body = {"member_id": member_id, "family_name": family, "given_name": given, "home_shop_id": SHOPS[0]}
    assert (await central.post("members", body | more, token="office")).status == 200


async def find(central: CentralUnderTest, clerk: str, act_id: str = "f-1", **by: str) -> Reply:
    return await central.post("counter/finds", {"act_id": act_id, "clerk": clerk, **by})


async def word_of(central: CentralUnderTest, clerk: str, act_id: str = "f-1", **by: str) -> str:
    reply = await find(central, clerk, act_id, **by)
    (found,) = reply.body["members"]
    return str(found["found"])


def by_word(word: str) -> dict[str, str]:
    return {"medium": "typed", "value": word}


async def sell(central: CentralUnderTest, word: str, lines: Any = SMALL, **changed: Any) -> Reply:
    sale = a_sale(central, lines=lines, holder=by_word(word)) | changed
    return await central.post("sales", sale)


async def test_a_whole_name_is_good_for_a_small_ticket_and_tells_nothing(central: CentralUnderTest) -> None:
    clerk = await sign_in(central)
    await put_person(central, "m-1", "Meier Jürg", birth_date="1957-03-09", email="jm@example.org")

    reply = await find(central, clerk, name="Jurg Mayer")

    (found,) = reply.body["members"]
    assert reply.body["strength"] == "name"
    assert (found["display_name"], found["birth_year"], found["email_hint"]) == ("Meier J.", "", "")
    sold = await sell(central, found["found"])
    assert (sold.status, sold.body["points"], sold.body["balance_points"]) == (200, 8, None)
    assert sold.body["profile"]["points"] is None
    assert sold.body["profile"]["points_from"] is None
    assert await central.points_of("m-1") == 8
    identified = await central.post("identify", {"evidence": by_word(found["found"])})
    assert identified.code == "strength_too_low", "no balance, not even a range"


async def test_a_name_alone_hands_out_no_card_and_a_word_pays_for_nothing_but_a_ticket(
    central: CentralUnderTest,
) -> None:
    clerk = await sign_in(central)
    await put_person(central, "m-1", "Meier Jürg", email="jm@example.org")
    by_name = await word_of(central, clerk, name="Meier Jürg")
    by_mail = await word_of(central, clerk, "f-2", email="jm@example.org")
    card = {"act_id": "g-1", "clerk": clerk, "card": by_number(STOCK_CARD), "identity": "id_card"}

    refused = await central.post("counter/cards", card | {"found": by_name})

    assert (refused.status, refused.code) == (403, "strength_too_low")
    assert "e-mail address, or name and birth date" in refused.body["detail"]
    assert (await central.get("members/m-1", token="office")).body["cards"] == []
    goodwill = {"goodwill_id": "gw-1", "points": 20, "role": "assistant", "reason": "Waited", "operator": "7"}
    top_up = {"top_up_id": "up-1", "amount_minor": 3_000}
    for word in (by_name, by_mail):
        for path, body in (("goodwill", goodwill), ("purses/top-ups", top_up)):
            assert (await central.post(path, body | {"holder": by_word(word)})).code == "strength_too_low"
    given = await central.post("counter/cards", card | {"found": by_mail})
    assert (given.status, given.body["state"]) == (200, "active"), given.body


async def test_a_large_ticket_earns_up_to_the_limit_and_says_so(central: CentralUnderTest) -> None:
    clerk = await sign_in(central)
    await put_person(central, "m-1", "Meier Jürg", email="jm@example.org")
    word = await word_of(central, clerk, name="Meier Jürg")
    basket = a_sale(central, lines=LARGE)["basket"]
    quote = await central.post("quotes", {"basket": basket, "holder": by_word(word)})
    assert quote.body["points"] == EARN_BY_NAME_MINOR // 100

    sold = await sell(central, word, LARGE, quote_id=quote.body["quote_id"])

    assert (sold.body["total_minor"], sold.body["points"]) == (8850, EARN_BY_NAME_MINOR // 100)
    assert all("show_card" in {each["code"] for each in line["reasons"]} for line in sold.body["lines"])
    by_mail = await word_of(central, clerk, "f-2", email="jm@example.org")
    assert (await sell(central, by_mail, LARGE)).body["points"] == 88, "an address proves more"
    back = await central.post(
        f"sales/{sold.body['sale_id']}/returns",
        {
            "return_id": "r-1",
            "business_key": "r-1",
            "occurred_ms": central.clock(),
            "sent_ms": central.clock(),
            "lines": [{"line_no": 1, "quantity": 4}, {"line_no": 2, "quantity": 1}],
        },
    )
    assert back.body["points"] == EARN_BY_NAME_MINOR // 100, back.body
    assert await central.points_of("m-1") == 88


async def test_the_limit_is_the_groups_and_nothing_is_burned(central: CentralUnderTest) -> None:
    clerk = await sign_in(central)
    await put_person(central, "m-1", "Meier Jürg")
    correction = {"correction_id": "c-1", "member_id": "m-1", "points": 120, "reason": "Brought along"}
    assert (await central.post("corrections", correction, token="office")).status == 200
    table = {"identification": {"earn": {"name": 1000, "barcode": None}}}
    await publish_document(central, PROGRAMME | table)
    word = await word_of(central, clerk, name="Meier Jürg")

    refused = await sell(central, word, redeem_points=500)
    sold = await sell(central, word, LARGE)

    assert refused.code == "strength_too_low"
    assert sold.body["points"] == 10
    assert await central.points_of("m-1") == 130


async def test_two_of_one_name_and_nobody_are_told_alike(central: CentralUnderTest) -> None:
    clerk = await sign_in(central)
    await put_person(central, "m-1", "Meier Jürg", birth_date="1957-03-09")
    await put_person(central, "m-2", "Meyer Jürg", birth_date="1988-01-30")
    await put_person(central, "m-3", "Rossi Anna", home_shop_id=SHOPS[1])

    several = await find(central, clerk, name="Meier Jürg")
    nobody = await find(central, clerk, "f-2", name="Nobody Here")
    elsewhere = await find(central, clerk, "f-3", name="Rossi Anna")
    a_part = await find(central, clerk, "f-4", name="Meier")

    assert (several.status, several.code) == (422, "name_not_alone")
    assert several.body["detail"] == nobody.body["detail"] == elsewhere.body["detail"]
    assert "birth date" in several.body["detail"]
    assert a_part.code == "find_needs_more"
    told = await find(central, clerk, "f-5", name="Meier Jürg", birth_date="1957-03-09")
    assert [each["birth_year"] for each in told.body["members"]] == ["1957"]


async def test_a_search_serves_one_ticket_here_and_for_ten_minutes(central: CentralUnderTest) -> None:
    clerk = await sign_in(central)
    await put_person(central, "m-1", "Meier Jürg")
    word = await word_of(central, clerk, name="Meier Jürg")
    sale = a_sale(central, lines=SMALL, holder=by_word(word))

    elsewhere = await central.post("sales", sale | {"sale_id": "s-9"}, token="terminal_2")
    both = await asyncio.gather(central.post("sales", sale), central.post("sales", sale))
    another = await sell(central, word)

    assert elsewhere.code == "found_over"
    assert [each.status for each in both] == [200, 200]
    assert another.code == "found_over"
    assert await central.points_of("m-1") == 8
    assert isinstance(central.clock, MovableClock)
    later = await word_of(central, clerk, "f-2", name="Meier Jürg")
    central.clock.now_ms += FOUND_VALID_S * 1000
    assert (await sell(central, later)).code == "found_over"
    assert (await sell(central, "found.AAAA")).code == "found_over"
    in_time = await sell(central, later, occurred_ms=central.clock() - 60_000)
    assert in_time.status == 200, "a ticket of that time that came late is the member's"


async def test_each_such_ticket_is_an_act_of_the_clerk_and_so_many_a_day_are_enough(
    central: CentralUnderTest,
) -> None:
    clerk = await sign_in(central)
    await put_person(central, "m-1", "Meier Jürg")
    words = [await word_of(central, clerk, f"f-{n}", name="Meier Jürg") for n in range(5)]

    replies = await asyncio.gather(*(sell(central, word) for word in words))

    assert sum(each.status == 200 for each in replies) == FOUND_TICKETS_PER_MEMBER_DAY
    assert {each.code for each in replies if each.status != 200} == {"counter_limit"}
    assert await central.points_of("m-1") == 8 * FOUND_TICKETS_PER_MEMBER_DAY
    acts = (await central.get("counter/acts", token="office")).body["acts"]
    tickets = [each for each in acts if each["kind"] == "found_ticket"]
    assert {(each["staff_id"], each["member_id"], each["reason"]) for each in tickets} == {
        ("s-7", "m-1", "name")
    }
    noticed = (await central.get("counter/report", token="office")).body["noticed"]
    assert ("same_member", "m-1") in {(each["pattern"], each["member_id"]) for each in noticed}


async def test_searching_by_names_ends_soon(central: CentralUnderTest) -> None:
    clerk = await sign_in(central)
    searches = [
        find(central, clerk, f"f-{n}", name=f"Meier {n}x") for n in range(FINDS_BY_NAME_PER_STAFF_DAY + 3)
    ]

    replies = await asyncio.gather(*searches)

    assert [each.code for each in replies].count("counter_limit") == 3


async def test_the_erased_are_found_by_no_name(central: CentralUnderTest) -> None:
    clerk = await sign_in(central)
    await put_person(central, "m-1", "Meier Jürg")
    word = await word_of(central, clerk, name="Meier Jürg")
    assert (await central.post("members/m-1/erasure", {}, token="office")).status == 200

    assert (await find(central, clerk, "f-2", name="Meier Jürg")).code == "name_not_alone"
    assert (await sell(central, word)).code == "found_over"
