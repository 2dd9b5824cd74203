"""Returns over HTTP: what is written is answered, and a return sent again is known."""

import json

import pytest

from central.services.ledger.check import check_ledger
from loyalty.limits.cards import IDENTIFY_TRIES_PER_TERMINAL
from tests.central_fixture import (
    PROGRAMME,
    SUN_CREAM,
    CentralUnderTest,
    a_return,
    a_sale,
    by_number,
    in_parallel,
)


@pytest.mark.parametrize(
    "holder", [{"medium": "chip", "value": "00AA"}, {"medium": "ntag424", "value": "00AA"}, by_number("29")]
)
async def test_a_return_with_a_card_that_proves_nothing_is_recorded_and_shows_nothing(
    central: CentralUnderTest, holder: dict[str, str]
) -> None:
    sale = a_sale(central)
    await central.post("sales", sale)
    reply = await central.post(f"sales/{sale['sale_id']}/returns", a_return(central, [(1, 2)], holder=holder))

    assert (reply.status, reply.body["points"], reply.body["profile"]) == (200, 39, None)
    assert await central.points_of() == 0


async def test_a_return_from_where_numbers_were_guessed_is_recorded(central: CentralUnderTest) -> None:
    sale = a_sale(central)
    await central.post("sales", sale)
    for number in range(IDENTIFY_TRIES_PER_TERMINAL):
        await central.post("identify", {"evidence": by_number(f"28{number:011}")})
    back = a_return(central, [(1, 2)], holder=by_number("2999999999999"))
    reply = await central.post(f"sales/{sale['sale_id']}/returns", back)

    assert (reply.status, reply.body["points"], reply.body["profile"]) == (200, 39, None)
    assert await central.points_of() == 0


async def test_a_return_known_by_its_business_key_gives_its_first_answer(central: CentralUnderTest) -> None:
    sale = a_sale(central)
    await central.post("sales", sale)
    back = a_return(central, [(1, 2)], business_key="till-1/ticket-7")
    first = await central.post(f"sales/{sale['sale_id']}/returns", back)
    again = await central.post(f"sales/{sale['sale_id']}/returns", back | {"return_id": "another"})
    other = a_return(central, [(1, 1)], business_key="till-1/ticket-7", occurred_ms=back["occurred_ms"])
    conflict = await central.post(f"sales/{sale['sale_id']}/returns", other)

    assert (again.status, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert again.body == first.body
    assert (conflict.status, conflict.code) == (409, "idempotency_conflict")
    assert await central.points_of() == 0


async def test_many_sends_of_one_return_at_once_have_one_effect(central: CentralUnderTest) -> None:
    sale = a_sale(central, [(SUN_CREAM, 3, 6000)])
    await central.post("sales", sale)
    back = a_return(central, [(1, 2)])
    replies = await in_parallel(
        [
            central.post(f"sales/{sale['sale_id']}/returns", back | {"return_id": f"r-{number % 2}"})
            for number in range(40)
        ]
    )

    assert {reply.status for reply in replies} == {200}
    assert len({str(reply.body) for reply in replies}) == 1
    assert sum("Idempotent-Replayed" not in reply.headers for reply in replies) == 1
    assert await central.points_of() == 20
    assert (await check_ledger(central.services.store, central.operator)).is_sound


async def test_tickets_taken_before_typed_numbers_were_refused_are_still_answered(
    central: CentralUnderTest,
) -> None:
    sale = a_sale(central, holder=by_number())
    await central.post("sales", sale)
    await central.services.groups.put_group(
        central.operator,
        name="Pharmacies du Lac",
        country="CH",
        currency="CHF",
        programme=json.dumps(PROGRAMME | {"identification": {"earn": "nfc_uid"}}),
    )
    refused = await central.post("sales", a_sale(central, holder=by_number()))
    again = await central.post("sales", sale)
    back = a_return(central, [(1, 2)], holder=by_number())
    returned = await central.post(f"sales/{sale['sale_id']}/returns", back)

    assert refused.code == "strength_too_low"
    assert (again.status, again.body["points"], again.body["profile"]) == (200, 39, None)
    assert (returned.status, returned.body["points"], returned.body["profile"]) == (200, 39, None)
    assert await central.points_of() == 0
