"""What others pay of a ticket: never more than budgets spent, and nothing is left of what came back."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from loyalty.clearing.funded import Asked, Back, FundedLine, funded_lines, taken_back
from loyalty.clearing.netting import Due, netted, positions
from loyalty.pricing.outcome import PipelineStage, QuotedLine, Reason
from loyalty.programme.programme import Programme, parse_programme

_EFFECTS = {
    "promotion": [{"effect": "percent_off", "rate_bp": 1000, "rounding": "floor"}],
    "campaign": [{"effect": "points_fixed", "points": 1, "per": "ticket"}],
}


def a_programme() -> Programme:
    """A promotion of one supplier, points of another; the selling shop pays for points as they are spent."""
    rules = [
        {
            "id": kind,
            "version": 1,
            "kind": kind,
            "when": True,
            "effects": effects,
            "funder": f"supplier/{kind}",
        }
        for kind, effects in _EFFECTS.items()
    ]
    step = {"points": 7, "worth_minor": 10}
    return parse_programme({"rules": rules, "funder": "shop", "voucher_step": step}, ruleset_version=1)


PROGRAMME = a_programme()
LINES = st.lists(
    st.tuples(st.integers(1, 5), st.integers(0, 3000), st.integers(0, 300)), min_size=1, max_size=6
)


def quoted(drawn: list[tuple[int, int, int]]) -> list[QuotedLine]:
    """Lines of (units, taken off, points given)."""
    return [
        QuotedLine(
            line_no=number,
            code="c",
            quantity=quantity,
            amount_minor=5000 - off,
            points=points,
            sent_minor=5000,
            reasons=(
                Reason("promotion", 1, "percent_off", amount_minor=-off, stage=PipelineStage.PROMOTION.value),
                Reason("campaign", 1, "points_fixed", points=points, stage=PipelineStage.ACCRUAL.value),
            ),
        )
        for number, (quantity, off, points) in enumerate(drawn, start=1)
    ]


def sums(lines: list[FundedLine]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for line in lines:
        found[line.funder, line.creditor] += line.amount_minor
    return found


@given(LINES, st.integers(0, 12_000))
def test_nobody_pays_more_than_a_budget_spent_and_the_lines_sum_to_it(
    drawn: list[tuple[int, int, int]], budget: int
) -> None:
    off = sum(each[1] for each in drawn)
    spent = {"promotion": min(budget, off)}
    lines = funded_lines(Asked(lines=quoted(drawn), programme=PROGRAMME, shop_id="s", spent=spent))
    assert sums(lines)["supplier/promotion", "shop/s"] == spent["promotion"]
    by_line = {line.line_no: line.amount_minor for line in lines if line.rule_id == "promotion"}
    assert all(amount <= drawn[number - 1][1] for number, amount in by_line.items())
    points = sum(each[2] for each in drawn)
    assert sums(lines)["supplier/campaign", "shop/s"] == (2 * points * 10 + 7) // 14
    assert sum(line.points for line in lines) == points


@given(LINES, st.data())
def test_returns_in_any_steps_and_order_take_back_all_that_was_owed(
    drawn: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    sold = funded_lines(Asked(lines=quoted(drawn), programme=PROGRAMME, shop_id="s"))
    units = [number for number, (quantity, _, _) in enumerate(drawn, start=1) for _ in range(quantity)]
    order = data.draw(st.permutations(units))
    already: Counter[int] = Counter()
    back: list[FundedLine] = []
    for number in order:
        given_back = Back(number, 1, already[number])
        back += taken_back(sold, [given_back], unpaid=frozenset(), budgets={}, shop_id="s")
        already[number] += 1
    assert all(amount == 0 for amount in sums([*sold, *back]).values())
    assert sum(line.points for line in [*sold, *back]) == 0


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd"), st.integers(-50, 50)), max_size=30)
)
def test_netting_leaves_every_party_where_its_dues_put_it(drawn: list[tuple[str, str, int]]) -> None:
    dues = [Due(*each) for each in drawn]
    nets = netted(dues)
    assert all(due.amount_minor > 0 and due.debtor != due.creditor for due in nets)
    assert len({frozenset((due.debtor, due.creditor)) for due in nets}) == len(nets)
    expected: Counter[str] = Counter()
    for due in dues:
        expected[due.creditor] += due.amount_minor
        expected[due.debtor] -= due.amount_minor
    told = positions(nets)
    for party, amount in expected.items():
        at = told.get(party)
        assert amount == (0 if at is None else at.owed_minor - at.owes_minor)
