"""The reading of a printer's stream: any bytes go out as they came in, nothing stumbles, nothing grows."""

import itertools
import time
from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.limits.other_tills import (
    CAPTURE_LINE_CHARS_MAX,
    CAPTURE_TICKET_BYTES_MAX,
    CAPTURE_TICKET_LINES_MAX,
)
from terminal.escpos.shapes import HEAD_BYTES_MAX
from terminal.escpos.stream import Tokens
from terminal.till.escpos.layout import load_layouts
from terminal.till.escpos.paper import PLAIN, Paper
from terminal.till.escpos.ticket import TicketUnread, read_by, read_ticket
from terminal.till.escpos.weave import Extra, woven
from tools.till.tickets import SHAPES, Sold, printed
from tools.till.tickets import Paper as Ticket

LAYOUTS = load_layouts(None)
COMMANDS = [b"\x1b@", b"\x1bt\x13", b"\x1ba\x01", b"\x1b!\x08", b"\x1dV\x00", b"\x1dVB\x03", b"\x1bd\x05"]
COMMANDS += [b"\x1dv0\x00\x02\x00\x03\x00abcdef", b"\x1dkI\x03{B1", b"\x1dk\x04123\x00", b"\x1c&", b"\x1c."]
COMMANDS += [
    b"\x1d(k\x04\x001A2\x00",
    b"\x1bD\x08\x10\x00",
    b"\x1b*\x21\x01\x00xyz",
    b"\x10\x04\x01",
    b"\x1bp\x0022",
]
streams = st.lists(
    st.one_of(st.sampled_from(COMMANDS), st.binary(max_size=12), st.sampled_from([b"TOTAL 12.50\n", b"\n"])),
    max_size=30,
).map(b"".join)


def tokens_of(data: bytes, cuts: list[int]) -> tuple[list[bytes], bytes, Tokens]:
    """The tokens of a stream that comes in pieces, and what is left."""
    tokens, out = Tokens(), []
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    for begin, end in itertools.pairwise(places):
        out += [token.data for token in tokens.feed(data[begin:end])]
        assert len(tokens._kept) <= HEAD_BYTES_MAX
    return out, tokens.rest(), tokens


@given(streams, st.lists(st.integers(0, 400), max_size=8))
def test_all_bytes_come_out_in_order_however_they_are_cut(data: bytes, cuts: list[int]) -> None:
    out, rest, _ = tokens_of(data, cuts)
    assert b"".join(out) + rest == data


@given(streams, st.lists(st.integers(0, 400), max_size=8))
def test_what_is_on_the_paper_does_not_depend_on_the_pieces(data: bytes, cuts: list[int]) -> None:
    whole, pieces = Paper(), Paper()
    one, many = Tokens(), Tokens()
    for token in one.feed(data):
        whole.take(token)
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    for begin, end in itertools.pairwise(places):
        for token in many.feed(data[begin:end]):
            pieces.take(token)
    assert (whole.lines, whole.modes(), one.is_lost) == (pieces.lines, pieces.modes(), many.is_lost)


def test_a_chinese_character_in_two_pieces_is_one() -> None:
    tokens, paper = Tokens(), Paper()
    data = b"\x1c&" + "合计 12.50".encode("gb18030") + b"\n"
    for at in range(len(data)):
        for token in tokens.feed(data[at : at + 1]):
            paper.take(token)
    assert paper.lines == ["合计 12.50"]


@given(st.binary(max_size=60))
def test_bytes_of_a_picture_are_never_a_cut(picture: bytes) -> None:
    head = b"\x1dv0\x00" + len(picture).to_bytes(2, "little") + b"\x01\x00"
    kinds = [token.kind for token in Tokens().feed(head + picture + b"\x1dV\x00")]
    assert kinds.count("cut") == 1
    assert kinds[-1] == "cut"


@given(st.lists(st.text(max_size=60), max_size=30), st.sampled_from(sorted(LAYOUTS)))
def test_any_rows_are_read_or_told_unread(rows: list[str], name: str) -> None:
    for read in (lambda: read_ticket(LAYOUTS.values(), rows), lambda: read_by(LAYOUTS[name], rows)):
        try:
            ticket = read()
        except TicketUnread:
            continue
        assert sum(line.amount_minor for line in ticket.lines) - ticket.total_minor in range(-5, 6)


lines = st.builds(
    Sold,
    code=st.just("3400935955838"),
    label=st.sampled_from(["Sirop", "Crème 50", "Thé n° 3 bio"]),
    amount_minor=st.integers(1, 99).map(lambda n: n * 60),
    quantity=st.sampled_from([1, 2, 3]),
    tax=st.just("1"),
    discount_minor=st.integers(0, 60),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(lines, min_size=1, max_size=12), st.integers(1, 99_999))
def test_a_ticket_that_a_till_printed_is_read_as_it_was_sold(sold: list[Sold], number: int) -> None:
    ticket = Ticket(number=str(number), moment=datetime(2026, 2, 28, 8, 5), lines=sold)  # noqa: DTZ001
    data = printed("pharmacie-ch", ticket)
    paper = Paper()
    for token in Tokens().feed(data):
        paper.take(token)
    read = read_ticket(LAYOUTS.values(), paper.lines)
    assert read.number == str(number)
    assert [(line.quantity, line.amount_minor) for line in read.lines] == [
        (line.quantity, line.amount_minor - line.discount_minor) for line in sold
    ]


def modes_of(paper: Paper) -> dict[bytes, bytes]:
    """The modes in force: those never told are the plain ones."""
    plain = Paper()
    for token in Tokens().feed(PLAIN):
        plain.take(token)
    return plain._modes | paper._modes | {b"R": bytes([paper._national, paper._is_chinese])}


@given(streams, st.lists(st.text(max_size=42), max_size=6), st.booleans())
def test_rows_are_woven_whole_and_leave_the_printers_modes_as_they_were(
    before: bytes, rows: list[str], is_line_begun: bool
) -> None:
    tokens, paper = Tokens(), Paper()
    for token in tokens.feed(before):
        paper.take(token)
    more = woven(Extra(rows=tuple(rows), short=("+1",)), paper, is_line_begun=is_line_begun)
    modes, page, other = modes_of(paper), (paper.page, paper.page_number), Tokens()
    for token in other.feed(more):
        paper.take(token)
    assert (other.is_lost, other.rest()) == (False, b"")
    assert (modes_of(paper), paper.page_number) == (modes, page[1])
    assert page[1] is None or paper.page == page[0]


def test_endless_text_is_bounded_and_told_too_long() -> None:
    tokens, paper = Tokens(), Paper()
    for _ in range(2 * CAPTURE_TICKET_BYTES_MAX // 4096):
        for token in tokens.feed(b"x" * 4096):
            paper.take(token)
    assert paper.is_too_long
    assert sum(map(len, paper.lines)) <= CAPTURE_LINE_CHARS_MAX
    many = Paper()
    for token in Tokens().feed(b"a\n" * (CAPTURE_TICKET_LINES_MAX + 10)):
        many.take(token)
    assert many.is_too_long
    assert len(many.lines) == CAPTURE_TICKET_LINES_MAX


def test_the_longest_ticket_of_hostile_rows_is_read_in_bounded_time() -> None:
    """Not a timing of the machine: a pattern that backtracks without bound would not end in a day."""
    hostile = ["1 " * 80, "9" * 160, "1,1" * 53, "a " * 79 + "1,00 ", "Remise " + "- " * 70]
    rows = ["PHARMACIE", "TOTAL TTC 1,00x", "TOTAL CHF 1x", *hostile * 40]
    began = time.process_time()
    for layout in LAYOUTS.values():
        try:
            read_by(layout, rows)
        except TicketUnread:
            continue
    assert time.process_time() - began < 60


def test_every_shape_is_tried_here() -> None:
    assert set(SHAPES) == set(LAYOUTS)
