"""Enrolled by one field, completed later; found without a card; given one (C-02, C-05, C-07, C-08)."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from loyalty.limits.counter import FINDS_PER_STAFF_DAY, FOUND_VALID_S
from tests.central_fixture import (
    GROUP,
    STOCK_CARD,
    CentralUnderTest,
    Reply,
    a_central,
    a_sale,
    by_number,
    by_uid,
    in_parallel,
)
from tests.integration.central.clerks import sign_in
from tests.movable_clock import MovableClock

NOW_MS = 1_795_600_000_000
NEW_CARD = "2900000000055"


@pytest.fixture
async def central(tmp_path: Path, engine: str) -> AsyncIterator[CentralUnderTest]:
    assert engine
    async with a_central(tmp_path, MovableClock(NOW_MS)) as running:
        yield running


async def enrol(central: CentralUnderTest, signed_in: str, **changed: Any) -> Reply:
    body: dict[str, Any] = {
        "act_id": "e-1",
        "clerk": signed_in,
        "member_id": "m-new",
        "agreed": True,
        "email": "Eva@example.org",
        "card": by_number(STOCK_CARD),
        "consents": ["email"],
    }
    body |= changed
    return await central.post(
        "counter/enrolments", {name: each for name, each in body.items() if each is not None}
    )


async def put_person(central: CentralUnderTest, member_id: str, name: str, born: str, **more: str) -> None:
    family, _, given = name.partition(" ")
    body = {"member_id": member_id, "family_name": family, "given_name": given, "birth_date": born, **more}
    assert (await central.post("members", body, token="office")).status == 200


async def find(central: CentralUnderTest, clerk: str, act_id: str = "f-1", **by: str) -> Reply:
    return await central.post("counter/finds", {"act_id": act_id, "clerk": clerk, **by})


async def test_an_email_is_enough_to_earn_and_the_data_validate_the_card(central: CentralUnderTest) -> None:
    clerk = await sign_in(central)
    enrolled = await enrol(central, clerk)
    assert (enrolled.status, enrolled.body["card_state"]) == (200, "to_validate"), enrolled.body
    again = await enrol(central, clerk)
    assert (again.body, again.headers["Idempotent-Replayed"]) == (enrolled.body, "true")
    assert (await enrol(central, clerk, email="other@example.org")).code == "idempotency_conflict"

    card = by_number(STOCK_CARD)
    assert (await central.post("sales", a_sale(central, holder=card))).body["points"] == 39
    refused = await central.post("sales", a_sale(central, holder=card, redeem_points=10))
    assert refused.code in ("card_not_active", "strength_too_low")
    consents = (await central.get("members/m-new/consents", token="office")).body["consents"]
    assert [(each["purpose"], each["is_given"]) for each in consents] == [("email", True)]

    data = {"family_name": "Aubert", "given_name": "Eva", "birth_date": "1984-05-06", "consents": ["sms"]}
    completed = await central.put("members/m-new/completion", data)
    assert (completed.status, completed.body["possible_duplicates"]) == (200, [])
    assert (await central.put("members/m-new/completion", data)).status == 200, "again changes nothing"
    person = (await central.get("members/m-new", token="office")).body
    assert (person["family_name"], person["email"], person["points"]) == ("Aubert", "Eva@example.org", 39)
    assert [each["state"] for each in person["cards"]] == ["active"]
    events = await central.services.store.list_events(GROUP, 0, 1000)
    assert [each.kind for each in events].count("card.activated") == 1 + 3, "once, beside those of the group"


async def test_a_paper_form_is_keyed_in_later_by_its_number(central: CentralUnderTest) -> None:
    clerk = await sign_in(central)
    enrolled = await enrol(central, clerk, email=None, form_number="F-0417", card=by_number(NEW_CARD))
    assert (enrolled.status, enrolled.body["form_number"]) == (200, "F-0417")
    assert (await central.post("sales", a_sale(central, holder=by_number(NEW_CARD)))).body["points"] == 39
    taken = await enrol(
        central, clerk, act_id="e-2", member_id="m-2", email=None, form_number="F-0417", card=None
    )
    assert taken.code == "form_number_taken"
    assert (await central.get("members/m-2", token="office")).status == 404, "nothing of it was written"

    form = (await central.get("forms/F-0417", token="office")).body
    assert (form["member_id"], form["completed_ms"]) == ("m-new", None)
    await put_person(central, "m-old", "Keller Urs", "1960-01-02", email="urs@example.org")
    data = {"family_name": "Keller", "given_name": "Urs", "email": "urs@example.org"}
    joined = await central.put(f"members/{form['member_id']}/completion", data)
    assert joined.body["possible_duplicates"] == ["m-old"], "head office merges them"
    assert (await central.get("forms/F-0417", token="office")).body["completed_ms"] is not None
    assert (await central.get("forms/F-9", token="office")).code == "form_not_found"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"agreed": False}, "agreement_needed"),
        ({"email": None}, "email_or_form_needed"),
        ({"email": "no address"}, "enrolment_invalid"),
        ({"card": by_uid("04FFFFFFFFFF99")}, "unknown_card"),
        ({"card": by_uid()}, "card_taken"),
        ({"clerk": "nobody"}, "sign_in_over"),
    ],
)
async def test_what_enrols_nobody(central: CentralUnderTest, changed: dict[str, Any], code: str) -> None:
    clerk = await sign_in(central)
    assert (await enrol(central, clerk, **changed)).code == code
    assert (await central.get("members/m-new", token="office")).status == 404
    assert (await central.get("counter/acts", token="office")).body["acts"] == []


async def test_an_email_that_a_member_has_is_found_instead(central: CentralUnderTest) -> None:
    clerk = await sign_in(central)
    await put_person(central, "m-old", "Aubert Eva", "1984-05-06", email="eva@example.org")
    assert (await enrol(central, clerk)).code == "email_known"
    found = await find(central, clerk, email="EVA@example.org")
    assert [each["display_name"] for each in found.body["members"]] == ["Aubert E."]


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        ("Meier", True),
        ("meyer jürg", True),
        ("Juerg Maier", True),
        ("Meire", True),
        ("Mayer-Huber", False),
        ("Müller", False),
        ("Jurg", True),
    ],
)
async def test_a_hurried_clerk_finds_by_name_and_birth_date(
    central: CentralUnderTest, typed: str, is_found: bool
) -> None:
    clerk = await sign_in(central)
    await put_person(central, "m-1", "Meier Jürg", "1957-03-09", email="jm@example.org")
    await put_person(central, "m-2", "Meier Jürg", "1957-03-10")
    found = await find(central, clerk, name=typed, birth_date="1957-03-09")
    assert found.status == 200
    assert found.body["strength"] == "phone_or_email"
    told = [(each["display_name"], each["birth_year"], each["email_hint"]) for each in found.body["members"]]
    assert told == ([("Meier J.", "1957", "j…@example.org")] if is_found else [])
    assert "1957-03" not in str(found.body)
    assert "Jürg" not in str(found.body)


async def test_a_name_alone_and_a_crowd_show_nobody(central: CentralUnderTest) -> None:
    clerk = await sign_in(central)
    for number in range(4):
        await put_person(central, f"m-{number}", f"Rossi Anna{number}", "1990-01-01")
    assert (await find(central, clerk, name="Rossi")).code == "find_needs_more"
    assert (await find(central, clerk, "f-2", name="Rossi", birth_date="1990-01-01")).code == "find_too_many"
    one = await find(central, clerk, "f-3", name="Rossi Anna2", birth_date="1990-01-01")
    assert one.status in (200, 422)


async def test_each_search_is_kept_counted_and_seen_by_the_member(central: CentralUnderTest) -> None:
    clerk = await sign_in(central)
    await put_person(central, "m-1", "Meier Jürg", "1957-03-09")
    replies = await in_parallel(
        [
            find(central, clerk, f"f-{number}", name="Meier", birth_date="1957-03-09")
            for number in range(FINDS_PER_STAFF_DAY + 6)
        ]
    )
    assert sum(each.status == 200 for each in replies) == FINDS_PER_STAFF_DAY
    assert {each.code for each in replies if each.status != 200} == {"counter_limit"}
    reads = (await central.get("members/m-1/reads", token="office")).body["reads"]
    assert {each["purpose"] for each in reads} == {"found_at_counter"}
    acts = (await central.get("counter/acts", token="office")).body["acts"]
    assert {(each["kind"], each["reason"], each["member_id"]) for each in acts} == {
        ("find", "name_and_birth", None)
    }


async def test_a_cardless_member_is_found_and_given_a_card_with_all_that_is_theirs(
    central: CentralUnderTest,
) -> None:
    clerk = await sign_in(central)
    await put_person(central, "m-1", "Meier Jürg", "1957-03-09")
    correction = {"correction_id": "c-1", "member_id": "m-1", "points": 120, "reason": "Brought along"}
    assert (await central.post("corrections", correction, token="office")).status == 200
    await central.put("members/m-1/consents/letter", {"is_given": True})
    (found,) = (await find(central, clerk, name="Meier", birth_date="1957-03-09")).body["members"]
    assert found["has_card"] is False
    body = {
        "act_id": "g-1",
        "clerk": clerk,
        "found": found["found"],
        "card": by_number(STOCK_CARD),
        "identity": "id_card",
    }
    given = await central.post("counter/cards", body)
    assert (given.status, given.body["state"], given.body["member_id"]) == (200, "active", "m-1")
    assert (await central.post("counter/cards", body)).headers["Idempotent-Replayed"] == "true"
    taken = await central.post("counter/cards", body | {"act_id": "g-2", "card": by_uid()})
    assert taken.code == "card_taken"
    sold = await central.post("sales", a_sale(central, holder=by_number(STOCK_CARD)))
    assert sold.body["points"] == 39
    assert await central.points_of("m-1") == 159
    consents = (await central.get("members/m-1/consents", token="office")).body["consents"]
    assert [each["purpose"] for each in consents] == ["letter"]
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms += FOUND_VALID_S * 1000
    late = await central.post("counter/cards", body | {"act_id": "g-3", "card": by_number(NEW_CARD)})
    assert late.code == "found_over"


async def test_the_erased_and_the_merged_are_found_no_more(central: CentralUnderTest) -> None:
    clerk = await sign_in(central)
    await put_person(central, "m-1", "Meier Jürg", "1957-03-09")
    await put_person(central, "m-2", "Meyer Jürg", "1957-03-09")
    merge = {"merge_id": "j-1", "duplicate_id": "m-2", "reason": "same person"}
    assert (await central.post("members/m-1/merge", merge, token="office")).status == 200
    found = await find(central, clerk, name="Meyer", birth_date="1957-03-09")
    assert len(found.body["members"]) == 1
    assert (await central.post("members/m-1/erasure", {}, token="office")).status == 200
    assert (await find(central, clerk, "f-2", name="Meier", birth_date="1957-03-09")).body["members"] == []
