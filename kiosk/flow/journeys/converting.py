"""A member makes a voucher of points: what they come to, how many, asked twice; then it is shown (P-11)."""

from dataclasses import dataclass, replace

from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.journeys.base import Touch, chosen, go, page_of
from kiosk.flow.journeys.menu import open_menu
from kiosk.flow.journeys.moving import Asking, MovePage, Moving, journey
from kiosk.flow.journeys.my_vouchers import VouchersPage
from kiosk.flow.sessions import Step
from kiosk.flow.state import CHOICES, Action, Screen, State
from loyalty.limits.my_value import CONVERSION_CHOICES_MAX
from wire.conversions import AskConversions, ConversionsTold, ConvertedTold, ConvertPoints, PointsFor
from wire.my_value import Voucher, VoucherTold


@dataclass(frozen=True, slots=True, kw_only=True)
class WorthPage(MovePage):
    """What points come to, and what was chosen of it."""

    told: ConversionsTold | None = None
    choice: PointsFor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertPage(WorthPage):
    """On the way to a voucher."""

    screens = frozenset({Screen.CONVERT, Screen.CONVERT_CONFIRM, Screen.PIN})
    done: ConvertedTold | None = None


def may_convert(state: State) -> bool:
    """Whether this card proves enough, or can, and points come to anything."""
    member = state.session.member if state.session else None
    return member is not None and member.may_convert


def ask_worth(request_id: str, session_id: str) -> AskConversions:
    """What do the points come to?"""
    return AskConversions(request_id=request_id, session_id=session_id)


def choose_worth(kind: type[WorthPage], question: Screen) -> dict[Action, Touch]:
    """Rows of what points come to: each leads to the question; and the way back to the menu."""

    def choose(state: State, action: Action, now_ms: int) -> Step:
        page = page_of(state, kind)
        choice = next(iter(page.told.choices[chosen(action) :][:1]), None) if page.told else None
        if choice is None:
            return replace(state, touched_ms=now_ms), ()
        return go(state, question, replace(page, choice=choice, act_id="", done=None), now_ms=now_ms), ()

    return {Action.BACK: open_menu, **dict.fromkeys(CHOICES[:CONVERSION_CHOICES_MAX], choose)}


def _act(page: ConvertPage, act_id: str) -> Asking | None:
    choice = page.choice
    if choice is None:
        return None
    return lambda request_id, session_id: ConvertPoints(
        request_id=request_id,
        session_id=session_id,
        act_id=act_id,
        points=choice.points,
        worth_minor=choice.worth_minor,
    )


def _shown(state: State, done: ConvertedTold, now_ms: int) -> Step:
    """There it is: shown as any voucher is, to be scanned or printed."""
    made = VouchersPage(
        voucher=Voucher(
            voucher_id=done.voucher_id, names={}, worth_minor=done.worth_minor, last_day=done.last_day
        ),
        shown=VoucherTold(request_id=done.request_id, code=done.code, payload=done.payload),
        made_of=done.points,
        left=done.balance,
    )
    return go(state, Screen.MY_VOUCHER, made, now_ms=now_ms), (PlaySound(Sound.SUCCESS),)


_MOVING = Moving(
    page=ConvertPage,
    first=Screen.CONVERT,
    before=Screen.CONVERT,
    question=Screen.CONVERT_CONFIRM,
    lists=ask_worth,
    listed=ConversionsTold,
    act=_act,
    name="conv",
    acted=ConvertedTold,
    shown=_shown,
)
JOURNEY = journey(
    _MOVING,
    {Screen.CONVERT: choose_worth(ConvertPage, Screen.CONVERT_CONFIRM)},
    tile=Action.CONVERT,
    is_offered=may_convert,
)
