"""The flow as one table: screen x event -> handler, screen x action -> handler; no cell, nothing happens.

`step` never raises: a handler that breaks lands on the idle screen with the member forgotten (the
failsafe), so that the next customer finds a working kiosk.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from kiosk.flow import access, handlers, pairing_tills, pin_pad, reader_test, sharing, till_asks
from kiosk.flow.deadlines import next_deadline_ms, woken_ms
from kiosk.flow.effects import Effect, PlaySound, ReportFailsafe, Send, Sound
from kiosk.flow.events import (
    AgentChanged,
    AgentLinkChanged,
    AnyEvent,
    CardGone,
    CardSeen,
    Dragged,
    Event,
    HeadphonesChanged,
    ReaderChanged,
    ReaderLinkChanged,
    Ticked,
    Told,
    Touched,
)
from kiosk.flow.games.page import GamesPage
from kiosk.flow.handlers import TouchHandler
from kiosk.flow.journeys import JOURNEYS, new_pin
from kiosk.flow.journeys.asking_why import show_why
from kiosk.flow.journeys.base import Journey, Tell, ask_again, is_answer_awaited, keep_unread
from kiosk.flow.journeys.menu import leave, open_menu, open_visitor_menu
from kiosk.flow.journeys.reporting import open_report
from kiosk.flow.sessions import Step, close, forget, keep_only_shown, remember_ended, to_idle
from kiosk.flow.state import (
    PIN_PADS,
    SPEAKS,
    STAFF_SCREENS,
    VISITOR_SCREENS,
    WHY_ROWS,
    Action,
    JourneyPage,
    Screen,
    State,
)
from kiosk.flow.trouble import type_and_place
from wire.messages import LYING_MEDIA, Answer, CommandResult, PinTold
from wire.packs import ScanPacks
from wire.replacements import TakeCards

Handler = Callable[[State, Any], Step]


def _leave_pad(state: State, action: Action, now_ms: int) -> Step:
    """Back to the page that asked for a PIN; what was typed is forgotten, an answer to it comes too late."""
    page = state.journey
    assert page is not None, "a PIN pad that no journey opened"
    without_pin = _journey_of(page).without_pin
    assert without_pin is not None, "a PIN pad without a way back"
    return without_pin(replace(state, journey=replace(page, request_id="")), action, now_ms)


def _journey_of(page: JourneyPage) -> Journey:
    """Screens belong to one journey each."""
    return next(each for each in JOURNEYS if page.screens & each.touches.keys())


_SPEAK: dict[Action, TouchHandler] = dict.fromkeys(SPEAKS, handlers.speak)
_PAGE_OF_A_MEMBER: dict[Action, TouchHandler] = {
    Action.LANGUAGES: handlers.show_languages,
    Action.FINISH: handlers.finish,
    Action.TRY_AGAIN: ask_again,
}
_PAGE_OF_A_VISITOR: dict[Action, TouchHandler] = {
    **_SPEAK,
    Action.LANGUAGES: handlers.show_languages,
    Action.TRY_AGAIN: ask_again,
}
_SHOWN_TO_VISITORS = (
    Screen.VISITOR_SHOPS,
    Screen.VISITOR_SHOP,
    Screen.VISITOR_PACK_SCAN,
    Screen.VISITOR_PACK,
)
"""Pages without a card that tell something, and are left as a member leaves theirs."""
_PAGE_OF_STAFF: dict[Action, TouchHandler] = {**_SPEAK, Action.FINISH: handlers.finish}

_OF_THE_FLOW: Mapping[Screen, Mapping[Action, TouchHandler]] = {
    Screen.STARTING: {},
    Screen.PAIRING: _SPEAK,
    **dict.fromkeys(STAFF_SCREENS, _PAGE_OF_STAFF),
    Screen.TILL_PAIRING: {
        **_SPEAK,
        Action.WORD_SAME: pairing_tills.say_word,
        Action.WORD_DIFFERS: pairing_tills.say_word,
        Action.CANCEL_TILL: pairing_tills.cancel,
    },
    Screen.REENROLLING: {
        **_SPEAK,
        Action.TAKE_OVER: reader_test.answer_enrolment,
        Action.LEAVE_AS_IT_IS: reader_test.answer_enrolment,
    },
    Screen.READER_TEST: {**_SPEAK, Action.END_TEST: reader_test.end},
    Screen.ATTRACT: {**_SPEAK, Action.VISITOR_MENU: open_visitor_menu},
    Screen.HOLD_CARD: _SPEAK,
    Screen.LINK_LOST: {**_SPEAK, Action.VISITOR_MENU: open_visitor_menu},
    Screen.READER_LOST: {**_SPEAK, Action.VISITOR_MENU: open_visitor_menu},
    Screen.AGENT_LOST: _SPEAK,
    Screen.ASKING: {},
    Screen.MEMBER: {
        **_PAGE_OF_A_MEMBER,
        Action.TICKETS: handlers.show_tickets,
        Action.MENU: open_menu,
        Action.WHY_TODAY: show_why,
    },
    Screen.MENU: {**_PAGE_OF_A_MEMBER, Action.BACK: handlers.back},
    **dict.fromkeys(VISITOR_SCREENS, _PAGE_OF_A_VISITOR),
    **{screen: {**_PAGE_OF_A_VISITOR, Action.FINISH: leave} for screen in _SHOWN_TO_VISITORS},
    **dict.fromkeys(
        (Screen.SHOPS, Screen.SHOP, Screen.SHOP_MESSAGE, Screen.PACK_SCAN, Screen.PACK), _PAGE_OF_A_MEMBER
    ),
    **dict.fromkeys((Screen.MY_DETAILS, Screen.MY_CONSENTS, Screen.DETAIL_CHOICE), _PAGE_OF_A_MEMBER),
    **dict.fromkeys(
        (Screen.REPLACE_CARD, Screen.CARERS, Screen.CARER_END, Screen.CARER_MAY), _PAGE_OF_A_MEMBER
    ),
    Screen.MY_POINTS: _PAGE_OF_A_MEMBER,
    Screen.MY_VOUCHERS: _PAGE_OF_A_MEMBER,
    Screen.MY_VOUCHER: _PAGE_OF_A_MEMBER,
    Screen.PROMOTIONS: _PAGE_OF_A_MEMBER,
    Screen.MY_PHARMACIST: _PAGE_OF_A_MEMBER,
    Screen.CONVERT: _PAGE_OF_A_MEMBER,
    Screen.CONVERT_CONFIRM: _PAGE_OF_A_MEMBER,
    Screen.FORWARD: _PAGE_OF_A_MEMBER,
    Screen.FORWARD_CONFIRM: _PAGE_OF_A_MEMBER,
    Screen.DONATE: _PAGE_OF_A_MEMBER,
    Screen.DONATE_AMOUNT: _PAGE_OF_A_MEMBER,
    Screen.DONATE_CONFIRM: _PAGE_OF_A_MEMBER,
    Screen.REPORT: _PAGE_OF_A_MEMBER,
    Screen.TICKETS: {
        **_PAGE_OF_A_MEMBER,
        Action.BACK: handlers.back,
        Action.OLDER: handlers.turn_page,
        Action.NEWER: handlers.turn_page,
        **dict.fromkeys(WHY_ROWS, show_why),
    },
    Screen.WHY: {
        Action.REPORT: open_report,
        Action.FINISH: handlers.finish,
        Action.TRY_AGAIN: ask_again,
    },
    Screen.NEW_PIN: _PAGE_OF_A_MEMBER,
    Screen.PIN: {
        **pin_pad.KEYS,
        Action.SEND_PIN: pin_pad.send,
        Action.BACK: _leave_pad,
    },
    **dict.fromkeys(GamesPage.screens, _PAGE_OF_A_MEMBER),
    Screen.CONFIRM_BLOCK: {Action.LANGUAGES: handlers.show_languages},
    Screen.TILL_ASKS: {Action.SAY_YES: till_asks.answer, Action.SAY_NO: till_asks.answer},
    Screen.CARD_BLOCKED: {**_SPEAK, Action.FINISH: handlers.dismiss},
    Screen.REFUSED: {**_SPEAK, Action.FINISH: handlers.dismiss},
    Screen.PRIVACY_WARNING: {Action.EXTEND: handlers.extend, Action.FINISH: handlers.finish},
    Screen.LANGUAGES: {**_SPEAK, Action.BACK: handlers.back},
    Screen.ACCESS: {
        **dict.fromkeys(access.PARTS, access.choose),
        Action.MODE_RESET: access.reset,
        Action.BACK: access.leave_access,
    },
    Screen.GOODBYE: {},
}

_SHORT = frozenset({Screen.STARTING, Screen.ASKING, Screen.GOODBYE})


def _of_every_screen(screen: Screen) -> Mapping[Action, TouchHandler]:
    """The square buttons that stand on every screen: no journey has to think of them.

    Messages have the eye as well: who cannot read them is lost exactly there.
    """
    if screen in _SHORT:
        return {}
    ends = {Action.PULL: access.pull, Action.END_SUPPORT: sharing.end}
    return ends if screen is Screen.ACCESS else {Action.ACCESS: access.show_access, **ends}


TOUCHES: Mapping[Screen, Mapping[Action, TouchHandler]] = {
    screen: {
        **_of_every_screen(screen),
        **_OF_THE_FLOW.get(screen, {}),
        **{action: touch for each in JOURNEYS for action, touch in each.touches.get(screen, {}).items()},
    }
    for screen in Screen
}
"""What may be touched where: the flow's own pages and those of the journeys."""


def _touched(state: State, event: Touched) -> Step:
    handler = TOUCHES[state.screen].get(event.action) if event.action else None
    if handler is None or event.action is None:
        return handlers.touch_nothing(state, event)
    after, effects = handler(state, event.action, event.now_ms)
    return after, effects or (PlaySound(Sound.TOUCH),)


_TELLS: Mapping[tuple[Screen, type], Tell] = {
    (Screen.STAFF, CommandResult): pairing_tills.wish_answered,
}
"""Who hears an answer on the flow's own pages: the screen that asked."""


def _told(state: State, event: Told) -> Step:
    page, answer = state.journey, event.answer
    if page is None or not page.request_id or answer.request_id != page.request_id:
        tell = _TELLS.get((state.screen, type(answer)))
        return tell(state, answer, event.now_ms) if tell else (state, ())
    journey, answered = _journey_of(page), replace(state, journey=replace(page, request_id=""))
    # What is no answer to what was asked, whatever it says, leaves the question as it stands.
    if isinstance(answer, PinTold):
        if state.screen not in PIN_PADS:
            return state, ()
        after, effects = _pin_judged(answered, journey, answer, event.now_ms)
    else:
        tell = journey.told.get(type(answer))
        if tell is None:
            return state, ()
        after, effects = tell(answered, answer, event.now_ms)
        if _is_unanswered(answer):
            after = keep_unread(page, after)
    return till_asks.follow_prompt(after, now_ms=event.now_ms), effects  # a till's words waited for it


def _is_unanswered(answer: Answer) -> bool:
    """Whether the agent says that central could not be reached."""
    said = (getattr(answer, "trouble", ""), getattr(answer, "outcome", ""))
    return "central_unreachable" in said


def _pin_judged(state: State, journey: Journey, told: PinTold, now_ms: int) -> Step:
    """Right: the journey that opened the pad goes on. Else say what is wrong."""
    if told.outcome != "right":
        return pin_pad.refused(state, told, now_ms)
    assert journey.with_pin is not None, "a journey that asks for a PIN and knows no way on"
    after, effects = journey.with_pin(state, now_ms)
    return after, (*effects, PlaySound(Sound.SUCCESS))


def _card_seen(state: State, event: CardSeen) -> Step:
    """A code on a page that takes codes is none of a card; a card on one that takes cards opens no visit."""
    page = state.journey
    if page is not None and _takes_cards(state) and event.tap_id not in state.ended:
        handed = _journey_of(page).handed
        assert handed is not None, "a page that takes cards"
        if event.medium in LYING_MEDIA:
            state = replace(state, card_on_reader=event.tap_id)
        return handed(remember_ended(state, event.tap_id), event.tap_id, event.now_ms)
    if page is None or not event.code or not _takes_codes(state):
        return handlers.card_seen(state, event)
    scanned = _journey_of(page).scanned
    assert scanned is not None, "a page that takes codes"
    return scanned(state, event.code, event.now_ms)


def _takes_codes(state: State) -> bool:
    """Whether the screen is one on which a scanned code is no card."""
    page = state.journey
    return page is not None and state.screen in page.screens and _journey_of(page).scanned is not None


def _takes_cards(state: State) -> bool:
    """Whether the screen is one on which a card that is presented opens no visit."""
    page = state.journey
    return page is not None and state.screen in page.screens and page.takes_cards


def _with_codes(before: State, after: State, effects: tuple[Effect, ...]) -> Step:
    """Tell the agent where codes and cards go from now on, whichever way the screen came or went."""
    is_on = _takes_codes(after)
    if is_on is not _takes_codes(before):
        effects = (*effects, Send(ScanPacks(is_on=is_on)))
    is_on = _takes_cards(after)
    if is_on is not _takes_cards(before):
        effects = (*effects, Send(TakeCards(is_on=is_on)))
    return after, effects


def _dragged(state: State, event: Dragged) -> Step:
    page = state.journey
    dragged = _journey_of(page).dragged if page is not None and state.screen in page.screens else None
    return dragged(state, event) if dragged is not None else (state, ())


def _ticked(state: State, event: Ticked) -> Step:
    page, wakes_ms = state.journey, woken_ms(state)
    if page is not None and wakes_ms is not None and event.now_ms >= wakes_ms:
        woken = _journey_of(page).woken
        assert woken is not None, f"{type(page).__name__} wants to be woken and does not wake"
        return woken(replace(state, journey=replace(page, wakes_ms=0)), event.now_ms)
    deadline_ms = next_deadline_ms(state)
    if page is None or not is_answer_awaited(state) or deadline_ms is None or event.now_ms < deadline_ms:
        return handlers.ticked(state, event)
    state = replace(state, journey=replace(page, request_id=""))
    if state.screen is Screen.PIN:
        return pin_pad.unanswered(state, event.now_ms)
    unanswered = _journey_of(page).unanswered
    assert unanswered is not None, f"{type(page).__name__} asks and knows no way on without an answer"
    after, effects = unanswered(state, event.now_ms)
    after = keep_unread(page, after)
    return till_asks.follow_prompt(after, now_ms=event.now_ms), effects


_EVERYWHERE: Mapping[type[Event], Handler] = {
    AgentChanged: handlers.agent_changed,
    AgentLinkChanged: handlers.agent_link_changed,
    ReaderChanged: handlers.reader_changed,
    ReaderLinkChanged: handlers.reader_link_changed,
    CardSeen: _card_seen,
    CardGone: handlers.card_gone,
    HeadphonesChanged: access.headphones_changed,
    Touched: _touched,
    Dragged: _dragged,
    Told: _told,
    Ticked: _ticked,
}

TABLE: Mapping[tuple[Screen, type[Event]], Handler] = {
    (screen, event): handler for screen in Screen for event, handler in _EVERYWHERE.items()
}
"""Every event on every screen has a handler; what a screen does not know of it leaves alone."""


def start(*, language: Any, now_ms: int, chance: str = "") -> State:
    """The state of a kiosk that was just switched on, speaking the shop's language.

    chance: a secret of this run, for instance `secrets.token_hex(32)`: players' seeds come from it.
    """
    return State(
        default_language=language, language=language, entered_ms=now_ms, touched_ms=now_ms, chance=chance
    )


def step(state: State, event: AnyEvent) -> Step:
    """Answer one event: the next state, and what must be done. Never raises."""
    handler = TABLE.get((state.screen, type(event)))
    if handler is None:
        return state, ()
    try:
        after, effects = handler(state, event)
        after, more = new_pin.follow(after, now_ms=event.now_ms)
        effects = (*effects, *more)
    except Exception as error:  # the failsafe: a customer never meets a dead screen
        cause = type(event).__name__
        return fall_back(state, cause=cause, detail=type_and_place(error), now_ms=event.now_ms)
    if after.screen is not state.screen and after.pulled:
        after = replace(after, pulled=0)
    return _with_codes(state, keep_only_shown(after), effects)


def fall_back(state: State, *, cause: str, detail: str, now_ms: int) -> Step:
    """The failsafe: end the session, forget the member, show the idle screen, report."""
    report = ReportFailsafe(state.screen.value, cause, detail)
    closed, effects = close(state)
    safe = to_idle(replace(forget(closed), screen=Screen.GOODBYE), now_ms=now_ms)
    return _with_codes(state, safe, (*effects, report))
