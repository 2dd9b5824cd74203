"""A member pays points forward: what they come to, how many, asked twice; a pharmacist hands it on."""

from dataclasses import dataclass, replace

from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.ids import next_id
from kiosk.flow.journeys.base import Journey, Tile, ask, chosen, go, is_answer_awaited, page_of
from kiosk.flow.journeys.menu import open_menu
from kiosk.flow.sessions import Step
from kiosk.flow.state import CHOICES, Action, JourneyPage, Screen, State
from loyalty.limits.my_value import CONVERSION_CHOICES_MAX
from wire.conversions import AskConversions, ConversionsTold, ForwardedTold, PayForward, PointsFor


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardPage(JourneyPage):
    """What points come to, None while it is awaited, and what was chosen of it.

    `act_id`: of this gift, the same for every try of it. `done`: what came of it, None before.
    """

    screens = frozenset({Screen.FORWARD, Screen.FORWARD_CONFIRM})
    told: ConversionsTold | None = None
    choice: PointsFor | None = None
    act_id: str = ""
    done: ForwardedTold | None = None

    @property
    def is_done(self) -> bool:
        """Whether it is there."""
        return self.done is not None and not self.done.trouble


def may_pay_forward(state: State) -> bool:
    """Whether this card proves enough, or can, and points come to anything."""
    member = state.session.member if state.session else None
    return member is not None and member.may_donate and member.has_worth


def _open(state: State, _action: Action, now_ms: int) -> Step:
    page, session_id = ForwardPage(), state.session_id
    return ask(
        go(state, Screen.FORWARD, page, now_ms=now_ms),
        page,
        lambda asked: AskConversions(request_id=asked, session_id=session_id),
        now_ms=now_ms,
    )


def _told(state: State, told: ConversionsTold, _now_ms: int) -> Step:
    return replace(state, journey=replace(page_of(state, ForwardPage), told=told)), ()


def _choose(state: State, action: Action, now_ms: int) -> Step:
    page = page_of(state, ForwardPage)
    choice = next(iter(page.told.choices[chosen(action) :][:1]), None) if page.told else None
    if choice is None:
        return replace(state, touched_ms=now_ms), ()
    page = replace(page, choice=choice, act_id="", done=None)
    return go(state, Screen.FORWARD_CONFIRM, page, now_ms=now_ms), ()


def _agree(state: State, _action: Action, now_ms: int) -> Step:
    """Yes, give them. A try whose end is not known is made again as the same gift."""
    page = page_of(state, ForwardPage)
    choice = page.choice
    if choice is None or page.is_done or is_answer_awaited(state):
        return replace(state, touched_ms=now_ms), ()
    act_id = page.act_id or next_id(state, "fwd")
    session_id = state.session_id
    return ask(
        state,
        replace(page, act_id=act_id, done=None),
        lambda asked: PayForward(
            request_id=asked,
            session_id=session_id,
            act_id=act_id,
            points=choice.points,
            worth_minor=choice.worth_minor,
        ),
        now_ms=now_ms,
    )


def _forwarded(state: State, done: ForwardedTold, now_ms: int) -> Step:
    page = replace(page_of(state, ForwardPage), done=done)
    sound = Sound.REFUSAL if done.trouble else Sound.SUCCESS
    return replace(state, journey=page, touched_ms=now_ms), (PlaySound(sound),)


def _unanswered(state: State, now_ms: int) -> Step:
    if state.screen is Screen.FORWARD_CONFIRM:
        return _forwarded(state, ForwardedTold(request_id="", trouble="central_unreachable"), now_ms)
    return _told(state, ConversionsTold(request_id="", trouble="central_unreachable"), now_ms)


def _back_from_question(state: State, action: Action, now_ms: int) -> Step:
    """Before anything was sent, to the amounts; afterwards all is asked anew; in between nowhere."""
    page = page_of(state, ForwardPage)
    if is_answer_awaited(state):
        return replace(state, touched_ms=now_ms), ()
    if page.is_done:
        return open_menu(state, action, now_ms)
    if page.act_id:
        return _open(state, action, now_ms)
    return go(state, Screen.FORWARD, replace(page, choice=None), now_ms=now_ms), ()


JOURNEY = Journey(
    touches={
        Screen.FORWARD: {
            Action.BACK: open_menu,
            **dict.fromkeys(CHOICES[:CONVERSION_CHOICES_MAX], _choose),
        },
        Screen.FORWARD_CONFIRM: {Action.BACK: _back_from_question, Action.AGREE: _agree},
    },
    told={ConversionsTold: _told, ForwardedTold: _forwarded},
    unanswered=_unanswered,
    member_tiles=(Tile(action=Action.FORWARD, enter=_open, is_offered=may_pay_forward),),
)
