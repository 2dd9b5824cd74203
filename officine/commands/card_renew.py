"""`officine card renew --batch`: cards renewed by a list; run again it goes on where it stopped."""

import asyncio
import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loyalty.errors import LoyaltyError
from loyalty.limits.counter import RENEWAL_CARDS_MAX
from officine.inputs import InputInvalid, to_body
from officine.opened import group_option, opened_services, person_for
from officine.output import json_option, print_facts, print_json, progress

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from central.services.group.imports.report import OnProgress

Outcome = tuple[str, str, str]
"""The last figures of the old card and of the new one, and what became of them."""


@click.command()
@click.option(
    "--batch",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="CSV with card_number, new_card_number and perhaps new_uid.",
)
@click.option(
    "--report",
    "report_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where each line's outcome is written as CSV, with the last four figures of the numbers.",
)
@json_option
@group_option
@click.pass_context
def renew(
    ctx: click.Context, path: Path, report_path: Path | None, group_id: str | None, as_json: bool
) -> None:
    """Renew many cards by a list: account and PIN go with the new card (P-38).

    Run again with the same list it goes on where it stopped: what was renewed stays. A blocked card is never
    renewed. The exit status is 1 if a line was refused.

    Example: officine card renew --batch renewals.csv --report outcome.csv
    """
    lines = _read(path)
    with progress(as_json=as_json) as on_progress:
        outcomes = asyncio.run(_renew(ctx.obj, group_id, lines, on_progress))
    if report_path is not None:
        _write(report_path, outcomes)
    counted = {"lines": len(outcomes)}
    for _, _, outcome in outcomes:
        counted[outcome] = counted.get(outcome, 0) + 1
    if as_json:
        print_json(counted)
    else:
        print_facts("Renewed", counted)
    if set(counted) - {"lines", "renewed", "already"}:
        ctx.exit(1)


async def _renew(
    config: str | None, group_id: str | None, lines: Sequence[dict[str, str]], on_progress: "OnProgress"
) -> list[Outcome]:
    async with opened_services(config) as services:
        actor = await person_for(services, group_id)
        outcomes = []
        for number, line in enumerate(lines, start=1):
            outcomes.append(await _renew_one(services, actor, line))
            on_progress("Cards", number, len(lines))
        return outcomes


async def _renew_one(services: "Services", actor: "Actor", line: dict[str, str]) -> Outcome:
    from wire.api_members import ReplaceBody

    body = to_body(ReplaceBody, **line)
    try:
        _, was_done = await services.cards.renew_card(actor, body)
        outcome = "already" if was_done else "renewed"
    except LoyaltyError as error:
        outcome = error.code
    return body.card_number[-4:], body.new_card_number[-4:], outcome


def _read(path: Path) -> list[dict[str, str]]:
    """Raises: InputInvalid: no such file, other columns, too many lines, a card twice."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [dict(line) for line in csv.DictReader(file)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputInvalid(where=str(path), why=f"is not a readable CSV file ({error}).") from error
    if len(lines) > RENEWAL_CARDS_MAX:
        raise InputInvalid(where=str(path), why=f"has more than {RENEWAL_CARDS_MAX} lines. Split it.")
    known = {"card_number", "new_card_number", "new_uid"}
    for number, line in enumerate(lines, start=2):
        if not {"card_number", "new_card_number"} <= set(line) <= known or None in line.values():
            columns = "card_number, new_card_number and perhaps new_uid"
            raise InputInvalid(where=f"{path}, line {number}", why=f"the columns are {columns}.")
    for column in ("card_number", "new_card_number"):
        if len({line[column] for line in lines}) != len(lines):
            raise InputInvalid(where=str(path), why=f"has a {column} twice.")
    return lines


def _write(path: Path, outcomes: Sequence[Outcome]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("card_ends", "new_card_ends", "outcome"))
        writer.writerows(outcomes)
