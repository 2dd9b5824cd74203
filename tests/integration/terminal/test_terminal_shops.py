"""The kiosk asks what shops tell: over real sockets, with the real central, in a cut from what is kept."""

import msgspec

from loyalty.limits.shops import (
    SHOP_DAYS_MAX,
    SHOP_EVENTS_MAX,
    SHOP_NAME_CHARS_MAX,
    SHOP_NOTE_CHARS_MAX,
    SHOP_SERVICES_MAX,
)
from loyalty.limits.sockets import FRAME_BYTES_MAX
from loyalty.programme.opening_hours import WeekSpan
from tests.helpers import eventually
from tests.terminal_fixture import Shop
from wire.shop_pages import AskShops, ShopTold

LANGUAGES = ("fr", "de", "it", "en", "zh")
NYON = {"name": "Nyon Gare", "country": "CH", "time_zone": "Europe/Zurich", "city": "Nyon",
        "opening_hours": "Mo-Sa 08:30-18:30", "latitude_e7": 463832000, "longitude_e7": 62348000}  # fmt: skip
ROLLE = NYON | {"name": "Rolle", "city": "Rolle", "latitude_e7": 464600000, "longitude_e7": 63370000}


async def _told(shop: Shop) -> list[ShopTold]:
    shop.kiosk.answers.clear()
    shop.kiosk.send(AskShops(request_id="visitor.1"))
    await eventually(lambda: any(isinstance(each, ShopTold) and not each.left for each in shop.kiosk.answers))
    return [each for each in shop.kiosk.answers if isinstance(each, ShopTold)]


async def test_this_shop_and_its_neighbours_are_told_also_in_a_cut_and_after_a_restart(shop: Shop) -> None:
    await shop.central.put("shops/lac-1", NYON)
    await shop.central.put("shops/lac-2", ROLLE)
    await shop.central.put("shops/lac-1/services", {"services": [{"names": {"fr": "Vaccins", "en": "Jabs"}}]})
    await shop.central.put("shops/lac-1/days", {"days": [{"day": "2099-12-25", "hours": "off"}]})
    await shop.cut()
    await shop.mend()
    await eventually(lambda: shop.kiosk.state.hours is not None and bool(shop.kiosk.state.hours.days))
    await shop.cut()
    own, rolle = await _told(shop)
    assert (own.request_id, own.left, rolle.left) == ("visitor.1", 1, 0)
    assert own.shop is not None
    assert rolle.shop is not None
    assert own.shop.hours == shop.kiosk.state.hours
    assert own.shop.hours is not None
    assert own.shop.hours.week[0] == WeekSpan(0, 510, 1110)
    assert own.shop.services[0].names == {"fr": "Vaccins", "en": "Jabs"}
    assert rolle.shop.name == "Rolle"
    assert (rolle.shop.north_m or 0) > 8_000


async def test_the_fullest_page_fits_a_frame(shop: Shop) -> None:
    await shop.central.put("shops/lac-1", NYON)
    names = dict.fromkeys(LANGUAGES, "药" * SHOP_NAME_CHARS_MAX)
    notes = dict.fromkeys(LANGUAGES, "房" * SHOP_NOTE_CHARS_MAX)
    days = [
        {
            "day": f"2099-{1 + at // 28:02d}-{1 + at % 28:02d}",
            "hours": "08:00-12:00,14:00-18:30",
            "names": names,
        }
        for at in range(SHOP_DAYS_MAX)
    ]
    event = {"names": names, "notes": notes, "from_day": "2099-01-01", "hours": "14:00-17:00"}
    service = {"names": names, "notes": notes}
    for part, body in (
        ("days", {"days": days}),
        ("services", {"services": [service] * SHOP_SERVICES_MAX}),
        ("events", {"events": [event] * SHOP_EVENTS_MAX}),
    ):
        assert (await shop.central.put(f"shops/lac-1/{part}", body)).status == 200
    await shop.cut()
    await shop.mend()
    await eventually(lambda: shop.kiosk.state.hours is not None and bool(shop.kiosk.state.hours.days))
    own = (await _told(shop))[0]
    assert own.shop is not None
    assert len(own.shop.services) == SHOP_SERVICES_MAX
    assert len(msgspec.json.encode(own)) < FRAME_BYTES_MAX
