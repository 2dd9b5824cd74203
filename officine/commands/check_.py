"""`officine check`: the ledger proved, the settings read."""

import asyncio
import dataclasses
import functools
import itertools
import json
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import click
from rich.console import Console
from rich.markup import escape

from loyalty.errors import LoyaltyError
from officine.opened import actor_for, group_option, opened_services
from officine.output import console, json_option, print_facts, print_json, print_rows, progress

if TYPE_CHECKING:
    from central.services.ledger.check import LedgerReport
    from officine.output import OnProgress

PROOFS: Final = (
    ("every asset sums to zero", ("asset_not_zero",)),
    ("balances equal their postings", ("balance_differs", "unknown_account", "wrong_asset")),
    ("no floor or ceiling is broken", ("floor_broken", "ceiling_broken")),
    ("lots equal their balances", ("lots_differ", "lot_differs", "lot_overdrawn", "lot_overfilled")),
    ("what is held is promised to somebody", ("held_differs",)),
    ("counters and stored value equal their uses", ("counter_differs",)),
    ("records and journal name each other", ("not_in_journal", "not_recorded")),
    ("every transaction stands once", ("transaction_twice", "amount_not_positive")),
    ("the journal is whole, its chain holds", ("sequence_gap", "chain_broken")),
)
"""What the audit proves, and the findings that would disprove it."""

FINDINGS_SHOWN: Final = 50
_PASSWORD: Final = re.compile(r"(://[^/@]*:)[^/@]*@")


@click.group()
def command() -> None:
    """Check the ledger, the settings. Exit status 1 where something is wrong.

    Example: officine check ledger
    """


@command.command()
@group_option
@json_option
@click.pass_context
def ledger(ctx: click.Context, group_id: str | None, as_json: bool) -> None:
    """Recount everything of value from the journal: one group, or all of the database.

    Every asset sums to zero, every balance is the sum of its postings, no floor is broken, lots agree,
    the journal's hash chain holds, and each sale, return, correction, move and act is in it as it says.
    Exit status 1 when anything differs.

    Example: officine check ledger --group leman
    """
    with progress(as_json=as_json) as on_progress:
        reports = asyncio.run(_check(ctx.obj, group_id, on_progress))
    if as_json:
        print_json({"is_sound": all(r.is_sound for r in reports), "groups": [_as_facts(r) for r in reports]})
    else:
        for report in reports:
            _print_report(report)
    if not all(report.is_sound for report in reports):
        sys.exit(1)


@command.command()
@json_option
@click.pass_context
def settings(ctx: click.Context, as_json: bool) -> None:
    """Read the settings of every program that has any, and print them as they are understood.

    Secrets are masked. All that is wrong is told at once, on standard error (with --json in `errors`), and
    the exit status is 1.

    Example: officine --config officine.toml check settings
    """
    from officine.programs import SECTIONS

    resolved, wrong = _read_settings(ctx.obj)
    if as_json:
        print_json({"is_valid": not wrong, "settings": resolved, "errors": wrong})
    else:
        _print_settings(resolved, wrong, list(SECTIONS))
    if wrong:
        sys.exit(1)


def _read_settings(config: str | None) -> tuple[dict[str, dict[str, object]], dict[str, list[str]]]:
    """The sections that can be used, and the sentences about those that cannot; "file" is about all of it."""
    from officine.programs import SECTIONS, is_configured, require_known_sections, settings_of
    from officine.settings import read_file, sentences

    resolved: dict[str, dict[str, object]] = {}
    try:
        read_file(config)
    except LoyaltyError as error:
        return resolved, {"file": sentences(error)}
    wrong: dict[str, list[str]] = {}
    try:
        require_known_sections(config)
    except LoyaltyError as error:
        wrong["file"] = sentences(error)
    for section in SECTIONS:
        if is_configured(section, config):
            try:
                resolved[section] = _shown(settings_of(section, config))
            except LoyaltyError as error:
                wrong[section] = sentences(error)
    return resolved, wrong


async def _check(config: str | None, group_id: str | None, on_progress: "OnProgress") -> list["LedgerReport"]:
    from central.services.core.access import operator_of
    from central.services.ledger.check import check_ledger

    reports = []
    async with opened_services(config) as services:
        if group_id is not None:
            actors = [await actor_for(services, group_id)]
        else:
            actors = [operator_of(row.group_id) for row in await services.store.list_groups()]
        for actor in actors:
            what = f"Ledger of {actor.group_id}"
            report = await check_ledger(services.store, actor, functools.partial(_count, on_progress, what))
            on_progress(what, report.transactions, report.transactions)
            reports.append(report)
    return reports


def _count(on_progress: "OnProgress", what: str, done: int) -> None:
    on_progress(what, done, None)


def _as_facts(report: "LedgerReport") -> dict[str, Any]:
    findings = [dataclasses.asdict(finding) | {"text": finding.text} for finding in report.findings]
    counts = {name: getattr(report, name) for name in ("group_id", "transactions", "accounts", "lots")}
    return counts | {"is_sound": report.is_sound, "findings": findings}


def _print_report(report: "LedgerReport") -> None:
    print_facts(
        f"Ledger of {report.group_id}",
        {"transactions": report.transactions, "accounts": report.accounts, "lots": report.lots},
    )
    for proof, codes in PROOFS:
        found = sum(finding.code.value in codes for finding in report.findings)
        verdict = f"[bold red]✗[/] {proof}: {found} differences" if found else f"[green]✓[/] {proof}"
        console().print(f"  {verdict}")
    console().print()
    if not report.findings:
        return
    rows = [(finding.code.value, finding.text) for finding in report.findings[:FINDINGS_SHOWN]]
    print_rows(f"{len(report.findings)} findings", ("Code", "What"), rows)
    console().print(
        "[bold]Stop central, keep a copy of the database and its keys, and call support:[/]"
        " nothing here mends itself."
    )


def _shown(loaded: Any) -> dict[str, object]:
    """Resolved values as JSON can hold them; secrets masked."""
    values: dict[str, object] = {}
    for field in dataclasses.fields(loaded):
        value = getattr(loaded, field.name)
        if value and isinstance(value, str) and _is_secret(field.name):
            value = "********"
        elif field.name == "database":
            value = _PASSWORD.sub(r"\1********@", str(value))
        elif isinstance(value, frozenset):
            value = sorted(value)
        elif isinstance(value, tuple):
            value = list(value)
        elif value is not None and not isinstance(value, bool | int | str):
            value = str(value)
        values[field.name] = value
    return values


def _is_secret(name: str) -> bool:
    return any(word in name for word in ("token", "secret", "password"))


def _as_written(value: object) -> object:
    """As the settings file writes it: `true`, `["simulated", "pcsc"]`; texts bare, what is not set a dash."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _print_settings(
    resolved: dict[str, dict[str, object]], wrong: dict[str, list[str]], sections: Sequence[str]
) -> None:
    for section, values in resolved.items():
        print_facts(f"[{section}]", {name: _as_written(value) for name, value in values.items()})
        console().print()
    errors = Console(stderr=True, highlight=False)
    for text in itertools.chain.from_iterable(wrong.values()):
        errors.print(f"[bold red]✗[/] {escape(text)}", soft_wrap=True)
    absent = [section for section in sections if section not in resolved and section not in wrong]
    if absent:
        console().print(f"[dim]Not set, so not run on this machine: {', '.join(absent)}.[/]")
