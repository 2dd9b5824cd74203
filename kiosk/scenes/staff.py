"""Moments of staff: their card, and a till that is being paired."""

from functools import partial
from typing import Final, Literal, get_args

import msgspec

from kiosk.flow import Action
from kiosk.flow.events import AgentChanged, AnyEvent, CardSeen, Told, Touched
from kiosk.scenes.base import Scene, entry_of, idle, scene, visit
from kiosk.scenes.demo import a_member, a_session, an_agent_state
from wire.comfort import Comfort
from wire.day_totals import DayTotalsTold, TillSum
from wire.looking_after import (
    CardRead,
    Condition,
    DiagnosisTold,
    Finding,
    ReaderTest,
    Reenrolling,
    SupportShown,
)
from wire.messages import (
    AgentState,
    CommandResult,
    Language,
    OfflineState,
    PinOutcome,
    PinTold,
    Session,
    Staff,
)
from wire.printing import PrinterCondition, PrinterState, PrintOutcome, PrintTold
from wire.tills import ALL_TILLS, TillPairing, TillPairingFailure


def _staff(*more: AnyEvent, agent: AgentState | None = None, asks_pin: bool = False) -> list[AnyEvent]:
    """A person of staff holds their card there."""
    session = Session(
        session_id="session-1",
        tap_id="tap-1",
        state="open",
        staff=Staff(name="Mme Rochat", may_pair_tills=True, may_look_after=True, asks_pin=asks_pin),
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


def _found(agent: AgentState | None) -> Told:
    """What the agent finds, as its state tells: all of it well, or nothing."""
    told = agent or _well()
    is_ill = told.link == "down"
    at_ms = 1_784_271_600_000
    printer = told.printer.condition if told.printer else "not_fitted"
    conditions: dict[str, Condition] = {"ready": "well", "paper_low": "soon", "not_fitted": "absent"}
    ill = (
        Finding(part="central", condition="soon", code="down", at_ms=at_ms),
        Finding(part="waiting", condition="soon", code="waiting", count=1_204),
        Finding(part="prices", condition="broken", code="too_old", at_ms=at_ms),
        Finding(part="blocked_cards", condition="soon", code="too_old", at_ms=at_ms),
        Finding(part="clock", condition="soon", code="off", count=312),
        Finding(part="disk", condition="soon", code="free", count=611),
        Finding(part="memory", condition="soon", code="free", count=41),
        Finding(part="certificate", condition="soon", code="ends", at_ms=at_ms + 20 * 86_400_000),
        Finding(part="version", condition="soon", code="other", name="1.4.0 / 1.3.9"),
        Finding(part="reader", condition="soon", code="card_unread", name="uTrust 4701 F"),
    )
    well = (
        Finding(part="central", condition="well", code="up"),
        Finding(part="waiting", condition="well", code="none"),
        Finding(part="reader", condition="well", code="ready", name="Identiv uTrust 4701 F CL 00"),
        Finding(part="prices", condition="well", code="as_of", at_ms=at_ms),
        Finding(part="blocked_cards", condition="well", code="as_of", at_ms=at_ms),
        Finding(part="clock", condition="well", code="off", count=1),
        Finding(part="certificate", condition="well", code="ends", at_ms=at_ms + 800 * 86_400_000),
        Finding(part="disk", condition="well", code="free", count=21_340),
        Finding(part="memory", condition="well", code="free", count=612),
        Finding(part="version", condition="well", code="same", name="1.4.0"),
    )
    of_printer = Finding(part="printer", condition=conditions.get(printer, "broken"), code=printer)
    return Told(
        now_ms=2400,
        answer=DiagnosisTold(request_id="session-1.1", findings=(of_printer, *(ill if is_ill else well))),
    )


def _looking(*more: AnyEvent, agent: AgentState | None = None) -> list[AnyEvent]:
    """They look how the terminal is."""
    return _staff(*_into(Action.HOW_IS_IT), _found(agent), *more, agent=agent)


def _trying(test: ReaderTest) -> list[AnyEvent]:
    """They try the reader: the agent says so, and their card's visit is over."""
    begun = msgspec.structs.replace(_well(), reader_test=test)
    return [*idle(), AgentChanged(now_ms=500, state=begun)]


def _anew(anew: Reenrolling, _: Language) -> list[AnyEvent]:
    """The terminal is enrolled anew."""
    begun = msgspec.structs.replace(_well(), reenrolling=anew)
    return [*idle(), AgentChanged(now_ms=500, state=begun)]


def _read(medium: str, tail: str, took_ms: int, reader: str) -> ReaderTest:
    card = CardRead(medium=medium, tail=tail, took_ms=took_ms, reader=reader)
    return ReaderTest(state="ready", reader=reader, last=card, count=1)


def _typing_code(*judged: AnyEvent) -> list[AnyEvent]:
    """Somebody with a code wants to connect a till."""
    digits = (Action.DIGIT_2, Action.DIGIT_4, Action.DIGIT_8, Action.DIGIT_6)
    typed = [Touched(now_ms=2500 + at, action=digit) for at, digit in enumerate(digits)]
    sent = [Touched(now_ms=2600, action=Action.SEND_PIN), *judged] if judged else []
    return _staff(*_into(Action.PAIR_TILL), *typed, *sent, asks_pin=True)


def _code_judged(outcome: PinOutcome, tries_left: int = 0) -> list[AnyEvent]:
    told = PinTold(request_id="session-1.1", outcome=outcome, tries_left=tries_left)
    return _typing_code(Told(now_ms=2700, answer=told))


def _printed(outcome: PrintOutcome) -> Scene:
    told = Told(now_ms=2900, answer=PrintTold(request_id="session-1.2", outcome=outcome))
    return scene(f"test_page_{outcome}", lambda _: _looking(_PRINT, told), SOON_MS)


def _condition(condition: PrinterCondition) -> Scene:
    printer = PrinterState(condition=condition, since_ms=0)
    agent = msgspec.structs.replace(_well(), printer=printer)
    return scene(f"printer_{condition}", lambda _: _looking(agent=agent), SOON_MS)


def _support(state: Literal["asked", "granted"]) -> AgentState:
    """Head office asks to see the screen, or sees it."""
    return msgspec.structs.replace(
        _well(),
        support=SupportShown(
            support_id="support-1",
            state=state,
            reason="Das Papier der Bons kommt verkehrt herum (Anruf 9:40)",
            minutes=10,
            until_ms=1_784_272_200_000,
        ),
    )


def _into_support() -> list[AnyEvent]:
    """The first entry of the menu, as long as there is a question."""
    return [Touched(now_ms=2000, action=Action.CHOOSE_1)]


def _now(agent: AgentState) -> AnyEvent:
    """The agent's state while a card of staff lies there."""
    staff = Staff(name="Mme Rochat", may_pair_tills=True, may_look_after=True)
    session = Session(session_id="session-1", tap_id="tap-1", state="open", staff=staff)
    return AgentChanged(now_ms=2300, state=msgspec.structs.replace(agent, session=session))


def _watched(language: Language) -> list[AnyEvent]:
    """A member stands there while head office looks: it sees the sign in place of this."""
    member = a_member(language=language)
    watched = msgspec.structs.replace(_support("granted"), session=a_session(member))
    return [*visit(member), AgentChanged(now_ms=1500, state=watched)]


_CONTACTLESS: Final = "Identiv uTrust 4701 F Contactless Reader"
_SLOT: Final = "Identiv uTrust 4701 F Contact Reader"
SOON_MS: Final = 400
"""Before the page looks again by itself."""
_MORE: Final = Touched(now_ms=2450, action=Action.OLDER)
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


_TURN: Final = Touched(now_ms=2480, action=Action.OLDER)


def _totalled(*, waiting: int = 0) -> DayTotalsTold:
    """A day of two tills, from one evening on. The money of tickets is the till's to count."""
    first = (
        TillSum(act="Award", sale_id="TILL-1", count=148, points=5_021),
        TillSum(act="Debit", sale_id="TILL-1", count=3, amount_minor=7_500),
        TillSum(act="Rebate", sale_id="TILL-1", count=41, amount_minor=18_240),
        TillSum(act="Redemption", sale_id="TILL-1", count=12, amount_minor=12_000, points=6_000),
        TillSum(act="ReverseAward", sale_id="TILL-1", count=2, points=43),
    )
    second = TillSum(act="Award", sale_id="TILL-2", count=64, points=1_977)
    both = TillSum(act="Award", count=212, points=6_998)
    others = tuple(msgspec.structs.replace(each, sale_id="") for each in first[1:])
    return DayTotalsTold(
        request_id="session-1.1",
        is_told=True,
        sums=(both, *others, *first, second),
        since_ms=1_784_185_200_000,
        waiting=waiting,
    )


def _totals(told: DayTotalsTold, *more: AnyEvent, agent: AgentState | None = None) -> list[AnyEvent]:
    return _staff(*_into(Action.DAY_TOTALS), Told(now_ms=2400, answer=told), *more, agent=agent)


SCENES: Final[tuple[Scene, ...]] = (
    scene("staff", lambda _: _staff()),
    scene(
        "staff_refused",
        lambda _: _staff(
            *_into(Action.PAIR_TILL),
            Told(now_ms=2100, answer=CommandResult(request_id="session-1.pair.1", is_done=False)),
        ),
    ),
    scene("how_is_it", lambda _: _looking(), SOON_MS),
    scene("how_is_it_ill", lambda _: _looking(agent=_ill()), SOON_MS),
    scene("how_is_it_next", lambda _: _looking(_MORE), SOON_MS),
    scene("how_is_it_last", lambda _: _looking(_MORE, _MORE), SOON_MS),
    scene("how_is_it_ill_next", lambda _: _looking(_MORE, agent=_ill()), SOON_MS),
    scene("how_is_it_ill_last", lambda _: _looking(_MORE, _MORE, agent=_ill()), SOON_MS),
    scene("how_is_it_bare", lambda _: _looking(agent=an_agent_state(link="connecting")), SOON_MS),
    scene("how_is_it_asked", lambda _: _staff(*_into(Action.HOW_IS_IT)), later_ms=SOON_MS),
    scene(
        "how_is_it_unknown",
        lambda _: _staff(
            *_into(Action.HOW_IS_IT), Told(now_ms=2400, answer=DiagnosisTold(request_id="session-1.1"))
        ),
        later_ms=SOON_MS,
    ),
    scene("reader_test", lambda _: _trying(ReaderTest(state="ready", reader=_CONTACTLESS))),
    scene("reader_test_read", lambda _: _trying(_read("nfc_uid", "E5F6", 84, _CONTACTLESS))),
    scene("reader_test_slot", lambda _: _trying(_read("chip", "4711", 1_940, _SLOT))),
    scene("reader_test_health", lambda _: _trying(_read("health", "", 612, _SLOT))),
    scene("reader_test_scanned", lambda _: _trying(_read("barcode", "0017", 0, "Honeywell 1450g"))),
    scene(
        "reader_test_unread",
        lambda _: _trying(ReaderTest(state="ready", reader=_CONTACTLESS, fault="card_unread")),
    ),
    scene("reader_test_lost", lambda _: _trying(ReaderTest(state="lost", fault="unplugged"))),
    scene("reader_test_silent", lambda _: _trying(ReaderTest(state="needs_help", fault="not_answering"))),
    scene("staff_code", lambda _: _typing_code()),
    scene("staff_code_wrong", lambda _: _code_judged("wrong", 2)),
    scene("staff_code_locked", lambda _: _code_judged("locked")),
    scene("staff_code_away", lambda _: _code_judged("central_unreachable")),
    scene("reenrol", lambda _: _staff(*_into(Action.REENROL))),
    scene(
        "reenrol_refused",
        lambda _: _staff(
            *_into(Action.REENROL),
            Touched(now_ms=2500, action=Action.AGREE),
            Told(now_ms=2900, answer=CommandResult(request_id="session-1.1", is_done=False)),
        ),
    ),
    *(
        scene(f"reenrolling_{name}", partial(_anew, anew))
        for name, anew in (
            ("asked", Reenrolling(step="code")),
            ("code", Reenrolling(step="code", code="K7QM-3XWD")),
            ("approved", Reenrolling(step="approved")),
            ("failed", Reenrolling(step="failed")),
        )
    ),
    scene("support_asks", lambda _: [*idle(), AgentChanged(now_ms=500, state=_support("asked"))]),
    scene("staff_support_asks", lambda _: _staff(agent=_support("asked"))),
    scene("staff_watched", lambda _: _staff(agent=_support("granted"))),
    scene("support", lambda _: _staff(*_into_support(), agent=_support("asked"))),
    scene("support_granted", lambda _: _staff(*_into_support(), agent=_support("granted"))),
    scene(
        "support_over",
        lambda _: _staff(*_into_support(), _now(_well()), agent=_support("asked")),
    ),
    scene(
        "support_refused",
        lambda _: _staff(
            *_into_support(),
            Touched(now_ms=2500, action=Action.AGREE),
            Told(now_ms=2900, answer=CommandResult(request_id="session-1.1", is_done=False)),
            agent=_support("asked"),
        ),
    ),
    scene(
        "support_central_away",
        lambda _: _staff(
            *_into_support(),
            Touched(now_ms=2500, action=Action.AGREE),
            Told(
                now_ms=2900,
                answer=CommandResult(request_id="session-1.1", is_done=False, error="central_unreachable"),
            ),
            agent=_support("asked"),
        ),
    ),
    scene("attract_watched", lambda _: [*idle(), AgentChanged(now_ms=500, state=_support("granted"))]),
    scene("member_watched", _watched),
    scene("staff_more", lambda _: _staff(_MORE)),
    scene("defaults", lambda _: _staff(*_into(Action.DEFAULTS))),
    scene(
        "defaults_set",
        lambda _: _staff(
            *_into(Action.DEFAULTS),
            agent=msgspec.structs.replace(_well(), comfort=Comfort(is_contrast=True, is_left_handed=True)),
        ),
    ),
    scene(
        "defaults_refused",
        lambda _: _staff(
            *_into(Action.DEFAULTS),
            Touched(now_ms=2500, action=Action.CHOOSE_6),
            Told(now_ms=2900, answer=CommandResult(request_id="session-1.1", is_done=False)),
        ),
    ),
    *(_condition(condition) for condition in get_args(PrinterCondition)),
    scene("day_totals_waiting", lambda _: _staff(*_into(Action.DAY_TOTALS)), later_ms=SOON_MS),
    scene("day_totals", lambda _: _totals(_totalled())),
    scene("day_totals_till", lambda _: _totals(_totalled(waiting=3), _TURN, _TURN)),
    scene("day_totals_none", lambda _: _totals(_totalled(), agent=an_agent_state())),
    scene("day_totals_nothing", lambda _: _totals(DayTotalsTold(request_id="session-1.1", is_told=True))),
    scene("day_totals_unknown", lambda _: _totals(DayTotalsTold(request_id="session-1.1"))),
    scene("day_totals_more", lambda _: _totals(msgspec.structs.replace(_totalled(), is_cut=True))),
    scene(
        "day_totals_printed",
        lambda _: _totals(
            _totalled(),
            _PRINT,
            Told(now_ms=2900, answer=PrintTold(request_id="session-1.2", outcome="printed")),
        ),
    ),
    scene("day_totals_asked", lambda _: _totals(_totalled(), _PRINT)),
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
