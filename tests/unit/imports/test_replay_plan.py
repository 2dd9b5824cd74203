from pathlib import Path

import pytest

from central.gateways.rows import Parsed
from tools.replay import uci_file
from tools.replay.plan import Plan, lanes_of, make_plan
from tools.replay.report import account_of, latency_of, pounds_of
from tools.replay.uci_file import UciLine
from wire.api_sales import ReturnBody, SaleBody

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


def plan_of(tmp_path: Path, rows: list[str], lines: int | None = None) -> tuple[Plan, Parsed[UciLine]]:
    path = tmp_path / "retail.csv"
    path.write_text(HEADER + "\n".join(rows), encoding="utf-8")
    parsed = uci_file.read(path, lines)
    return make_plan(parsed, "shop"), parsed


def row(invoice: str, code: str, quantity: int, price: str, customer: str = "17850.0", day: int = 1) -> str:
    return f"{invoice},{code},Thing,{quantity},2011-06-{day:02} 12:00:00,{price},{customer},United Kingdom"


def sales_of(plan: Plan) -> list[SaleBody]:
    return [ticket.body for ticket in plan.tickets if isinstance(ticket.body, SaleBody)]


def returns_of(plan: Plan) -> list[tuple[str, str, list[tuple[int, int]]]]:
    return [
        (ticket.body.return_id, ticket.sale_id, [(line.line_no, line.quantity) for line in ticket.body.lines])
        for ticket in plan.tickets
        if isinstance(ticket.body, ReturnBody)
    ]


def test_an_invoice_becomes_one_ticket_with_exact_pence(tmp_path: Path) -> None:
    plan, _ = plan_of(tmp_path, [row("1", "A", 6, "2.55"), row("1", "BANK CHARGES", 1, "0.29")])
    (sale,) = sales_of(plan)
    assert (sale.sale_id, sale.occurred_ms) == ("uci-1", 1_306_926_000_000)
    assert [(line.line_no, line.code, line.amount_minor) for line in sale.basket.lines] == [
        (1, "A", 1530),
        (2, "BANK CHARGES", 29),
    ]
    assert sale.holder is not None
    assert list(plan.members) == ["17850"]
    assert sorted(plan.articles) == ["code:A", "code:BANK:20:CHARGES"]


def test_a_return_takes_the_newest_sale_first_and_spans_sales(tmp_path: Path) -> None:
    rows = [
        row("1", "A", 5, "1.00"),
        row("2", "A", 2, "1.00"),
        row("2", "A", 1, "1.00"),
        row("3", "A", 9, "1.00", customer="99.0"),
        row("C4", "A", -4, "1.00"),
        row("C5", "A", -3, "1.00"),
        row("C6", "A", -2, "1.50"),
    ]
    plan, _ = plan_of(tmp_path, rows)
    assert returns_of(plan) == [
        ("uci-C4-2", "uci-2", [(2, 1), (1, 2)]),
        ("uci-C4-1", "uci-1", [(1, 1)]),
        ("uci-C5-1", "uci-1", [(1, 3)]),
        ("uci-C6-1", "uci-1", [(1, 1)]),
    ]
    assert [(each.line, each.quantity, each.amount_e4) for each in plan.unmatched_lines] == [(8, -1, -15_000)]


def test_what_matches_nothing_is_counted_and_sent_to_nobody(tmp_path: Path) -> None:
    rows = [
        row("C1", "A", -1, "1.00"),
        row("2", "A", 3, "1.00", customer=""),
        row("C3", "A", -1, "1.00", customer=""),
        row("4", "A", -7, "0", customer=""),
        row("5", "A", 1, "1.00"),
        row("C6", "B", -1, "1.00"),
    ]
    plan, _ = plan_of(tmp_path, rows)
    assert returns_of(plan) == []
    assert [sale.holder is None for sale in sales_of(plan)] == [True, False]
    assert (plan.unmatched.lines, plan.unmatched.quantity, plan.unmatched.amount_e4) == (4, -10, -30_000)
    for total in ("quantity", "amount_e4"):
        parts = [plan.sold, plan.returned, plan.unmatched, plan.refused]
        assert getattr(plan.read, total) == sum(getattr(part, total) for part in parts)


def test_values_that_do_not_fit_are_refused_with_line_and_reason_never_rounded(tmp_path: Path) -> None:
    rows = [
        row("1", "A", 1, "0.001"),
        row("1", "A", 10, "0.001"),
        row("A2", "B", 1, "-11062.06", customer=""),
        row("3", "A", 200_000, "1.00"),
        row("4", "A", 0, "1.00"),
        row("5", "A", 1, "1.00", customer="x"),
        row("6", "C" * 65, 1, "1.00"),
        "7,A,Thing,1,yesterday,1.00,17850.0,United Kingdom",
        "8,A,Thing,1.5,2011-06-01 12:00:00,1.00,17850.0,United Kingdom",
    ]
    plan, parsed = plan_of(tmp_path, rows)
    assert sorted((note.line, note.code) for note in parsed.notes) == [
        (2, "amount_does_not_fit"),
        (4, "price_negative"),
        (5, "quantity_too_large"),
        (6, "quantity_zero"),
        (7, "customer_invalid"),
        (8, "code_invalid"),
        (9, "date_invalid"),
        (10, "quantity_invalid"),
    ]
    (sale,) = sales_of(plan)
    assert [(line.line_no, line.amount_minor) for line in sale.basket.lines] == [(2, 1)]
    assert plan.read.amount_e4 == plan.sold.amount_e4 + plan.refused.amount_e4


def test_only_the_first_lines_are_read_when_asked(tmp_path: Path) -> None:
    plan, _ = plan_of(tmp_path, [row(str(at), "A", 1, "1.00") for at in range(1, 6)], lines=3)
    assert (plan.read.lines, len(plan.tickets)) == (3, 3)


def test_a_members_tickets_stay_with_one_worker_in_order(tmp_path: Path) -> None:
    rows = [row(str(at), "A", 1, "1.00", customer=f"{at % 3}.0") for at in range(1, 31)]
    plan, _ = plan_of(tmp_path, rows)
    dealt = lanes_of(plan.tickets, 2)
    assert sum(len(tickets) for tickets in dealt) == 30
    for lane in {ticket.lane for ticket in plan.tickets}:
        (worker,) = [tickets for tickets in dealt if any(each.lane == lane for each in tickets)]
        in_order = [each.sale_id for each in plan.tickets if each.lane == lane]
        assert [each.sale_id for each in worker if each.lane == lane] == in_order


def test_percentiles_are_by_nearest_rank() -> None:
    latency = latency_of(list(range(1, 101)))
    assert (latency.p50_us, latency.p95_us, latency.p99_us, latency.max_us) == (50, 95, 99, 100)
    assert latency_of([]).p99_us == 0


def test_amounts_are_reported_exactly(tmp_path: Path) -> None:
    plan, _ = plan_of(tmp_path, [row("1", "A", 3, "0.001"), row("2", "A", 1, "2.10")])
    assert account_of(plan.read).amount == "2.103"
    assert [pounds_of(amount) for amount in (-53_000, 0, 8_406_205_000)] == ["-5.30", "0.00", "840620.50"]


@pytest.mark.parametrize("price", ["1,00", "", "abc", "0.00001"])
def test_a_price_that_is_none_is_refused(tmp_path: Path, price: str) -> None:
    _, parsed = plan_of(tmp_path, [f'1,A,Thing,1,2011-06-01 12:00:00,"{price}",,United Kingdom'])
    assert [note.code for note in parsed.notes] == ["price_invalid"]
