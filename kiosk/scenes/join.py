"""Moments of somebody who joins by an e-mail address, without a card or with a blank one."""

from typing import Final

from kiosk.flow import Action
from kiosk.flow.events import AgentChanged, AnyEvent, Told, Touched
from kiosk.scenes.base import Scene, idle, scene, tap, type_text, visitor_way_to
from kiosk.scenes.demo import an_agent_state
from wire.join import JoinTold, JoinTrouble
from wire.messages import Refusal, Session

_EMAIL: Final = "eva.aubert@example.org"


def _opened() -> list[AnyEvent]:
    way = visitor_way_to(Action.JOIN)
    return [*idle(), *(Touched(now_ms=2_000 + 20 * index, action=each) for index, each in enumerate(way))]


def _told(request_id: str, now_ms: int, trouble: JoinTrouble = "") -> Told:
    return Told(
        now_ms=now_ms,
        answer=JoinTold(request_id=request_id, days=14, trouble=trouble, wait_minutes=47),
    )


def _typing(text: str = "", opened: list[AnyEvent] | None = None) -> list[AnyEvent]:
    events = [*(opened or _opened()), _told("visitor.1", 2_600)]
    return [*events, *type_text(events, text)]


def _agreement(opened: list[AnyEvent] | None = None) -> list[AnyEvent]:
    return [*_typing(_EMAIL, opened), Touched(now_ms=30_000, action=Action.SEND)]


def _agreed(trouble: JoinTrouble = "", *, opened: list[AnyEvent] | None = None) -> list[AnyEvent]:
    told = _told("visitor.2", 30_400, trouble)
    return [*_agreement(opened), Touched(now_ms=30_100, action=Action.AGREE), told]


def _joined(opened: list[AnyEvent] | None = None) -> list[AnyEvent]:
    has_card = opened is not None
    told = JoinTold(request_id="visitor.2", days=14, has_joined=True, has_card=has_card)
    return [*_agreed(opened=opened)[:-1], Told(now_ms=30_400, answer=told)]


def _refused(refusal: Refusal) -> list[AnyEvent]:
    session = Session(session_id="session-1", tap_id="tap-1", state="refused", refusal=refusal)
    return [*tap(), AgentChanged(now_ms=1_100, state=an_agent_state(session=session))]


def _with_card() -> list[AnyEvent]:
    """A blank card lies there; the agent tells no more of it once the journey has begun."""
    gone = AgentChanged(now_ms=2_050, state=an_agent_state())
    return [*_refused("card_not_active"), Touched(now_ms=2_000, action=Action.JOIN), gone]


SCENES: Final[tuple[Scene, ...]] = (
    scene("join_asking", lambda _: _opened(), 2_000),
    scene("join_cut", lambda _: [*_opened(), _told("visitor.1", 2_600, "central_unreachable")]),
    scene("join_not_set_up", lambda _: [*_opened(), _told("visitor.1", 2_600, "not_set_up")]),
    scene("join_typing", lambda _: _typing("eva.au")),
    scene("join_typed", lambda _: _typing(_EMAIL)),
    scene("join_agreement", lambda _: _agreement()),
    scene("join_agreement_card", lambda _: _agreement(_with_card())),
    scene("join_sending", lambda _: _agreed()[:-1], 2_000),
    scene("join_no_address", lambda _: _agreed("not_an_address")),
    scene("join_too_many", lambda _: _agreed("too_many")),
    scene("join_card_gone", lambda _: _agreed("card_gone", opened=_with_card())),
    scene("join_uncertain", lambda _: _agreed("central_unreachable")),
    scene("join_not_here", lambda _: _agreed("not_here")),
    scene("join_done", lambda _: _joined()),
    scene("join_done_card", lambda _: _joined(_with_card())),
)
