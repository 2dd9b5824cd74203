"""A member asks the pharmacy something: sent to central at once, each wish once in a visit."""

import hashlib
from collections.abc import Mapping, Sequence

from terminal.journeys.base import Answering, Parts, Untold
from wire.api_shop_messages import ShopMessageBody, ShopMessageView
from wire.messages import Answer, CommandResult
from wire.shop_messages import WriteToShop


def table(parts: Parts) -> Mapping[type, Answering]:
    """Who answers."""

    async def write(asked: WriteToShop) -> Sequence[Answer]:
        card = parts.session(asked.session_id)
        if card is None:
            return ()
        # One wish is one message, however often it is tried in a visit: the first answer may be lost.
        to = f".{_mark(asked.staff_id)}" if asked.staff_id else ""
        message_id = asked.wish_id or f"{card.session_id}.{asked.topic}{to}"
        told = await parts.ask(
            card,
            "/shop-messages",
            body=lambda holder: ShopMessageBody(
                message_id=message_id,
                holder=holder,
                topic=asked.topic,
                text=asked.text,
                staff_id=asked.staff_id or None,
            ),
            answer=ShopMessageView,
        )
        error = told.code if isinstance(told, Untold) else ""
        return (CommandResult(request_id=asked.request_id, is_done=not error, error=error),)

    return {WriteToShop: write}


def _mark(staff_id: str) -> str:
    """Short enough to stand in an id beside the session's."""
    return hashlib.sha256(staff_id.encode()).hexdigest()[:8]
