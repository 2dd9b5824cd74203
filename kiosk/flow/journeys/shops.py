"""Our pharmacy and its neighbours: open until when, where, what they do, what happens there (C-30, C-32)."""

from dataclasses import dataclass, replace
from typing import Final, Literal

from kiosk.flow.journeys.base import Journey, Tile, ask, chosen, go, page_of
from kiosk.flow.journeys.menu import open_menu, open_visitor_menu
from kiosk.flow.sessions import Step
from kiosk.flow.state import CHOICES, Action, JourneyPage, Screen, State
from wire.shop_pages import AskShops, ShopPage, ShopTold

SHOPS_PER_PAGE: Final = 4
LINES_PER_PAGE: Final = 3
"""Services or events of a shop on one screen."""

Part = Literal["hours", "services", "events"]
_PARTS: Final[dict[Action, Part]] = {
    Action.SHOP_HOURS: "hours",
    Action.SHOP_SERVICES: "services",
    Action.SHOP_EVENTS: "events",
}
_LISTS: Final = (Screen.SHOPS, Screen.VISITOR_SHOPS)
_ONES: Final = (Screen.SHOP, Screen.VISITOR_SHOP)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopsPage(JourneyPage):
    """The shops as told so far, which page of them, and which one is looked at, in which part and page."""

    screens = frozenset({*_LISTS, *_ONES})
    shops: tuple[ShopPage, ...] = ()
    number: int = 0
    chosen: int = 0
    part: Part = "hours"
    part_number: int = 0
    is_unknown: bool = False
    """The terminal knows none yet, or said nothing."""

    @property
    def shop(self) -> ShopPage:
        """The one that is looked at."""
        return self.shops[self.chosen]

    def lines(self) -> int:
        """How many services or events the part has."""
        return {"hours": 0, "services": len(self.shop.services), "events": len(self.shop.events)}[self.part]


def open_shops(state: State, _action: Action, now_ms: int) -> Step:
    """From either menu: ask the terminal."""
    screen = Screen.VISITOR_SHOPS if state.session is None else Screen.SHOPS
    page = ShopsPage()
    return ask(go(state, screen, page, now_ms=now_ms), page, _asking, now_ms=now_ms)


def _asking(request_id: str) -> AskShops:
    return AskShops(request_id=request_id)


def _told(state: State, told: ShopTold, now_ms: int) -> Step:
    page = page_of(state, ShopsPage)
    if told.shop is None:
        return replace(state, journey=replace(page, is_unknown=not page.shops)), ()
    page = replace(page, shops=(*page.shops, told.shop))
    if told.left:
        page = replace(page, request_id=told.request_id, asked_ms=now_ms)
    return replace(state, journey=page), ()


def _unanswered(state: State, _now_ms: int) -> Step:
    page = page_of(state, ShopsPage)
    return replace(state, journey=replace(page, is_unknown=not page.shops)), ()


def _choose(state: State, action: Action, now_ms: int) -> Step:
    page = page_of(state, ShopsPage)
    place = page.number * SHOPS_PER_PAGE + chosen(action)
    if chosen(action) >= SHOPS_PER_PAGE or place >= len(page.shops):
        return replace(state, touched_ms=now_ms), ()
    screen = Screen.SHOP if state.screen is Screen.SHOPS else Screen.VISITOR_SHOP
    page = replace(page, chosen=place, part="hours", part_number=0)
    return go(state, screen, page, now_ms=now_ms), ()


def _turn(state: State, action: Action, now_ms: int) -> Step:
    """Other shops of the list, or other lines of a shop's part."""
    page = page_of(state, ShopsPage)
    step = 1 if action is Action.OLDER else -1
    if state.screen in _LISTS:
        last = max(0, (len(page.shops) - 1) // SHOPS_PER_PAGE)
        page = replace(page, number=min(max(page.number + step, 0), last))
    else:
        last = max(0, (page.lines() - 1) // LINES_PER_PAGE)
        page = replace(page, part_number=min(max(page.part_number + step, 0), last))
    return replace(state, journey=page, touched_ms=now_ms), ()


def _show_part(state: State, action: Action, now_ms: int) -> Step:
    page = replace(page_of(state, ShopsPage), part=_PARTS[action], part_number=0)
    return go(state, state.screen, page, now_ms=now_ms), ()


def _back(state: State, action: Action, now_ms: int) -> Step:
    """From a part to the hours, from a shop to the list, from the list to the menu."""
    page = page_of(state, ShopsPage)
    match state.screen:
        case Screen.SHOPS:
            return open_menu(state, action, now_ms)
        case Screen.VISITOR_SHOPS:
            return open_visitor_menu(state, action, now_ms)
    if page.part != "hours":
        return go(state, state.screen, replace(page, part="hours", part_number=0), now_ms=now_ms), ()
    screen = Screen.SHOPS if state.screen is Screen.SHOP else Screen.VISITOR_SHOPS
    return go(state, screen, page, now_ms=now_ms), ()


_TURNING: Final = {Action.OLDER: _turn, Action.NEWER: _turn, Action.BACK: _back}
_TILE: Final = Tile(action=Action.SHOPS, enter=open_shops, is_offered=lambda _: True)

JOURNEY = Journey(
    touches={
        **{screen: {**dict.fromkeys(CHOICES[:SHOPS_PER_PAGE], _choose), **_TURNING} for screen in _LISTS},
        **{screen: {**dict.fromkeys(_PARTS, _show_part), **_TURNING} for screen in _ONES},
    },
    told={ShopTold: _told},
    unanswered=_unanswered,
    member_tiles=(_TILE,),
    visitor_tiles=(_TILE,),
)
