"""Moments of staff: their card, and a till that is being paired."""

from typing import Final, get_args

import msgspec

from kiosk.flow import Action
from kiosk.flow.events import AgentChanged, AnyEvent, CardSeen, Told, Touched
from kiosk.scenes.base import Scene, entry_of, idle, scene
from kiosk.scenes.demo import an_agent_state
from wire.comfort import Comfort
from wire.messages import (
    ALL_TILLS,
    AgentState,
    CommandResult,
    OfflineState,
    Session,
    Staff,
    TillPairing,
    TillPairingFailure,
)
from wire.printing import PrinterCondition, PrinterState, PrintOutcome, PrintTold


def _staff(*more: AnyEvent, agent: AgentState | None = None) -> list[AnyEvent]:
    """A person of staff holds their card there."""
    session = Session(
        session_id="session-1",
        tap_id="tap-1",
        state="open",
        staff=Staff(name="Mme Rochat", may_pair_tills=True, may_look_after=True),
    )
    opened = AgentChanged(now_ms=1100, state=msgspec.structs.replace(agent or _well(), session=session))
    return [*idle(), CardSeen(now_ms=1000, tap_id="tap-1"), opened, *more]


def _well() -> AgentState:
    """All is as it should be."""
    told_ms = 1_784_271_600_000
    offline = OfflineState(
        bundle_number=41,
        bundle_ms=told_ms,
        is_bundle_usable=True,
        hot_list_ms=told_ms,
        hot_cards=12,
        may_redeem=True,
    )
    printer = PrinterState(condition="ready", since_ms=0)
    return msgspec.structs.replace(an_agent_state(offline=offline), printer=printer, version="1.4.0")


def _ill() -> AgentState:
    """Nothing is."""
    well = _well()
    assert well.offline is not None
    return msgspec.structs.replace(
        well,
        link="down",
        link_since_ms=well.offline.bundle_ms,
        outbox_depth=1_204,
        offline=msgspec.structs.replace(well.offline, is_bundle_usable=False, may_redeem=False),
        printer=PrinterState(condition="error", since_ms=0),
    )


def _practising(tills: tuple[str, ...]) -> AgentState:
    return msgspec.structs.replace(_well(), training=tills)


def _comfortable(volume: int, brightness: int) -> AgentState:
    return msgspec.structs.replace(_well(), comfort=Comfort(volume=volume, brightness=brightness))


def _into(tile: Action) -> list[AnyEvent]:
    """From the menu of staff into one of its entries."""
    return [Touched(now_ms=2000 + place, action=action) for place, action in enumerate(entry_of(tile))]


def _looking(*more: AnyEvent, agent: AgentState | None = None) -> list[AnyEvent]:
    """They look how the terminal is."""
    return _staff(*_into(Action.HOW_IS_IT), *more, agent=agent)


def _printed(outcome: PrintOutcome) -> Scene:
    told = Told(now_ms=2900, answer=PrintTold(request_id="session-1.1", outcome=outcome))
    return scene(f"test_page_{outcome}", lambda _: _looking(_PRINT, told))


def _condition(condition: PrinterCondition) -> Scene:
    printer = PrinterState(condition=condition, since_ms=0)
    agent = msgspec.structs.replace(_well(), printer=printer)
    return scene(f"printer_{condition}", lambda _: _looking(agent=agent))


_AGREE: Final = Touched(now_ms=2500, action=Action.AGREE)
_PRINT: Final = Touched(now_ms=2500, action=Action.PRINT)


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
            *_into(Action.PAIR_TILL),
            Told(now_ms=2100, answer=CommandResult(request_id="session-1.pair.1", is_done=False)),
        ),
    ),
    scene("how_is_it", lambda _: _looking()),
    scene("how_is_it_ill", lambda _: _looking(agent=_ill())),
    scene(
        "how_is_it_bare",
        lambda _: _looking(agent=an_agent_state(link="connecting")),
    ),
    *(_condition(condition) for condition in get_args(PrinterCondition)),
    scene("day_totals", lambda _: _staff(*_into(Action.DAY_TOTALS))),
    scene("day_totals_none", lambda _: _staff(*_into(Action.DAY_TOTALS), agent=an_agent_state())),
    scene(
        "day_totals_printed",
        lambda _: _staff(
            *_into(Action.DAY_TOTALS),
            _PRINT,
            Told(now_ms=2900, answer=PrintTold(request_id="session-1.1", outcome="printed")),
        ),
    ),
    scene("day_totals_asked", lambda _: _staff(*_into(Action.DAY_TOTALS), _PRINT)),
    scene("comfort", lambda _: _staff(*_into(Action.COMFORT), agent=_comfortable(60, 80))),
    scene("comfort_least", lambda _: _staff(*_into(Action.COMFORT), agent=_comfortable(0, 30))),
    scene("comfort_most", lambda _: _staff(*_into(Action.COMFORT))),
    scene(
        "comfort_refused",
        lambda _: _staff(
            *_into(Action.COMFORT),
            Touched(now_ms=2500, action=Action.QUIETER),
            Told(now_ms=2900, answer=CommandResult(request_id="session-1.1", is_done=False)),
        ),
    ),
    scene("training_off", lambda _: _staff(*_into(Action.TRAINING))),
    scene("training_asked", lambda _: _staff(*_into(Action.TRAINING), _AGREE)),
    scene("training_on", lambda _: _staff(*_into(Action.TRAINING), agent=_practising((ALL_TILLS,)))),
    scene("training_some", lambda _: _staff(*_into(Action.TRAINING), agent=_practising(("TILL-2",)))),
    scene(
        "training_refused",
        lambda _: _staff(
            *_into(Action.TRAINING),
            _AGREE,
            Told(now_ms=2900, answer=CommandResult(request_id="session-1.1", is_done=False)),
        ),
    ),
    scene("test_page_asked", lambda _: _looking(_PRINT)),
    *(_printed(outcome) for outcome in get_args(PrintOutcome)),
    scene("till_code", lambda _: _paired(_TILL_CODE)),
    scene("till_code_ends", lambda _: _paired(msgspec.structs.replace(_TILL_CODE, minutes_left=1))),
    scene("till_check", lambda _: _paired(_TILL_CHECK)),
    scene("till_check_again", lambda _: _paired(msgspec.structs.replace(_TILL_CHECK, is_known=True))),
    scene("till_check_waits", lambda _: _paired(msgspec.structs.replace(_TILL_CHECK, is_tested=False))),
    scene("till_paired", lambda _: _paired(TillPairing(step="done", sale_id="TILL-2"))),
    *(_failed_scene(why) for why in get_args(TillPairingFailure) if why),
)
