"""A member chooses a PIN that a clerk wishes, typed twice, or has theirs unlocked: nobody else sees it.

The page comes by itself, over the member's own: the clerk began it at the till or at this kiosk. It goes when
the wish is over. After a clerk at this kiosk anybody's card may have come: first the clerk sees whose it is,
in the shop's language, and confirms it by their code.
"""

from dataclasses import dataclass, field, replace
from typing import Final, Literal

from kiosk.flow import pin_pad
from kiosk.flow.effects import PlaySound, Send, Sound
from kiosk.flow.journeys.base import Journey, ask, go, is_answer_awaited, page_of
from kiosk.flow.sessions import Step, remember_ended
from kiosk.flow.state import (
    CHOICES,
    COVERS,
    DIGITS,
    MEMBER_SCREENS,
    Action,
    JourneyPage,
    PinPad,
    Screen,
    State,
)
from loyalty.limits.cards import PIN_DIGITS_MIN
from loyalty.programme.pin import PinTooSimple, parse_new_pin
from wire.messages import Language
from wire.new_pins import (
    FINAL,
    AskPinHolder,
    ChoosePin,
    ConfirmPin,
    LeavePin,
    NewPinOutcome,
    NewPinTold,
    PinHolderTold,
    PinWish,
)

_PAGES: Final = MEMBER_SCREENS - COVERS - {Screen.PIN, Screen.TILL_ASKS, Screen.NEW_PIN}
NewPinStep = Literal["who", "clerk", "choose", "again", "unlock", "unsure", "done", "ended"]
"""who: it is looked up whose card came. clerk: the clerk's to confirm. unsure: no answer came, and the same
is sent again. ended: nothing helps but the counter.
"""
NewPinTrouble = NewPinOutcome | Literal["", "differs", "not_confirmed", "code_locked"]
"""not_confirmed, code_locked: the clerk's code was not right; the wish is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPinPage(JourneyPage):
    """How far they are. `first`: what was typed the first time, which no log prints.

    name, card_end: what the clerk sees, and no log prints. spoken: the member's language meanwhile.
    """

    screens = frozenset({Screen.NEW_PIN})
    wish: PinWish
    step: NewPinStep = "choose"
    first: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    card_end: str = field(default="", repr=False)
    spoken: Language
    trouble: NewPinTrouble = ""

    @property
    def has_pad(self) -> bool:
        """Whether digits are typed."""
        return self.step in ("clerk", "choose", "again")


def follow(state: State, *, now_ms: int) -> Step:
    """Show a clerk's wish over the member's page; take it away when it is over, and not just done."""
    wish = state.agent.pin_wish if state.agent else None
    is_covered = state.screen in COVERS or state.screen is Screen.TILL_ASKS
    shown = state.behind if is_covered else state.screen
    page = state.journey if isinstance(state.journey, NewPinPage) else None
    if page is not None and shown is Screen.NEW_PIN:
        is_its = wish is not None and wish.wish_id == page.wish.wish_id
        if is_its or is_answer_awaited(state) or page.step in ("done", "ended"):
            return state, ()
        if page.step == "clerk" and state.pad.trouble and not is_covered:
            why: NewPinTrouble = "code_locked" if state.pad.trouble == "locked" else "not_confirmed"
            return _end(state, page, why, now_ms), ()
        state = replace(state, language=page.spoken)
        if is_covered:
            return replace(state, behind=Screen.MEMBER, journey=None), ()
        return go(state, Screen.MEMBER, None, now_ms=now_ms), ()
    if wish is None or wish.wish_id in state.ended or state.screen not in _PAGES:
        return state, ()
    if is_answer_awaited(state) or state.session is None or state.session.member is None:
        return state, ()
    page = NewPinPage(wish=wish, step=_first_step(wish), spoken=state.language)
    state = replace(go(state, Screen.NEW_PIN, page, now_ms=now_ms), pad=PinPad())
    if not wish.asks_clerk:
        return state, ()
    session_id, wish_id = state.session_id, wish.wish_id
    return ask(
        replace(state, language=state.default_language),
        page,
        lambda asked: AskPinHolder(request_id=asked, session_id=session_id, wish_id=wish_id),
        now_ms=now_ms,
    )


def _first_step(wish: PinWish) -> NewPinStep:
    if wish.asks_clerk:
        return "who"
    return "unlock" if wish.is_unlock else "choose"


def _end(state: State, page: NewPinPage, trouble: NewPinTrouble, now_ms: int) -> State:
    """Nothing was changed, and why; to the clerk where they have not confirmed, else to the member."""
    page = replace(page, step="ended", trouble=trouble, first="", name="", card_end="")
    return replace(go(state, Screen.NEW_PIN, page, now_ms=now_ms), pad=PinPad())


def _holder_told(state: State, told: PinHolderTold, now_ms: int) -> Step:
    """Whose card came: the clerk compares it with the paper, and types their code."""
    page = page_of(state, NewPinPage)
    if told.trouble:
        return _end(state, page, told.trouble, now_ms), (PlaySound(Sound.REFUSAL),)
    page = replace(page, step="clerk", name=told.name, card_end=told.card_end)
    return replace(go(state, Screen.NEW_PIN, page, now_ms=now_ms), pad=PinPad()), ()


def _confirm(state: State, page: NewPinPage, now_ms: int) -> Step:
    session_id, wish_id, code = state.session_id, page.wish.wish_id, state.pad.typed
    return ask(
        replace(state, pad=PinPad()),
        page,
        lambda asked: ConfirmPin(request_id=asked, session_id=session_id, wish_id=wish_id, code=code),
        now_ms=now_ms,
    )


def _confirmed(state: State, now_ms: int) -> Step:
    """From here on it is the member's page, in their language."""
    page = page_of(state, NewPinPage)
    page = replace(page, step="unlock" if page.wish.is_unlock else "choose", name="", card_end="")
    state = replace(state, language=page.spoken, pad=PinPad())
    return go(state, Screen.NEW_PIN, page, now_ms=now_ms), ()


def _type(state: State, action: Action, now_ms: int) -> Step:
    """A digit, or one fewer; what was said of those before is over."""
    page = page_of(state, NewPinPage)
    if not page.has_pad:
        return replace(state, touched_ms=now_ms), ()
    typed = pin_pad.erase if action is Action.ERASE else pin_pad.type_digit
    state, effects = typed(state, action, now_ms)
    if not is_answer_awaited(state):
        state = replace(state, journey=replace(page, trouble=""))
    return state, effects


def _enter(state: State, _action: Action, now_ms: int) -> Step:
    """The first time it is judged as far as a screen can; the second time it has to be the same."""
    page, typed = page_of(state, NewPinPage), state.pad.typed
    if not page.has_pad or page.request_id or len(typed) < PIN_DIGITS_MIN:
        return replace(state, touched_ms=now_ms), ()
    if page.step == "clerk":
        return _confirm(state, page, now_ms)
    if page.step == "choose":
        try:
            page = replace(page, step="again", first=parse_new_pin(typed), trouble="")
        except PinTooSimple:
            return _anew(state, page, "too_simple", now_ms)
        return replace(go(state, Screen.NEW_PIN, page, now_ms=now_ms), pad=PinPad()), ()
    if typed != page.first:
        return _anew(state, page, "differs", now_ms)
    return _ask(replace(state, pad=PinPad()), page, now_ms)


def _anew(state: State, page: NewPinPage, trouble: Literal["too_simple", "differs"], now_ms: int) -> Step:
    page = replace(page, step="choose", first="", trouble=trouble)
    state = replace(go(state, Screen.NEW_PIN, page, now_ms=now_ms), pad=PinPad())
    return state, (PlaySound(Sound.REFUSAL),)


def _go_on(state: State, _action: Action, now_ms: int) -> Step:
    """Unlock it; or send once more what no answer came to."""
    page = page_of(state, NewPinPage)
    if page.step not in ("unlock", "unsure") or page.request_id:
        return replace(state, touched_ms=now_ms), ()
    return _ask(state, page, now_ms)


def _ask(state: State, page: NewPinPage, now_ms: int) -> Step:
    session_id, wish_id, pin = state.session_id, page.wish.wish_id, page.first
    return ask(
        state,
        replace(page, trouble=""),
        lambda asked: ChoosePin(request_id=asked, session_id=session_id, wish_id=wish_id, pin=pin),
        now_ms=now_ms,
    )


def _told(state: State, told: NewPinTold, now_ms: int) -> Step:
    page = page_of(state, NewPinPage)
    if told.outcome == "too_simple":
        return _anew(state, page, "too_simple", now_ms)
    if told.outcome == "central_unreachable":
        page = replace(page, step="unsure", trouble=told.outcome)
    elif told.outcome in FINAL:
        page = replace(page, step="ended", trouble=told.outcome, first="")
    else:
        page = replace(page, step="done", first="")
    sound = Sound.SUCCESS if page.step == "done" else Sound.REFUSAL
    return go(state, Screen.NEW_PIN, page, now_ms=now_ms), (PlaySound(sound),)


def _unanswered(state: State, now_ms: int) -> Step:
    page = page_of(state, NewPinPage)
    if page.step == "who":
        return _end(state, page, "central_unreachable", now_ms), (PlaySound(Sound.REFUSAL),)
    if page.step == "clerk":
        return pin_pad.unanswered(state, now_ms)
    return _told(state, NewPinTold(request_id="", outcome="central_unreachable"), now_ms)


def _back(state: State, _action: Action, now_ms: int) -> Step:
    """From the second time to the first; else to the member's page, and a wish that is left is over."""
    page = page_of(state, NewPinPage)
    if is_answer_awaited(state):
        return replace(state, touched_ms=now_ms), ()
    if page.step == "again":
        page = replace(page, step="choose", first="", trouble="")
        return replace(go(state, Screen.NEW_PIN, page, now_ms=now_ms), pad=PinPad()), ()
    wish_id = page.wish.wish_id
    state = replace(state, language=page.spoken)
    state = remember_ended(go(state, Screen.MEMBER, None, now_ms=now_ms), wish_id)
    return state, () if page.step in ("done", "ended") else (Send(LeavePin(wish_id=wish_id)),)


JOURNEY = Journey(
    touches={
        Screen.NEW_PIN: {
            **dict.fromkeys((*DIGITS, Action.ERASE), _type),
            Action.SEND_PIN: _enter,
            CHOICES[0]: _go_on,
            Action.BACK: _back,
        },
    },
    told={NewPinTold: _told, PinHolderTold: _holder_told},
    with_pin=_confirmed,
    unanswered=_unanswered,
)
