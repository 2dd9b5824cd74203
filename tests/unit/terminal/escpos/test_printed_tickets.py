"""Tickets as tills print them, read by the layouts that come with the program."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from terminal.escpos.stream import Tokens
from terminal.till.escpos.layout import Layout, LayoutWrong, load_layouts, read_layout
from terminal.till.escpos.paper import Paper as Read
from terminal.till.escpos.ticket import PrintedTicket, TicketUnread, read_by, read_ticket
from tools.till.tickets import SHAPES, Paper, Sold, printed

NOON = datetime(2026, 11, 26, 12, 30)  # noqa: DTZ001  (as a till prints it)
LAYOUTS = load_layouts(None)
CREAM = Sold(code="3400935955838", label="Crème solaire", amount_minor=3980, quantity=2, tax="D")
SYRUP = Sold(code="3400930000011", label="Sirop toux", amount_minor=725, tax="A")


def rows_of(data: bytes, page: str = "cp437") -> list[str]:
    tokens, paper = Tokens(), Read(page)
    for token in tokens.feed(data):
        paper.take(token)
    assert not tokens.is_lost
    return paper.lines


def paper(*lines: Sold, **more: object) -> Paper:
    return Paper(number="00815", moment=NOON, lines=lines, **more)  # type: ignore[arg-type]


def read(shape: str, ticket: Paper, **more: bool) -> PrintedTicket:
    return read_ticket(LAYOUTS.values(), rows_of(printed(shape, ticket, **more)))


def told(ticket: PrintedTicket) -> list[tuple[str, int, int, int | None]]:
    return [(line.code, line.quantity, line.amount_minor, line.tax_rate_bp) for line in ticket.lines]


def test_every_shape_has_its_layout_and_every_layout_a_shape() -> None:
    assert set(SHAPES) == set(LAYOUTS)


def test_a_french_ticket_with_vat_letters_quantities_and_discounts() -> None:
    cream = Sold(**{name: getattr(CREAM, name) for name in CREAM.__slots__} | {"discount_minor": 380})
    ticket = read("pharmacie-fr", paper(cream, SYRUP, paid={"CARTE BANCAIRE": 4325}), has_logo=True)

    assert (ticket.layout, ticket.number, ticket.moment, ticket.currency) == (
        "pharmacie-fr",
        "00815",
        NOON,
        "EUR",
    )
    assert told(ticket) == [("3400935955838", 2, 3600, 2000), ("3400930000011", 1, 725, 210)]
    assert ticket.total_minor == 4325
    assert [line.label for line in ticket.lines] == ["Crème solaire", "Sirop toux"]


def test_a_discount_on_the_whole_ticket_is_spread_over_its_lines() -> None:
    ticket = read("pharmacie-fr", paper(CREAM, SYRUP, ticket_discount_minor=1001))
    assert [line.amount_minor for line in ticket.lines] == [3133, 571]
    assert sum(line.amount_minor for line in ticket.lines) == ticket.total_minor == 3704


def test_a_swiss_ticket_with_quantities_before_and_thousands() -> None:
    bed = Sold(code="7680475040157", label="Lit", amount_minor=246_900, quantity=2, tax="1")
    tea = Sold(code="", label="Tisane sommeil", amount_minor=890, tax="2")
    ticket = read("pharmacie-ch", paper(bed, tea, paid={"Carte cadeau": 1250}))

    assert told(ticket) == [("7680475040157", 2, 246_900, 810), ("label:TISANE SOMMEIL", 1, 890, 260)]
    assert (ticket.total_minor, ticket.tender_minor, ticket.currency) == (247_790, 1250, "CHF")


def test_a_german_ticket_without_article_numbers() -> None:
    lines = [
        Sold(code="", label="Sonnencreme LSF 50", amount_minor=3980, quantity=2, tax="A", discount_minor=380),
        Sold(code="", label="Hustentee", amount_minor=1290, tax="B"),
    ]
    ticket = read("apotheke-ch", paper(*lines))
    assert told(ticket) == [
        ("label:SONNENCREME LSF 50", 2, 3600, 810),
        ("label:HUSTENTEE", 1, 1290, 260),
    ]
    assert ticket.moment == NOON


def test_a_total_rounded_to_five_rappen_is_the_same_ticket_and_more_is_not() -> None:
    rows = rows_of(printed("apotheke-ch", paper(Sold(code="", label="Tee", amount_minor=1233))))
    assert read_by(
        LAYOUTS["apotheke-ch"], [row.replace("12.33", "12.35", 1) if "Total" in row else row for row in rows]
    )
    with pytest.raises(TicketUnread, match="come to 1233, its total is 1300"):
        read_by(
            LAYOUTS["apotheke-ch"], [row.replace("12.33", "13.00") if "Total" in row else row for row in rows]
        )


def test_a_line_taken_off_again_is_gone_and_goods_that_come_back_are_told() -> None:
    void = Sold(code=SYRUP.code, label=SYRUP.label, amount_minor=-725, tax="A")
    ticket = read("pharmacie-fr", paper(SYRUP, CREAM, void))
    back = read("pharmacie-fr", paper(CREAM, void))

    assert told(ticket) == [("3400935955838", 2, 3980, 2000)]
    assert (ticket.is_return, back.is_return) == (False, True)


@pytest.mark.parametrize("gone", ["Ticket N°", "TOTAL TTC", "Imprimé le", "3400935955838"])
def test_a_ticket_that_lacks_a_row_is_unread_and_never_read_wrong(gone: str) -> None:
    rows = [row for row in rows_of(printed("pharmacie-fr", paper(CREAM, SYRUP))) if gone not in row]
    with pytest.raises(TicketUnread):
        read_ticket(LAYOUTS.values(), rows)


def test_other_paper_is_recognised_by_no_layout() -> None:
    with pytest.raises(TicketUnread, match="no layout recognises it"):
        read_ticket(LAYOUTS.values(), ["Bon de livraison 12", "TOTAL 3"])


def test_layouts_that_read_a_ticket_differently_read_nothing(tmp_path: Path) -> None:
    text = (Path("terminal/till/escpos/layouts/pharmacie-fr.toml")).read_text(encoding="utf-8")
    own = tmp_path / "own"
    own.mkdir()
    changed = text.replace('name = "pharmacie-fr"', 'name = "other"').replace("A = 210", "A = 550")
    (own / "other.toml").write_text(changed, encoding="utf-8")
    layouts: Sequence[Layout] = list(load_layouts(own).values())

    with pytest.raises(TicketUnread, match="layouts differ"):
        read_ticket(layouts, rows_of(printed("pharmacie-fr", paper(CREAM, SYRUP))))


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("TOTAL TTC {amount}", "TOTAL TTC {sum}", "names {sum}, which is no field"),
        ("TOTAL TTC {amount}", "TOTAL TTC", "lacks {amount}"),
        ("{code} {label} {amount}", "{label} {any} {any} {amount}", "more than 2 fields of any text"),
        ("{code} {label} {amount}", "{code} {code} {amount}", "names {code} twice"),
        ('decimal = ","', 'decimal = ";"', "decimal"),
        ('code_page = "cp858"', 'code_page = "cp999"', "is not known"),
        ('currency = "EUR"', 'currency = "GBP"', "currency"),
        ('title = "', 'colour = "red"\ntitle = "', "unknown field"),
        ("decimal", "= decimal", "Invalid"),
        ('name = "pharmacie-fr"', 'name = "another"', "name the file another.toml"),
        ("A = 210", "A = 21000", "tax"),
    ],
)
def test_a_layout_that_cannot_be_meant_is_told_with_its_file(
    tmp_path: Path, old: str, new: str, why: str
) -> None:
    text = (Path("terminal/till/escpos/layouts/pharmacie-fr.toml")).read_text(encoding="utf-8")
    file = tmp_path / "pharmacie-fr.toml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(LayoutWrong) as refused:
        read_layout(file)
    assert why in str(refused.value)
    assert str(file) in str(refused.value)
