"""What scenes are made of: a named row of events, played through the real flow."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from kiosk.flow import Action, State, start, step
from kiosk.flow.deadlines import next_deadline_ms
from kiosk.flow.events import (
    AgentChanged,
    AgentLinkChanged,
    AnyEvent,
    CardSeen,
    ReaderChanged,
    ReaderLinkChanged,
    Touched,
)
from kiosk.flow.journeys import MENU
from kiosk.flow.journeys.menu import per_page
from kiosk.flow.keyboard import SHEETS, TypingPage, currency_of, rows_of, touched
from kiosk.flow.mode import PLAIN, Mode
from kiosk.flow.state import CHOICES
from kiosk.scenes.demo import MINUTE, NOTICES, TODAY, a_member, a_session, an_agent_state
from kiosk.screens.model import Model
from wire.face import Notice
from wire.messages import Language, Medium, MemberView, ReaderState, Session, Staff

SETTLED_MS: Final = 5_000
"""How long after its last event a scene is drawn: all motion is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A named moment."""

    name: str
    events: Callable[[Language], list[AnyEvent]]
    later_ms: int = SETTLED_MS


_READY = ReaderState(state="ready", reader="simulated", since_ms=0)


def idle(notices: tuple[Notice, ...] = NOTICES) -> list[AnyEvent]:
    """All is well, and nobody is there."""
    return [
        ReaderLinkChanged(now_ms=0, is_up=True),
        ReaderChanged(now_ms=0, state=_READY),
        AgentLinkChanged(now_ms=0, is_up=True),
        AgentChanged(now_ms=0, state=an_agent_state(notices=notices)),
    ]


def tap(*, notices: tuple[Notice, ...] = NOTICES) -> list[AnyEvent]:
    """A card was put on the reader."""
    return [*idle(notices), CardSeen(now_ms=1000, tap_id="tap-1")]


def visit(
    member: MemberView,
    *,
    notices: tuple[Notice, ...] = NOTICES,
    pending: int = 0,
    medium: Medium = "nfc_uid",
) -> list[AnyEvent]:
    """The member is known and the balance on the screen."""
    session = a_session(member, pending=pending)
    tap = CardSeen(now_ms=1000, tap_id="tap-1", medium=medium)
    opened = AgentChanged(now_ms=1100, state=an_agent_state(session=session, notices=notices))
    return [*idle(notices), tap, opened]


def touch(*actions: Action) -> list[AnyEvent]:
    """Touches one after the other, from 2 s on."""
    return [Touched(now_ms=2000 + 100 * index, action=action) for index, action in enumerate(actions)]


def way_to(tile: Action, member: MemberView | None = None) -> tuple[Action, ...]:
    """The touches that lead from the member's page through the menu into a tile, wherever it stands."""
    state: State = start(language="fr", now_ms=0)
    for event in [*visit(member or a_member()), *touch(Action.MENU)]:
        state, _ = step(state, event)
    pages, at = divmod([each.action for each in MENU.offered(state)].index(tile), len(CHOICES))
    return (Action.MENU, *[Action.OLDER] * pages, CHOICES[at])


def entry_of(tile: Action) -> tuple[Action, ...]:
    """The touches that lead from the menu of staff into an entry, wherever it stands."""
    staff = Staff(name="Mme Rochat", may_pair_tills=True, may_look_after=True)
    session = Session(session_id="session-1", tap_id="tap-1", state="open", staff=staff)
    state: State = start(language="fr", now_ms=0)
    for event in [*tap(), AgentChanged(now_ms=1100, state=an_agent_state(session=session))]:
        state, _ = step(state, event)
    pages, at = divmod([each.action for each in MENU.offered(state)].index(tile), per_page(state))
    return (*[Action.OLDER] * pages, CHOICES[at])


def type_text(before: list[AnyEvent], text: str) -> list[AnyEvent]:
    """The touches that type a text on the keyboard that `before` leads to, sheet by sheet as a hand would.

    What a full field has no room for is left out.
    """
    state: State = start(language="fr", now_ms=0)
    for event in before:
        state, _ = step(state, event)
    events: list[AnyEvent] = []
    for char in text:
        for action in _keys_to(state, char):
            at_ms = state.touched_ms + 50
            events.append(Touched(now_ms=at_ms, action=action))
            state, _ = step(state, events[-1])
    return events


def _keys_to(state: State, char: str) -> tuple[Action, ...]:
    """The key that types a character, after those that lead to its sheet; none where there is none."""
    page = state.journey
    assert isinstance(page, TypingPage), "a keyboard is shown"
    if page.typing.is_full:
        return ()
    ways = ((), (Action.KEY_SHIFT,), *(((sheet,)) for sheet in SHEETS))
    for way in (*ways, *((sheet, Action.KEY_SHIFT) for sheet in SHEETS)):
        typing = page.typing
        for action in way:
            typing = touched(typing, action, state.language, currency_of(state))
        for row in rows_of(typing, state.language, currency_of(state)):
            for key in row:
                if key.char == char:
                    return (*way, key.action)
    return ()


def visitor_way_to(tile: Action) -> tuple[Action, ...]:
    """The touches that lead a visitor without a card into a tile."""
    state: State = start(language="fr", now_ms=0)
    for event in [*idle(), *touch(Action.VISITOR_MENU)]:
        state, _ = step(state, event)
    at = [each.action for each in MENU.offered(state)].index(tile)
    return (Action.VISITOR_MENU, CHOICES[at])


def scene(name: str, events: Callable[[Language], list[AnyEvent]], later_ms: int = SETTLED_MS) -> Scene:
    """A scene; `events` is told the language."""
    return Scene(name=name, events=events, later_ms=later_ms)


def play(scene: Scene, language: Language, mode: Mode = PLAIN, pulled: int = 0) -> Model:
    """The moment of a scene, for somebody who asks for this mode beside what was chosen in the scene."""
    state: State = start(language=language, now_ms=0)
    now_ms = 0
    for event in scene.events(language):
        state, _ = step(state, event)
        now_ms = event.now_ms
    later_ms = now_ms + scene.later_ms
    deadline_ms = next_deadline_ms(state)
    assert deadline_ms is None or later_ms < deadline_ms, f"{scene.name} would be over by then"
    state = replace(state, mode=state.mode.joined(mode), pulled=pulled)
    return Model(state=state, now_ms=later_ms, today=TODAY, minute=MINUTE)
