"""Replace my card by a blank one: with the card, or without it; then the new card is held there (C-05).

With the card the PIN proves it, or a code that the member is sent, or a clerk's card. The visit ends before
the new card comes: the old one may be taken off, and nothing of the member stands on the screen any more.
"""

from dataclasses import dataclass, field, replace
from typing import Final, Literal

from kiosk.flow.digits_page import (
    BIRTH_DIGITS,
    DigitsPage,
    erase,
    is_year_first,
    read_birth_date,
    type_digit,
)
from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.journeys.base import Journey, Tile, ask, go, is_answer_awaited, page_of
from kiosk.flow.journeys.menu import leave, open_menu, open_visitor_menu
from kiosk.flow.pin_pad import open_pad
from kiosk.flow.sessions import Step, close, forget
from kiosk.flow.state import CHOICES, DIGITS, Action, Screen, State
from loyalty.limits.lost_cards import LOST_CARD_DIGITS_MAX, LOST_CARD_DIGITS_MIN
from loyalty.limits.replacements import REPLACEMENT_CODE_DIGITS
from wire.replacements import (
    BeginReplacement,
    BeginReplacementWithout,
    HandReplacement,
    ProveReplacement,
    ReplacementOutcome,
    ReplacementTold,
)

ReplaceStep = Literal["offer", "number", "birth_date", "code", "staff", "card", "done"]
_ENDS: Final = frozenset({"over", "too_many", "needs_card", "not_here"})
"""After these only a beginning helps, or the counter."""
_STEPS: Final[dict[ReplacementOutcome, ReplaceStep]] = {
    "card": "card",
    "code": "code",
    "staff": "staff",
    "done": "done",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacePage(DigitsPage):
    """How far they are, and what went wrong with what was sent last. `is_with_card`: it was there."""

    screens = frozenset({Screen.REPLACE_CARD, Screen.PIN, Screen.NEW_CARD})
    step: ReplaceStep = "offer"
    is_with_card: bool = False
    replacement_id: str = ""
    channel: Literal["", "email", "sms"] = ""
    number: str = field(default="", repr=False)
    trouble: ReplacementOutcome | Literal["", "no_date"] = ""
    wait_minutes: int = 0
    keeps_pin: bool = False

    @property
    def takes_cards(self) -> bool:
        """The new card, or a clerk's."""
        return self.step in ("card", "staff") and self.trouble not in _ENDS

    @property
    def is_over(self) -> bool:
        """Whether nothing helps but to begin anew."""
        return self.trouble in _ENDS

    @property
    def is_shut(self) -> bool:
        """While an answer is awaited, and when it is over."""
        return bool(self.request_id) or self.is_over

    @property
    def room(self) -> tuple[int, int]:
        """The fewest and the most digits of this step."""
        match self.step:
            case "number":
                return LOST_CARD_DIGITS_MIN, LOST_CARD_DIGITS_MAX
            case "birth_date":
                return BIRTH_DIGITS, BIRTH_DIGITS
            case "code":
                return REPLACEMENT_CODE_DIGITS, REPLACEMENT_CODE_DIGITS
        return 0, 0

    def with_digits(self, typed: str) -> "ReplacePage":
        """Other digits; what was said of the ones before is over."""
        return replace(self, typed=typed, trouble="")


def may_replace(state: State) -> bool:
    """Whether a card lies there that shows its member's balance: a number alone grants no card."""
    member = state.session.member if state.session else None
    return member is not None and member.points is not None and member.may_block


def asks_pin(state: State) -> bool:
    """Whether the PIN of the card that lies there would prove it."""
    member = state.session.member if state.session else None
    return member is not None and member.asks_pin


def _open(state: State, _action: Action, now_ms: int) -> Step:
    return go(state, Screen.REPLACE_CARD, ReplacePage(is_with_card=True), now_ms=now_ms), ()


def _open_without(state: State, _action: Action, now_ms: int) -> Step:
    return go(state, Screen.NEW_CARD, ReplacePage(step="number"), now_ms=now_ms), ()


def _go_on(state: State, action: Action, now_ms: int) -> Step:
    """Yes: by the PIN where the card has one (the first choice), else by a code."""
    page, state = page_of(state, ReplacePage), replace(state, touched_ms=now_ms)
    if page.is_shut:
        return state, ()
    if asks_pin(state) and action is CHOICES[0]:
        return open_pad(state, replace(page, trouble=""), now_ms=now_ms)
    return _begin(state, page, now_ms)


def _begin(state: State, page: ReplacePage, now_ms: int) -> Step:
    session_id = state.session_id
    return ask(
        state,
        replace(page, trouble=""),
        lambda asked: BeginReplacement(request_id=asked, session_id=session_id),
        now_ms=now_ms,
    )


def _with_pin(state: State, now_ms: int) -> Step:
    page = page_of(state, ReplacePage)
    return _begin(go(state, Screen.REPLACE_CARD, page, now_ms=now_ms), page, now_ms)


def _enter(state: State, action: Action, now_ms: int) -> Step:
    """Enough digits: the next step, or what was typed is sent."""
    page, state = page_of(state, ReplacePage), replace(state, touched_ms=now_ms)
    if not page.takes(action):
        return state, ()
    typed, replacement_id = page.typed, page.replacement_id
    match page.step:
        case "number":
            page = replace(page, step="birth_date", number=typed, typed="", trouble="")
            return go(state, Screen.NEW_CARD, page, now_ms=now_ms), ()
        case "birth_date":
            return _begin_without(state, page, now_ms)
    return ask(
        state,
        replace(page, trouble=""),
        lambda asked: ProveReplacement(request_id=asked, replacement_id=replacement_id, code=typed),
        now_ms=now_ms,
    )


def _begin_without(state: State, page: ReplacePage, now_ms: int) -> Step:
    born = read_birth_date(page.typed, is_year_first=is_year_first(state))
    if not born:
        return replace(state, journey=replace(page, trouble="no_date", typed="")), (PlaySound(Sound.REFUSAL),)
    number = page.number
    return ask(
        state,
        replace(page, trouble=""),
        lambda asked: BeginReplacementWithout(request_id=asked, number=number, birth_date=born),
        now_ms=now_ms,
    )


def _handed(state: State, tap_id: str, now_ms: int) -> Step:
    """A card was held there; while one is looked at, another is let go."""
    page, state = page_of(state, ReplacePage), replace(state, touched_ms=now_ms)
    if page.request_id:
        return state, ()
    replacement_id, is_staff = page.replacement_id, page.step == "staff"
    state, effects = ask(
        state,
        replace(page, trouble=""),
        lambda asked: HandReplacement(
            request_id=asked, replacement_id=replacement_id, tap_id=tap_id, is_staff=is_staff
        ),
        now_ms=now_ms,
    )
    return state, (*effects, PlaySound(Sound.TOUCH))


def _told(state: State, told: ReplacementTold, now_ms: int) -> Step:
    page = page_of(state, ReplacePage)
    step = _STEPS.get(told.outcome)
    if step is None:
        page = replace(page, trouble=told.outcome, typed="", wait_minutes=told.wait_minutes)
        return go(state, _screen_of(state, page), page, now_ms=now_ms), (PlaySound(Sound.REFUSAL),)
    is_first = page.step in ("offer", "birth_date")
    page = replace(
        page,
        step=step,
        typed="",
        number="",
        trouble="",
        replacement_id=told.replacement_id or page.replacement_id,
        channel=told.channel if is_first else page.channel,
        keeps_pin=told.keeps_pin,
    )
    state, effects = _ended_visit(state)
    sounds = (PlaySound(Sound.SUCCESS),) if step in ("card", "done") else ()
    return go(state, Screen.NEW_CARD, page, now_ms=now_ms), (*effects, *sounds)


def _ended_visit(state: State) -> Step:
    """The old card may be taken off now: its visit is over, the page and what was chosen stay."""
    if state.session is None:
        return state, ()
    state, effects = close(state)
    return forget(state, keeps_choice=True), effects


def _screen_of(state: State, page: ReplacePage) -> Screen:
    return Screen.NEW_CARD if page.step != "offer" else state.screen


def _unanswered(state: State, now_ms: int) -> Step:
    return _told(state, ReplacementTold(request_id="", outcome="central_unreachable"), now_ms)


def _by_staff(state: State, _action: Action, now_ms: int) -> Step:
    """No code came: a clerk's card confirms, where the old card was shown."""
    page, state = page_of(state, ReplacePage), replace(state, touched_ms=now_ms)
    if page.request_id or page.is_over or page.step != "code" or not page.is_with_card:
        return state, ()
    return go(state, Screen.NEW_CARD, replace(page, step="staff", typed="", trouble=""), now_ms=now_ms), ()


def _anew(state: State, action: Action, now_ms: int) -> Step:
    """The time was over: without the card, from its number on."""
    page = page_of(state, ReplacePage)
    if page.trouble != "over" or page.is_with_card:
        return replace(state, touched_ms=now_ms), ()
    return _open_without(state, action, now_ms)


def _back(state: State, action: Action, now_ms: int) -> Step:
    """A step back where there is one; else to the menu, or out."""
    page = page_of(state, ReplacePage)
    if is_answer_awaited(state):
        return replace(state, touched_ms=now_ms), ()
    if state.screen is Screen.PIN:
        return go(state, Screen.REPLACE_CARD, replace(page, trouble=""), now_ms=now_ms), ()
    if state.screen is Screen.REPLACE_CARD:
        return open_menu(state, action, now_ms)
    if page.step == "birth_date":
        page = replace(page, step="number", typed="", trouble="")
        return go(state, Screen.NEW_CARD, page, now_ms=now_ms), ()
    return open_visitor_menu(state, action, now_ms)


def _finish(state: State, action: Action, now_ms: int) -> Step:
    return (state, ()) if is_answer_awaited(state) else leave(state, action, now_ms)


JOURNEY = Journey(
    touches={
        Screen.REPLACE_CARD: {**dict.fromkeys(CHOICES[:2], _go_on), Action.BACK: _back},
        Screen.NEW_CARD: {
            **dict.fromkeys(DIGITS, type_digit),
            Action.ERASE: erase,
            Action.SEND_PIN: _enter,
            CHOICES[0]: _by_staff,
            Action.TRY_AGAIN: _anew,
            Action.BACK: _back,
            Action.FINISH: _finish,
        },
    },
    told={ReplacementTold: _told},
    unanswered=_unanswered,
    with_pin=_with_pin,
    without_pin=_back,
    handed=_handed,
    member_tiles=(Tile(action=Action.REPLACE_CARD, enter=_open, is_offered=may_replace),),
    visitor_tiles=(Tile(action=Action.NEW_CARD, enter=_open_without, is_offered=lambda _: True),),
)
