"""`officine card production`, `officine card personalise`: cards made, printed by their maker and written."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loyalty.errors import LoyaltyError
from loyalty.limits.cards import CARD_WRITE_WAIT_S
from officine.inputs import InputInvalid
from officine.opened import as_operator, group_option
from officine.output import json_option, print_facts, print_json, print_rows
from officine.programs import settings_of

if TYPE_CHECKING:
    from central.chips.ntag424 import CardLink
    from central.services.bundle import Services
    from central.services.cards.writing import Written
    from central.services.core.access import Actor
    from officine.card_desk import CardDesk

_TRIES_LYING = 3
"""How often a card that lies there all the time is tried."""
_AT_ONCE = 64
"""Cards entered at once: they share commits."""


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--count", type=click.IntRange(min=1), required=True, help="How many cards.")
@click.option("--first", type=click.IntRange(min=0), required=True, help="The first of the ten digits.")
@click.option("--prefix", default="29", show_default=True, help="Two digits before them, 20 to 29.")
@click.option("--batch", required=True, help="What the batch is called in the file.")
@click.option(
    "--layout",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The maker's own columns, as JSON (docs/cards.md). Default: every field.",
)
@json_option
@group_option
@click.pass_context
def production(
    ctx: click.Context,
    file: Path,
    count: int,
    first: int,
    prefix: str,
    batch: str,
    layout: Path | None,
    group_id: str | None,
    as_json: bool,
) -> None:
    """Enter new card numbers into the stock and write the file for the maker of the cards.

    No key and no chip is in it: chips are written afterwards (`officine card personalise`). The same again
    writes the same file.

    Example: officine card production spring.csv --count 5000 --first 120000 --batch spring-2027
    """
    from loyalty.programme.production import OWN_LAYOUT, card_numbers, parse_layout, render
    from wire.files import replace_file

    numbers = card_numbers(prefix, first, count)
    columns = OWN_LAYOUT if layout is None else parse_layout(_read_json(layout))
    text = render(columns, numbers, batch)
    as_operator(ctx.obj, group_id, lambda services, actor: _enter(services, actor, numbers))
    replace_file(file, text.encode(), 0o644)
    facts = {"file": str(file), "cards": count, "first": numbers[0], "last": numbers[-1]}
    if as_json:
        print_json(facts)
    else:
        print_facts("Production file", facts)


def _read_json(path: Path) -> object:
    try:
        return json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise InputInvalid(where=str(path), why=f"is no JSON: {error}") from None


async def _enter(services: "Services", actor: "Actor", numbers: Sequence[str]) -> None:
    from wire.api_members import CardBody

    for at in range(0, len(numbers), _AT_ONCE):
        bodies = [CardBody(card_number=number, state="stock") for number in numbers[at : at + _AT_ONCE]]
        await asyncio.gather(*(services.cards.put_card(actor, body) for body in bodies))


@dataclass(frozen=True, slots=True)
class Row:
    """What became of a number. `outcome`: written, finished, already, or the code of what went wrong."""

    number: str
    outcome: str
    version: int | None
    took_ms: int
    tries: int
    what_next: str = ""


@click.command()
@click.argument("numbers", nargs=-1, metavar="NUMBER...")
@click.option(
    "--numbers-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="One number a line, in the order in which the cards come.",
)
@click.option("--link", required=True, help="The https link that cards show to telephones.")
@json_option
@group_option
@click.pass_context
def personalise(
    ctx: click.Context,
    numbers: tuple[str, ...],
    numbers_file: Path | None,
    link: str,
    group_id: str | None,
    as_json: bool,
) -> None:
    """Write chip cards (NTAG 424 DNA), one after the other, for these numbers.

    Put each card on the reader and take it off when it is told as written. A card taken away too early is put
    back: it goes on where it was. Keys are made for each chip and never shown. The reader daemon of this
    machine must permit it (card_talks).

    Example: officine card personalise --link https://loy.example/t 2990000000019 2990000000026
    """
    from central.chips.ntag424 import card_link

    wanted = [*numbers, *_lines(numbers_file)]
    if not wanted:
        raise InputInvalid(where="NUMBER", why="name the printed number of each card, or --numbers-file.")
    address = card_link(link)
    socket = settings_of("reader", ctx.obj).socket

    async def work(services: "Services", actor: "Actor") -> list[Row]:
        from officine.card_desk import card_desk

        async with card_desk(socket) as desk:
            return await write_all(services, actor, desk, wanted, address, tell=_silent if as_json else _tell)

    rows = as_operator(ctx.obj, group_id, work)
    failed = [row for row in rows if row.version is None]
    if as_json:
        print_json(
            {"written": len(rows) - len(failed), "failed": len(failed), "cards": [asdict(r) for r in rows]}
        )
    else:
        told = [(row.number, row.outcome, row.version or "", row.took_ms, row.what_next) for row in rows]
        print_rows("Cards", ("number", "outcome", "keys", "ms", "what to do"), told)
    if failed:
        ctx.exit(1)


def _lines(path: Path | None) -> list[str]:
    if path is None:
        return []
    return [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]


def _tell(text: str) -> None:
    click.echo(text, err=True)


def _silent(text: str) -> None:
    del text


async def write_all(
    services: "Services",
    actor: "Actor",
    desk: "CardDesk",
    numbers: Sequence[str],
    link: "CardLink",
    *,
    tell: Callable[[str], None],
) -> list[Row]:
    """Each number in its turn; one that cannot be written is told and left, the next card goes on."""
    from officine.card_desk import NoCardCame

    rows: list[Row] = []
    for number in numbers:
        tell(f"{number}: put its card on the reader")
        try:
            row = await _write_one(services, actor, desk, number, link)
        except NoCardCame as error:
            rows.append(Row(number, error.code, None, 0, 0, str(error)))
            break
        rows.append(row)
        if row.tries:
            tell(f"{number}: {row.outcome}; take it off")
            if desk.tap_id:
                await desk.wait_removed(desk.tap_id)
        else:
            tell(f"{number}: {row.outcome}")
    return rows


async def _write_one(
    services: "Services", actor: "Actor", desk: "CardDesk", number: str, link: "CardLink"
) -> Row:
    from central.services.cards.writing import CardNotWritten

    tries, started_s = 0, time.monotonic()
    try:
        await services.cards.require_writable(actor, number)
        while True:
            tries += 1
            tap_id = await desk.wait_card(CARD_WRITE_WAIT_S)
            started_s = time.monotonic()
            try:
                written = await _write(services, actor, desk, tap_id, link)
                break
            except CardNotWritten:
                if desk.tap_id == tap_id and tries >= _TRIES_LYING:
                    raise  # it was not taken away: trying for ever mends nothing
        view = await services.cards.bind_chip(actor, number, written.uid)
    except LoyaltyError as error:
        from officine.card_desk import NoCardCame, WritingNotPermitted

        if isinstance(error, NoCardCame | WritingNotPermitted):
            raise
        return Row(number, error.code, None, _since_ms(started_s), tries, str(error))
    note = "" if view.card_number == number else "this chip is another number's: put its card back there"
    return Row(view.card_number, written.outcome.value, written.version, _since_ms(started_s), tries, note)


def _since_ms(started_s: float) -> int:
    return round((time.monotonic() - started_s) * 1000)


async def _write(
    services: "Services", actor: "Actor", desk: "CardDesk", tap_id: str, link: "CardLink"
) -> "Written":
    """One try with the card that lies there. Raises: CardNotWritten, CardNotBlank, NoSuchCardKeys."""
    from central.services.cards.writing import write_card

    keys = await services.card_keys.for_writing(actor)
    talk = write_card(keys, link)
    commands = next(talk)
    while True:
        answers = await desk.send(tap_id, commands)
        try:
            commands = talk.send(answers)
        except StopIteration as done:
            written: Written = done.value
            return written
