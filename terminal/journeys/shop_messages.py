"""A member asks the pharmacy something: sent to central at once, each wish once in a visit."""

from collections.abc import Mapping, Sequence

import structlog

from loyalty.limits import IDENTIFY_TIMEOUT_S
from terminal.central_link import CentralRefused, CentralUnreachable
from terminal.journeys.base import Answering, Parts
from wire.api import EvidenceBody
from wire.api_shop_messages import ShopMessageBody, ShopMessageView
from wire.messages import Answer, CommandResult
from wire.shop_messages import WriteToShop

log = structlog.get_logger(__name__)


def table(parts: Parts) -> Mapping[type, Answering]:
    """Who answers."""

    async def write(asked: WriteToShop) -> Sequence[Answer]:
        session = parts.session(asked.session_id)
        if session is None:
            return ()
        body = ShopMessageBody(
            # One wish is one message, however often it is tried in a visit: the first answer may be lost.
            message_id=f"{session.session_id}.{asked.topic}",
            holder=EvidenceBody(
                medium=session.evidence.medium, value=session.evidence.value, pin_proof=session.pin_proof
            ),
            topic=asked.topic,
        )
        error = ""
        try:
            if parts.link.state == "down":
                raise CentralUnreachable(reason=parts.link.trouble)
            await parts.link.call(
                "POST", "/shop-messages", body, ShopMessageView, IDENTIFY_TIMEOUT_S, session.tap_id
            )
        except CentralUnreachable as unreachable:
            error = unreachable.code
        except CentralRefused as refused:
            error = refused.problem.code
        if error:
            log.info("shop_message_not_kept", tap_id=session.tap_id, code=error)
        return (CommandResult(request_id=asked.request_id, is_done=not error, error=error),)

    return {WriteToShop: write}
