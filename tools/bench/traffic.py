"""Requests as bytes, prepared so that making one costs the load generator next to nothing."""

import itertools
import time
from collections.abc import Callable
from typing import Final

import msgspec

from tools.bench.world import World, sale

_BASKETS: Final = 4_096
_NUMBER: Final = b"@NUMBER@"
_NOW: Final = 1_111_111_111_111
"""Stands for the moment in a prepared body: as many digits as every moment until the year 2286."""


def sales(world: World, run: str) -> Callable[[], bytes]:
    """Makes a new paid ticket with every call, by members of the world in turn."""
    heads = [_prepared(world, number, run) for number in range(_BASKETS)]
    numbers = itertools.count()

    def next_request() -> bytes:
        number = next(numbers)
        now = b"%d" % (time.time_ns() // 1_000_000)
        unique = b"%08d" % number
        return heads[number % _BASKETS].replace(_NUMBER, unique).replace(b"%d" % _NOW, now)

    return next_request


def _prepared(world: World, number: int, run: str) -> bytes:
    body = sale(number, run, members=world.size.members, shop_id=None, occurred_ms=_NOW)
    marked = msgspec.structs.replace(
        body, sale_id=f"{run}-{_NUMBER.decode()}", business_key=f"{run}-{_NUMBER.decode()}", sent_ms=_NOW
    )
    content = msgspec.json.encode(marked)
    head = (
        "POST /api/v1/sales HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {world.token}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    assert len(_NUMBER) == 8, "the length of a body is counted with the mark in the number's place"
    return head.encode() + content
