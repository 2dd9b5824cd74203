from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from loyalty.ledger import chart
from loyalty.ledger.accrual import accrual
from loyalty.ledger.assets import POINTS
from loyalty.ledger.audit import FindingCode, audit_ledger
from loyalty.ledger.burn import redemption
from loyalty.ledger.chart import CHART, UnknownAccount, ceiling_of, floor_of
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.journal import GENESIS, canonical_bytes, chain_hash
from loyalty.ledger.lots import (
    BalanceTooLow,
    ExpiryKind,
    ExpiryPolicy,
    Lot,
    expires_ms,
    last_day,
    select_lots,
)
from loyalty.ledger.postings import LotChange, Posting, Transaction
from loyalty.ledger.reversal import (
    ReturnExceedsSale,
    ReturnOfNothing,
    SpentPoints,
    points_owed_by,
    return_points,
    reversal,
)


def a_head(transaction_id: str = "t1", cause_id: str = "s1") -> EntryHead:
    return EntryHead(
        transaction_id=transaction_id,
        cause_id=cause_id,
        occurred_ms=1000,
        recorded_ms=2000,
        actor="till",
        terminal_id="term",
        ruleset_version=1,
    )


def an_accrual(points: int = 10, *, owed: int = 0, transaction_id: str = "t1") -> Transaction:
    return accrual(
        a_head(transaction_id), member_id="m", points=points, points_owed=owed, expires_ms=9, funder="group"
    )


def a_lot(lot_id: str = "t1/1", remaining: int = 10, expires: int | None = 9) -> Lot:
    return Lot(lot_id, "member/m/points", 10, remaining, expires)


def moves(transaction: Transaction | None) -> list[tuple[str, str, int]]:
    postings = () if transaction is None else transaction.postings
    return [(posting.source, posting.target, posting.amount) for posting in postings]


@pytest.mark.parametrize(
    ("account", "floor", "ceiling"),
    [
        ("group/points/issued", None, 0),
        ("group/points/redeemed", 0, None),
        ("group/points/expired", 0, None),
        ("member/m-1/points", 0, None),
        ("member/m-1/points_owed", None, 0),
    ],
)
def test_account_has_its_bounds(account: str, floor: int | None, ceiling: int | None) -> None:
    assert (floor_of(account), ceiling_of(account)) == (floor, ceiling)


@pytest.mark.parametrize(
    "account",
    [
        "",
        "member/m/attic",
        "association/a/purse",
        "member//points",
        "member/<id>/points",
        "member/a/b/points",
        "member/a b/points",
        "group/points",
        "group/points/issued/",
        f"member/{'x' * 65}/points",
    ],
)
def test_undeclared_account_is_refused(account: str) -> None:
    with pytest.raises(UnknownAccount):
        floor_of(account)


@pytest.mark.parametrize("kind", CHART, ids=lambda kind: kind.template)
def test_every_account_is_documented(kind: chart.AccountKind, docs_ledger: str) -> None:
    assert f"`{kind.template}`" in docs_ledger


def test_accrual_gives_points_as_one_lot_of_the_sale() -> None:
    transaction = an_accrual(10)
    assert moves(transaction) == [("group/points/issued", "member/m/points", 10)]
    (lot,) = transaction.new_lots
    assert (lot.lot_id, lot.amount, lot.expires_ms, lot.source_id, lot.funder) == (
        "t1/1",
        10,
        9,
        "s1",
        "group",
    )


def test_accrual_settles_what_is_owed_first() -> None:
    transaction = an_accrual(10, owed=4)
    assert moves(transaction) == [
        ("group/points/issued", "member/m/points_owed", 4),
        ("group/points/issued", "member/m/points", 6),
    ]
    assert [lot.amount for lot in transaction.new_lots] == [6]


def test_accrual_below_the_debt_makes_no_lot() -> None:
    transaction = an_accrual(3, owed=4)
    assert moves(transaction) == [("group/points/issued", "member/m/points_owed", 3)]
    assert transaction.new_lots == ()


@pytest.mark.parametrize(
    ("remaining", "balance", "taken", "owed"),
    [(10, 50, 7, 0), (5, 50, 5, 2), (0, 50, 0, 7), (10, 3, 3, 4), (10, 0, 0, 7)],
)
def test_reversal_takes_from_the_lot_of_the_sale_and_the_rest_is_owed(
    remaining: int, balance: int, taken: int, owed: int
) -> None:
    transaction = reversal(a_head(), member_id="m", points=7, lot=a_lot(remaining=remaining), balance=balance)
    assert transaction is not None
    expected = [("member/m/points", "group/points/issued", taken)] if taken else []
    expected += [("member/m/points_owed", "group/points/issued", owed)] if owed else []
    assert moves(transaction) == expected
    assert transaction.lot_changes == ((LotChange("t1/1", taken),) if taken else ())
    assert points_owed_by(transaction) == owed


def test_reversal_of_a_sale_whose_points_all_settled_a_debt_is_owed_again() -> None:
    transaction = reversal(a_head(), member_id="m", points=7, lot=None, balance=50)
    assert moves(transaction) == [("member/m/points_owed", "group/points/issued", 7)]


def test_spent_points_are_forgiven_where_the_group_says_so() -> None:
    part = reversal(
        a_head(), member_id="m", points=7, lot=a_lot(remaining=2), balance=2, spent=SpentPoints.FORGIVEN
    )
    assert moves(part) == [("member/m/points", "group/points/issued", 2)]
    none = reversal(
        a_head(), member_id="m", points=7, lot=a_lot(remaining=0), balance=0, spent=SpentPoints.FORGIVEN
    )
    assert none is None


@pytest.mark.parametrize(
    ("line_points", "quantity", "steps", "expected"),
    [
        (10, 3, [1, 1, 1], [3, 3, 4]),
        (10, 3, [2, 1], [6, 4]),
        (10, 3, [3], [10]),
        (1, 4, [1, 1, 1, 1], [0, 0, 0, 1]),
        (0, 2, [1, 1], [0, 0]),
    ],
)
def test_returns_in_steps_sum_to_the_points_of_the_line(
    line_points: int, quantity: int, steps: list[int], expected: list[int]
) -> None:
    done, undone = 0, []
    for step in steps:
        undone.append(return_points(line_points, quantity, done, step))
        done += step
    assert undone == expected


def test_more_than_was_sold_cannot_come_back() -> None:
    with pytest.raises(ReturnExceedsSale) as caught:
        return_points(10, 3, 2, 2)
    assert caught.value.params == {"returnable": 1, "returning": 2}


@pytest.mark.parametrize("returning", [0, -1])
def test_nothing_cannot_come_back(returning: int) -> None:
    with pytest.raises(ReturnOfNothing):
        return_points(10, 3, 0, returning)


@pytest.mark.parametrize(
    ("policy", "earned", "last"),
    [
        (ExpiryPolicy(), date(2026, 11, 22), None),
        (ExpiryPolicy(ExpiryKind.MONTHS, 24), date(2026, 11, 22), date(2028, 11, 22)),
        (ExpiryPolicy(ExpiryKind.MONTHS, 1), date(2026, 1, 31), date(2026, 2, 28)),
        (ExpiryPolicy(ExpiryKind.MONTHS, 2), date(2027, 12, 31), date(2028, 2, 29)),
        (ExpiryPolicy(ExpiryKind.MONTHS, 1), date(2026, 12, 5), date(2027, 1, 5)),
        (ExpiryPolicy(ExpiryKind.END_OF_YEAR, 0), date(2026, 11, 22), date(2026, 12, 31)),
        (ExpiryPolicy(ExpiryKind.END_OF_YEAR, 2), date(2026, 1, 1), date(2028, 12, 31)),
    ],
)
def test_points_live_as_long_as_the_policy_says(
    policy: ExpiryPolicy, earned: date, last: date | None
) -> None:
    assert last_day(policy, earned) == last


def test_points_expire_at_the_local_midnight_that_ends_their_last_day() -> None:
    zone = ZoneInfo("Europe/Zurich")
    when = expires_ms(ExpiryPolicy(ExpiryKind.MONTHS, 6), date(2026, 11, 22), zone)
    assert when == int(datetime(2027, 5, 22, 22, 0, tzinfo=UTC).timestamp() * 1000)
    assert expires_ms(ExpiryPolicy(), date(2026, 11, 22), zone) is None


def test_what_expires_first_is_spent_first_and_expired_lots_give_nothing() -> None:
    lots = [a_lot("never", 5, None), a_lot("late", 5, 300), a_lot("soon", 5, 200), a_lot("over", 5, 100)]
    assert select_lots(lots, 12, now_ms=100) == (
        LotChange("soon", 5),
        LotChange("late", 5),
        LotChange("never", 2),
    )
    with pytest.raises(BalanceTooLow) as caught:
        select_lots(lots, 16, now_ms=100)
    assert caught.value.params == {"available": 15, "wanted": 16}


def test_redemption_stores_its_allocation() -> None:
    transaction = redemption(a_head(), member_id="m", points=4, lots=[a_lot()], now_ms=1)
    assert moves(transaction) == [("member/m/points", "group/points/redeemed", 4)]
    assert transaction.lot_changes == (LotChange("t1/1", 4),)


def test_canonical_bytes_of_a_transaction_never_change() -> None:
    assert canonical_bytes(an_accrual(10)) == (
        b'["officine-journal-1","t1","accrual",[["group/points/issued","member/m/points","PTS/0",10]],'
        b'1000,2000,"s1","till","term",1,[["t1/1","member/m/points","PTS/0",10,9,"s1","group"]],[]]'
    )
    assert chain_hash(GENESIS, an_accrual(10)).hex() == (
        "543ce930a109b8ddd1bd2adc78933790373db72580a32f9d95b1d630f956fd82"
    )


@dataclass(frozen=True)
class Row:
    seq: int
    transaction: Transaction
    row_hash: bytes


@dataclass(frozen=True)
class AccountRow:
    account: str
    balance: int
    asset: str = "PTS/0"


@dataclass(frozen=True)
class LotRow:
    lot_id: str
    remaining: int
    account: str = "member/m/points"
    asset: str = "PTS/0"


def a_journal(*transactions: Transaction) -> list[Row]:
    rows, head = [], GENESIS
    for seq, transaction in enumerate(transactions, start=1):
        head = chain_hash(head, transaction)
        rows.append(Row(seq, transaction, head))
    return rows


JOURNAL = a_journal(an_accrual(10), an_accrual(5, transaction_id="t2"))
ACCOUNTS = [AccountRow("group/points/issued", -15), AccountRow("member/m/points", 15)]
LOTS = [LotRow("t1/1", 10), LotRow("t2/1", 5)]


def test_a_sound_ledger_has_no_finding() -> None:
    assert audit_ledger(JOURNAL, ACCOUNTS, LOTS) == []
    assert audit_ledger([], [], []) == []


def with_posting(row: Row, **changes: object) -> Row:
    posting = replace(row.transaction.postings[0], **changes)  # type: ignore[arg-type]
    return replace(row, transaction=replace(row.transaction, postings=(posting,)))


@pytest.mark.parametrize(
    ("journal", "accounts", "lots", "codes"),
    [
        (
            JOURNAL,
            [ACCOUNTS[0], AccountRow("member/m/points", 14)],
            LOTS,
            {FindingCode.ASSET_NOT_ZERO, FindingCode.BALANCE_DIFFERS, FindingCode.LOTS_DIFFER},
        ),
        (
            JOURNAL,
            [AccountRow("group/points/issued", 3), AccountRow("member/m/points", -3)],
            LOTS,
            {
                FindingCode.FLOOR_BROKEN,
                FindingCode.CEILING_BROKEN,
                FindingCode.BALANCE_DIFFERS,
                FindingCode.LOTS_DIFFER,
            },
        ),
        (JOURNAL, ACCOUNTS, LOTS[:1], {FindingCode.LOT_DIFFERS, FindingCode.LOTS_DIFFER}),
        (
            JOURNAL,
            ACCOUNTS,
            [LotRow("t1/1", 9), LotRow("t2/1", 6)],
            {FindingCode.LOT_DIFFERS},
        ),
        (
            [JOURNAL[0], replace(JOURNAL[1], transaction=replace(JOURNAL[1].transaction, actor="thief"))],
            ACCOUNTS,
            LOTS,
            {FindingCode.CHAIN_BROKEN},
        ),
        ([replace(JOURNAL[0], seq=0), JOURNAL[1]], ACCOUNTS, LOTS, {FindingCode.SEQUENCE_GAP}),
        (
            a_journal(an_accrual(10), an_accrual(5)),
            ACCOUNTS,
            [LotRow("t1/1", 15)],
            {FindingCode.TRANSACTION_TWICE},
        ),
        (
            a_journal(with_posting(JOURNAL[0], target="member/m/attic").transaction),
            [AccountRow("group/points/issued", -10), AccountRow("member/m/attic", 10)],
            [LotRow("t1/1", 10)],
            {FindingCode.UNKNOWN_ACCOUNT, FindingCode.LOTS_DIFFER},
        ),
        (
            a_journal(replace(an_accrual(10), lot_changes=(LotChange("t1/1", 11),))),
            [AccountRow("group/points/issued", -10), AccountRow("member/m/points", 10)],
            [LotRow("t1/1", -1)],
            {FindingCode.LOT_OVERDRAWN, FindingCode.LOTS_DIFFER},
        ),
        (
            a_journal(with_posting(JOURNAL[0], amount=-10).transaction),
            [AccountRow("group/points/issued", 10), AccountRow("member/m/points", -10)],
            [LotRow("t1/1", 10)],
            {
                FindingCode.AMOUNT_NOT_POSITIVE,
                FindingCode.FLOOR_BROKEN,
                FindingCode.CEILING_BROKEN,
                FindingCode.LOTS_DIFFER,
            },
        ),
        (
            a_journal(with_posting(JOURNAL[0], asset=replace(POINTS, scale=2)).transaction),
            [AccountRow("group/points/issued", -10, "PTS/2"), AccountRow("member/m/points", 10, "PTS/2")],
            [LotRow("t1/1", 10, asset="PTS/2")],
            {FindingCode.WRONG_ASSET},
        ),
    ],
)
def test_every_sort_of_damage_is_found_and_nothing_else(
    journal: list[Row], accounts: list[AccountRow], lots: list[LotRow], codes: set[FindingCode]
) -> None:
    findings = audit_ledger(journal, accounts, lots)
    assert {finding.code for finding in findings} == codes
    assert all(finding.text for finding in findings)


def test_a_floor_broken_and_mended_later_is_still_found() -> None:
    burn = Transaction(
        "t0",
        "redemption",
        (Posting("member/m/points", "group/points/redeemed", POINTS, 4),),
        0,
        0,
        "c",
        "a",
        None,
        1,
    )
    journal = a_journal(burn, an_accrual(10))
    accounts = [
        AccountRow("group/points/issued", -10),
        AccountRow("group/points/redeemed", 4),
        AccountRow("member/m/points", 6),
    ]
    findings = audit_ledger(journal, accounts, [LotRow("t1/1", 10)])
    assert FindingCode.FLOOR_BROKEN in {finding.code for finding in findings}
