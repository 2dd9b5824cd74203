"""`officine why`: how a ticket came to its price and its points, from what was stored with it (R-23)."""

import dataclasses
from typing import TYPE_CHECKING

import click
from rich.markup import escape

from officine.opened import as_operator, group_option
from officine.output import console, json_option, print_json, print_rows
from officine.shown import amount, counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from central.services.bundle import Services
    from central.services.core.access import Actor
    from wire import api_sales, api_value


@click.command()
@click.argument("sale_id", metavar="SALE")
@click.option(
    "--lines", "with_lines", is_flag=True, help="Line by line too: logged as a read of purchase lines."
)
@group_option
@json_option
@click.pass_context
def command(ctx: click.Context, sale_id: str, with_lines: bool, group_id: str | None, as_json: bool) -> None:
    """Tell why a ticket cost and earned what it did: each rule in its order, and what it came to.

    Without --lines nothing is said of single lines, and nothing is logged.

    Example: officine why 5f0c2d --lines
    """

    async def work(services: "Services", actor: "Actor") -> "api_value.WhyView":
        from central.services.core.access import LINES_READ

        if not with_lines:
            actor = dataclasses.replace(actor, permissions=actor.permissions - {LINES_READ})
        return await services.why.explain(actor, sale_id)

    view = as_operator(ctx.obj, group_id, work)
    if as_json:
        print_json(view)
        return
    if not view.is_known:
        console().print(f"{counted(view.points, 'point', 'points')}. For this ticket no explanation is kept.")
        return
    _print_steps(view)
    if view.till_total_minor is not None:
        asked = amount(view.till_total_minor, view.currency)
        console().print(f"[yellow]Without a quote the till asked for {asked}[/]: that may have been paid.")
    for line in view.lines:
        _print_line(line, view.currency)
    _print_kept_off(view.lines)


def _print_steps(view: "api_value.WhyView") -> None:
    rows = [("", "started at", "", "", amount(view.sent_minor, view.currency), 0)]
    rows += [
        (
            step.stage,
            _rule(step.rule_id, step.rule_version, step.times_bp),
            _change(step.amount_minor, view.currency, step.points),
            _by(step),
            amount(step.amount_after_minor, view.currency),
            step.points_after,
        )
        for step in view.steps
        if not (view.lines and step.act)  # told below, with the lines
    ]
    title = f"Why {counted(view.points, 'point', 'points')} (rules of version {view.ruleset_version})"
    print_rows(title, ("Stage", "Rule", "Change", "By", "Amount", "Points"), rows)


def _print_line(line: "api_value.WhyLineView", currency: str) -> None:
    points = counted(line.points, "point", "points")
    rows = [
        (
            each.stage,
            _rule(each.rule_id, each.rule_version, each.times_bp),
            _change(each.amount_minor, currency, each.points),
            _by(each),
        )
        for each in line.reasons
        if not each.act
    ]
    columns = ("Stage", "Rule", "Change", "By") if rows else ()
    print_rows(f"Line {line.line_no}: {amount(line.amount_minor, currency)}, {points}", columns, rows)


def _print_kept_off(lines: "Sequence[api_value.WhyLineView]") -> None:
    """What the law or a restriction keeps from lines: each once, with its lines and its source."""
    kept: dict[tuple[str, str, str, str], list[int]] = {}
    for line in lines:
        for each in line.reasons:
            if each.act:
                key = (_by(each), each.rule_id, each.article_class, each.citation)
                kept.setdefault(key, []).append(line.line_no)
    if not kept:
        return
    console().print("[bold]Kept off[/]")
    for (by, rule_id, article_class, citation), at in kept.items():
        where = f"{'line' if len(at) == 1 else 'lines'} {', '.join(map(str, dict.fromkeys(at)))}"
        told = (
            f"{where} ({article_class}): {by}, by {rule_id}"
            if article_class
            else f"{where}: {by}, by {rule_id}"
        )
        console().print(escape(told), soft_wrap=True)
        for source in filter(None, citation.splitlines()):
            console().print(
                f"    {escape(source)}", soft_wrap=True
            )  # an address that is folded opens nothing


def _rule(rule_id: str, version: int, times_bp: int) -> str:
    whole, rest = divmod(times_bp, 10_000)
    times = f" x{whole}" + (f".{rest:04}".rstrip("0") if rest else "") if times_bp else ""
    return f"{rule_id} v{version}{times}"


def _by(told: "api_sales.ReasonView | api_value.WhyStepView") -> str:
    """What spoke, and what cut it; of what is kept from a line the act, and the rules that are kept off."""
    text = f"{told.code}, {told.cut}" if told.cut else told.code
    text = f"{text}: {_kept(told.act)}" if told.act else text
    return f"{text} (kept off: {', '.join(told.kept_off)})" if told.kept_off else text


def _kept(act: str) -> str:
    """What is kept from a line, in the receipt's words."""
    from central.services.tickets.receipt.words import KEPT
    from loyalty.printed.words import words_of

    said = KEPT.get(act)
    return act.replace("_", " ") if said is None else words_of(said, "en")


def _change(amount_minor: int, currency: str, points: int) -> str:
    told = [f"{'+' if amount_minor > 0 else ''}{amount(amount_minor, currency)}"] if amount_minor else []
    return ", ".join(told + ([f"{points:+} points"] if points else []))
