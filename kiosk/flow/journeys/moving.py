"""Points move: chosen, asked twice, done; the one way of vouchers, of paying forward and of gifts (P-11).

What is its own says a `Moving`; `journey` makes the rest. A try whose end is not known is made again as the
same act, and central books that once. Where central wants the PIN it is asked for, and the very act goes on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.ids import next_id
from kiosk.flow.journeys.base import Journey, Tile, Touch, ask, go, is_answer_awaited, page_of
from kiosk.flow.journeys.menu import open_menu
from kiosk.flow.pin_pad import open_pad
from kiosk.flow.sessions import Step
from kiosk.flow.state import Action, JourneyPage, Screen, State
from wire.conversions import MoveTrouble
from wire.messages import FromKiosk


class Moved(Protocol):
    """The answer to an act."""

    @property
    def trouble(self) -> MoveTrouble:
        """Why it was not done; empty: it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePage(JourneyPage):
    """told: what can be chosen of, None while it is awaited. act_id: of what was chosen, the same for every
    try of it. done: what came of the last try, None before.
    """

    told: Any = None
    act_id: str = ""
    done: Any = None

    @property
    def trouble(self) -> MoveTrouble:
        """Why the last try was not done."""
        moved: Moved | None = self.done
        return moved.trouble if moved is not None else ""

    @property
    def is_done(self) -> bool:
        """Whether the points moved."""
        return self.done is not None and not self.trouble


P = TypeVar("P", bound=MovePage)
Asking = Callable[[str, str], FromKiosk]
"""What builds a question of (request_id, session_id)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving(Generic[P]):
    """What is a journey's own.

    Args:
        page: its data. first: what can be chosen of. before: the last screen before the question.
        question: where it is asked once more, and told how it ended.
        lists: asks what can be chosen of. listed: the answer's kind.
        act: of what was chosen, with the act's id; None: nothing was. name: what such ids are called.
        acted: the answer's kind. shown: what is shown once it is done; None: the question's page says so.
    """

    page: type[P]
    first: Screen
    before: Screen
    question: Screen
    lists: Asking
    listed: type[Any]
    act: Callable[[P, str], Asking | None]
    name: str
    acted: type[Any]
    shown: Callable[[State, Any, int], Step] | None = None

    def open(self, state: State, _action: Action, now_ms: int) -> Step:
        """Ask what can be chosen of."""
        page, session_id = self.page(), state.session_id
        return ask(
            go(state, self.first, page, now_ms=now_ms),
            page,
            lambda asked: self.lists(asked, session_id),
            now_ms=now_ms,
            only_reads=True,
        )

    def told(self, state: State, told: Any, _now_ms: int) -> Step:
        """There it is, or why not."""
        return replace(state, journey=replace(page_of(state, self.page), told=told)), ()

    def agree(self, state: State, _action: Action, now_ms: int) -> Step:
        """Yes. A try whose end is not known is made again as the same act."""
        page = page_of(state, self.page)
        act_id = page.act_id or next_id(state, self.name)
        act = self.act(page, act_id)
        if act is None or page.is_done or is_answer_awaited(state):
            return replace(state, touched_ms=now_ms), ()
        session_id = state.session_id
        return ask(
            state,
            replace(page, act_id=act_id, done=None),
            lambda asked: act(asked, session_id),
            now_ms=now_ms,
        )

    def moved(self, state: State, done: Any, now_ms: int) -> Step:
        """What came of it."""
        page = page_of(state, self.page)
        if done.trouble == "needs_pin":
            return open_pad(state, page, now_ms=now_ms)
        if not done.trouble and self.shown is not None:
            return self.shown(state, done, now_ms)
        sound = Sound.REFUSAL if done.trouble else Sound.SUCCESS
        return replace(state, journey=replace(page, done=done), touched_ms=now_ms), (PlaySound(sound),)

    def with_pin(self, state: State, now_ms: int) -> Step:
        """The act goes on as it was agreed to."""
        page = page_of(state, self.page)
        return self.agree(go(state, self.question, page, now_ms=now_ms), Action.AGREE, now_ms)

    def without_pin(self, state: State, _action: Action, now_ms: int) -> Step:
        """Back to the question: nothing moved."""
        page = replace(page_of(state, self.page), act_id="", done=None)
        return go(state, self.question, page, now_ms=now_ms), ()

    def unanswered(self, state: State, now_ms: int) -> Step:
        """Nothing came in time: of an act nobody knows whether it was done."""
        if state.screen is self.question:
            return self.moved(state, self.acted(request_id="", trouble="central_unreachable"), now_ms)
        return self.told(state, self.listed(request_id="", trouble="central_unreachable"), now_ms)

    def back(self, state: State, action: Action, now_ms: int) -> Step:
        """Before anything was sent, to what was chosen of; then all is asked anew; in between nowhere."""
        page = page_of(state, self.page)
        if is_answer_awaited(state):
            return replace(state, touched_ms=now_ms), ()
        if page.is_done:
            return open_menu(state, action, now_ms)
        if page.act_id:
            return self.open(state, action, now_ms)
        return go(state, self.before, page, now_ms=now_ms), ()


def journey(
    moving: Moving[Any],
    choosing: Mapping[Screen, Mapping[Action, Touch]],
    *,
    tile: Action,
    is_offered: Callable[[State], bool],
) -> Journey:
    """The journey of such an act. `choosing`: the touches of its screens before the question."""
    return Journey(
        touches={**choosing, moving.question: {Action.BACK: moving.back, Action.AGREE: moving.agree}},
        told={moving.listed: moving.told, moving.acted: moving.moved},
        unanswered=moving.unanswered,
        with_pin=moving.with_pin,
        without_pin=moving.without_pin,
        member_tiles=(Tile(action=tile, enter=moving.open, is_offered=is_offered),),
    )
