"""`officine terminal`: the terminal agent, its outbox and its state."""

import asyncio
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from loyalty.errors import LoyaltyError, Trouble
from officine.commands.pairing import pair, unpair
from officine.commands.terminal_convert import convert
from officine.commands.terminal_counter import find, park, parked, take_up
from officine.commands.terminal_print import print_
from officine.commands.terminal_till_code import till_code, till_word
from officine.commands.terminal_tills import tills
from officine.logs import LEVELS
from officine.output import json_option, print_facts, print_json, print_rows
from officine.programs import settings_of
from officine.running import run_program
from officine.shown import moment

if TYPE_CHECKING:
    from terminal.outbox import Counts, Entry
    from wire.messages import OfflineState


class OutboxMissing(LoyaltyError):
    """The terminal has no store yet."""

    code = "outbox_missing"
    trouble = Trouble.NOT_FOUND
    text = "There is no outbox at {path}. Start the agent once (officine terminal run), or check state_dir."


@click.group()
def command() -> None:
    """Run the terminal agent; pair it; look at its state and its outbox.

    Example: officine terminal outbox
    """


@command.command("run")
@click.option("--log-level", type=click.Choice(LEVELS), default="info", show_default=True)
@click.pass_context
def run_agent(ctx: click.Context, log_level: str) -> None:
    """Run the agent until Ctrl-C: the link to central, the outbox, the tills' nexo, the kiosk's socket.

    Without a token it asks central to be paired and shows a code on the kiosk, see `officine terminal pair`.

    Example: officine --config officine.toml terminal run
    """
    from officine.logs import log_what_ends_the_program, set_up_logs
    from terminal.run import run

    settings = settings_of("terminal", ctx.obj)
    set_up_logs(log_level)
    log_what_ends_the_program()
    address = f"{settings.nexo_host}:{settings.nexo_port}"
    run_program(run(settings), address=address, setting="[terminal] nexo_port")


@command.command()
@json_option
@click.pass_context
def state(ctx: click.Context, as_json: bool) -> None:
    """Ask the running agent: is central reached, how many tickets wait, is a card session open?

    Example: officine terminal state --json
    """
    from officine.local_state import first_message
    from wire.messages import AgentState, FromAgent, OfflineState
    from wire.tills import ALL_TILLS

    path: Path = settings_of("terminal", ctx.obj).socket
    said = asyncio.run(first_message(path, FromAgent, AgentState))
    told = said.offline or OfflineState()
    facts = {
        "is_paired": said.pairing is None,
        "link": said.link,
        "link_since_ms": said.link_since_ms,
        "outbox_depth": said.outbox_depth,
        "shop": said.shop_name,
        "currency": said.currency,
        "time_zone": said.time_zone,
        "session": said.session.state if said.session else None,
        "bundle_number": told.bundle_number,
        "bundle_ms": told.bundle_ms or None,
        "is_bundle_usable": told.is_bundle_usable,
        "hot_list_ms": told.hot_list_ms or None,
        "hot_cards": told.hot_cards,
        "may_redeem_offline": told.may_redeem,
        "till_pairing": said.till_pairing.step if said.till_pairing else None,
        "tills_in_training": list(said.training),
    }
    if as_json:
        print_json(facts)
        return
    shown = {
        "link to central": said.link,
        "since": moment(said.link_since_ms),
        "tickets waiting": said.outbox_depth,
        "prices as of": f"{moment(told.bundle_ms or None)} (bundle {told.bundle_number})",
        "blocked cards as of": f"{moment(told.hot_list_ms or None)} ({told.hot_cards} marks)",
        "offline": told_acts(told),
    }
    shown |= {"shop": said.shop_name, "currency": said.currency}
    shown["session"] = said.session.state if said.session else None
    if said.training:
        tills = ", ".join("every till" if each == ALL_TILLS else each for each in said.training)
        shown["in training"] = f"{tills}: nothing is booked"
    print_facts("Terminal", shown)


@command.command()
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="Rows to show.")
@json_option
@click.pass_context
def outbox(ctx: click.Context, limit: int, as_json: bool) -> None:
    """List what waits to be sent to central and what it refused, oldest first; the agent may be running.

    pending: will be sent. parked: waits for something to be mended, the reason says what. refused: kept for
    staff. Tickets' contents and cards are not shown.

    Example: officine terminal outbox --limit 10
    """
    import terminal.outbox  # noqa: F401  (here, not in the coroutine: importing reads files)

    counts, entries = asyncio.run(_read_outbox(settings_of("terminal", ctx.obj).database, limit))
    if as_json:
        print_json({"counts": counts, "entries": [_entry_facts(entry) for entry in entries]})
        return
    print_facts(
        "Outbox",
        {"waiting": counts.depth, "refused": counts.refused, "delivered so far": counts.delivered},
    )
    if entries:
        rows = [(e.seq, e.kind, e.state, moment(e.saved_ms), e.reason) for e in entries]
        print_rows("", ("No", "Kind", "State", "Noted", "Reason"), rows)


@command.command()
@json_option
@click.pass_context
def identity(ctx: click.Context, as_json: bool) -> None:
    """Serial, addresses, version and pairing code of this terminal: what a person who pairs it compares.

    An unpaired terminal shows the same on its kiosk. It holds no secret.

    Example: officine terminal identity --json
    """
    from terminal.identity import console_page, identify
    from wire.pairing import plain_code

    settings = settings_of("terminal", ctx.obj)
    shown = identify(settings)
    code = "" if shown.is_paired else plain_code(asyncio.run(_shown_code(settings.socket))) or ""
    if as_json:
        print_json(dataclasses.asdict(shown) | {"pairing_code": code or None})
        return
    click.echo(console_page(shown, code))


def told_acts(told: "OfflineState") -> str:
    """What this terminal may do while central is away, in words."""
    prices = "prices tickets" if told.is_bundle_usable else "notes tickets without a price"
    return f"{prices}, {'redeems inside leases' if told.may_redeem else 'redeems nothing'}"


async def _shown_code(path: Path) -> str:
    """The code that the running agent shows; empty where none runs or it has none yet."""
    from officine.local_state import first_message
    from wire.messages import AgentState, FromAgent
    from wire.peer import PeerError

    try:
        said = await first_message(path, FromAgent, AgentState)
    except PeerError:
        return ""
    return said.pairing.code if said.pairing else ""


command.add_command(pair)
command.add_command(convert)
for each in (find, park, parked, take_up):
    command.add_command(each)
command.add_command(print_)
command.add_command(unpair)
command.add_command(till_code)
command.add_command(till_word)
command.add_command(tills)


async def _read_outbox(database: Path, limit: int) -> "tuple[Counts, list[Entry]]":
    from terminal.database import Database
    from terminal.outbox import Outbox

    if not await asyncio.to_thread(database.is_file):
        raise OutboxMissing(path=str(database))
    async with Database(database) as opened:
        box = Outbox(opened)
        return await box.counts(), await box.list_entries(limit=limit)


def _entry_facts(entry: "Entry") -> dict[str, Any]:
    names = ("seq", "entry_id", "kind", "sale_id", "tap_id", "state", "reason_code", "reason", "saved_ms")
    return {name: getattr(entry, name) for name in names}
