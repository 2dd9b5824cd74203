"""What the agent answers to the journeys of the kiosk: a module per journey, each a table by message."""

from collections.abc import Callable, Mapping
from typing import Any

from terminal.journeys import games, my_giving, my_value, printing, shop_messages, shops
from terminal.journeys.base import Answering, Parts

Table = Callable[[Parts], Mapping[type, Answering]]

_TABLES: tuple[Table, ...] = (
    games.table,
    shops.table,
    shop_messages.table,
    my_value.table,
    my_giving.table,
    printing.table,
)
"""To add a journey, list its table here."""


def answers_of(parts: Parts) -> dict[type[Any], Answering]:
    """Who answers which message."""
    return {kind: answering for table in _TABLES for kind, answering in table(parts).items()}
