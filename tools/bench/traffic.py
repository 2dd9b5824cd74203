"""Requests as bytes, prepared so that making one costs the load generator next to nothing."""

import itertools
import time
from collections import deque
from typing import Final, NamedTuple

import msgspec

from tools.bench.world import World, sale

_NUMBER: Final = b"@NUMBER@"
_CODE: Final = b"@THE-CODE-OF-VOUCHER@@@"
_CODE_LENGTH: Final = 23
"""20 digits in groups of five, as answers write them."""
_NOW: Final = 1_111_111_111_111
"""Stands for the moment in a prepared body: as many digits as every moment until the year 2286."""
_GIVEN: Final = b'"vouchers":[{"code":"'
"""Where an answer begins to tell of the voucher that the ticket gave."""


class Request(NamedTuple):
    """A request on its way; `basket`: what it buys."""

    content: bytes
    basket: int


class Sales:
    """New paid tickets for one server: each presents the voucher that its basket's last purchase gave.

    Lives as long as the server's database: the vouchers that are good stand here.
    """

    def __init__(self, world: World) -> None:
        self._run = f"bench-{time.time_ns()}"  # a name that no earlier load has used
        self._heads = [_prepared(world, number, self._run) for number in range(len(world.codes))]
        self._ready = deque(enumerate(code.encode() for code in world.codes))
        self._numbers = itertools.count()

    def next_request(self) -> Request:
        """The next basket whose purchase was answered."""
        basket, code = self._ready.popleft()
        now = b"%d" % (time.time_ns() // 1_000_000)
        unique = b"%08d" % next(self._numbers)
        head = self._heads[basket].replace(_NUMBER, unique).replace(b"%d" % _NOW, now)
        return Request(head.replace(_CODE, code), basket)

    def take_answer(self, request: Request, answer: bytes) -> None:
        """The basket may be bought again, with the voucher it gave this time."""
        at = answer.index(_GIVEN) + len(_GIVEN)
        self._ready.append((request.basket, answer[at : at + _CODE_LENGTH]))


def _prepared(world: World, number: int, run: str) -> bytes:
    body = sale(number, run, members=world.size.members, shop_id=None, occurred_ms=_NOW, code=_CODE.decode())
    marked = msgspec.structs.replace(
        body, sale_id=f"{run}-{_NUMBER.decode()}", business_key=f"{run}-{_NUMBER.decode()}", sent_ms=_NOW
    )
    content = msgspec.json.encode(marked)
    head = (
        "POST /api/v1/sales HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {world.token}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    assert len(_NUMBER) == 8, "the length of a body is counted with the marks in their places"
    assert len(_CODE) == _CODE_LENGTH == len(world.codes[number])
    return head.encode() + content
