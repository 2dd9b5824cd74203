"""Opening, updating and ending a card session; ending forgets the member in one place."""

from dataclasses import replace

import msgspec

from kiosk.flow.effects import Effect, PlaySound, Send, Sound
from kiosk.flow.state import MEMBER_SCREENS, PIN_PADS, WITHOUT_VISIT, Count, Farewell, PinPad, Screen, State
from loyalty.limits.kiosk import KIOSK_ENDED_IDS_MAX
from wire.messages import EndSession, Session

Step = tuple[State, tuple[Effect, ...]]


def idle_screen(state: State) -> Screen:
    """The screen for nobody: the gravest trouble first, else the attract screen."""
    if not state.is_agent_up or state.agent is None:
        return Screen.AGENT_LOST
    if state.is_unpaired:
        return Screen.PAIRING
    if state.agent.till_pairing is not None:
        return Screen.TILL_PAIRING
    if state.agent.reader_test is not None:
        return Screen.READER_TEST
    if state.agent.reenrolling is not None:
        return Screen.REENROLLING
    if state.is_reader_lost or not state.is_reader_up:
        return Screen.READER_LOST
    if state.agent.link == "down":
        return Screen.LINK_LOST
    if state.agent.link == "connecting" and state.screen is Screen.LINK_LOST:
        return Screen.LINK_LOST
    return Screen.HOLD_CARD if state.agent.wants_card else Screen.ATTRACT


def to_idle(state: State, *, now_ms: int) -> State:
    """Show the idle screen, with nothing left of a member."""
    screen = idle_screen(state)
    if screen is state.screen:
        return state
    keeps_choice = state.is_without_card
    return forget(replace(state, screen=screen, entered_ms=now_ms), keeps_choice=keeps_choice)


def forget(state: State, *, keeps_choice: bool = False) -> State:
    """Drop everything about the member, and the language and the mode chosen for them."""
    return replace(
        state,
        tap_id="",
        session=None,
        refusal=None,
        count=None,
        journey=None,
        pad=PinPad(),
        page=0,
        request_id="",
        wish=None,
        is_wish_refused=False,
        behind=Screen.MEMBER,
        left_ms=0,
        language=state.language if keeps_choice else state.default_language,
        is_language_chosen=state.is_language_chosen if keeps_choice else False,
        mode=state.mode if keeps_choice else state.usual_mode,
    )


def forget_for_next_card(state: State) -> State:
    """Another card was shown: the language alone goes on, until that card's own is known.

    Whoever holds it most likely stood here before, and is to understand why it is refused.
    """
    return replace(forget(state, keeps_choice=state.is_choice_kept), language=state.language)


def remember_ended(state: State, *ids: str) -> State:
    """Note ids that are over; only the latest are kept."""
    new = tuple(one for one in ids if one and one not in state.ended)
    return replace(state, ended=(*state.ended, *new)[-KIOSK_ENDED_IDS_MAX:]) if new else state


def keep_only_shown(state: State) -> State:
    """What was typed goes with the pad, a journey's page with its screens: unless they are only covered."""
    shown = state.behind if state.screen is Screen.TILL_ASKS else state.shown
    if shown not in PIN_PADS and state.pad != PinPad():
        state = replace(state, pad=PinPad())
    if state.journey is not None and shown not in state.journey.screens:
        state = replace(state, journey=None)
    return state


def close(state: State) -> Step:
    """End the running session, if any: the agent is told, the ids are remembered, the screen stays."""
    effects: tuple[Effect, ...] = ()
    if state.session_id and state.session_id not in state.ended:
        effects = (Send(EndSession(session_id=state.session_id)),)
    state = remember_ended(state, state.tap_id, state.session_id)
    return replace(state, session=None, count=None, journey=None, pad=PinPad()), effects


def say_goodbye(state: State, *, now_ms: int, farewell: Farewell) -> Step:
    """End the session and show the short farewell, in the language and the mode of the visit."""
    state, effects = close(state)
    spoken, is_chosen, mode = state.language, state.is_language_chosen, state.mode
    state = replace(forget(state), language=spoken, is_language_chosen=is_chosen, mode=mode)
    return replace(state, screen=Screen.GOODBYE, entered_ms=now_ms, farewell=farewell), effects


def take_session(state: State, new: Session | None, *, now_ms: int) -> Step:
    """Follow the agent's session: open, refused, changed or gone."""
    if new is None:
        return _session_gone(state, now_ms=now_ms)
    if new.tap_id in state.ended or new.session_id in state.ended:
        if new.session_id in state.ended:
            return state, ()
        return remember_ended(state, new.session_id), (Send(EndSession(session_id=new.session_id)),)
    effects: tuple[Effect, ...] = ()
    if state.tap_id and state.tap_id != new.tap_id:
        state, effects = close(state)
        state = forget_for_next_card(state)
    if new.state == "refused":
        state, more = refuse(state, new, now_ms=now_ms)
    elif new.state == "open" and new.staff is not None:
        state, more = _open_for_staff(state, new, now_ms=now_ms)
    elif new.state == "open" and new.member is not None:
        state, more = _open(state, new, now_ms=now_ms)
    else:
        state, more = _ask(state, new, now_ms=now_ms), ()
    return state, effects + more


def _session_gone(state: State, *, now_ms: int) -> Step:
    if state.session is None or state.shown in WITHOUT_VISIT:
        return state, ()
    state = remember_ended(state, state.tap_id, state.session_id)
    return say_goodbye(state, now_ms=now_ms, farewell="done")


def _ask(state: State, new: Session, *, now_ms: int) -> State:
    state = replace(state, tap_id=new.tap_id, session=msgspec.structs.replace(new, member=None))
    if state.screen is Screen.ASKING:
        return state
    return replace(state, screen=Screen.ASKING, entered_ms=now_ms, count=None, refusal=None)


def refuse(state: State, new: Session, *, now_ms: int) -> Step:
    """Show why the card was refused; a card we have just blocked is no refusal but the wish fulfilled."""
    bare = msgspec.structs.replace(new, member=None)
    state = replace(state, tap_id=new.tap_id, session=bare, count=None)
    if state.shown is Screen.CARD_BLOCKED:
        return state, ()
    if _is_being_blocked(state) and new.refusal == "blocked_card":
        return card_is_blocked(state, now_ms=now_ms)
    if state.shown is Screen.REFUSED and state.refusal == new.refusal:
        return state, ()
    refusal = new.refusal or "unreadable_card"
    state = replace(state, screen=Screen.REFUSED, entered_ms=now_ms, refusal=refusal, left_ms=0)
    return state, (PlaySound(Sound.REFUSAL),)


def card_is_blocked(state: State, *, now_ms: int) -> Step:
    """The card is blocked: say so, and show nothing of the member any more."""
    bare = msgspec.structs.replace(state.session, member=None) if state.session else None
    state = replace(
        state,
        screen=Screen.CARD_BLOCKED,
        entered_ms=now_ms,
        session=bare,
        count=None,
        left_ms=0,
    )
    return state, (PlaySound(Sound.SUCCESS),)


def _is_being_blocked(state: State) -> bool:
    return (
        state.screen is Screen.CONFIRM_BLOCK and state.journey is not None and bool(state.journey.request_id)
    )


def _open_for_staff(state: State, new: Session, *, now_ms: int) -> Step:
    old = state.session
    if old is not None and old.staff is not None and old.session_id == new.session_id:
        return replace(state, session=new), ()
    state = replace(
        state,
        screen=Screen.STAFF,
        language=state.language if state.is_language_chosen else state.default_language,
        entered_ms=now_ms,
        touched_ms=now_ms,
        tap_id=new.tap_id,
        session=new,
        refusal=None,
        count=None,
        left_ms=0,
    )
    return state, (PlaySound(Sound.SUCCESS),)


def _open(state: State, new: Session, *, now_ms: int) -> Step:
    assert new.member is not None
    old = state.session
    if state.shown is Screen.CARD_BLOCKED:
        return state, ()
    if state.screen not in MEMBER_SCREENS or old is None or old.member is None:
        language = state.language if state.is_language_chosen else new.member.language
        state = replace(
            state,
            screen=Screen.MEMBER,
            entered_ms=now_ms,
            touched_ms=now_ms,
            tap_id=new.tap_id,
            session=new,
            refusal=None,
            count=None,
            page=0,
            left_ms=0,
            language=language,
        )
        return state, (PlaySound(Sound.SUCCESS),)
    before, after = old.member.points, new.member.points
    effects: tuple[Effect, ...] = ()
    if before is not None and after is not None and before != after:
        count = Count(from_points=before, to_points=after, started_ms=now_ms)
        state = replace(state, count=count)
        effects = (PlaySound(Sound.SUCCESS),) if after > before else ()
    is_ticket = old.last_award_points != new.last_award_points or old.pending_tickets != new.pending_tickets
    if is_ticket or before != after:
        state = replace(state, touched_ms=now_ms)
        if state.screen is Screen.PRIVACY_WARNING:
            state = replace(state, screen=Screen.MEMBER, entered_ms=now_ms)
    return replace(state, session=new), effects
