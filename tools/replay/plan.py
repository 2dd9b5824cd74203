"""From lines of a file to tickets a till would send: which sale a returned article came from is decided here.

A returned line is matched by member and article, the newest earlier sale first and in it the highest line;
where that sale has not enough units left, the one before takes the rest. What matches nothing (goods bought
before the file begins, anonymous returns, discounts written as returns) is reported and sent to nobody.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from central.gateways.article_csv import id_of_code
from central.gateways.rows import Parsed
from loyalty.limits.tickets import BASKET_LINES_MAX
from tools.replay.uci_file import UciLine, trouble_of
from wire.api import EvidenceBody
from wire.api_catalogue import ArticleBody
from wire.api_members import MemberBody
from wire.api_sales import BasketBody, LineBody, ReturnBody, ReturnLineBody, SaleBody

SOURCE = "uci"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A request that books: a sale (`sale_id` its own id) or a return on `sale_id`. `sent_ms` is still 0.

    Tickets with the same `lane` are sent one after the other: a member's in order of the file.
    """

    lane: str
    sale_id: str
    body: SaleBody | ReturnBody


@dataclass(slots=True)
class Tally:
    """Lines, units and money (1/10,000 pound)."""

    lines: int = 0
    quantity: int = 0
    amount_e4: int = 0

    def add(self, quantity: int, amount_e4: int) -> None:
        """Count one line or a part of one."""
        self.lines += 1
        self.quantity += quantity
        self.amount_e4 += amount_e4


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Units given back that no earlier sale of that member explains."""

    line: int
    invoice: str
    code: str
    customer: str
    quantity: int
    amount_e4: int


@dataclass(slots=True)
class Plan:
    """Everything to send, and the account of every line: read = sold + returned + unmatched + refused.

    A returned line that spans several sales counts once per sale in `returned.lines`, so units and amounts
    add up, lines may be more.
    """

    articles: dict[str, ArticleBody] = field(default_factory=dict)
    members: dict[str, MemberBody] = field(default_factory=dict)
    tickets: list[Ticket] = field(default_factory=list)
    read: Tally = field(default_factory=Tally)
    sold: Tally = field(default_factory=Tally)
    returned: Tally = field(default_factory=Tally)
    unmatched: Tally = field(default_factory=Tally)
    refused: Tally = field(default_factory=Tally)
    unmatched_lines: list[Unmatched] = field(default_factory=list)


@dataclass(slots=True)
class _OpenLine:
    """A sold line with the units that can still come back."""

    invoice: str
    line_no: int
    left: int


@dataclass(frozen=True, slots=True)
class _Line:
    file_line: int
    line_no: int
    uci: UciLine


def make_plan(parsed: Parsed[UciLine], shop_id: str) -> Plan:
    """Plan the replay of a file; lines with wrong values are refused in `parsed.notes` and left out."""
    plan = Plan()
    labels: dict[str, str] = {}
    open_lines: dict[tuple[str, str], list[_OpenLine]] = defaultdict(list)
    for invoice, lines in _invoices(parsed).items():
        for each in lines:
            plan.read.add(each.uci.quantity, each.uci.amount_e4)
        good = [each for each in lines if not _is_refused(plan, parsed, each)]
        for each in good:
            labels[each.uci.code] = labels.get(each.uci.code) or each.uci.label
        for customer in {each.uci.customer for each in good if each.uci.customer}:
            plan.members.setdefault(customer, _member(customer, shop_id))
        _plan_sale(plan, invoice, [each for each in good if each.uci.quantity > 0], shop_id, open_lines)
        _plan_returns(plan, invoice, [each for each in good if each.uci.quantity < 0], open_lines)
    plan.articles = {id_of_code(code): _article(code, label) for code, label in labels.items()}
    return plan


def _invoices(parsed: Parsed[UciLine]) -> dict[str, list[_Line]]:
    """Lines by invoice, in the order in which invoices begin; line numbers count from 1 in each."""
    invoices: dict[str, list[_Line]] = defaultdict(list)
    for record in parsed.records:
        lines = invoices[record.body.invoice]
        lines.append(_Line(record.line, len(lines) + 1, record.body))
    return invoices


def _is_refused(plan: Plan, parsed: Parsed[UciLine], line: _Line) -> bool:
    trouble = trouble_of(line.uci)
    if trouble is None and line.line_no > BASKET_LINES_MAX:
        trouble = ("too_many_lines", f"A ticket has {BASKET_LINES_MAX} lines at most.")
    if trouble is None:
        return False
    plan.refused.add(line.uci.quantity, line.uci.amount_e4)
    parsed.refuse(line.file_line, *trouble)
    return True


def _plan_sale(
    plan: Plan,
    invoice: str,
    lines: list[_Line],
    shop_id: str,
    open_lines: dict[tuple[str, str], list[_OpenLine]],
) -> None:
    if not lines:
        return
    first = lines[0].uci
    for each in lines:
        plan.sold.add(each.uci.quantity, each.uci.amount_e4)
        if each.uci.customer:
            key = (each.uci.customer, each.uci.code)
            open_lines[key].append(_OpenLine(invoice, each.line_no, each.uci.quantity))
    body = SaleBody(
        sale_id=sale_id_of(invoice),
        business_key=f"uci:{invoice}:sale:{first.occurred_ms}",
        occurred_ms=first.occurred_ms,
        sent_ms=0,
        basket=BasketBody(
            currency="GBP",
            lines=[
                LineBody(
                    line_no=each.line_no,
                    code=each.uci.code,
                    quantity=each.uci.quantity,
                    amount_minor=each.uci.amount_minor,
                    label=each.uci.label,
                )
                for each in lines
            ],
        ),
        holder=_holder(first.customer),
        shop_id=shop_id,
    )
    plan.tickets.append(Ticket(_lane(first, invoice), body.sale_id, body))


def _plan_returns(
    plan: Plan, invoice: str, lines: list[_Line], open_lines: dict[tuple[str, str], list[_OpenLine]]
) -> None:
    """One return per sale that the invoice gives goods back from, in order of first use."""
    by_sale: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for each in lines:
        candidates = open_lines.get((each.uci.customer, each.uci.code), []) if each.uci.customer else []
        left = -each.uci.quantity
        while left and candidates:
            newest = candidates[-1]
            units = min(left, newest.left)
            by_sale[newest.invoice][newest.line_no] += units
            plan.returned.add(-units, -units * each.uci.price_e4)
            left -= units
            newest.left -= units
            if not newest.left:
                candidates.pop()
        if left:
            lost = Unmatched(
                each.file_line, invoice, each.uci.code, each.uci.customer, -left, -left * each.uci.price_e4
            )
            plan.unmatched.add(lost.quantity, lost.amount_e4)
            plan.unmatched_lines.append(lost)
    for sale_invoice, units_by_line in by_sale.items():
        first = lines[0].uci
        body = ReturnBody(
            return_id=f"{sale_id_of(invoice)}-{sale_invoice}",
            business_key=f"uci:{invoice}:return:{first.occurred_ms}:{sale_invoice}",
            occurred_ms=first.occurred_ms,
            sent_ms=0,
            lines=[ReturnLineBody(line_no=no, quantity=units) for no, units in units_by_line.items()],
            holder=_holder(first.customer),
        )
        plan.tickets.append(Ticket(_lane(first, invoice), sale_id_of(sale_invoice), body))


def sale_id_of(invoice: str) -> str:
    """The id of an invoice's ticket: the same in every replay."""
    return f"uci-{invoice}"


def card_number_of(customer: str) -> str:
    """The number on the card a customer presents."""
    return f"uci-{customer}"


def _lane(line: UciLine, invoice: str) -> str:
    return f"member {line.customer}" if line.customer else f"ticket {invoice}"


def _holder(customer: str) -> EvidenceBody | None:
    return EvidenceBody(medium="barcode", value=card_number_of(customer)) if customer else None


def _member(customer: str, shop_id: str) -> MemberBody:
    return MemberBody(
        member_id=f"uci-{customer}",
        family_name=f"Customer {customer}",
        language="en",
        home_shop_id=shop_id,
        card_number=card_number_of(customer),
    )


def _article(code: str, label: str) -> ArticleBody:
    return ArticleBody(name=label or code, article_class="parapharmacy", codes=[code], source=SOURCE)


def lanes_of(tickets: Iterable[Ticket], workers: int) -> list[list[Ticket]]:
    """Tickets dealt to workers: a lane stays with one worker, in order; the emptiest takes the next lane."""
    dealt: list[list[Ticket]] = [[] for _ in range(workers)]
    by_lane: dict[str, int] = {}
    for ticket in tickets:
        worker = by_lane.setdefault(ticket.lane, min(range(workers), key=lambda at: len(dealt[at])))
        dealt[worker].append(ticket)
    return dealt
