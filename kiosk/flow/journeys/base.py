"""What a journey is: screens with their touches, questions to the agent with their answers, one page of data.

A journey is one module beside this one that ends in a `JOURNEY`, listed in the package. Its data are a frozen
`JourneyPage` in `State.journey`; a question is sent by `ask`, and only its answer comes back to `told`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from kiosk.flow.effects import Send
from kiosk.flow.events import Dragged
from kiosk.flow.ids import next_id
from kiosk.flow.sessions import Step
from kiosk.flow.state import CHOICES, Action, JourneyPage, Question, Screen, State
from wire.messages import FromKiosk

Touch = Callable[[State, Action, int], Step]
"""(state, action, now_ms)."""
Tell = Callable[[State, Any, int], Step]
"""(state, answer, now_ms)."""
Missing = Callable[[State, int], Step]
"""(state, now_ms): no answer came in time; or the time is there that the page named."""
Drag = Callable[[State, Dragged], Step]
Scan = Callable[[State, str, int], Step]
"""(state, code, now_ms)."""
Hand = Callable[[State, str, int], Step]
"""(state, tap_id, now_ms)."""

P = TypeVar("P", bound=JourneyPage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """An entry of a menu. `is_offered`: whether this visitor may go there now."""

    action: Action
    enter: Touch
    is_offered: Callable[[State], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """One journey. `touches`: by screen. `told`: by kind of answer. Tiles stand in the menu in list order."""

    touches: Mapping[Screen, Mapping[Action, Touch]]
    told: Mapping[type, Tell] = field(default_factory=dict)
    unanswered: Missing | None = None
    woken: Missing | None = None
    dragged: Drag | None = None
    with_pin: Missing | None = None
    """What follows a right PIN that its page opened the pad for (`kiosk.flow.pin_pad`)."""
    without_pin: Touch | None = None
    """Back from the pad."""
    scanned: Scan | None = None
    """Takes codes that are scanned while one of its screens is shown: they are no cards then."""
    handed: Hand | None = None
    """Takes cards that are presented while its page `takes_cards`: they open no visit then."""
    member_tiles: tuple[Tile, ...] = ()
    visitor_tiles: tuple[Tile, ...] = ()
    staff_tiles: tuple[Tile, ...] = ()


def go(state: State, screen: Screen, page: JourneyPage | None, *, now_ms: int) -> State:
    """Show a screen of a journey with its data."""
    return replace(state, screen=screen, journey=page, entered_ms=now_ms, touched_ms=now_ms)


def ask(
    state: State,
    page: JourneyPage,
    make: Callable[[str], FromKiosk],
    *,
    now_ms: int,
    only_reads: bool = False,
) -> Step:
    """Send the agent what `make(request_id)` builds; its answer, or its absence, comes back to the journey.

    The id is new in the session and the session's in the world: the agent may take it as the idempotency key.
    only_reads: it changes nothing, so that where no answer comes the page offers to ask again (`ask_again`).
    """
    requests = state.requests + 1
    request_id = next_id(state)
    page = replace(page, reading=None, unread=None)
    reading = Question(screen=state.screen, page=page, make=make) if only_reads else None
    page = replace(page, request_id=request_id, asked_ms=now_ms, reading=reading)
    state = replace(state, requests=requests, journey=page, touched_ms=now_ms)
    return state, (Send(make(request_id)),)


def keep_unread(asked: JourneyPage, after: State) -> State:
    """Central did not answer what `asked` only wanted to read: the page remembers the question."""
    page = after.journey
    if asked.reading is None or type(page) is not type(asked) or page.request_id:
        return after
    return replace(after, journey=replace(page, reading=None, unread=asked.reading))


def may_ask_again(state: State) -> bool:
    """Whether the page stands there without what it asked for, and central can be reached again."""
    page = state.journey
    is_unread = page is not None and page.unread is not None and page.unread.screen is state.screen
    return is_unread and not is_answer_awaited(state) and state.agent is not None and state.agent.link == "up"


def ask_again(state: State, _action: Action, now_ms: int) -> Step:
    """The same question, on the page as it was when it was asked: of every page that only reads."""
    question = state.journey.unread if state.journey is not None else None
    if question is None or not may_ask_again(state):
        return replace(state, touched_ms=now_ms), ()
    state = go(state, question.screen, question.page, now_ms=now_ms)
    return ask(state, question.page, question.make, now_ms=now_ms, only_reads=True)


def page_of(state: State, kind: type[P]) -> P:
    """The data of the journey that is on the screen."""
    assert isinstance(state.journey, kind), f"{state.screen} without its {kind.__name__}"
    return state.journey


def is_answer_awaited(state: State) -> bool:
    """Whether a journey's question is on its way: nothing else may come between."""
    return state.journey is not None and bool(state.journey.request_id)


def chosen(action: Action) -> int:
    """Which row or tile was touched, from 0."""
    return CHOICES.index(action)
