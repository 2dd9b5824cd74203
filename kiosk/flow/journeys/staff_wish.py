"""A page of staff that sends the agent one wish at a time: training, sound and light, support, and the like.

What is its own says a `StaffWish`; `journey` makes the rest. The page keeps nothing but that a wish was
refused: how things stand, the agent's state says, and it comes before the answer.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.journeys.base import Journey, Tile, ask, go, is_answer_awaited, page_of
from kiosk.flow.journeys.looking_after import may_look_after
from kiosk.flow.journeys.menu import open_staff_menu
from kiosk.flow.sessions import Step
from kiosk.flow.state import Action, JourneyPage, Screen, State
from wire.messages import CommandResult, FromKiosk

Asking = Callable[[str, str], FromKiosk]
"""What builds a wish of (request_id, session_id)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffWishPage(JourneyPage):
    """is_refused: what was wished was not done; is_central_away: because it could not be told to central."""

    is_refused: bool = False
    is_central_away: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffWish:
    """What is a page's own.

    Args:
        screen, page: where it is and its data. touches: what says a wish.
        wish: of a touch; None: there is nothing to wish now.
    """

    screen: Screen
    page: type[StaffWishPage]
    touches: Iterable[Action]
    wish: Callable[[State, Action], Asking | None]

    def open(self, state: State, _action: Action, now_ms: int) -> Step:
        """From the menu of staff."""
        return go(replace(state, is_wish_refused=False), self.screen, self.page(), now_ms=now_ms), ()

    def send(self, state: State, action: Action, now_ms: int) -> Step:
        """One wish; the next when it is answered."""
        session_id = state.session_id
        wished = None if is_answer_awaited(state) or not may_look_after(state) else self.wish(state, action)
        if wished is None:
            return replace(state, touched_ms=now_ms), ()
        return ask(state, self.page(), lambda asked: wished(asked, session_id), now_ms=now_ms)

    def told(self, state: State, result: CommandResult, now_ms: int) -> Step:
        """Whether it was done; a sound says it at the loudness that holds by now."""
        page = replace(
            page_of(state, self.page),
            is_refused=not result.is_done,
            is_central_away=result.error == "central_unreachable",
        )
        sound = Sound.SUCCESS if result.is_done else Sound.REFUSAL
        return replace(state, journey=page, touched_ms=now_ms), (PlaySound(sound),)

    def unanswered(self, state: State, now_ms: int) -> Step:
        """Nothing came in time."""
        return self.told(state, CommandResult(request_id="", is_done=False), now_ms)


def _back(state: State, action: Action, now_ms: int) -> Step:
    if is_answer_awaited(state):
        return replace(state, touched_ms=now_ms), ()
    return open_staff_menu(state, action, now_ms)


def journey(
    wish: StaffWish, *, tile: Action, is_offered: Callable[[State], bool] = may_look_after
) -> Journey:
    """The journey of such a page."""
    return Journey(
        touches={wish.screen: {**dict.fromkeys(wish.touches, wish.send), Action.BACK: _back}},
        told={CommandResult: wish.told},
        unanswered=wish.unanswered,
        staff_tiles=(Tile(action=tile, enter=wish.open, is_offered=is_offered),),
    )
