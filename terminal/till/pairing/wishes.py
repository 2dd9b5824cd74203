"""What people wish of tills at this terminal: on the kiosk with a card of staff, or at its command line."""

from collections.abc import Callable
from typing import Final

import structlog

from loyalty.errors import LoyaltyError
from terminal.desk import CardDesk
from terminal.till.pairing.desk import PairingDesk
from terminal.training.state import Training
from wire.api_tills import StaffHolderView
from wire.tills import AnswerCheckWord, CancelTillPairing, OfTills, OpenTillPairing, SetTraining, UnpairTill

log = structlog.get_logger(__name__)

NOT_STAFF: Final = "Hold a card of staff to the reader first; it must be one that may pair tills here."
CODE_FIRST: Final = "Type your code first: this card of staff alone opens no pairing."
NOT_OPERATOR: Final = "Run this on the terminal itself, as root or as the agent's user."
NOT_READY: Final = "The terminal is still starting. Try again in a moment."


class TillWishes:
    """Judges who wishes it. `find_desk`: the pairing desk, once the till's port is open."""

    def __init__(
        self, cards: CardDesk, training: Training, find_desk: Callable[[], PairingDesk | None]
    ) -> None:
        self._cards = cards
        self._training = training
        self._find_desk = find_desk

    async def carry_out(self, wish: OfTills, *, is_operator: bool) -> str:
        """Do it; what to tell when that did not work, empty when it did."""
        desk = self._find_desk()
        if desk is None:
            return NOT_READY
        try:
            return await self._carry_out(desk, wish, is_operator=is_operator)
        except LoyaltyError as error:
            log.info("till_wish_refused", wish=type(wish).__name__, code=error.code)
            return str(error)

    async def _carry_out(self, desk: PairingDesk, wish: OfTills, *, is_operator: bool) -> str:
        match wish:
            case OpenTillPairing(session_id=""):
                if not is_operator:
                    return NOT_OPERATOR
                await desk.open("operator")
            case OpenTillPairing(session_id=session_id):
                staff = self._staff(session_id)
                if (refused := _refused(staff)) or staff is None:
                    return refused
                await desk.open("staff_card", staff.staff_id)
            case AnswerCheckWord(word=word):
                await desk.answer_word(word)
            case CancelTillPairing():
                await desk.cancel()
            case UnpairTill(sale_id=sale_id):
                if not is_operator:
                    return NOT_OPERATOR
                await desk.unpair(sale_id)
            case SetTraining(sale_id=sale_id, is_on=is_on, session_id=session_id):
                staff = self._staff(session_id)
                if not (is_operator and not session_id) and (staff is None or "look_after" not in staff.may):
                    return NOT_STAFF if session_id else NOT_OPERATOR
                if is_on:
                    await self._training.begin(sale_id, "operator")
                else:
                    await self._training.end(sale_id)
        return ""

    def _staff(self, session_id: str) -> StaffHolderView | None:
        """Whose card of staff lies there, in this session."""
        card = self._cards.current
        is_it = card is not None and card.session_id == session_id and card.is_shown
        return card.staff if card is not None and is_it else None


def _refused(staff: StaffHolderView | None) -> str:
    """Why this card of staff opens no pairing; empty: it does."""
    if staff is None or "pair_tills" not in staff.may:
        return NOT_STAFF
    return CODE_FIRST if staff.asks_pin else ""
