"""The person outlives the card: cardless, merged, replaced, renewed; all of it follows (C-05, P-38)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.central_fixture import (
    GROUP,
    STOCK_CARD,
    CentralUnderTest,
    a_central,
    a_return,
    a_sale,
    by_number,
    by_uid,
)
from tests.integration.central.clerks import sign_in
from tests.integration.central.test_counter_enrolment import find, put_person
from tests.movable_clock import MovableClock

NOW_MS = 1_795_600_000_000
UIDS = ("04AA0000000001", "04AA0000000002", "04AA0000000003")


@pytest.fixture
async def central(tmp_path: Path, engine: str) -> AsyncIterator[CentralUnderTest]:
    assert engine
    async with a_central(tmp_path, MovableClock(NOW_MS)) as running:
        yield running


async def stock(central: CentralUnderTest) -> None:
    for number, uid in enumerate(UIDS):
        body = {"card_number": f"29000000007{number}0", "uid": uid, "state": "stock"}
        assert (await central.post("cards", body, token="office")).status == 200


async def test_from_cardless_through_merge_replacement_and_renewal_nothing_is_lost(
    central: CentralUnderTest,
) -> None:
    clerk = await sign_in(central)
    await stock(central)
    await put_person(central, "m-1", "Meier Jürg", "1957-03-09")
    await put_person(central, "m-2", "Maier Jürg", "1957-03-09", email="jm@example.org")
    correction = {"correction_id": "c-1", "member_id": "m-1", "points": 120, "reason": "Brought along"}
    assert (await central.post("corrections", correction, token="office")).status == 200
    await central.put("members/m-1/consents/letter", {"is_given": True})
    card = {"card_number": STOCK_CARD, "member_id": "m-2"}
    assert (await central.post("cards/validate", card, token="office")).status == 200
    await central.post("sales", a_sale(central, sale_id="s-1", holder=by_number(STOCK_CARD)))

    merge = {"merge_id": "j-1", "duplicate_id": "m-2", "reason": "same person"}
    assert (await central.post("members/m-1/merge", merge, token="office")).body["state"] == "done"
    (found,) = (await find(central, clerk, name="Meier", birth_date="1957-03-09")).body["members"]
    give = {"act_id": "g-1", "clerk": clerk, "found": found["found"], "card": by_uid(UIDS[0])}
    given = await central.post("counter/cards", give | {"identity": "passport"})
    assert (given.status, given.body["member_id"]) == (200, "m-1"), given.body
    pin = {"act_id": "p-1", "clerk": clerk, "holder": by_uid(UIDS[0]), "kind": "set", "identity": "passport"}
    assert (await central.post("counter/pins", pin | {"pin": "2486"})).status == 200
    await central.post("sales", a_sale(central, sale_id="s-2", holder=by_uid(UIDS[0])))

    first, second, third = (f"29000000007{number}0" for number in range(3))
    renewal = {"card_number": first, "new_card_number": second}
    renewed = await central.post("cards/renew", renewal, token="office")
    assert (renewed.status, renewed.body["member_id"], renewed.body["state"]) == (200, "m-1", "active")
    again = await central.post("cards/renew", renewal, token="office")
    assert (again.body, again.headers["Idempotent-Replayed"]) == (renewed.body, "true")
    store = central.services.store
    kept = await store.find_pin(GROUP, f"card/{second}")
    assert kept is not None, "the PIN went with it"
    assert await store.find_pin(GROUP, f"card/{first}") is None
    block = {"card_number": second, "reason": "lost"}
    assert (await central.post("cards/block", block)).status == 200
    refused = {"card_number": second, "new_card_number": third}
    assert (await central.post("cards/renew", refused, token="office")).code == "blocked_card"
    assert (await central.post("cards/replace", refused, token="office")).status == 200
    assert await store.find_pin(GROUP, f"card/{third}") is None, "whoever has the lost card may know it"

    assert (await central.post("sales", a_sale(central, holder=by_uid(UIDS[1])))).code == "replaced_card"
    last = await central.post("sales", a_sale(central, sale_id="s-3", holder=by_uid(UIDS[2])))
    assert last.body["points"] == 39
    assert await central.points_of("m-1") == 120 + 3 * 39
    back = await central.post("sales/s-1/returns", a_return(central, [(1, 2)]))
    assert back.status == 200, "what the duplicate bought comes back to the survivor's points"
    assert await central.points_of("m-1") == 120 + 2 * 39
    lots = await store.list_open_lots(GROUP, "member/m-1/points", "PTS/0")
    assert sum(lot.remaining for lot in lots) == 120 + 2 * 39
    tickets = (await central.get("members/m-1/tickets", token="office")).body["tickets"]
    assert {each["sale_id"] for each in tickets} >= {"s-1", "s-2", "s-3"}
    consents = (await central.get("members/m-1/consents", token="office")).body["consents"]
    assert [(each["purpose"], each["is_given"]) for each in consents] == [("letter", True)]


async def test_a_card_to_be_validated_stays_so_when_it_is_replaced(central: CentralUnderTest) -> None:
    clerk = await sign_in(central)
    await stock(central)
    body = {"act_id": "e-1", "clerk": clerk, "member_id": "m-9", "agreed": True, "form_number": "F-1"}
    enrolled = await central.post("counter/enrolments", body | {"card": by_uid(UIDS[0])})
    assert enrolled.status == 200, enrolled.body
    first, second, third = (f"29000000007{number}0" for number in range(3))
    for way, old, new in (("replace", first, second), ("renew", second, third)):
        moved = await central.post(
            f"cards/{way}", {"card_number": old, "new_card_number": new}, token="office"
        )
        assert (moved.status, moved.body["state"]) == (200, "to_validate")
