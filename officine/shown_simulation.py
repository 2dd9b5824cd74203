"""How a simulation looks to a person."""

from typing import TYPE_CHECKING

from officine.output import console, print_facts, print_rows
from officine.shown import counted, moment, print_findings

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
    _print_parts("Shops", [(each.shop_id, each.tickets, each.draft, each.today) for each in view.shops])
    tiers = [(each.tier or "none known", each.tickets, each.draft, each.today) for each in view.tiers]
    _print_parts("Tiers", tiers)
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
            each.points_minor,
            each.discount_minor,
            each.vouchers_minor,
            _cost(each),
            each.winners,
            each.tickets_with_benefit,
        )
        for name, each in (("draft", view.draft), ("today", view.today))
    ]
    print_rows(
        f"\nIn all, amounts in minor units of {view.currency}; winners: members with a benefit", columns, rows
    )
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
    title: str, parts: "Sequence[tuple[str, int, api_value.OutcomeView, api_value.OutcomeView]]"
) -> None:
    rows: list[_Row] = [
        (name, tickets, draft.points, today.points, _cost(draft), _cost(today))
        for name, tickets, draft, today in parts
    ]
    print_rows(f"\n{title}", (title[:-1], "Tickets", "Points", "today", "Cost", "today"), rows)


def _print_rules(view: "api_value.SimulationView") -> None:
    rows: list[_Row] = [
        (
            each.rule_id,
            each.tickets,
            each.winners,
            each.points,
            each.discount_minor,
            each.vouchers_minor,
            each.undecided,
            None if each.budget is None else f"{each.budget_used}/{each.budget}",
        )
        for each in view.rules
    ]
    columns = ("Rule", "Tickets", "Members", "Points", "Discounts", "Vouchers", "Undecided", "Budget")
    print_rows("\nRules of the draft", columns, rows)
    for each in view.rules:
        if each.budget_out_ms is not None:
            tickets = counted(each.budget_refused_tickets, "ticket", "tickets")
            console().print(
                f"[bold]The budget of {each.rule_id} ran out[/] on {moment(each.budget_out_ms)}:"
                f" {each.budget_refused} more would have been given on {tickets}.",
                soft_wrap=True,
            )


def _print_pairs(view: "api_value.SimulationView") -> None:
    rows: list[_Row] = [
        (each.rule_id, each.other_rule_id, each.tickets, each.points, each.discount_minor)
        for each in view.stacked
    ]
    if rows:
        columns = ("Rule", "met", "Tickets", "Points of both", "Discounts of both")
        print_rows("\nRules that met on one line", columns, rows)


def _cost(view: "api_value.OutcomeView") -> object:
    """Money; where points have no worth in money they stand beside it."""
    return (
        view.cost_minor if view.points_minor is not None or not view.points else f"{view.cost_minor} + points"
    )
