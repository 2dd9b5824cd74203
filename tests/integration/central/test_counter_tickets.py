"""Tickets mended at the counter: undone, moved to the right member, given to one whose card was forgotten."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from central.services.core.counter_settings import ActSettings, CounterSettings
from central.services.core.group import GroupSettings
from loyalty.limits.counter import (
    LATE_CARD_TICKET_AGE_S,
    LATE_CARDS_PER_MEMBER_DAY,
    LATE_CARDS_PER_STAFF_DAY,
    UNDO_TICKET_AGE_S,
)
from loyalty.programme.counter import CounterAct
from tests.central_fixture import (
    GROUP,
    MEMBER,
    OTHER_MEMBER,
    OTHER_UID,
    PROGRAMME,
    SHAMPOO,
    SUN_CREAM,
    CentralUnderTest,
    Reply,
    a_central,
    a_return,
    a_sale,
    by_uid,
    in_parallel,
)
from tests.integration.central.clerks import sign_in
from tests.movable_clock import MovableClock

NOW_MS = 1_795_600_000_000


@pytest.fixture
async def central(tmp_path: Path, engine: str) -> AsyncIterator[CentralUnderTest]:
    assert engine
    async with a_central(tmp_path, MovableClock(NOW_MS)) as running:
        yield running


async def sell(central: CentralUnderTest, sale_id: str, token: str = "terminal", **changed: Any) -> str:
    """A ticket of CHF 39.80: 39 points for a member."""
    reply = await central.post("sales", a_sale(central, sale_id=sale_id, **changed), token=token)
    assert reply.status == 200, reply.body
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms += 1_000
    return sale_id


async def mend(
    central: CentralUnderTest, what: str, clerk: str, sale_id: str, act_id: str = "act-1", **changed: Any
) -> Reply:
    body: dict[str, Any] = {"act_id": act_id, "clerk": clerk, "sale_id": sale_id}
    body |= {"reason": "wrong_article"} if what == "undo" else {"reason": "other", "holder": by_uid()}
    return await central.post(f"counter/{what}", body | changed)


async def test_a_forgotten_card_is_added_and_the_ticket_is_the_members(central: CentralUnderTest) -> None:
    clerk = await sign_in(central)
    await sell(central, "s-1", holder={})
    reply = await mend(central, "late-cards", clerk, "s-1")
    assert (reply.status, reply.body["points"], reply.body["member_id"]) == (200, 39, MEMBER), reply.body
    again = await mend(central, "late-cards", clerk, "s-1")
    assert (again.body, again.headers["Idempotent-Replayed"]) == (reply.body, "true")
    assert await central.points_of() == 39
    tickets = (await central.get(f"members/{MEMBER}/tickets", token="office")).body["tickets"]
    assert [(each["total_minor"], each["points"], each["occurred_ms"]) for each in tickets] == [
        (3980, 39, NOW_MS)
    ]
    (lot,) = await central.services.store.list_open_lots(GROUP, f"member/{MEMBER}/points", "PTS/0")
    assert lot.source_id == "act-1:sale"
    (act,) = (await central.get("counter/acts", token="office")).body["acts"]
    assert (act["kind"], act["staff_id"], act["role"], act["member_id"], act["sale_id"]) == (
        ("late_card", "s-7", "assistant", MEMBER, "s-1")
    )


async def test_a_ticket_moves_from_the_wrong_member_with_points_lots_and_history(
    central: CentralUnderTest,
) -> None:
    clerk = await sign_in(central)
    await sell(central, "s-0", holder=by_uid(OTHER_UID), lines=[(SHAMPOO, 1, 890)])
    await sell(central, "s-1", holder=by_uid(OTHER_UID))
    moved = await mend(central, "ticket-moves", clerk, "s-1")
    assert (moved.status, moved.body["points"]) == (200, 39), moved.body
    assert (await central.points_of(), await central.points_of(OTHER_MEMBER)) == (39, 8)
    balance = (await central.get(f"members/{OTHER_MEMBER}/balance", token="office")).body
    assert balance["points_owed"] == 0
    history = (await central.get(f"members/{OTHER_MEMBER}/tickets", token="office")).body["tickets"]
    assert sum(each["points"] for each in history) == 8
    assert sum(each["total_minor"] for each in history) == 890
    (act,) = (await central.get("counter/acts", token="office")).body["acts"]
    assert (act["kind"], act["member_id"], act["from_id"]) == ("move_ticket", MEMBER, OTHER_MEMBER)
    back = await central.post("sales/act-1:sale/returns", a_return(central, [(1, 2)]))
    assert back.status == 200, "goods of the new ticket come back as of any"
    assert await central.points_of() == 0


@pytest.mark.parametrize(
    ("what", "holder", "code"),
    [
        ("late-cards", by_uid(OTHER_UID), "ticket_has_member"),
        ("ticket-moves", None, "ticket_of_nobody"),
        ("ticket-moves", by_uid(), "ticket_is_theirs"),
    ],
)
async def test_a_ticket_that_belongs_where_it_is_stays(
    central: CentralUnderTest, what: str, holder: dict[str, str] | None, code: str
) -> None:
    clerk = await sign_in(central)
    await sell(central, "s-1", holder=holder or {})
    assert (await mend(central, what, clerk, "s-1")).code == code
    assert (await central.get("counter/acts", token="office")).body["acts"] == []


@pytest.mark.parametrize("what", ["late-cards", "ticket-moves"])
async def test_a_ticket_changes_its_member_by_a_card_alone(central: CentralUnderTest, what: str) -> None:
    clerk = await sign_in(central)
    person = {"member_id": "m-77", "family_name": "Meier", "email": "jm@example.org"}
    assert (await central.post("members", person, token="office")).status == 200
    await sell(central, "s-1", holder=by_uid(OTHER_UID) if what == "ticket-moves" else {})
    search = {"act_id": "f-1", "clerk": clerk, "email": "jm@example.org"}
    (found,) = (await central.post("counter/finds", search)).body["members"]
    before = await central.points_of(OTHER_MEMBER)

    refused = await mend(central, what, clerk, "s-1", holder={"medium": "typed", "value": found["found"]})

    assert (refused.status, refused.code) == (403, "strength_too_low")
    assert (await central.points_of(OTHER_MEMBER), await central.points_of("m-77")) == (before, 0)
    acts = (await central.get("counter/acts", token="office")).body["acts"]
    assert [each["kind"] for each in acts] == ["find"], "nothing was noted"
    assert (await mend(central, what, clerk, "s-1")).status == 200, "the ticket did not come back"


async def test_points_that_were_burned_since_are_said_and_nothing_moves(central: CentralUnderTest) -> None:
    clerk = await sign_in(central)
    for number in range(14):
        await sell(central, f"s-{number}", holder=by_uid(OTHER_UID))
    correction = {"correction_id": "c-1", "member_id": OTHER_MEMBER, "points": -20, "reason": "used"}
    assert (await central.post("corrections", correction, token="office")).status == 200
    before = await central.points_of(OTHER_MEMBER)
    refused = await mend(central, "ticket-moves", clerk, "s-0")
    assert (refused.code, refused.body["params"]) == ("ticket_points_burned", {"burned": 20, "points": 39})
    assert (await central.points_of(OTHER_MEMBER), await central.points_of()) == (before, 0)
    assert (await mend(central, "ticket-moves", clerk, "s-1")).status == 200, "another ticket's are there"


async def test_a_ticket_that_came_back_is_of_another_shop_or_too_old_is_refused(
    central: CentralUnderTest,
) -> None:
    clerk = await sign_in(central)
    await sell(central, "s-1", holder={})
    await central.post("sales/s-1/returns", a_return(central, [(1, 1)]))
    assert (await mend(central, "late-cards", clerk, "s-1")).code == "ticket_came_back"
    await sell(central, "s-2", holder={}, token="terminal_2")
    assert (await mend(central, "late-cards", clerk, "s-2")).code == "sale_not_found"
    await sell(central, "s-3", holder={})
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms += LATE_CARD_TICKET_AGE_S * 1000
    clerk = await sign_in(central)
    assert (await mend(central, "late-cards", clerk, "s-3")).code == "ticket_too_old_here"
    assert await central.points_of() == 0


async def test_late_cards_are_limited_by_member_and_by_clerk_whoever_asks_at_once(
    central: CentralUnderTest,
) -> None:
    clerk = await sign_in(central)
    for number in range(16):
        await sell(central, f"s-{number}", holder={}, lines=[(SHAMPOO, 1, 890)])
    replies = await in_parallel([mend(central, "late-cards", clerk, f"s-{n}", f"act-{n}") for n in range(16)])
    assert sum(each.status == 200 for each in replies) == LATE_CARDS_PER_MEMBER_DAY
    refused = {(each.code, each.body["params"]["whose"]) for each in replies if each.status != 200}
    assert refused == {("counter_limit", "member")}
    assert await central.points_of() == 8 * LATE_CARDS_PER_MEMBER_DAY
    assert LATE_CARDS_PER_STAFF_DAY > LATE_CARDS_PER_MEMBER_DAY


async def test_two_clerks_give_one_ticket_to_two_members_and_one_gets_it(central: CentralUnderTest) -> None:
    clerks = [await sign_in(central, name) for name in ("s-7", "s-8")]
    await sell(central, "s-1", holder={})
    replies = await asyncio.gather(
        *(
            mend(central, "late-cards", clerk, "s-1", f"act-{number}", holder=by_uid(uid))
            for number, (clerk, uid) in enumerate(zip(clerks, ("04A1B2C3D4E580", OTHER_UID), strict=True))
        )
    )
    assert sorted(each.status for each in replies)[0] == 200
    assert sum(each.status == 200 for each in replies) == 1
    assert await central.points_of() + await central.points_of(OTHER_MEMBER) == 39


async def test_the_last_ticket_of_the_till_is_undone_within_its_time(central: CentralUnderTest) -> None:
    clerk = await sign_in(central)
    await sell(central, "s-1")
    await sell(central, "s-2", lines=[(SUN_CREAM, 1, 1990), (SHAMPOO, 1, 890)])
    assert (await mend(central, "undo", clerk, "s-1")).code == "not_last_ticket"
    undone = await mend(central, "undo", clerk, "s-2")
    assert (undone.status, undone.body["points"], undone.body["total_minor"]) == (200, -28, -2880)
    again = await mend(central, "undo", clerk, "s-2")
    assert (again.body, again.headers["Idempotent-Replayed"]) == (undone.body, "true")
    assert (await mend(central, "undo", clerk, "s-2", "act-2")).code == "ticket_came_back"
    assert (await mend(central, "undo", clerk, "s-1", "act-3")).code == "not_last_ticket", "not one by one"
    assert await central.points_of() == 39
    await sell(central, "s-3")
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms += UNDO_TICKET_AGE_S * 1000
    assert (await mend(central, "undo", clerk, "s-3", "act-4")).code == "ticket_too_old_here"


async def test_roles_and_figures_are_the_groups(central: CentralUnderTest) -> None:
    own = {CounterAct.LATE_CARD: ActSettings(roles=("pharmacist",), per_staff_day=1)}
    await central.services.groups.put_group(
        central.operator,
        name="Pharmacies du Lac",
        country="CH",
        currency="CHF",
        programme=json.dumps(PROGRAMME),
        settings=GroupSettings(counter=CounterSettings(acts=own)),
    )
    clerk, chief = await sign_in(central), await sign_in(central, "p-1", role="pharmacist")
    await sell(central, "s-1", holder={})
    await sell(central, "s-2", holder={})
    assert (await mend(central, "late-cards", clerk, "s-1")).code == "role_may_not"
    assert (await mend(central, "late-cards", chief, "s-1")).status == 200
    refused = await mend(central, "late-cards", chief, "s-2", "act-2", holder=by_uid(OTHER_UID))
    assert (refused.code, refused.body["params"]["most"]) == ("counter_limit", 1)


async def test_a_parked_ticket_is_taken_up_by_one_till_and_books_nothing(central: CentralUnderTest) -> None:
    clerk = await sign_in(central)
    basket = a_sale(central)["basket"]
    body = {"parked_id": "p-1", "clerk": clerk, "basket": basket, "holder": by_uid(), "label": "blue coat"}
    assert (await central.post("counter/parked", body)).status == 200
    again = await central.post("counter/parked", body)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (await central.post("counter/parked", body | {"label": "x"})).code == "idempotency_conflict"
    waiting = (await central.post("counter/parked/list", {"clerk": clerk})).body["parked"]
    assert [(each["parked_id"], each["label"], each["staff_id"]) for each in waiting] == [
        ("p-1", "blue coat", "s-7")
    ]
    elsewhere = await sign_in(central, "s-9", token="terminal_2")
    theirs = {"clerk": elsewhere, "take_id": "t-9"}
    other = await central.post("counter/parked/p-1/take", theirs, token="terminal_2")
    assert other.code == "parked_not_there"
    bodies = [{"clerk": clerk, "take_id": f"t-{number % 4}"} for number in range(12)]
    takes = await in_parallel([central.post("counter/parked/p-1/take", each) for each in bodies])
    taken = {body["take_id"] for body, each in zip(bodies, takes, strict=True) if each.status == 200}
    assert len(taken) == 1, "of four tills of one terminal one takes it up"
    assert [each.status for each in takes].count(200) == 3, "which may ask again"
    (told, *_) = [each for each in takes if each.status == 200]
    assert told.body["basket"]["lines"] == basket["lines"]
    assert (await central.post("counter/parked/list", {"clerk": clerk})).body["parked"] == []
    assert await central.services.store.list_journal(GROUP, 0, 10) == []


async def test_head_office_sees_who_gives_tickets_to_the_same_member(central: CentralUnderTest) -> None:
    clerk = await sign_in(central)
    other = await sign_in(central, "s-8")
    assert isinstance(central.clock, MovableClock)
    for day in range(3):
        await sell(central, f"s-{day}", holder={})
        assert (await mend(central, "late-cards", clerk, f"s-{day}", f"a-{day}")).status == 200
        central.clock.now_ms += 86_400_000
        clerk, other = await sign_in(central), await sign_in(central, "s-8")
    await sell(central, "s-9", holder={})
    assert (await mend(central, "late-cards", other, "s-9", "a-9", holder=by_uid(OTHER_UID))).status == 200
    report = (await central.get("counter/report", token="office")).body
    assert report["clerks"] == [
        {"staff_id": "s-7", "role": "assistant", "acts": {"late_card": 3}},
        {"staff_id": "s-8", "role": "assistant", "acts": {"late_card": 1}},
    ]
    assert [
        (each["staff_id"], each["pattern"], each["member_id"], each["acts"]) for each in report["noticed"]
    ] == [("s-7", "same_member", MEMBER, 3)]
    assert (await central.get("counter/report")).status == 403
