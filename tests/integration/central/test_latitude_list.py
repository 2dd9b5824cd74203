"""Head office sees what the counters gave, with the reasons; what came back is no longer given (P-14)."""

from tests.central_fixture import CARD, SHAMPOO, CentralUnderTest, a_basket, a_return, a_sale, by_number
from tests.integration.central.publishing import publish

DAYS = "from_day=2000-01-01&to_day=2999-01-01"
LATITUDE = {"assistant": {"discount_rate_bp": 1000, "discount_minor_per_day": 500}}
OFF = {"discount": {"off_minor": 100, "role": "assistant", "reason": "Box dented"}}


async def test_a_discount_is_listed_with_its_reason_until_its_ticket_came_back(
    central: CentralUnderTest,
) -> None:
    await publish(central, latitude=LATITUDE)
    basket = a_basket([(SHAMPOO, 1, 1000)]) | OFF
    sold = (await central.post("sales", a_sale(central, basket=basket, holder=by_number(CARD)))).body
    listed = (await central.get(f"latitude?{DAYS}", token="office")).body
    (act,) = listed["acts"]
    assert (act["act_id"], act["off_minor"], act["reason"]) == (sold["sale_id"], 100, "Box dented")
    assert (act["role"], act["shop_id"], listed["is_cut"]) == ("assistant", "lac-1", False)
    back = a_return(central, [(1, 1)])
    assert (await central.post(f"sales/{sold['sale_id']}/returns", back)).status == 200
    assert (await central.get(f"latitude?{DAYS}", token="office")).body["acts"] == []


async def test_only_who_approves_value_sees_the_list_and_days_must_be_days(central: CentralUnderTest) -> None:
    assert (await central.get(f"latitude?{DAYS}")).status == 403
    wrong = await central.get("latitude?from_day=2026-02-30&to_day=2026-03-01", token="office")
    assert (wrong.status, wrong.code) == (422, "days_invalid")
