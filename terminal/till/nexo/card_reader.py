"""CardReaderInit, CardReaderAPDU, CardReaderPowerOff: a till speaks with the card on the reader itself.

Only where the settings of the agent and of the reader daemon both permit it. A talk is one till's, and is
over when its card leaves.
"""

import asyncio
from typing import Final

from loyalty.limits.terminal import CARD_ACQUISITION_WAIT_S
from terminal.card_talk import CardSaid, CardTalkFailed
from terminal.till.nexo.context import Ask, NexoFailure, Till, TillTalk, success
from terminal.till.nexo.holder import ENTRY_MODES
from wire.messages import TalkTrouble
from wire.nexo.base import ErrorCondition, Nexo
from wire.nexo.device import (
    CardReaderAPDURequest,
    CardReaderAPDUResponse,
    CardReaderInitRequest,
    CardReaderInitResponse,
    CardReaderPowerOffRequest,
    CardReaderPowerOffResponse,
    ICCResetData,
)

_STATUS_DIGITS: Final = 4
_TROUBLES: Final[dict[TalkTrouble, tuple[ErrorCondition, str]]] = {
    "card_gone": ("Cancel", "The card was taken away. Send CardReaderInit, and have it held to the reader."),
    "card_silent": ("InvalidCard", "The card does not answer. Have it put back, and send CardReaderInit."),
    "too_slow": ("InvalidCard", "The card answers too slowly. Have it put back, and send CardReaderInit."),
    "too_many": ("NotAllowed", "This card was sent too many commands. Have it taken off and put back."),
    "busy": ("Busy", "The card is being spoken with. Send this again in a moment, with a new ServiceID."),
    "not_permitted": (
        "NotAllowed",
        "The reader does not carry this command for tills (card_talks in [reader] of the terminal's settings;"
        " commands to the reader itself are never carried).",
    ),
    "reader_cannot": ("UnavailableDevice", "This reader reads cards and carries no commands to them."),
}


async def init(till: Till, ask: Ask) -> Nexo:
    """Reset the card on the reader, or the one that comes; its ATR. Ends the talk before."""
    _require_permitted(till)
    request = ask.body
    assert isinstance(request, CardReaderInitRequest)
    till.card_talk = None
    wait_s = CARD_ACQUISITION_WAIT_S
    if request.max_waiting_time is not None:
        wait_s = min(max(request.max_waiting_time, 0), CARD_ACQUISITION_WAIT_S)
    tap_id = await _wait_card(till, wait_s)
    said = await _talk(till, tap_id, (), is_first=True)
    till.card_talk = TillTalk(ask.sale_id, tap_id)
    current = till.desk.current
    lies = current is not None and current.tap_id == tap_id
    return CardReaderInitResponse(
        response=success(),
        entry_mode=[ENTRY_MODES[current.evidence.medium]] if current is not None and lies else None,
        icc_reset_data=ICCResetData(atr_value=said.atr),
    )


async def exchange(till: Till, ask: Ask) -> Nexo:
    """One command to the card of this till's talk; whatever it answers is a Success."""
    _require_permitted(till)
    request = ask.body
    assert isinstance(request, CardReaderAPDURequest)
    talk = till.card_talk
    if talk is None or talk.sale_id != ask.sale_id:
        raise NexoFailure(
            "NotAllowed", "No card was begun with. Send CardReaderInit first.", reason_code="card_not_begun"
        )
    said = await _talk(till, talk.tap_id, (_command(request),))
    answer = said.answers[0]
    return CardReaderAPDUResponse(
        response=success(),
        apdu_data=answer[:-_STATUS_DIGITS] or None,
        card_status_words=answer[-_STATUS_DIGITS:],
    )


async def power_off(till: Till, ask: Ask) -> Nexo:
    """The talk is over; with MaxWaitingTime wait until the card is taken off."""
    _require_permitted(till)
    request = ask.body
    assert isinstance(request, CardReaderPowerOffRequest)
    till.card_talk = None
    if request.max_waiting_time:
        await _wait_removed(till, min(request.max_waiting_time, CARD_ACQUISITION_WAIT_S))
    return CardReaderPowerOffResponse(response=success())


def _require_permitted(till: Till) -> None:
    if not till.settings.allow_card_apdu:
        raise NexoFailure(
            "NotAllowed",
            "Tills may not speak with cards themselves here ([terminal] allow_card_apdu = true permits it).",
            reason_code="card_apdu_not_permitted",
        )


def _command(request: CardReaderAPDURequest) -> str:
    """The command as the card takes it (ISO/IEC 7816-4 par. 5.2, short form)."""
    head = request.apdu_class + request.apdu_instruction + request.apdu_par1 + request.apdu_par2
    data = request.apdu_data or ""
    body = f"{len(data) // 2:02X}{data}" if data else ""
    return (head + body + (request.apdu_expected_length or "")).upper()


async def _talk(till: Till, tap_id: str, commands: tuple[str, ...], *, is_first: bool = False) -> CardSaid:
    try:
        return await till.talk.ask(tap_id, "till", commands, is_first=is_first)
    except CardTalkFailed as error:
        if error.reason not in ("busy", "not_permitted", "too_many"):
            till.card_talk = None
        condition, text = _TROUBLES[error.reason]
        raise NexoFailure(condition, text, reason_code=f"card_talk_{error.reason}") from error


async def _wait_card(till: Till, wait_s: int) -> str:
    """The tap of the card that lies there, or comes in time."""
    try:
        async with asyncio.timeout(wait_s):
            while not till.desk.lying_tap_id:
                await till.desk.lying_moved.wait()
    except TimeoutError:
        raise NexoFailure(
            "Cancel", "No card was held to the reader. Ask for it, and send this again.",
            reason_code="nobody_tapped",
        ) from None  # fmt: skip
    return till.desk.lying_tap_id


async def _wait_removed(till: Till, wait_s: int) -> None:
    try:
        async with asyncio.timeout(wait_s):
            while till.desk.lying_tap_id:
                await till.desk.lying_moved.wait()
    except TimeoutError:
        raise NexoFailure(
            "InsertedCard", "The card still lies on the reader. Have it taken off.", reason_code="card_left"
        ) from None
