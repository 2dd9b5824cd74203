from officine.till_answer import facts_of


def test_an_award_is_read_as_a_cashier_reads_it() -> None:
    pairs = {
        "memberName": "Mme R.",
        "language": "fr",
        "balance": "649",
        "earned": "24",
        "currency": "CHF",
        "scale": "2",
        "total": "2480",
        "price.1": "1240",
        "amount.1": "2480",
        "points.1": "24",
        "warning.0": "Look here.",
    }
    assert facts_of(pairs, "CHF") == {
        "member": "Mme R.",
        "balance": "649",
        "points earned": "24",
        "total": "24.80 CHF",
        "line 1": "paid 24.80 CHF, listed at 12.40 CHF, 24 points",
        "warning.0": "Look here.",
    }


def test_a_range_is_shown_where_the_proof_is_weak() -> None:
    assert facts_of({"pointsFrom": "500", "pointsTo": "1000"}, "CHF") == {"balance": "500 to 1000 points"}
