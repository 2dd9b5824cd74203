"""What the agent answers to the journeys of the kiosk: a module per journey, each a table by message."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from terminal.journeys import (
    blocking,
    carers,
    comfort,
    converting,
    day_totals,
    games,
    join,
    looking_after,
    lost_cards,
    my_details,
    my_giving,
    my_pharmacist,
    my_value,
    new_pins,
    packs,
    pin,
    printing,
    promotions,
    replacing,
    shop_messages,
    shops,
    why,
    with_head_office,
)
from terminal.journeys.base import Answering, Parts
from wire.messages import Answer
from wire.printing import PrintTold

Table = Callable[[Parts], Mapping[type, Answering]]

_TABLES: tuple[Table, ...] = (
    games.table,
    shops.table,
    shop_messages.table,
    my_value.table,
    my_giving.table,
    converting.table,
    promotions.table,
    my_details.table,
    my_pharmacist.table,
    printing.table,
    why.table,
    pin.table,
    new_pins.table,
    blocking.table,
    packs.table,
    lost_cards.table,
    replacing.table,
    join.table,
    carers.table,
    comfort.table,
    looking_after.table,
    day_totals.table,
    with_head_office.table,
)
"""To add a journey, list its table here."""


def answers_of(parts: Parts) -> dict[type[Any], Answering]:
    """Who answers which message; what is a member's is told to nobody who came after them.

    How a paper ended is no member's: it is told, whoever stands there.
    """
    return {
        kind: _while_there(parts, answering) for table in _TABLES for kind, answering in table(parts).items()
    }


def _while_there(parts: Parts, answering: Answering) -> Answering:
    async def answer(asked: Any) -> Sequence[Answer]:
        session_id = getattr(asked, "session_id", "")
        was_there = parts.session(session_id) is not None
        answers = await answering(asked)
        if was_there and parts.session(session_id) is None:
            return [each for each in answers if isinstance(each, PrintTold)]
        return answers

    return answer
