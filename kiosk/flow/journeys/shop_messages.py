"""A message to the pharmacy: one of four ready sentences, or own words; the member is told if it was sent."""

from dataclasses import dataclass, field, replace
from typing import Final, Literal

from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.ids import next_id
from kiosk.flow.journeys.base import Journey, Tile, ask, chosen, go, page_of
from kiosk.flow.journeys.menu import open_menu
from kiosk.flow.keyboard import TYPING_ACTIONS, TypingPage, a_text, type_key
from kiosk.flow.sessions import Step
from kiosk.flow.state import CHOICES, Action, Screen, State
from loyalty.limits.shops import SHOP_MESSAGE_TEXT_CHARS_MAX
from wire.messages import CommandResult
from wire.shop_messages import ShopTopic, WriteToShop

TOPICS: Final[tuple[ShopTopic, ...]] = ("call_me", "my_points", "my_data", "my_order")


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePage(TypingPage):
    """What was chosen or written, and what became of it. `wish_id`: of the words that were sent last; the
    same words again are the same message, others are another one.
    """

    screens = frozenset({Screen.SHOP_MESSAGE, Screen.SHOP_WRITE})
    topic: ShopTopic | None = None
    wish_id: str = ""
    wished: str = field(default="", repr=False)
    outcome: Literal["", "sent", "failed"] = ""
    to: str = ""
    """Of staff, by id, whom it is for; empty: whoever is there."""
    to_name: str = ""


def _may_write(state: State) -> bool:
    """A bare number proves nobody: only whom the screen shows the exact balance."""
    member = state.session.member if state.session else None
    return member is not None and member.points is not None


def _open(state: State, _action: Action, now_ms: int) -> Step:
    page = MessagePage(typing=a_text(SHOP_MESSAGE_TEXT_CHARS_MAX))
    return go(state, Screen.SHOP_MESSAGE, page, now_ms=now_ms), ()


def open_to(state: State, staff_id: str, name: str, *, now_ms: int) -> Step:
    """A message to one person of staff."""
    page = MessagePage(typing=a_text(SHOP_MESSAGE_TEXT_CHARS_MAX), to=staff_id, to_name=name)
    return go(state, Screen.SHOP_MESSAGE, page, now_ms=now_ms), ()


def _write(state: State, _action: Action, now_ms: int) -> Step:
    """To the keyboard; what was typed before is still there."""
    page = page_of(state, MessagePage)
    if page.request_id or page.outcome == "sent":
        return replace(state, touched_ms=now_ms), ()
    return go(state, Screen.SHOP_WRITE, replace(page, outcome=""), now_ms=now_ms), ()


def _send(state: State, _action: Action, now_ms: int) -> Step:
    page, state = page_of(state, MessagePage), replace(state, touched_ms=now_ms)
    text, session_id, staff_id = page.typing.said, state.session_id, page.to
    if page.request_id or not text:
        return state, ()
    wish_id = page.wish_id if page.wished == text else next_id(state)
    page = replace(page, topic="own_words", outcome="", wish_id=wish_id, wished=text)
    return ask(
        state,
        page,
        lambda request_id: WriteToShop(
            request_id=request_id,
            session_id=session_id,
            topic="own_words",
            wish_id=wish_id,
            text=text,
            staff_id=staff_id,
        ),
        now_ms=now_ms,
    )


def _back(state: State, action: Action, now_ms: int) -> Step:
    """From the keyboard to the sentences, from those to the menu."""
    page = page_of(state, MessagePage)
    if state.screen is Screen.SHOP_MESSAGE:
        return open_menu(state, action, now_ms)
    if page.request_id:
        return replace(state, touched_ms=now_ms), ()
    return go(state, Screen.SHOP_MESSAGE, replace(page, outcome=""), now_ms=now_ms), ()


def _choose(state: State, action: Action, now_ms: int) -> Step:
    page = page_of(state, MessagePage)
    state = replace(state, touched_ms=now_ms)
    if page.request_id or page.outcome == "sent":
        return state, ()
    topic, session_id, staff_id = TOPICS[chosen(action)], state.session_id, page.to
    page = replace(page, topic=topic, outcome="")
    return ask(
        state,
        page,
        lambda request_id: WriteToShop(
            request_id=request_id, session_id=session_id, topic=topic, staff_id=staff_id
        ),
        now_ms=now_ms,
    )


def _answered(state: State, result: CommandResult, now_ms: int) -> Step:
    page = page_of(state, MessagePage)
    outcome: Literal["sent", "failed"] = "sent" if result.is_done else "failed"
    sound = Sound.SUCCESS if result.is_done else Sound.REFUSAL
    page = replace(page, outcome=outcome)
    if result.is_done and state.screen is Screen.SHOP_WRITE:
        page = replace(page, typing=a_text(SHOP_MESSAGE_TEXT_CHARS_MAX), wished="")
        return go(state, Screen.SHOP_MESSAGE, page, now_ms=now_ms), (PlaySound(sound),)
    return replace(state, journey=page, touched_ms=now_ms), (PlaySound(sound),)


def _unanswered(state: State, _now_ms: int) -> Step:
    page = replace(page_of(state, MessagePage), outcome="failed")
    return replace(state, journey=page), (PlaySound(Sound.REFUSAL),)


JOURNEY = Journey(
    touches={
        Screen.SHOP_MESSAGE: {
            **dict.fromkeys(CHOICES[: len(TOPICS)], _choose),
            CHOICES[len(TOPICS)]: _write,
            Action.BACK: _back,
        },
        Screen.SHOP_WRITE: {
            **dict.fromkeys(TYPING_ACTIONS, type_key),
            Action.SEND: _send,
            Action.BACK: _back,
        },
    },
    told={CommandResult: _answered},
    unanswered=_unanswered,
    member_tiles=(Tile(action=Action.SHOP_MESSAGE, enter=_open, is_offered=_may_write),),
)
