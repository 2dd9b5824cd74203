"""The menus: what a member, a visitor without a card, or a person of staff may do here; a tile for each."""

from dataclasses import dataclass, replace

from kiosk.flow.journeys.base import Journey, Tile, chosen, go
from kiosk.flow.sessions import Step, forget, to_idle
from kiosk.flow.state import CHOICES, Action, JourneyPage, Screen, State

TILES_PER_PAGE = len(CHOICES)
"""Two rows of four: more would be too small to read from a wheelchair."""
FOR_CARERS = frozenset({Action.MY_POINTS, Action.MY_VOUCHERS, Action.SHOPS, Action.PACKS, Action.BLOCK})
"""What is offered to somebody who acts for a member; their own card they may block."""
STAFF_TILES_PER_PAGE = 6
"""Each says in a sentence what happens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuPage(JourneyPage):
    """Which page of the tiles is shown, from 0."""

    screens = frozenset({Screen.MENU, Screen.VISITOR_MENU, Screen.STAFF})
    number: int = 0


class Menu:
    """The three menus, over the journeys that stand in them."""

    def __init__(self, journeys: tuple[Journey, ...]) -> None:
        self._of_members = tuple(tile for each in journeys for tile in each.member_tiles)
        self._of_visitors = tuple(tile for each in journeys for tile in each.visitor_tiles)
        self._of_staff = tuple(tile for each in journeys for tile in each.staff_tiles)
        choices = dict.fromkeys(CHOICES, self._choose)
        turning = {Action.OLDER: self._turn, Action.NEWER: self._turn}
        self.journey = Journey(
            touches={
                Screen.MENU: {**choices, **turning},
                Screen.VISITOR_MENU: {**choices, **turning, Action.BACK: leave},
                Screen.STAFF: {**choices, **turning},
            }
        )

    def offered(self, state: State) -> tuple[Tile, ...]:
        """The tiles that this visitor may touch now, in order."""
        tiles = {Screen.VISITOR_MENU: self._of_visitors, Screen.STAFF: self._of_staff}.get(
            state.screen, self._of_members
        )
        return tuple(tile for tile in tiles if tile.is_offered(state) and _is_for(state, tile))

    def shown(self, state: State) -> tuple[Tile, ...]:
        """Those of the page that is on the screen."""
        first = _number(state) * per_page(state)
        return self.offered(state)[first : first + per_page(state)]

    def page_number(self, state: State) -> int:
        """Which page is on the screen, from 0."""
        return _number(state)

    def pages(self, state: State) -> int:
        """How many pages what is offered takes."""
        return max(1, -(-len(self.offered(state)) // per_page(state)))

    def _choose(self, state: State, action: Action, now_ms: int) -> Step:
        tile = next(iter(self.shown(state)[chosen(action) :][:1]), None)
        if tile is None or state.request_id:
            return replace(state, touched_ms=now_ms), ()
        return tile.enter(state, tile.action, now_ms)

    def _turn(self, state: State, action: Action, now_ms: int) -> Step:
        number = _number(state) + (1 if action is Action.OLDER else -1)
        page = MenuPage(number=min(max(number, 0), self.pages(state) - 1))
        return replace(state, journey=page, touched_ms=now_ms), ()


def _is_for(state: State, tile: Tile) -> bool:
    """Whoever acts for a member finds only what no other card's holder would mind."""
    member = state.session.member if state.session else None
    return member is None or not member.is_carer or tile.action in FOR_CARERS


def per_page(state: State) -> int:
    """How many tiles a page of this menu has."""
    return STAFF_TILES_PER_PAGE if state.screen is Screen.STAFF else TILES_PER_PAGE


def _number(state: State) -> int:
    return state.journey.number if isinstance(state.journey, MenuPage) else 0


def open_menu(state: State, _action: Action, now_ms: int) -> Step:
    """The member's menu: from the balance, or back from a journey."""
    return go(state, Screen.MENU, MenuPage(), now_ms=now_ms), ()


def open_visitor_menu(state: State, _action: Action, now_ms: int) -> Step:
    """The menu of somebody without a card, in the language they chose."""
    return go(state, Screen.VISITOR_MENU, MenuPage(), now_ms=now_ms), ()


def open_staff_menu(state: State, _action: Action, now_ms: int) -> Step:
    """The menu of a person of staff, back from one of its entries."""
    return go(state, Screen.STAFF, MenuPage(), now_ms=now_ms), ()


def leave(state: State, _action: Action, now_ms: int) -> Step:
    """A visitor has finished: what they typed and chose is forgotten."""
    return to_idle(forget(replace(state, screen=Screen.GOODBYE)), now_ms=now_ms), ()
