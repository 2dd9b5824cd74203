"""`officine till counter`: what a clerk does for members, said by a till (nexo Admin)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from officine.inputs import InputInvalid

if TYPE_CHECKING:
    from tools.till import SimulatedTill
    from wire.nexo.admin import AdminResponse


def read_given(texts: tuple[str, ...], code: str | None) -> dict[str, str]:
    """NAME=TEXT as it was typed; of a ticket's reference (ID@TIME) the id. Raises: InputInvalid."""
    given = {} if code is None else {"code": code}
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator or not name or name in given:
            raise InputInvalid(where=text, why="is not NAME=TEXT, each name once, such as id=find-1.")
        given[name] = value.partition("@")[0] if name == "ticket" else value
    return given


async def ask_counter(till: "SimulatedTill", service: str, given: Mapping[str, str]) -> "AdminResponse":
    """One service at the terminal."""
    from tools.till import requests
    from wire.nexo.admin import AdminResponse

    return await till.ask(requests.admin(service, **given), AdminResponse)


service_argument = click.argument("service", metavar="SERVICE")
given_argument = click.argument("texts", metavar="[NAME=TEXT]...", nargs=-1)
