"""Cards of clerks: nobody's as a member, judged at each tap, and what terminals tell of their tills."""

import pytest

from central.storage.base import IdempotencyConflict
from tests.central_fixture import CARD, OTHER_UID, SHOPS, CentralUnderTest, Reply, a_sale, by_number, by_uid
from wire.api_counter import StaffBody
from wire.api_members import CardBody
from wire.api_tills import StaffCardBody

STAFF_UID = "04D1D2D3D4D580"


async def a_clerk(central: CentralUnderTest, staff_id: str = "s-7", shop_id: str | None = SHOPS[0]) -> None:
    body = StaffBody(role="assistant", shop_id=shop_id)
    await central.services.counter.staff.put(central.operator, staff_id, body)


async def a_card(central: CentralUnderTest, staff_id: str = "s-7", uid: str = STAFF_UID, **more: str) -> None:
    body = {"staff_id": staff_id, "name": "Mme Rochat", "uid": uid} | more
    await central.services.staff_cards.issue(central.operator, StaffCardBody(**body))  # type: ignore[arg-type]


async def asked(
    central: CentralUnderTest, evidence: dict[str, str], token: str = "terminal"
) -> tuple[int, str]:
    reply = await central.post("identify/staff", {"evidence": evidence}, token=token)
    return reply.status, reply.body.get("code") or reply.body["staff_id"]


async def test_a_clerks_card_opens_the_screen_where_they_serve(central: CentralUnderTest) -> None:
    await a_clerk(central)
    await a_card(central)
    assert await asked(central, by_uid(STAFF_UID)) == (200, "s-7")
    assert await asked(central, by_uid(STAFF_UID), "terminal_2") == (403, "staff_card_refused")
    await a_clerk(central, shop_id=None)
    assert await asked(central, by_uid(STAFF_UID), "terminal_2") == (200, "s-7"), "who serves everywhere"


async def test_it_opens_nothing_once_it_is_blocked_or_its_clerk_has_gone(central: CentralUnderTest) -> None:
    await a_clerk(central)
    await a_card(central)
    ended = StaffBody(role="assistant", shop_id=SHOPS[0], is_ended=True)
    await central.services.counter.staff.put(central.operator, "s-7", ended)
    assert await asked(central, by_uid(STAFF_UID)) == (403, "staff_card_refused")
    await a_clerk(central)
    assert (await asked(central, by_uid(STAFF_UID)))[0] == 200
    await central.services.staff_cards.block(central.operator, "s-7")
    assert await asked(central, by_uid(STAFF_UID)) == (403, "staff_card_refused")


async def test_it_is_no_members_card(central: CentralUnderTest) -> None:
    await a_clerk(central)
    await a_card(central)
    reply = await central.post("identify", {"evidence": by_uid(STAFF_UID)})
    assert (reply.status, reply.code) == (422, "staff_card")
    reply = await central.post("sales", a_sale(central, holder=by_uid(STAFF_UID)))
    assert reply.code == "unknown_card", "nobody earns by it"


async def test_other_cards_and_numbers_open_nothing(central: CentralUnderTest) -> None:
    await a_clerk(central)
    await a_card(central)
    for evidence in (by_uid(OTHER_UID), by_number(CARD), by_number("12345678"), by_uid("04AAAAAAAAAA80")):
        assert (await asked(central, evidence))[0] == 403


async def test_a_card_that_must_sign_is_not_opened_by_its_uid(central: CentralUnderTest) -> None:
    await a_clerk(central)
    await a_card(central, needs="aes_card")
    assert await asked(central, by_uid(STAFF_UID)) == (403, "staff_card_refused")


async def test_a_chip_is_a_members_or_a_clerks_never_both(central: CentralUnderTest) -> None:
    await a_clerk(central)
    members = StaffCardBody(staff_id="s-7", name="x", uid=OTHER_UID)
    with pytest.raises(IdempotencyConflict):
        await central.services.staff_cards.issue(central.operator, members)
    await a_card(central)
    staffs = CardBody(card_number="2900000000055", uid=STAFF_UID, state="stock")
    with pytest.raises(IdempotencyConflict):
        await central.services.cards.put_card(central.operator, staffs)


async def test_an_act_is_recorded_once_with_its_event(central: CentralUnderTest) -> None:
    act = {
        "act_id": "till-1",
        "kind": "paired",
        "occurred_ms": central.clock(),
        "sale_id": "TILL-1",
        "key_version": 1,
        "opened_by": "staff_card",
        "staff_id": "s-7",
    }
    first = await central.post("tills/acts", act)
    again = await central.post("tills/acts", act)
    assert (first.status, again.status) == (200, 200)
    assert first.body == again.body
    other = await central.post("tills/acts", act | {"sale_id": "TILL-2"})
    assert (other.status, other.code) == (409, "idempotency_conflict")
    events = await central.services.store.list_events(central.operator.group_id, 0, 1_000)
    [told] = [each.body for each in events if each.kind == "till.paired"]
    assert '"sale_id":"TILL-1"' in told
    assert '"terminal_id":"t-1"' in told
    assert (await central.post("tills/acts", act, token="office")).status in (400, 403, 422)


async def test_card_and_code_sign_a_clerk_in_and_neither_does_alone(central: CentralUnderTest) -> None:
    body = StaffBody(role="assistant", shop_id=SHOPS[0], code="4071")
    await central.services.counter.staff.put(central.operator, "s-7", body)
    await a_card(central)

    async def sign_in(evidence: dict[str, str], code: str, token: str = "terminal") -> Reply:
        return await central.post("counter/sign-in/card", {"card": evidence, "code": code}, token=token)

    signed_in = await sign_in(by_uid(STAFF_UID), "4071")
    assert (signed_in.status, signed_in.body["staff_id"], signed_in.body["shop_id"]) == (200, "s-7", SHOPS[0])
    pass_of = {"clerk": signed_in.body["clerk"]}
    assert (await central.post("counter/parked/list", pass_of)).status == 200, "the pass is one as any other"
    assert (await sign_in(by_uid(STAFF_UID), "4072")).code == "pin_wrong"
    for shown in (by_uid(OTHER_UID), by_number(STAFF_UID)):
        assert (await sign_in(shown, "4071")).code == "staff_card_refused"
    assert (await sign_in(by_uid(STAFF_UID), "4071", "terminal_2")).code == "staff_card_refused"
    await central.services.staff_cards.block(central.operator, "s-7")
    assert (await sign_in(by_uid(STAFF_UID), "4071")).code == "staff_card_refused"
