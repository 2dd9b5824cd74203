"""Moments of staff: their card, and a till that is being paired."""

from typing import Final, get_args

import msgspec

from kiosk.flow import Action
from kiosk.flow.events import AgentChanged, AnyEvent, CardSeen, Told, Touched
from kiosk.scenes.base import Scene, idle, scene
from kiosk.scenes.demo import an_agent_state
from wire.messages import CommandResult, Session, Staff, TillPairing, TillPairingFailure


def _staff(*more: AnyEvent) -> list[AnyEvent]:
    """A person of staff holds their card there."""
    session = Session(
        session_id="session-1",
        tap_id="tap-1",
        state="open",
        staff=Staff(name="Mme Rochat", may_pair_tills=True),
    )
    opened = AgentChanged(now_ms=1100, state=an_agent_state(session=session))
    return [*idle(), CardSeen(now_ms=1000, tap_id="tap-1"), opened, *more]


def _paired(pairing: TillPairing) -> list[AnyEvent]:
    """What the agent says of a till that is being paired."""
    return [*idle(), AgentChanged(now_ms=500, state=an_agent_state(till_pairing=pairing))]


_TILL_CODE = TillPairing(
    step="code",
    code="482 915",
    qr="OFFICINE-TILL 1 192.0.2.17:8443 482915 OFFICINE-00000001",
    address="192.0.2.17:8443",
    minutes_left=5,
)
_TILL_CHECK = TillPairing(step="check", word="MITE-LONA", sale_id="TILL-2", is_tested=True)


def _failed_scene(why: TillPairingFailure) -> Scene:
    return scene(f"till_failed_{why}", lambda _: _paired(TillPairing(step="failed", failure=why)))


SCENES: Final[tuple[Scene, ...]] = (
    scene("staff", lambda _: _staff()),
    scene(
        "staff_refused",
        lambda _: _staff(
            Touched(now_ms=2000, action=Action.PAIR_TILL),
            Told(now_ms=2100, answer=CommandResult(request_id="session-1.pair.1", is_done=False)),
        ),
    ),
    scene("till_code", lambda _: _paired(_TILL_CODE)),
    scene("till_code_ends", lambda _: _paired(msgspec.structs.replace(_TILL_CODE, minutes_left=1))),
    scene("till_check", lambda _: _paired(_TILL_CHECK)),
    scene("till_check_again", lambda _: _paired(msgspec.structs.replace(_TILL_CHECK, is_known=True))),
    scene("till_check_waits", lambda _: _paired(msgspec.structs.replace(_TILL_CHECK, is_tested=False))),
    scene("till_paired", lambda _: _paired(TillPairing(step="done", sale_id="TILL-2"))),
    *(_failed_scene(why) for why in get_args(TillPairingFailure) if why),
)
