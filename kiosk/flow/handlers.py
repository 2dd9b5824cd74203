"""One handler per kind of event, and one per touch action; the table says where each applies."""

from collections.abc import Callable
from dataclasses import replace

import msgspec

from kiosk.flow.deadlines import next_deadline_ms
from kiosk.flow.defaults import follow_defaults
from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.events import (
    AgentChanged,
    AgentLinkChanged,
    CardGone,
    CardSeen,
    ReaderChanged,
    ReaderLinkChanged,
    Ticked,
    Touched,
)
from kiosk.flow.journeys.base import is_answer_awaited
from kiosk.flow.pairing_tills import follow_pairing, pairing_of
from kiosk.flow.reader_test import follow_test
from kiosk.flow.sessions import (
    Step,
    close,
    forget,
    forget_for_next_card,
    remember_ended,
    say_goodbye,
    take_session,
    to_idle,
)
from kiosk.flow.state import (
    IDLE_SCREENS,
    MEMBER_SCREENS,
    SPEAKS,
    VISITOR_SCREENS,
    WITHOUT_VISIT,
    Action,
    Farewell,
    Screen,
    State,
)
from kiosk.flow.till_asks import follow_prompt
from loyalty.limits.kiosk import KIOSK_TICKETS_PER_PAGE
from wire.messages import LYING_MEDIA

TouchHandler = Callable[[State, Action, int], Step]


# Links and processes ----------------------------------------------------------------------------------------


def agent_changed(state: State, event: AgentChanged) -> Step:
    """Take the agent's state; its session is kept apart, so that forgetting is sure."""
    session = event.state.session
    before, usual_before = pairing_of(state), state.usual_mode
    state = replace(
        state, agent=msgspec.structs.replace(event.state, session=None), is_agent_up=True, was_agent_up=True
    )
    state = follow_defaults(state, usual_before)
    if state.is_reader_lost or (not state.is_reader_up and state.screen is not Screen.STARTING):
        session = None
    state, effects = take_session(state, session, now_ms=event.now_ms)
    state = follow_prompt(settle(state, now_ms=event.now_ms), now_ms=event.now_ms)
    state, more = follow_pairing(state, before, now_ms=event.now_ms)
    state, last = follow_test(state, now_ms=event.now_ms)
    return state, effects + more + last


def agent_link_changed(state: State, event: AgentLinkChanged) -> Step:
    """Without the agent nothing can be known: whatever was shown goes."""
    if event.is_up:
        return state, ()  # its full state follows at once
    state = replace(state, is_agent_up=False, session=None)
    if state.screen is Screen.STARTING:
        return state, ()
    if state.screen is Screen.PAIRING:  # it has its token and begins its work: no trouble to tell of
        return replace(state, screen=Screen.STARTING, entered_ms=event.now_ms, agent=None), ()
    return to_idle(forget(state), now_ms=event.now_ms), ()


def reader_changed(state: State, event: ReaderChanged) -> Step:
    """A lost reader ends the session: nobody could see the card leave."""
    is_lost = event.state.state in ("lost", "needs_help")
    state = replace(
        state,
        is_reader_up=True,
        is_reader_lost=is_lost,
        may_reader_return=event.state.state != "needs_help",
    )
    return _reader_moved(state, is_lost=is_lost, now_ms=event.now_ms)


def reader_link_changed(state: State, event: ReaderLinkChanged) -> Step:
    """The reader daemon came or went."""
    state = replace(state, is_reader_up=event.is_up)
    if event.is_up:
        state = replace(state, is_reader_lost=False, may_reader_return=True)
    return _reader_moved(state, is_lost=not event.is_up, now_ms=event.now_ms)


def _reader_moved(state: State, *, is_lost: bool, now_ms: int) -> Step:
    if not is_lost:
        return settle(state, now_ms=now_ms), ()
    state = replace(state, card_on_reader="")
    if state.screen in IDLE_SCREENS:
        return settle(state, now_ms=now_ms), ()
    if state.screen in VISITOR_SCREENS:  # they need no reader
        return state, ()
    state, effects = close(state)
    return to_idle(state, now_ms=now_ms), effects


def settle(state: State, *, now_ms: int) -> State:
    """On an idle screen, show the right one; leave any other alone."""
    is_wanted = state.screen is Screen.GOODBYE and state.agent is not None and state.agent.wants_card
    if is_wanted:  # the card left a moment ago, and is asked for again
        return to_idle(state, now_ms=now_ms)
    if state.screen not in IDLE_SCREENS:
        return state
    is_complete = state.is_agent_up and (state.is_unpaired or (state.agent and state.is_reader_up))
    if state.screen is Screen.STARTING and not is_complete:
        return state
    return to_idle(state, now_ms=now_ms)


# Cards ------------------------------------------------------------------------------------------------------


def card_seen(state: State, event: CardSeen) -> Step:
    """A card: say at once that it was read; the answer follows from the agent."""
    if event.tap_id in state.ended or event.tap_id == state.tap_id:
        return state, ()
    if event.medium in LYING_MEDIA:
        state = replace(state, card_on_reader=event.tap_id)
    if not state.is_agent_up or state.agent is None or state.is_unpaired:
        return state, (PlaySound(Sound.REFUSAL),)
    if state.agent.reader_test is not None:  # the agent tells what was read: it is nobody's card now
        return remember_ended(state, event.tap_id), (PlaySound(Sound.SUCCESS),)
    state, effects = close(state)
    state = forget_for_next_card(state)
    state = replace(state, screen=Screen.ASKING, entered_ms=event.now_ms, tap_id=event.tap_id)
    return state, effects


def card_gone(state: State, event: CardGone) -> Step:
    """The card left: its session is over, and late news of it stays unseen."""
    if event.tap_id == state.card_on_reader:
        state = replace(state, card_on_reader="")
    if event.tap_id != state.tap_id or not state.tap_id:
        return remember_ended(state, event.tap_id), ()
    tells_points = state.session is not None and state.session.in_cut is not None
    if state.shown in WITHOUT_VISIT and not tells_points:
        state, effects = close(state)
        return replace(state, left_ms=event.now_ms), effects
    farewell: Farewell = "too_short" if state.screen is Screen.ASKING else "done"
    return say_goodbye(state, now_ms=event.now_ms, farewell=farewell)


# Time -------------------------------------------------------------------------------------------------------


def ticked(state: State, event: Ticked) -> Step:
    """Act on the deadline of this screen, if it is reached."""
    deadline_ms, now_ms = next_deadline_ms(state), event.now_ms
    if deadline_ms is None or now_ms < deadline_ms:
        return state, ()
    match state.screen:
        case Screen.ASKING:
            return _nobody_answered(state, now_ms=now_ms)
        case screen if screen in (Screen.PRIVACY_WARNING, Screen.STAFF) or _is_of_staff(state):
            return say_goodbye(state, now_ms=now_ms, farewell="timed_out")
        case Screen.ACCESS | Screen.LANGUAGES if state.is_without_card:
            return to_idle(forget(state), now_ms=now_ms), ()
        case screen if screen in VISITOR_SCREENS:
            return to_idle(forget(replace(state, screen=Screen.GOODBYE)), now_ms=now_ms), ()
        case screen if screen in MEMBER_SCREENS and state.shown not in WITHOUT_VISIT:
            return replace(state, screen=Screen.PRIVACY_WARNING, entered_ms=now_ms, behind=state.shown), ()
        case Screen.REFUSED | Screen.CARD_BLOCKED | Screen.GOODBYE | Screen.ACCESS | Screen.LANGUAGES:
            state, effects = close(state)
            return to_idle(forget(state), now_ms=now_ms), effects
        case Screen.STARTING:
            return to_idle(state, now_ms=now_ms), ()
    return replace(
        state, language=state.default_language, is_language_chosen=False, mode=state.usual_mode
    ), ()


def _is_of_staff(state: State) -> bool:
    """Nothing of a member is there to be covered first."""
    return state.session is not None and state.session.staff is not None


def _nobody_answered(state: State, *, now_ms: int) -> Step:
    state = replace(state, screen=Screen.REFUSED, entered_ms=now_ms, refusal="central_unreachable", left_ms=0)
    return state, (PlaySound(Sound.REFUSAL),)


# Touches ----------------------------------------------------------------------------------------------------


def touch_nothing(state: State, event: Touched) -> Step:
    """A finger beside all targets is still a sign of life."""
    if state.screen is Screen.PRIVACY_WARNING:
        return extend(state, Action.EXTEND, event.now_ms)
    return replace(state, touched_ms=event.now_ms), ()


def extend(state: State, _action: Action, now_ms: int) -> Step:
    """Somebody is still there: back to where they were."""
    return replace(state, screen=state.behind, entered_ms=now_ms, touched_ms=now_ms), ()


def show_tickets(state: State, _action: Action, now_ms: int) -> Step:
    """The last tickets, where the evidence is strong enough."""
    if not (state.session and state.session.member and state.session.member.may_see_tickets):
        return state, ()
    return replace(state, screen=Screen.TICKETS, entered_ms=now_ms, touched_ms=now_ms, page=0), ()


def turn_page(state: State, action: Action, now_ms: int) -> Step:
    """Older or newer tickets, as far as there are any."""
    count = len(state.session.member.tickets) if state.session and state.session.member else 0
    last = max(0, (count - 1) // KIOSK_TICKETS_PER_PAGE)
    page = state.page + (1 if action is Action.OLDER else -1)
    return replace(state, page=min(max(page, 0), last), touched_ms=now_ms), ()


def back(state: State, _action: Action, now_ms: int) -> Step:
    """One screen back."""
    target = state.behind if state.screen is Screen.LANGUAGES else Screen.MEMBER
    return replace(state, screen=target, entered_ms=now_ms, touched_ms=now_ms), ()


def finish(state: State, _action: Action, now_ms: int) -> Step:
    """The member is done."""
    return say_goodbye(state, now_ms=now_ms, farewell="done")


def dismiss(state: State, _action: Action, now_ms: int) -> Step:
    """A message was read."""
    state, effects = close(state)
    return to_idle(forget(state), now_ms=now_ms), effects


def show_languages(state: State, _action: Action, now_ms: int) -> Step:
    """Choose a language, then return."""
    if is_answer_awaited(state):
        return state, ()
    return replace(
        state, screen=Screen.LANGUAGES, entered_ms=now_ms, touched_ms=now_ms, behind=state.screen
    ), ()


def speak(state: State, action: Action, now_ms: int) -> Step:
    """Change the language of this screen, at once."""
    state = replace(state, language=SPEAKS[action], is_language_chosen=True, touched_ms=now_ms)
    if state.screen is Screen.LANGUAGES:
        return replace(state, screen=state.behind, entered_ms=now_ms), ()
    return state, ()
