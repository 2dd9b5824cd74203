"""A member makes a voucher of points: what they come to, how many, asked twice; then it is shown (P-11)."""

from dataclasses import dataclass, replace

from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.ids import next_id
from kiosk.flow.journeys.base import Journey, Tile, ask, chosen, go, is_answer_awaited, page_of
from kiosk.flow.journeys.menu import open_menu
from kiosk.flow.journeys.my_vouchers import VouchersPage
from kiosk.flow.sessions import Step
from kiosk.flow.state import CHOICES, Action, JourneyPage, Screen, State
from loyalty.limits.my_value import CONVERSION_CHOICES_MAX
from wire.conversions import AskConversions, ConversionsTold, ConvertedTold, ConvertPoints, PointsFor
from wire.message_base import UsualTrouble
from wire.my_value import Voucher, VoucherTold


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertPage(JourneyPage):
    """What points come to, None while it is awaited, and what was chosen of it.

    `act_id`: of this voucher, the same for every try of it. `trouble`: what came of the last.
    """

    screens = frozenset({Screen.CONVERT, Screen.CONVERT_CONFIRM})
    told: ConversionsTold | None = None
    choice: PointsFor | None = None
    act_id: str = ""
    trouble: UsualTrouble = ""


def may_convert(state: State) -> bool:
    """Whether this card proves enough, or can, and points come to anything."""
    member = state.session.member if state.session else None
    return member is not None and member.may_convert


def _open(state: State, _action: Action, now_ms: int) -> Step:
    page, session_id = ConvertPage(), state.session_id
    return ask(
        go(state, Screen.CONVERT, page, now_ms=now_ms),
        page,
        lambda asked: AskConversions(request_id=asked, session_id=session_id),
        now_ms=now_ms,
    )


def _told(state: State, told: ConversionsTold, _now_ms: int) -> Step:
    return replace(state, journey=replace(page_of(state, ConvertPage), told=told)), ()


def _choose(state: State, action: Action, now_ms: int) -> Step:
    page = page_of(state, ConvertPage)
    choice = next(iter(page.told.choices[chosen(action) :][:1]), None) if page.told else None
    if choice is None:
        return replace(state, touched_ms=now_ms), ()
    page = replace(page, choice=choice, act_id="", trouble="")
    return go(state, Screen.CONVERT_CONFIRM, page, now_ms=now_ms), ()


def _agree(state: State, _action: Action, now_ms: int) -> Step:
    """Yes, make it. A try whose end is not known is made again as the same voucher."""
    page = page_of(state, ConvertPage)
    choice = page.choice
    if choice is None or is_answer_awaited(state):
        return replace(state, touched_ms=now_ms), ()
    act_id = page.act_id or next_id(state, "conv")
    session_id = state.session_id
    return ask(
        state,
        replace(page, act_id=act_id, trouble=""),
        lambda asked: ConvertPoints(
            request_id=asked,
            session_id=session_id,
            act_id=act_id,
            points=choice.points,
            worth_minor=choice.worth_minor,
        ),
        now_ms=now_ms,
    )


def _converted(state: State, done: ConvertedTold, now_ms: int) -> Step:
    """There it is: shown as any voucher is, to be scanned or printed."""
    if done.trouble:
        page = replace(page_of(state, ConvertPage), trouble=done.trouble)
        return replace(state, journey=page, touched_ms=now_ms), (PlaySound(Sound.REFUSAL),)
    made = VouchersPage(
        voucher=Voucher(
            voucher_id=done.voucher_id, names={}, worth_minor=done.worth_minor, last_day=done.last_day
        ),
        shown=VoucherTold(request_id=done.request_id, code=done.code, payload=done.payload),
        made_of=done.points,
        left=done.balance,
    )
    return go(state, Screen.MY_VOUCHER, made, now_ms=now_ms), (PlaySound(Sound.SUCCESS),)


def _unanswered(state: State, now_ms: int) -> Step:
    if state.screen is Screen.CONVERT_CONFIRM:
        return _converted(state, ConvertedTold(request_id="", trouble="central_unreachable"), now_ms)
    return _told(state, ConversionsTold(request_id="", trouble="central_unreachable"), now_ms)


def _back_from_question(state: State, action: Action, now_ms: int) -> Step:
    """Before anything was sent, to the amounts; afterwards all is asked anew; in between nowhere."""
    page = page_of(state, ConvertPage)
    if is_answer_awaited(state):
        return replace(state, touched_ms=now_ms), ()
    if page.act_id:
        return _open(state, action, now_ms)
    return go(state, Screen.CONVERT, replace(page, choice=None), now_ms=now_ms), ()


JOURNEY = Journey(
    touches={
        Screen.CONVERT: {
            Action.BACK: open_menu,
            **dict.fromkeys(CHOICES[:CONVERSION_CHOICES_MAX], _choose),
        },
        Screen.CONVERT_CONFIRM: {Action.BACK: _back_from_question, Action.AGREE: _agree},
    },
    told={ConversionsTold: _told, ConvertedTold: _converted},
    unanswered=_unanswered,
    member_tiles=(Tile(action=Action.CONVERT, enter=_open, is_offered=may_convert),),
)
