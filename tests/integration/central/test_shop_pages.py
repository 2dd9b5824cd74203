"""What shops tell beside their address, and which shops are near (C-30, C-32)."""

from datetime import date, timedelta
from typing import Any

from terminal.clock import wall_clock
from tests.central_fixture import CentralUnderTest
from tests.helpers import shops_day

LAC_1 = {"name": "Nyon Gare", "country": "CH", "time_zone": "Europe/Zurich", "city": "Nyon",
         "opening_hours": "Mo-Fr 08:30-18:30; Sa 08:30-17:00", "latitude_e7": 463832000,
         "longitude_e7": 62348000}  # fmt: skip


def _days(offset: int) -> str:
    return (shops_day(wall_clock()) + timedelta(days=offset)).isoformat()


async def _put(central: CentralUnderTest, shop_id: str, **changed: Any) -> None:
    assert (await central.put(f"shops/{shop_id}", LAC_1 | changed)).status == 200


async def test_a_shop_tells_its_week_its_other_days_services_and_events(central: CentralUnderTest) -> None:
    await _put(central, "lac-1")
    days = {"days": [{"day": "2026-12-25", "hours": "off", "names": {"fr": "Noël"}},
                     {"day": "2026-12-24", "hours": "08:30-16:00"}]}  # fmt: skip
    put = await central.put("shops/lac-1/days", days)
    assert [(each["day"], each["spans"]) for each in put.body["days"]] == [
        ("2026-12-24", [[510, 960]]),
        ("2026-12-25", []),
    ]
    await central.put("shops/lac-1/services", {"services": [{"names": {"en": "Flu vaccination"}}]})
    event = {"names": {"en": "Open day"}, "from_day": "2026-12-01", "hours": "14:00-17:00"}
    await central.put("shops/lac-1/events", {"events": [event]})
    page = (await central.get("shops/lac-1/page")).body
    assert page["week"][0] == {"weekday": 0, "from_min": 510, "to_min": 1110}
    assert page["days"][1]["names"] == {"fr": "Noël"}
    assert page["services"] == [{"names": {"en": "Flu vaccination"}, "notes": {}}]
    assert (page["events"][0]["to_day"], page["events"][0]["hours"]) == ("2026-12-01", "14:00-17:00")


async def test_what_nobody_can_read_is_refused_with_the_way_out(central: CentralUnderTest) -> None:
    hours = await central.put("shops/lac-1/days", {"days": [{"day": "2026-12-25", "hours": "morning"}]})
    assert (hours.status, hours.code) == (422, "hours_invalid")
    twice = [{"day": "2026-12-25", "hours": "off"}, {"day": "2026-12-25", "hours": "08:00-12:00"}]
    assert (await central.put("shops/lac-1/days", {"days": twice})).code == "shop_day_invalid"
    assert (
        await central.put("shops/lac-1/days", {"days": [{"day": "2026-02-30", "hours": "off"}]})
    ).code == ("shop_day_invalid")
    back = {"events": [{"names": {"en": "x"}, "from_day": "2026-12-02", "to_day": "2026-12-01"}]}
    assert (await central.put("shops/lac-1/events", back)).code == "shop_day_invalid"
    assert (await central.put("shops/nowhere/days", {"days": []})).code == "shop_not_found"
    assert (await central.put("shops/lac-1/days", {"days": []}, token="terminal")).status == 403
    assert (await central.get("shops/lac-1/page")).body["days"] == []


async def test_a_terminal_is_told_its_own_shop_and_the_nearest_and_nothing_that_is_over(
    central: CentralUnderTest,
) -> None:
    await _put(central, "lac-1")
    await _put(central, "lac-2", name="Far", longitude_e7=66_000_000)
    await _put(central, "lac-3", name="Near", longitude_e7=62_500_000, opening_hours="by appointment")
    await _put(central, "lac-4", name="Nowhere", latitude_e7=None, longitude_e7=None)
    days = [{"day": _days(offset), "hours": "off"} for offset in (-30, 3, 9)]
    await central.put("shops/lac-1/days", {"days": days})
    events = [
        {"names": {"en": name}, "from_day": _days(start), "to_day": _days(end)}
        for name, start, end in (("over", -9, -2), ("now", -2, 5), ("soon", 3, 3))
    ]
    await central.put("shops/lac-1/events", {"events": events})
    pages = (await central.get("shop-pages")).body["pages"]
    assert [page["shop"]["name"] for page in pages] == ["Nyon Gare", "Near", "Far", "Nowhere"]
    own, near, _, nowhere = pages
    assert (own["east_m"], own["north_m"]) == (0, 0)
    assert 1_100 < near["east_m"] < 1_200
    assert near["week"] is None, "hours that are not understood are not told"
    assert nowhere["east_m"] is None
    assert [each["day"] for each in own["days"]] == [_days(3), _days(9)]
    assert [each["names"]["en"] for each in own["events"]] == ["now", "soon"]
    assert date.fromisoformat(own["events"][0]["from_day"]) < shops_day(wall_clock())
    other = (await central.get("shop-pages?shop_id=lac-3", token="office")).body["pages"]
    assert other[0]["shop"]["name"] == "Near"
    assert (await central.get("shop-pages", token="office")).code == "shop_missing"
    assert (await central.get("shop-pages?shop_id=lac-2")).code == "shop_not_yours"
