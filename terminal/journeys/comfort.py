"""A person of staff sets how loud and bright the kiosk is."""

from collections.abc import Mapping, Sequence

import apsw
import structlog

from loyalty.errors import LoyaltyError
from terminal.journeys.base import Answering, Parts
from wire.comfort import SetComfort
from wire.messages import Answer, CommandResult

log = structlog.get_logger(__name__)


def table(parts: Parts) -> Mapping[type, Answering]:
    """Who answers."""

    async def set_comfort(asked: SetComfort) -> Sequence[Answer]:
        card = parts.session(asked.session_id)
        if card is None or card.staff is None or "look_after" not in card.staff.may:
            return (CommandResult(request_id=asked.request_id, is_done=False, error="not_staff"),)
        try:
            await parts.comfort.set(asked.comfort)
        except (apsw.Error, LoyaltyError) as error:
            log.warning("comfort_not_kept", reason=str(error))
            return (CommandResult(request_id=asked.request_id, is_done=False, error="not_kept"),)
        return (CommandResult(request_id=asked.request_id, is_done=True),)

    return {SetComfort: set_comfort}
