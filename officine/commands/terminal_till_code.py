"""`officine terminal till-code` and `till-word`: pairing a till without a card of staff."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loyalty.errors import LoyaltyError, Trouble
from officine.output import console, json_option, print_facts, print_json
from officine.programs import settings_of

if TYPE_CHECKING:
    from wire.tills import TillPairing


class NoTillCame(LoyaltyError):
    """The code ended before a till was paired."""

    code = "no_till_came"
    trouble = Trouble.REFUSED
    text = "No till was paired ({why}). Open a new code: officine terminal till-code"


@click.command("till-code")
@json_option
@click.pass_context
def till_code(ctx: click.Context, as_json: bool) -> None:
    """At the terminal: show a code for a till, for five minutes, here and on the kiosk.

    For a shop without cards of staff. Run it as root or as the agent's user. It waits for the till, shows its
    check word and asks whether the till shows the same. With --json it tells the code and ends: answer with
    `officine terminal till-word`.

    Example: officine terminal till-code
    """
    from officine.local_state import wish
    from wire.tills import AnswerCheckWord, OpenTillPairing

    path: Path = settings_of("terminal", ctx.obj).socket
    asyncio.run(wish(path, OpenTillPairing(request_id="open")))
    pairing = asyncio.run(_pairing(path))
    if as_json:
        print_json({"code": pairing.code.replace(" ", ""), "address": pairing.address, "minutes": 5})
        return
    print_facts("Enter this at the till", {"code": pairing.code, "address": pairing.address})
    console().print(
        "[dim]Such as: officine till pair ADDRESS CODE. Waiting for the till …[/]", soft_wrap=True
    )
    pairing = asyncio.run(_until_tested(path))
    if pairing.step != "check":
        raise NoTillCame(why=pairing.failure or "taken away")
    console().print(f"{pairing.sale_id}: the test ticket went well. Check word: [bold]{pairing.word}[/]")
    word = pairing.word if click.confirm("Does the till show the same word?") else ""
    asyncio.run(wish(path, AnswerCheckWord(request_id="word", word=word)))
    console().print(f"{pairing.sale_id} is paired.")


@click.command("till-word")
@click.argument("word", metavar="WORD")
@json_option
@click.pass_context
def till_word(ctx: click.Context, word: str, as_json: bool) -> None:
    """At the terminal: say which check word the till shows. The same as here: the till is paired.

    Example: officine terminal till-word MITE-LONA
    """
    from officine.local_state import wish
    from wire.tills import AnswerCheckWord

    path: Path = settings_of("terminal", ctx.obj).socket

    async def work() -> str:
        pairing = await _until_tested(path)
        if pairing.step != "check":
            raise NoTillCame(why=pairing.failure or "taken away")
        await wish(path, AnswerCheckWord(request_id="word", word=word))
        return pairing.sale_id

    sale_id = asyncio.run(work())
    if as_json:
        print_json({"till": sale_id, "is_paired": True})
        return
    console().print(f"{sale_id} is paired.")


async def _pairing(path: Path) -> "TillPairing":
    """What the agent shows of a till. Raises: NoTillCame, PeerError."""
    from officine.local_state import first_message
    from wire.messages import AgentState, FromAgent

    said = await first_message(path, FromAgent, AgentState)
    if said.till_pairing is None:
        raise NoTillCame(why="nothing is shown")
    return said.till_pairing


async def _until_tested(path: Path) -> "TillPairing":
    """Follow the agent until a till sent its test ticket, or it is over."""
    from officine.local_state import follow_state

    async for said in follow_state(path):
        pairing = said.till_pairing
        if pairing is None:
            raise NoTillCame(why="taken away")
        if pairing.step in ("done", "failed") or (pairing.step == "check" and pairing.is_tested):
            return pairing
    raise NoTillCame(why="the agent ended")
