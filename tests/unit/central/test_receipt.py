"""The receipt: line by line in the ticket's numbers, exact sums, paper of every width, five languages."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from central.services.tickets.explanations import (
    StoredReason,
    StoredWhy,
    parse_reasons,
    stored_reasons,
    why_of,
)
from central.services.tickets.receipt import words as said
from central.services.tickets.receipt.receipt import (
    Receipt,
    numbers_of,
    receipt_rows,
    tender_rows,
    voucher_rows,
)
from loyalty.limits.tickets import RECEIPT_COLUMNS_MAX, RECEIPT_COLUMNS_MIN, RECEIPT_LINES_MAX
from loyalty.money import format_minor, scale_of
from loyalty.pricing.outcome import ReasonCode
from loyalty.printed import words as shared
from loyalty.printed.rows import columns_of, figured, wrapped
from loyalty.programme.articles import ArticleClass
from loyalty.programme.compliance import VerdictCode
from loyalty.rules.effect_names import EffectName
from tests.unit.loyalty.test_pricing_vectors import CASES
from tests.unit.loyalty.vector_basket import quote_of
from wire.api_benefits import VoucherView
from wire.api_tenders import TenderView

WIDTHS = (RECEIPT_COLUMNS_MIN, 32, 42, 48, RECEIPT_COLUMNS_MAX)
NAMES = {
    "sun": {"fr": "Soins solaires de juin", "en": "June sun care", "zh": "六月防晒"},
    "double": {"fr": "Points doublés", "en": "Double points", "de": "Doppelte Punkte"},
    "base": {"fr": "1 point par franc entier", "en": "1 point per whole franc", "zh": "每满1瑞郎积1分"},
}
RX = StoredReason(
    "law.DE", 2, "denied_by_law", 0, "DE-1: § 7 HWG https://example.org", article_class="medicine_rx"
)


def a_receipt(language: str = "en", columns: int = 42, **changed: Any) -> Receipt:
    return Receipt(language=language, columns=columns, currency="CHF", rule_names=NAMES, **changed)


def line(line_no: int, sent_minor: int, *reasons: StoredReason) -> StoredWhy:
    return StoredWhy(line_no, sum(each.points for each in reasons), sent_minor, reasons)


def base(points: int, step: int = 2) -> StoredReason:
    return StoredReason("base", 1, "points_per_amount", points, "", stage="accrual", step=step)


SUN = StoredReason("sun", 1, "percent_off", 0, "", -259, "promotion", 1)
DOUBLE = StoredReason("double", 1, "points_multiplier", 23, "", 0, "accrual", 3, 20_000)
TICKET = (line(1, 1240, base(12)), line(2, 2590, SUN, base(23), DOUBLE), line(3, 990, RX), line(4, 1, RX))


def printed_points(rows: Sequence[str], language: str) -> tuple[int, int, int]:
    """What the rows print as points: at the lines, at their rules, and together."""
    points = re.compile(r"(-?\d+) ?(?:分|points?|Punkte?|punt[oi])$")
    end = next((at for at, row in enumerate(rows) if set(row) == {"-"}), 0)
    told = [row for row in rows[:end] if not row.startswith(" ")]
    heads = [int(found[1]) for row in told if (found := points.search(row))]
    parts = [int(found[1]) for row in rows[:end] if (found := re.search(r" \+(\d+)$", row))]
    tail = re.sub(r"\s", "", "".join(rows[end:]))
    earned = re.search(re.sub(r"\s", "", said.EARNED[language]) + r"(\d+)", tail)
    assert earned is not None
    return sum(heads), sum(parts), int(earned[1])


def test_a_line_says_what_each_rule_did_in_its_order_and_why_it_earned_nothing() -> None:
    assert receipt_rows(TICKET, a_receipt(balance=1248)) == [
        "Your points, line by line",
        "Line 1                           12 points",
        "  1 point per whole franc              +12",
        "Line 2                           46 points",
        "  June sun care                      -2.59",
        "  1 point per whole franc              +23",
        "  Double points (x2)                   +23",
        "Lines 3, 4                        0 points",
        "  Prescription medicine: no points, by law",
        "  (§ 7 HWG)",
        "-" * 42,
        "Discounts                        CHF -2.59",
        "Points earned                    58 points",
        "Balance                        1248 points",
    ]


def test_narrow_paper_wraps_words_and_keeps_figures_whole() -> None:
    rows = receipt_rows(TICKET, a_receipt("fr", 24, points_redeemed=200, redeemed_minor=200))
    assert rows[rows.index("Ligne 2        46 points") :][:8] == [
        "Ligne 2        46 points",
        "  Soins solaires",
        "  de juin          -2.59",
        "  1 point par franc",
        "  entier             +23",
        "  Points doublés",
        "  (x2)               +23",
        "Lignes 3, 4      0 point",
    ]
    assert rows[-3:] == ["Points", "utilisés", "(CHF -2.00)  -200 points"]


def test_the_order_told_is_the_order_in_which_rules_acted() -> None:
    mixed = line(1, 2590, DOUBLE, base(23), SUN)
    rows = receipt_rows([mixed], a_receipt())
    assert [row.strip().rpartition(" ")[2] for row in rows[2:5]] == ["-2.59", "+23", "+23"]


def test_the_page_shows_what_is_printed() -> None:
    page = (Path(__file__).parents[3] / "docs" / "receipt.md").read_text("utf-8")
    for receipt in (a_receipt("fr", 42, balance=1248), a_receipt("de", 32), a_receipt("zh", 32)):
        assert "```\n" + "\n".join(receipt_rows(TICKET, receipt)) + "\n```" in page


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_printed_points_sum_to_the_points_of_every_pricing_vector(case: dict[str, Any]) -> None:
    quote = quote_of(case)
    why = parse_reasons(stored_reasons(why_of(quote.lines)))
    currency = case["basket"]["currency"]
    for language in shared.LANGUAGES:
        for columns in WIDTHS:
            receipt = Receipt(language=language, columns=columns, currency=currency, rule_names={})
            rows = receipt_rows(why, receipt)
            assert max(map(columns_of, rows), default=0) <= columns
            if case["member"] is not None:
                assert printed_points(rows, language) == (quote.points, quote.points, quote.points)
    taken = quote.total_minor - sum(line.sent_minor for line in quote.lines)
    assert not taken or any(
        row.endswith(f"{currency} {format_minor(taken, scale_of(currency))}") for row in rows
    )


def test_every_reason_and_class_has_words_in_five_languages() -> None:
    told = {
        *(code for code in VerdictCode if code is not VerdictCode.ALLOWED),
        *ReasonCode,
    }
    assert told == said.WHY.keys()
    assert {*EffectName, ReasonCode.VOUCHER, ReasonCode.MANUAL_DISCOUNT} == said.EFFECTS.keys()
    assert set(ArticleClass) == shared.CLASSES.keys()
    for table in (said.WHY, said.KEPT, said.EFFECTS, shared.CLASSES):
        for words in table.values():
            assert set(words) == set(shared.LANGUAGES)
            assert all(words.values())


@pytest.mark.parametrize(
    ("language", "tripled", "special"),
    [
        ("fr", "Points multipliés (budget épuisé)", "Prix spécial (maximum atteint)"),
        ("de", "Mehrfachpunkte (Budget aufgebraucht)", "Sonderpreis (Höchstbetrag erreicht)"),
        ("it", "Punti moltiplicati (budget esaurito)", "Prezzo speciale (massimo raggiunto)"),
        ("en", "Points multiplied (budget used up)", "Special price (maximum reached)"),
        ("zh", "积分翻倍（活动额度已用完）", "特价（已达优惠上限）"),
    ],
)
def test_a_rule_that_was_cut_prints_what_it_gave_and_why_not_more(
    language: str, tripled: str, special: str
) -> None:
    off = StoredReason("low", 1, "special_price", 0, "", -100, "promotion", 1, cut="maximum_reached")
    triple = StoredReason(
        *("triple", 1, "points_multiplier", 5, "", 0, "accrual", 3, 30_000), cut="budget_used_up"
    )
    rows = receipt_rows([line(1, 2500, off, base(24), triple)], a_receipt(language, 64))
    told = [row.strip() for row in rows]
    assert any(row.startswith(special) and row.endswith(" -1.00") for row in told)
    assert any(row.startswith(tripled) and row.endswith(" +5") for row in told)
    assert not any("x3" in row for row in told)


def test_a_line_that_a_used_up_budget_left_nothing_for_says_so() -> None:
    nothing = StoredReason("base", 1, "points_per_amount", 0, "", cut="budget_used_up", stage="accrual")
    assert receipt_rows([line(1, 2500, nothing)], a_receipt())[2] == "  No points: budget used up"


def test_a_voucher_says_its_last_day_as_the_reader_writes_it() -> None:
    given = VoucherView(
        code="12345", definition="five", worth_minor=500, last_day="2027-01-05", is_personal=False
    )
    assert "Valable jusqu'au 05.01.2027" in voucher_rows(given, a_receipt("fr", country="CH"))
    assert "Valable jusqu'au 05/01/2027" in voucher_rows(given, a_receipt("fr", country="FR"))
    assert "Gültig bis 05.01.2027" in voucher_rows(given, a_receipt("de", country="DE"))
    assert "有效期至2027年1月5日" in voucher_rows(given, a_receipt("zh", country="CN"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_no_paper_but_english_says_a_source_in_english_or_a_headline(case: dict[str, Any]) -> None:
    why = parse_reasons(stored_reasons(why_of(quote_of(case).lines)))
    for language in ("fr", "de", "it", "zh"):
        rows = receipt_rows(why, a_receipt(language, RECEIPT_COLUMNS_MAX))
        paper = " ".join(" ".join(rows).split())
        for word in (
            " by ",
            "answer",
            "art. 21 par.",
            "June",
            "carte de fidelite",
            "reperes",
            "fidelisation",
        ):
            assert word not in paper


def kept(act: str, *, code: str = "denied_by_law", stage: str = "promotion") -> StoredReason:
    return StoredReason(
        *("law.DE", 2, code, 0, "DE-1: § 7 HWG https://example.org", 0, stage, 1, 0, "medicine_rx", act),
        ("sun",),
    )


def test_what_the_law_keeps_from_a_line_is_one_row_per_cause() -> None:
    earn = kept("earn", stage="accrual")
    rows = receipt_rows([line(1, 990, kept("be_discounted"), kept("redeem_on"), earn)], a_receipt())
    assert rows[1:5] == [
        "Line 1                            0 points",
        "  Prescription medicine: no points, no",
        "  discount, no voucher accepted, by law (§",
        "  7 HWG)",
    ]
    bound = kept("earn", code="product_bound", stage="accrual")
    rows = receipt_rows([line(1, 990, bound, base(9))], a_receipt("fr", 64))
    assert rows[2:4] == [
        f"  {'1 point par franc entier':<59} +9",
        "  Médicament sur ordonnance : pas d'avantage lié à un produit,",
    ]


def test_without_a_card_a_discount_that_the_law_keeps_off_is_told() -> None:
    nobody = StoredReason("base", 1, "member_required", 0, "")
    rows = receipt_rows([line(1, 990, kept("be_discounted"), nobody)], a_receipt(columns=64))
    assert "  Prescription medicine: no discount, by law (§ 7 HWG)" in rows


def test_a_restriction_that_keeps_a_discount_off_is_told() -> None:
    out = StoredReason(
        *("out", 1, "restricted", 0, "", 0, "restriction", 1, 0, "", "be_discounted"), ("sun",)
    )
    rows = receipt_rows([line(1, 990, out, base(9))], a_receipt("fr"))
    assert rows[3] == "  Pas de remise, exclu du programme"


def test_without_a_card_only_price_changes_are_told() -> None:
    nobody = StoredReason("base", 1, "member_required", 0, "")
    assert receipt_rows([line(1, 500, nobody)], a_receipt()) == ["No card, no points."]
    rows = receipt_rows([line(1, 500, nobody), line(2, 2590, SUN, nobody)], a_receipt())
    assert [row for row in rows if row.startswith("Line")] == ["Line 2                            0 points"]
    assert rows[-2:] == ["No card, no points.", "Discounts                        CHF -2.59"]


def test_a_long_ticket_tells_its_first_lines_and_the_rest_together() -> None:
    why = [line(no, 100 * no, base(no)) for no in range(1, RECEIPT_LINES_MAX + 51)]
    rows = receipt_rows(why, a_receipt())
    assert rows[-3] == f"50 more lines{sum(range(101, 151)):>22} points"
    total = sum(range(1, RECEIPT_LINES_MAX + 51))
    heads, _, together = printed_points(rows, "en")
    assert (heads, together) == (total, total)


def test_lines_that_follow_each_other_for_the_same_reason_are_one_row() -> None:
    quiet = [line(no, 100, RX) for no in (2, 3, 4)]
    rows = receipt_rows([line(1, 100, base(1)), *quiet, line(5, 300, base(3)), line(6, 5, RX)], a_receipt())
    heads = [row.split("  ")[0] for row in rows if row.startswith("Line")]
    assert heads == ["Line 1", "Lines 2-4", "Line 5", "Line 6"]


@pytest.mark.parametrize(
    ("numbers", "told"), [([3], "3"), ([3, 4], "3, 4"), ([3, 4, 5, 7], "3-5, 7"), ([1, 3, 5], "1, 3, 5")]
)
def test_line_numbers_are_told_as_people_write_them(numbers: list[int], told: str) -> None:
    assert numbers_of(numbers) == told


def test_chinese_breaks_between_characters_and_keeps_its_punctuation() -> None:
    rows = wrapped("依法不积分，尚无已知法规允许（OPuM/AWV art. 21）", 12)
    assert all(columns_of(row) <= 12 for row in rows)
    assert not any(row[0] in "，）" for row in rows)
    assert "".join(rows).replace(" ", "") == "依法不积分，尚无已知法规允许（OPuM/AWVart.21）"


def test_a_word_wider_than_the_paper_is_cut_but_never_in_a_number() -> None:
    assert wrapped("Preisnachlass-Verordnung1234", 24) == ["Preisnachlass-Verordnung", "1234"]
    assert wrapped("Preisnachlass-Verord1234567", 24) == ["Preisnachlass-Verord", "1234567"]
    assert figured("a", "1234567890.12", 24) == ["a          1234567890.12"]


@pytest.mark.parametrize("language", ["fr", "de", "it", "en", "zh"])
@pytest.mark.parametrize("columns", [RECEIPT_COLUMNS_MIN, 42])
def test_what_stored_value_paid_is_told_with_what_is_left(language: str, columns: int) -> None:
    receipt = Receipt(language=language, columns=columns, currency="CHF", rule_names={})
    tenders = [
        TenderView(kind="gift_card", amount_minor=2000, number_end="1234", balance_minor=0, is_empty=True),
        TenderView(kind="purse", amount_minor=550, balance_minor=1250),
        TenderView(kind="meal_vouchers", amount_minor=100),
    ]
    rows = tender_rows(tenders, 745, receipt)
    assert max(map(columns_of, rows)) <= columns
    text = "\n".join(rows)
    for shown in ("...1234", "CHF -20.00", "CHF -5.50", "CHF 12.50", "CHF -1.00", "CHF 7.45"):
        assert text.count(shown) == 1
    assert "CHF 0.00" not in text, "an empty card says what its holder can do instead"
    assert tender_rows([], 745, receipt) == []
