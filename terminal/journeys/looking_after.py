"""What a person of staff asks of the terminal: how it is, a try of its reader; and their own code."""

from collections.abc import Mapping, Sequence

import structlog

from terminal import session as flow
from terminal.central_link import CentralRefused, CentralUnreachable
from terminal.journeys.base import Answering, Parts
from terminal.session import CardSession
from wire.api import EvidenceBody
from wire.looking_after import (
    AskDiagnosis,
    DiagnosisTold,
    EndReaderTest,
    EnterStaffPin,
    TestReader,
)
from wire.messages import Answer, CommandResult, PinOutcome, PinTold

log = structlog.get_logger(__name__)


def table(parts: Parts) -> Mapping[type, Answering]:
    """Who answers."""

    async def diagnose(asked: AskDiagnosis) -> Sequence[Answer]:
        if not may_look_after(parts.session(asked.session_id)):
            return (DiagnosisTold(request_id=asked.request_id),)
        findings = await parts.diagnosis.findings(asked.kiosk_version)
        return (DiagnosisTold(request_id=asked.request_id, findings=findings),)

    async def begin_test(asked: TestReader) -> Sequence[Answer]:
        if not may_look_after(parts.session(asked.session_id)):
            return (CommandResult(request_id=asked.request_id, is_done=False, error="not_staff"),)
        parts.desk.trial.begin()
        return (CommandResult(request_id=asked.request_id, is_done=True),)

    async def end_test(_: EndReaderTest) -> Sequence[Answer]:
        parts.desk.trial.end()
        return ()

    async def enter_pin(entered: EnterStaffPin) -> Sequence[Answer]:
        return (await _judge(parts, entered),)

    return {
        AskDiagnosis: diagnose,
        TestReader: begin_test,
        EndReaderTest: end_test,
        EnterStaffPin: enter_pin,
    }


def may_look_after(card: CardSession | None) -> bool:
    """Whether a card of staff lies there that opens this."""
    return card is not None and card.staff is not None and "look_after" in card.staff.may


async def _judge(parts: Parts, entered: EnterStaffPin) -> PinTold:
    """Central counts the try to the clerk's lock; right: this tap of their card asks for no code any more."""

    def told(outcome: PinOutcome, tries_left: int = 0) -> PinTold:
        return PinTold(request_id=entered.request_id, outcome=outcome, tries_left=tries_left)

    card = parts.session(entered.session_id)
    if card is None or card.staff is None or not card.staff.asks_pin:
        return told("not_here")
    evidence = EvidenceBody(medium=card.evidence.medium, value=card.evidence.value)
    try:
        parts.link.require_up()
        view = await parts.link.identify_staff(evidence, card.tap_id, pin=entered.pin)
    except CentralUnreachable:
        return told("central_unreachable")
    except CentralRefused as error:
        log.info("staff_pin_refused", tap_id=card.tap_id, code=error.problem.code)
        match error.problem.code:
            case "pin_wrong":
                return told("wrong", int(error.problem.params["tries_left"] or 0))
            case "pin_locked":
                return told("locked")
        return told("not_here")
    desk = parts.desk
    desk.put(flow.staffed(desk.sessions, card.session_id, view, card.refusal_text))
    return told("right")
