"""What a clerk does at the desk's till by nexo's Admin: members without a card, parked baskets."""

import secrets
from collections.abc import Sequence
from typing import Final

import msgspec

from loyalty.errors import LoyaltyError, Trouble
from loyalty.money import format_minor, scale_of
from tools.demo.desk.counter import CounterLine
from tools.till import SimulatedTill, read_additional, requests
from wire.nexo.admin import AdminResponse

_OVER: Final = "sign_in_over"


class ServiceRefused(LoyaltyError):
    """The terminal or central does not do it."""

    code = "desk_service_refused"
    trouble = Trouble.REFUSED
    text = "{why}"

    def __init__(self, *, why: str, reason_code: str) -> None:
        super().__init__(why=why)
        self.reason_code = reason_code


class FoundMember(msgspec.Struct, frozen=True):
    """Who was found; `found` stands in a card's place for one ticket."""

    found: str
    name: str
    born: str


class ParkedBasket(msgspec.Struct, frozen=True):
    """What waits."""

    parked: str
    label: str


class TakenLine(msgspec.Struct, frozen=True):
    """A line of a basket that was taken up."""

    code: str
    quantity: int


class Staff:
    """One clerk, who signs in when there is first something to do."""

    def __init__(self, till: SimulatedTill, staff_id: str, code: str) -> None:
        self._till = till
        self._staff_id = staff_id
        self._code = code
        self._clerk = ""

    async def find(self, name: str, born: str) -> list[FoundMember]:
        """Who has this name; with the birth date a part of it is enough. Raises: ServiceRefused."""
        asked = {"name": name} | ({"born": born} if born else {})
        told = await self._do("find", id=_new_id("find"), **asked)
        return [
            FoundMember(told[f"found.{number}"], told[f"name.{number}"], told[f"born.{number}"])
            for number in range(1, int(told["count"]) + 1)
        ]

    async def park(self, lines: Sequence[CounterLine]) -> None:
        """Put a basket aside. Raises: ServiceRefused."""
        scale = scale_of(self._till.currency)
        text = ";".join(
            f"{line.code}*{line.quantity}={format_minor(line.quantity * line.price_minor, scale)}"
            for line in lines
        )
        label = f"{lines[0].label} …" if len(lines) > 1 else lines[0].label
        await self._do(
            "park", id=_new_id("parked"), lines=text, label=label[:40], currency=self._till.currency
        )

    async def list_parked(self) -> list[ParkedBasket]:
        """What waits in this shop. Raises: ServiceRefused."""
        told = await self._do("parked")
        numbers = range(1, int(told["count"]) + 1)
        return [ParkedBasket(told[f"parked.{number}"], told[f"label.{number}"]) for number in numbers]

    async def take_up(self, parked: str) -> list[TakenLine]:
        """The basket, for this till alone. Raises: ServiceRefused."""
        told = await self._do("take-up", id=_new_id("take"), parked=parked)
        taken = []
        for part in told["lines"].split(";"):
            code, _, rest = part.partition("*")
            taken.append(TakenLine(code, int(rest.partition("=")[0])))
        return taken

    async def _do(self, service: str, **pairs: str) -> dict[str, str]:
        try:
            if self._clerk:
                return await self._ask(service, clerk=self._clerk, **pairs)
        except ServiceRefused as refused:
            if refused.reason_code != _OVER:
                raise
        signed_in = await self._ask("sign-in", staff=self._staff_id, code=self._code)
        self._clerk = signed_in["clerk"]
        return await self._ask(service, clerk=self._clerk, **pairs)

    async def _ask(self, service: str, **pairs: str) -> dict[str, str]:
        answer = await self._till.ask(requests.admin(service, **pairs), AdminResponse)
        told = read_additional(answer.response.additional_response)
        if answer.response.result != "Success":
            why = told.get("message") or answer.response.error_condition or "Failure"
            raise ServiceRefused(why=why, reason_code=told.get("code", ""))
        return told


def _new_id(kind: str) -> str:
    return f"{kind}-{secrets.token_hex(8)}"
