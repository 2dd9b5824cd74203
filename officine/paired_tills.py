"""`officine till pair`, `list` and `unpair`: tills and terminals that know each other."""

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from officine.inputs import InputInvalid
from officine.output import console, json_option, print_facts, print_json, print_rows
from officine.programs import settings_of
from officine.shown import moment

if TYPE_CHECKING:
    from terminal.settings import TerminalSettings
    from tools.till.paired import PairedTerminal


paired_option = click.option(
    "--paired",
    "paired_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The till's own file of its terminals, as `till pair` writes it.",
)


def terminal_in(path: Path, poi_id: str | None) -> "PairedTerminal":
    """The terminal that a till is paired with. Raises: InputInvalid, PairedFileUnusable."""
    from tools.till import paired

    file = paired.load(path)
    found = file.find(poi_id)
    if found is None:
        known = ", ".join(each.poi_id for each in file.terminals) or "none yet: officine till pair"
        raise InputInvalid(where=str(path), why=f"name its terminal with --poi; known: {known}.")
    return found


@click.command("pair")
@click.argument("address", metavar="ADDRESS")
@click.argument("code", metavar="CODE")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("till.json"),
    show_default=True,
    help="The till's own file: its key and the terminal's certificate, for its owner's eyes only.",
)
@json_option
@click.pass_context
def pair(ctx: click.Context, address: str, code: str, output: Path, as_json: bool) -> None:
    """At the till: pair with the terminal that shows CODE at ADDRESS.

    Keys are exchanged, a test ticket runs that books nothing, and a check word is shown here and on the
    terminal: it must be the same. With --json nothing is asked: the word goes to standard error at once, and
    whoever answers at the terminal compares it. The file holds every terminal that this till is paired with;
    one that was paired before is paired anew.

    Examples:
      officine till --till TILL-2 pair 192.0.2.17:8443 482915
      officine till --paired till.json login
    """
    from tools.till import paired
    from tools.till.pairing import pair as pair_till
    from wire.till_handshake import plain_code

    plain = plain_code(code)
    if plain is None:
        raise InputInvalid(where="CODE", why="is six figures, as the terminal shows them.")
    file = paired.load(output)
    paired.require_writable(output)
    url = address if "//" in address else f"https://{address}"

    async def ask_person(word: str) -> bool:
        if as_json:
            sys.stderr.write(f'{{"check_word": "{word}"}}\n')
            sys.stderr.flush()
            return True
        console().print(f"The test ticket went well. Check word: [bold]{word}[/]")
        return await asyncio.to_thread(click.confirm, "Does the terminal show the same word?")

    done = asyncio.run(
        pair_till(url, plain, sale_id=ctx.obj.sale_id, currency=ctx.obj.currency, ask_person=ask_person)
    )
    paired.save(output, file.with_terminal(done))
    facts = {
        "till": done.identifier,
        "poi_id": done.poi_id,
        "url": done.url,
        "addresses": done.addresses,
        "key_version": done.version,
        "check_word": done.check_word,
        "file": str(output),
    }
    if as_json:
        print_json(facts)
        return
    print_facts("Paired", facts | {"addresses": ", ".join(done.addresses)})
    console().print(f"[dim]Use it: officine till --paired {output} login[/]", soft_wrap=True)


@click.command("list")
@json_option
@click.pass_context
def list_tills(ctx: click.Context, as_json: bool) -> None:
    """At the terminal: the tills that are paired with it.

    Example: officine till list
    """
    from terminal.till.keys import key_file

    rows = [
        {
            "till": each.till.sale_id,
            "key_version": each.version,
            "paired_ms": each.till.paired_ms,
            "opened_by": each.till.opened_by,
            "software": each.till.software,
            "address": each.till.address,
        }
        for each in key_file.load(ctx.obj.require_keys_file())
        if each.till is not None
    ]
    rows.sort(key=lambda row: str(row["till"]))
    if as_json:
        print_json(rows)
        return
    print_rows(
        f"Paired tills ({len(rows)})",
        ("Till", "Key", "Paired", "Opened by", "Software", "Address"),
        [
            (
                row["till"],
                f"v{row['key_version']}",
                moment(int(str(row["paired_ms"]))),
                str(row["opened_by"]).replace("_", " "),
                row["software"],
                row["address"],
            )
            for row in rows
        ],
    )


@click.command("unpair")
@click.argument("sale_id", metavar="TILL")
@json_option
@click.pass_context
def unpair(ctx: click.Context, sale_id: str, as_json: bool) -> None:
    """At the terminal: put a till out. Its key opens nothing from this moment on; central is told.

    Run it as root or as the agent's user; the agent may be stopped.

    Example: officine till unpair TILL-2
    """
    settings = settings_of("terminal", ctx.obj.config)
    asyncio.run(_unpair(settings, sale_id))
    if as_json:
        print_json({"till": sale_id, "is_paired": False})
        return
    console().print(f"{sale_id} is put out. To take it in again: officine terminal till-code")


@click.command("training")
@click.argument("sale_id", metavar="TILL")
@click.option("--on/--off", "is_on", required=True, help="Begin, or end it.")
@json_option
@click.pass_context
def training(ctx: click.Context, sale_id: str, is_on: bool, as_json: bool) -> None:
    """At the terminal: a till's staff practise, or no more. Nothing that it does meanwhile is booked.

    For tills that cannot say so themselves when they log in; the kiosk shows it. It ends with the shop's day.
    TILL '*' stands for every till of this terminal. Run it as root or as the agent's user.

    Example: officine till training TILL-2 --on
    """
    from officine.local_state import wish
    from wire.tills import SetTraining

    settings = settings_of("terminal", ctx.obj.config)
    asyncio.run(wish(settings.socket, SetTraining(request_id="training", sale_id=sale_id, is_on=is_on)))
    if as_json:
        print_json({"till": sale_id, "is_training": is_on})
        return
    told = "practises: nothing is booked." if is_on else "does not practise any more: it counts."
    console().print(f"{sale_id} {told}")


async def _unpair(settings: "TerminalSettings", sale_id: str) -> None:
    """Through the agent where it runs; else in its files, and central is told at its next start."""
    from officine.local_state import has_listener, wish
    from wire.tills import UnpairTill

    if await has_listener(settings.socket):
        await wish(settings.socket, UnpairTill(request_id="unpair", sale_id=sale_id))
        return
    from terminal.audit import keep_act
    from terminal.clock import wall_clock
    from terminal.database import Database
    from terminal.till.pairing.desk import an_unpairing, forget_till
    from terminal.till_store import TillStore

    await asyncio.to_thread(forget_till, settings.till_keys_path, sale_id)
    async with Database(settings.database) as database:
        await keep_act(TillStore(database), an_unpairing(sale_id, wall_clock()))
