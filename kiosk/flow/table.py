"""The flow as one table: screen x event -> handler, screen x action -> handler; no cell, nothing happens.

`step` never raises: a handler that breaks lands on the idle screen with the member forgotten (the
failsafe), so that the next customer finds a working kiosk.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from kiosk.flow import asking_why, handlers, pairing_tills, pin_pad, till_asks
from kiosk.flow.effects import PlaySound, ReportFailsafe, Sound
from kiosk.flow.events import (
    AgentChanged,
    AgentLinkChanged,
    AnyEvent,
    CardGone,
    CardSeen,
    CommandAnswered,
    Event,
    PinJudged,
    ReaderChanged,
    ReaderLinkChanged,
    Ticked,
    Touched,
    WhyTold,
)
from kiosk.flow.handlers import TouchHandler
from kiosk.flow.sessions import Step, close, forget, to_idle
from kiosk.flow.state import DIGITS, SPEAKS, WHY_ROWS, Action, Screen, State
from kiosk.flow.trouble import type_and_place

Handler = Callable[[State, Any], Step]

_SPEAK: dict[Action, TouchHandler] = dict.fromkeys(SPEAKS, handlers.speak)
_PAGE_OF_A_MEMBER: dict[Action, TouchHandler] = {
    Action.LANGUAGES: handlers.show_languages,
    Action.FINISH: handlers.finish,
}

TOUCHES: Mapping[Screen, Mapping[Action, TouchHandler]] = {
    Screen.STARTING: {},
    Screen.PAIRING: _SPEAK,
    Screen.STAFF: {
        **_SPEAK,
        Action.PAIR_TILL: pairing_tills.open_code,
        Action.FINISH: handlers.finish,
    },
    Screen.TILL_PAIRING: {
        **_SPEAK,
        Action.WORD_SAME: pairing_tills.say_word,
        Action.WORD_DIFFERS: pairing_tills.say_word,
        Action.CANCEL_TILL: pairing_tills.cancel,
    },
    Screen.ATTRACT: _SPEAK,
    Screen.HOLD_CARD: _SPEAK,
    Screen.LINK_LOST: _SPEAK,
    Screen.READER_LOST: _SPEAK,
    Screen.AGENT_LOST: _SPEAK,
    Screen.ASKING: {},
    Screen.MEMBER: {
        **_PAGE_OF_A_MEMBER,
        Action.TICKETS: handlers.show_tickets,
        Action.BLOCK: handlers.ask_block,
        Action.WHY_TODAY: asking_why.show_why,
    },
    Screen.TICKETS: {
        **_PAGE_OF_A_MEMBER,
        Action.BACK: handlers.back,
        Action.OLDER: handlers.turn_page,
        Action.NEWER: handlers.turn_page,
        **dict.fromkeys(WHY_ROWS, asking_why.show_why),
    },
    Screen.WHY: {
        Action.BACK: handlers.back,
        Action.OLDER: asking_why.turn_lines,
        Action.NEWER: asking_why.turn_lines,
        Action.SHOW_NAMES: pin_pad.show_pad,
        Action.FINISH: handlers.finish,
    },
    Screen.PIN: {
        **dict.fromkeys(DIGITS, pin_pad.type_digit),
        Action.ERASE: pin_pad.erase,
        Action.SEND_PIN: pin_pad.send,
        Action.BACK: pin_pad.leave,
    },
    Screen.CONFIRM_BLOCK: {
        Action.LANGUAGES: handlers.show_languages,
        Action.CONFIRM_BLOCK: handlers.confirm_block,
        Action.BACK: handlers.back,
    },
    Screen.TILL_ASKS: {Action.SAY_YES: till_asks.answer, Action.SAY_NO: till_asks.answer},
    Screen.CARD_BLOCKED: {Action.FINISH: handlers.dismiss},
    Screen.REFUSED: {**_SPEAK, Action.FINISH: handlers.dismiss},
    Screen.PRIVACY_WARNING: {Action.EXTEND: handlers.extend, Action.FINISH: handlers.finish},
    Screen.LANGUAGES: {**_SPEAK, Action.BACK: handlers.back},
    Screen.GOODBYE: {},
}


def _touched(state: State, event: Touched) -> Step:
    handler = TOUCHES[state.screen].get(event.action) if event.action else None
    if handler is None or event.action is None:
        return handlers.touch_nothing(state, event)
    after, effects = handler(state, event.action, event.now_ms)
    return after, effects or (PlaySound(Sound.TOUCH),)


_EVERYWHERE: Mapping[type[Event], Handler] = {
    AgentChanged: handlers.agent_changed,
    AgentLinkChanged: handlers.agent_link_changed,
    ReaderChanged: handlers.reader_changed,
    ReaderLinkChanged: handlers.reader_link_changed,
    CardSeen: handlers.card_seen,
    CardGone: handlers.card_gone,
    Touched: _touched,
    Ticked: handlers.ticked,
}

TABLE: Mapping[tuple[Screen, type[Event]], Handler] = {
    **{(screen, event): handler for screen in Screen for event, handler in _EVERYWHERE.items()},
    (Screen.CONFIRM_BLOCK, CommandAnswered): handlers.command_answered,
    (Screen.STAFF, CommandAnswered): pairing_tills.wish_answered,
    (Screen.WHY, WhyTold): asking_why.why_told,
    (Screen.PRIVACY_WARNING, WhyTold): asking_why.why_told,
    (Screen.PIN, PinJudged): pin_pad.judged,
}
"""Who answers what, where. An answer is only awaited on the screen that asked, and while that is covered."""


def start(*, language: Any, now_ms: int) -> State:
    """The state of a kiosk that was just switched on, speaking the shop's language."""
    return State(default_language=language, language=language, entered_ms=now_ms, touched_ms=now_ms)


def step(state: State, event: AnyEvent) -> Step:
    """Answer one event: the next state, and what must be done. Never raises."""
    handler = TABLE.get((state.screen, type(event)))
    if handler is None:
        return state, ()
    try:
        after, effects = handler(state, event)
    except Exception as error:  # the failsafe: a customer never meets a dead screen
        cause = type(event).__name__
        return fall_back(state, cause=cause, detail=type_and_place(error), now_ms=event.now_ms)
    return asking_why.keep_only_shown(after), effects


def fall_back(state: State, *, cause: str, detail: str, now_ms: int) -> Step:
    """The failsafe: end the session, forget the member, show the idle screen, report."""
    report = ReportFailsafe(state.screen.value, cause, detail)
    closed, effects = close(state)
    safe = to_idle(replace(forget(closed), screen=Screen.GOODBYE), now_ms=now_ms)
    return safe, (*effects, report)
