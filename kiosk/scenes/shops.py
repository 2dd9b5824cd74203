"""Moments of the pharmacies: the list with its map, one of them, its services and events."""

from collections.abc import Sequence
from typing import Final, get_args

from kiosk.flow import Action
from kiosk.flow.events import AnyEvent, Told, Touched
from kiosk.scenes.base import Scene, idle, scene, touch, visit, way_to
from kiosk.scenes.demo import a_member
from loyalty.programme.opening_hours import OpeningHours, OtherDay, read_week
from wire.message_base import Language
from wire.shop_pages import ShopEvent, ShopPage, ShopService, ShopTold, Texts

_WEEK: Final = "Mo-Fr 08:30-12:15,13:30-18:30; Sa 08:30-17:00"
_ALL_DAY: Final = "Mo-Sa 08:00-20:00; Su 09:00-19:00"


def _hours(text: str, *days: OtherDay) -> OpeningHours:
    return OpeningHours(read_week(text) or (), days)


def _in(*texts: str) -> Texts:
    return dict(zip(get_args(Language), texts, strict=True))


_INVENTORY: Final = _in("Inventaire", "Inventur", "Inventario", "Stock-taking", "盘点")
_FLU: Final = _in(
    "Vaccination contre la grippe",
    "Grippeimpfung",
    "Vaccino antinfluenzale",
    "Flu vaccination",
    "流感疫苗接种",
)
_WALK_IN: Final = _in(
    "sans rendez-vous, le samedi matin",
    "ohne Termin, am Samstagmorgen",
    "senza appuntamento, il sabato mattina",
    "no appointment, Saturday mornings",
    "周六上午，无需预约",
)
_PRESSURE: Final = _in(
    "Mesure de la tension",
    "Blutdruckmessung",
    "Misurazione della pressione",
    "Blood pressure check",
    "测量血压",
)
_DELIVERY: Final = _in(
    "Livraison à domicile", "Hauslieferung", "Consegna a domicilio", "Home delivery", "送货上门"
)
_WEEKDAYS: Final = _in(
    "du lundi au vendredi", "Montag bis Freitag", "da lunedì a venerdì", "Monday to Friday", "周一至周五"
)
_PILLS: Final = _in(
    "Semainier préparé", "Wochendosierung", "Blister settimanale", "Weekly pill organiser", "每周药盒"
)
_LUNGS: Final = _in(
    "Semaine du souffle", "Woche der Atemwege", "Settimana del respiro", "Healthy lungs week", "呼吸健康周"
)
_SUN: Final = _in(
    "Conseil en protection solaire",
    "Beratung Sonnenschutz",
    "Consigli di protezione solare",
    "Advice on sun protection",
    "防晒咨询",
)


def _near(name: str, east_m: int, north_m: int, week: str = "") -> ShopPage:
    hours = _hours(week) if week else None
    return ShopPage(shop_id=name.lower(), name=name, hours=hours, east_m=east_m, north_m=north_m)


SHOPS: Final = (
    ShopPage(
        shop_id="nyon-gare",
        name="Nyon Gare",
        street="Place de la Gare 5",
        postcode="1260",
        city="Nyon",
        phone="022 555 01 23",
        hours=_hours(_ALL_DAY, OtherDay("2026-11-27")),
        reasons={"2026-11-27": _INVENTORY},
        services=(
            ShopService(names=_FLU, notes=_WALK_IN),
            ShopService(names=_PRESSURE),
            ShopService(names=_DELIVERY, notes=_WEEKDAYS),
            ShopService(names=_PILLS),
        ),
        events=(
            ShopEvent(names=_LUNGS, from_day="2026-11-20", to_day="2026-11-28", hours="14:00–17:00"),
            ShopEvent(names=_SUN, from_day="2026-12-05", to_day="2026-12-05"),
        ),
        east_m=0,
        north_m=0,
    ),
    _near("Nyon Centre", 620, -380, _WEEK),
    _near("Prangins", 2100, 900),
    _near("Gland", 3050, 2980, _WEEK),
    _near("Coppet", -3600, -7400, "24/7"),
    _near("Rolle", 7900, 8400, _ALL_DAY),
)


def _told(request_id: str, shops: Sequence[ShopPage] = SHOPS) -> list[AnyEvent]:
    last = len(shops) - 1
    return [
        Told(now_ms=2_200, answer=ShopTold(request_id=request_id, shop=shop, left=last - place))
        for place, shop in enumerate(shops)
    ]


def _later(*actions: Action) -> list[AnyEvent]:
    return [Touched(now_ms=2_300 + 100 * place, action=action) for place, action in enumerate(actions)]


def _visitor(*actions: Action, shops: Sequence[ShopPage] = SHOPS) -> list[AnyEvent]:
    return [
        *idle(),
        *touch(Action.VISITOR_MENU, Action.CHOOSE_1),
        *_told("visitor.1", shops),
        *_later(*actions),
    ]


SCENES: Final[tuple[Scene, ...]] = (
    scene("visitor_shops", lambda _: _visitor()),
    scene("visitor_shops_few", lambda _: _visitor(shops=SHOPS[:2])),
    scene("visitor_shops_far", lambda _: _visitor(Action.OLDER)),
    scene("visitor_shops_waiting", lambda _: [*idle(), *touch(Action.VISITOR_MENU, Action.CHOOSE_1)], 3_000),
    scene(
        "visitor_shops_unknown",
        lambda _: [
            *idle(),
            *touch(Action.VISITOR_MENU, Action.CHOOSE_1),
            Told(now_ms=2_200, answer=ShopTold(request_id="visitor.1")),
        ],
    ),
    scene("visitor_shop", lambda _: _visitor(Action.CHOOSE_1)),
    scene("visitor_shop_closed", lambda _: _visitor(Action.CHOOSE_2)),
    scene("visitor_shop_unknown_hours", lambda _: _visitor(Action.CHOOSE_3)),
    scene("visitor_shop_services", lambda _: _visitor(Action.CHOOSE_1, Action.SHOP_SERVICES)),
    scene(
        "visitor_shop_services_more", lambda _: _visitor(Action.CHOOSE_1, Action.SHOP_SERVICES, Action.OLDER)
    ),
    scene("visitor_shop_events", lambda _: _visitor(Action.CHOOSE_1, Action.SHOP_EVENTS)),
    scene(
        "shops",
        lambda lang: [
            *visit(a_member(language=lang)),
            *touch(*way_to(Action.SHOPS)),
            *_told("session-1.1"),
        ],
    ),
    scene(
        "shop",
        lambda lang: [
            *visit(a_member(language=lang)),
            *touch(*way_to(Action.SHOPS)),
            *_told("session-1.1"),
            *_later(Action.CHOOSE_1),
        ],
    ),
)
