"""Moments of a PIN that a clerk wishes: the clerk's choices, then the member alone."""

from functools import partial
from typing import Final, Literal

import msgspec

from kiosk.flow import Action
from kiosk.flow.events import AgentChanged, AnyEvent, CardSeen, Told, Touched
from kiosk.flow.state import CHOICES, DIGITS
from kiosk.scenes.base import Scene, entry_of, idle, scene, visit
from kiosk.scenes.demo import a_member, a_session, an_agent_state
from wire.messages import AgentState, CommandResult, Language, PinOutcome, PinTold, Session, Staff
from wire.new_pins import FINAL, NewPinOutcome, NewPinTold, PinHolderTold, PinWish

_KEYS: Final = {digit: action for action, digit in DIGITS.items()}
_CODE: Final = (*(_KEYS[digit] for digit in "4071"), Action.SEND_PIN)
_PIN: Final = (*(_KEYS[digit] for digit in "2486"), Action.SEND_PIN)
_OTHER: Final = (*(_KEYS[digit] for digit in "2468"), Action.SEND_PIN)
_SIMPLE: Final = (*(_KEYS[digit] for digit in "1234"), Action.SEND_PIN)
_WISH: Final = PinWish(wish_id="wish-1")
_ASKING: Final = PinWish(wish_id="wish-1", asks_clerk=True)
_UNLOCK: Final = PinWish(wish_id="wish-1", is_unlock=True)


def _touches(first_ms: int, *actions: Action) -> list[AnyEvent]:
    return [Touched(now_ms=first_ms + 20 * at, action=action) for at, action in enumerate(actions)]


def _staff(*actions: Action) -> list[AnyEvent]:
    """A clerk holds their card there, and chooses."""
    staff = Staff(name="Mme Rochat", may_pair_tills=True, may_look_after=True, asks_pin=True)
    session = Session(session_id="session-1", tap_id="tap-1", state="open", staff=staff)
    opened = AgentChanged(now_ms=1_100, state=an_agent_state(session=session))
    way = _touches(2_000, *entry_of(Action.MEMBER_PIN), *actions)
    return [*idle(), CardSeen(now_ms=1_000, tap_id="tap-1"), opened, *way]


def _wished(*answers: AnyEvent) -> list[AnyEvent]:
    return [*_staff(CHOICES[0], CHOICES[1]), *answers]


def _waits() -> list[AnyEvent]:
    """The clerk chose; now the member's card."""
    waiting = msgspec.structs.replace(an_agent_state(), wants_card=True, pin_wish=_ASKING)
    done = Told(now_ms=3_000, answer=CommandResult(request_id="session-1.1", is_done=True))
    asked = _wished()
    return [*asked, AgentChanged(now_ms=2_900, state=_with_session_of(asked, waiting)), done]


def _refused() -> list[AnyEvent]:
    told = CommandResult(request_id="session-1.1", is_done=False, error="central_unreachable")
    return _wished(Told(now_ms=3_000, answer=told))


def _with_session_of(events: list[AnyEvent], state: AgentState) -> AgentState:
    opened = next(each for each in reversed(events) if isinstance(each, AgentChanged))
    return msgspec.structs.replace(state, session=opened.state.session)


def _member(language: Language, wish: PinWish, *actions: Action) -> list[AnyEvent]:
    """A member whose card lies there, and a clerk wishes them a PIN."""
    member = a_member(language=language)
    state = msgspec.structs.replace(an_agent_state(session=a_session(member)), pin_wish=wish)
    return [*visit(member), AgentChanged(now_ms=2_000, state=state), *_touches(2_100, *actions)]


def _holder(trouble: NewPinOutcome | Literal[""] = "") -> Told:
    name, end = ("", "") if trouble else ("Anne R.", "0017")
    told = PinHolderTold(request_id="session-1.1", name=name, card_end=end, trouble=trouble)
    return Told(now_ms=2_500, answer=told)


def _came(language: Language, *actions: Action) -> list[AnyEvent]:
    """The card came, and the clerk sees whose it is."""
    return [*_member(language, _ASKING), _holder(), *_touches(2_600, *actions)]


def _judged(language: Language, outcome: PinOutcome, tries_left: int = 0) -> list[AnyEvent]:
    told = PinTold(request_id="session-1.2", outcome=outcome, tries_left=tries_left)
    return [*_came(language, *_CODE), Told(now_ms=3_000, answer=told)]


def _over(language: Language, outcome: PinOutcome) -> list[AnyEvent]:
    """The agent ends the wish, then tells how the code was judged."""
    member = a_member(language=language)
    over = AgentChanged(now_ms=2_900, state=an_agent_state(session=a_session(member)))
    return [*_judged(language, outcome)[:-1], over, _judged(language, outcome)[-1]]


def _told(language: Language, outcome: NewPinOutcome, wish: PinWish = _WISH) -> list[AnyEvent]:
    way = (CHOICES[0],) if wish.is_unlock else (*_PIN, *_PIN)
    told = Told(now_ms=3_000, answer=NewPinTold(request_id="session-1.1", outcome=outcome))
    return [*_member(language, wish, *way), told]


SCENES: Final[tuple[Scene, ...]] = (
    scene("member_pin", lambda _: _staff()),
    scene("member_pin_known_by", lambda _: _staff(CHOICES[1])),
    scene("member_pin_back", lambda _: _staff(CHOICES[1], Action.BACK)),
    scene("member_pin_asked", lambda _: _wished()),
    scene("member_pin_refused", lambda _: _refused()),
    scene("member_pin_waits", lambda _: _waits()),
    scene("pin_holder_asked", lambda lang: _member(lang, _ASKING)),
    scene("pin_holder_cut", lambda lang: [*_member(lang, _ASKING), _holder("central_unreachable")]),
    scene("pin_holder", lambda lang: _came(lang, *_CODE[:2])),
    scene("pin_holder_code_asked", lambda lang: _came(lang, *_CODE)),
    scene("pin_holder_wrong", lambda lang: _judged(lang, "wrong", 2)),
    scene("pin_holder_over", lambda lang: _over(lang, "wrong")),
    scene("pin_holder_locked", lambda lang: _over(lang, "locked")),
    scene("new_pin", lambda lang: _member(lang, _WISH)),
    scene("new_pin_typed", lambda lang: _member(lang, _WISH, *_PIN[:3])),
    scene("new_pin_simple", lambda lang: _member(lang, _WISH, *_SIMPLE)),
    scene("new_pin_again", lambda lang: _member(lang, _WISH, *_PIN)),
    scene("new_pin_differs", lambda lang: _member(lang, _WISH, *_PIN, *_OTHER)),
    scene("new_pin_asked", lambda lang: _member(lang, _WISH, *_PIN, *_PIN)),
    scene("new_pin_done", lambda lang: _told(lang, "done")),
    scene("new_pin_unsure", lambda lang: _told(lang, "central_unreachable")),
    *(scene(f"new_pin_{each}", partial(_told, outcome=each)) for each in sorted(FINAL)),
    scene("pin_unlock", lambda lang: _member(lang, _UNLOCK)),
    scene("pin_unlock_done", lambda lang: _told(lang, "done", _UNLOCK)),
)
