"""How a simulation looks to a person."""

from itertools import compress
from typing import TYPE_CHECKING

from loyalty.money import format_minor, scale_of
from officine.output import console, print_facts, print_whole_rows
from officine.shown import amount, counted, moment, print_findings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wire import api_value

_Row = tuple[object, ...]


def print_simulation(view: "api_value.SimulationView") -> None:
    """What a draft would have given, beside the rules of today."""
    neither = view.changed_tickets - view.better - view.worse
    print_facts(
        f"Simulation of {view.draft_id}",
        {
            "tickets": view.tickets,
            "skipped (lines unreadable)": view.skipped,
            "members": view.members,
            "tickets that change": (
                f"{view.changed_tickets}: {view.better} better, {view.worse} worse, {neither} neither"
            ),
            "tickets with stacked rules": view.stacked_tickets,
            "took": f"{view.took_ms / 1000:.1f} s",
        },
    )
    _print_totals(view)
    shops = [(each.shop_id, each.tickets, each.draft, each.today) for each in view.shops]
    _print_parts(view, "Shops", shops)
    tiers = [(each.tier or "none known", each.tickets, each.draft, each.today) for each in view.tiers]
    _print_parts(view, "Tiers", tiers)
    _print_rules(view)
    _print_pairs(view)
    if count := view.undecided_tickets:
        console().print(
            f"\n[bold]{counted(count, 'ticket is', 'tickets are')} undecided[/]: a rule needs a fact that"
            " was not kept with them. Cost and winners are the least there can be.",
            soft_wrap=True,
        )
    print_findings(view.findings)


def _print_totals(view: "api_value.SimulationView") -> None:
    columns = (
        "",
        "Points",
        "worth",
        "Discounts",
        "Vouchers",
        "Cost",
        "Winners",
        "Tickets",
    )
    rows: list[_Row] = [
        (
            name,
            each.points,
            _money(each.points_minor, view),
            _money(each.discount_minor, view),
            _money(each.vouchers_minor, view),
            _cost(each, view),
            each.winners,
            each.tickets_with_benefit,
        )
        for name, each in (("draft", view.draft), ("today", view.today))
    ]
    print_whole_rows(f"\nIn all, money in {view.currency}; winners: members with a benefit", columns, rows)
    unvalued = [
        name for name, each in (("draft", view.draft), ("today", view.today)) if each.points_minor is None
    ]
    if unvalued:
        console().print(
            f"Points are not valued ({', '.join(unvalued)}): the programme does not say what they are worth,"
            " and the cost leaves them out. Set its voucher_step to value them.",
            soft_wrap=True,
        )


def _print_parts(
    view: "api_value.SimulationView",
    title: str,
    parts: "Sequence[tuple[str, int, api_value.OutcomeView, api_value.OutcomeView]]",
) -> None:
    rows: list[_Row] = [
        (name, tickets, draft.points, today.points, _cost(draft, view), _cost(today, view))
        for name, tickets, draft, today in parts
    ]
    columns = (title[:-1], "Tickets", "Points", "points today", "Cost", "cost today")
    print_whole_rows(f"\n{title}, money in {view.currency}", columns, rows)
    worth = (_worth([draft for *_, draft, _ in parts]), _worth([today for *_, today in parts]))
    if parts and worth != (_worth([view.draft]), _worth([view.today])):
        console().print(
            "[dim]Points are worth money in whole vouchers only: what a row has beyond its last whole one"
            " counts in the total alone, so the costs of the rows come to less.[/]",
            soft_wrap=True,
        )


def _print_rules(view: "api_value.SimulationView") -> None:
    rows: list[_Row] = [
        (
            each.rule_id,
            each.tickets,
            each.winners,
            each.points,
            _money(each.discount_minor, view),
            _money(each.vouchers_minor, view),
            each.undecided,
            None
            if each.budget is None
            else "/".join(str(_given(part, each, view)) for part in (each.budget_used, each.budget)),
        )
        for each in view.rules
    ]
    columns = ("Rule", "Tickets", "Members", "Points", "Discounts", "Vouchers", "Undecided", "Budget")
    is_told = [any(each.vouchers_minor for each in view.rules), any(each.undecided for each in view.rules)]
    is_told = [True] * 5 + [*is_told, any(each.budget is not None for each in view.rules)]
    print_whole_rows(  # a column that says nothing of any rule is left out
        f"\nRules of the draft, money in {view.currency}",
        list(compress(columns, is_told)),
        [list(compress(row, is_told)) for row in rows],
    )
    for each in view.rules:
        if each.budget_out_ms is not None:
            tickets = counted(each.budget_refused_tickets, "ticket", "tickets")
            console().print(
                f"[bold]The budget of {each.rule_id} ran out[/] on {moment(each.budget_out_ms)}:"
                f" {_given(each.budget_refused, each, view, unit=True)} more would have been given"
                f" on {tickets}.",
                soft_wrap=True,
            )


def _print_pairs(view: "api_value.SimulationView") -> None:
    rows: list[_Row] = [
        (each.rule_id, each.other_rule_id, each.tickets, each.points, _money(each.discount_minor, view))
        for each in view.stacked
    ]
    if rows:
        columns = ("Rule", "met", "Tickets", "Points of both", "Discounts of both")
        print_whole_rows(f"\nRules that met on one line, money in {view.currency}", columns, rows)


def _worth(parts: "Sequence[api_value.OutcomeView]") -> int:
    return sum(each.points_minor or 0 for each in parts)


def _money(minor: int | None, view: "api_value.SimulationView") -> str | None:
    """With its decimals; the table's title says the currency."""
    return None if minor is None else format_minor(minor, scale_of(view.currency))


def _given(
    count: int | None,
    rule: "api_value.RuleOutcomeView",
    view: "api_value.SimulationView",
    *,
    unit: bool = False,
) -> str | None:
    """What a budget counts: points where the rule gives points, else money."""
    if rule.points:
        return f"{count} points" if unit else str(count)
    return amount(count, view.currency) if unit else _money(count, view)


def _cost(part: "api_value.OutcomeView", view: "api_value.SimulationView") -> object:
    """Money; where points have no worth in money they stand beside it."""
    cost = _money(part.cost_minor, view)
    return cost if part.points_minor is not None or not part.points else f"{cost} + points"
