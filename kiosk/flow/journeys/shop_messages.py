"""A message to the pharmacy: the member chooses one of four sentences, and is told whether it was sent."""

from dataclasses import dataclass, replace
from typing import Final, Literal

from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.journeys.base import Journey, Tile, ask, chosen, go, page_of
from kiosk.flow.journeys.menu import open_menu
from kiosk.flow.sessions import Step
from kiosk.flow.state import CHOICES, Action, JourneyPage, Screen, State
from wire.messages import CommandResult
from wire.shop_messages import ShopTopic, WriteToShop

TOPICS: Final[tuple[ShopTopic, ...]] = ("call_me", "my_points", "my_data", "my_order")


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePage(JourneyPage):
    """What was chosen, and what became of it."""

    screens = frozenset({Screen.SHOP_MESSAGE})
    topic: ShopTopic | None = None
    outcome: Literal["", "sent", "failed"] = ""


def _may_write(state: State) -> bool:
    """A bare number proves nobody: only whom the screen shows the exact balance."""
    member = state.session.member if state.session else None
    return member is not None and member.points is not None


def _open(state: State, _action: Action, now_ms: int) -> Step:
    return go(state, Screen.SHOP_MESSAGE, MessagePage(), now_ms=now_ms), ()


def _choose(state: State, action: Action, now_ms: int) -> Step:
    page = page_of(state, MessagePage)
    state = replace(state, touched_ms=now_ms)
    if page.request_id or page.outcome == "sent":
        return state, ()
    topic, session_id = TOPICS[chosen(action)], state.session_id
    page = replace(page, topic=topic, outcome="")
    return ask(
        state,
        page,
        lambda request_id: WriteToShop(request_id=request_id, session_id=session_id, topic=topic),
        now_ms=now_ms,
    )


def _answered(state: State, result: CommandResult, now_ms: int) -> Step:
    page = page_of(state, MessagePage)
    outcome: Literal["sent", "failed"] = "sent" if result.is_done else "failed"
    sound = Sound.SUCCESS if result.is_done else Sound.REFUSAL
    return replace(state, journey=replace(page, outcome=outcome), touched_ms=now_ms), (PlaySound(sound),)


def _unanswered(state: State, _now_ms: int) -> Step:
    page = replace(page_of(state, MessagePage), outcome="failed")
    return replace(state, journey=page), (PlaySound(Sound.REFUSAL),)


JOURNEY = Journey(
    touches={
        Screen.SHOP_MESSAGE: {**dict.fromkeys(CHOICES[: len(TOPICS)], _choose), Action.BACK: open_menu},
    },
    told={CommandResult: _answered},
    unanswered=_unanswered,
    member_tiles=(Tile(action=Action.SHOP_MESSAGE, enter=_open, is_offered=_may_write),),
)
