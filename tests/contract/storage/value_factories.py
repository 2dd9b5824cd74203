"""Holds, burns and due lots as the storage tests make them, decided on what they read."""

from hashlib import sha256

from central.storage.base import LotRow, Store
from central.storage.interface.value import MoveRecord
from loyalty.ledger import chart
from loyalty.ledger.assets import POINTS, Asset, parse_asset
from loyalty.ledger.audit import Finding, check_holds
from loyalty.ledger.burn import burn
from loyalty.ledger.expiry import expiry
from loyalty.ledger.holds import Hold, hold_lots
from loyalty.ledger.issue import issue
from loyalty.ledger.lots import Lot
from loyalty.ledger.postings import LotChange
from tests.contract.storage.factories import MEMBER, NOW_MS, G, findings, head_of

ACCOUNT = chart.member_points(MEMBER)


def lot_of(row: LotRow) -> Lot:
    return Lot(
        row.lot_id,
        row.account,
        row.amount,
        row.remaining,
        row.expires_ms,
        row.held,
        row.source_id,
        row.funder,
    )


async def open_lots(store: Store, account: str = ACCOUNT, asset: Asset = POINTS) -> list[Lot]:
    return [lot_of(row) for row in await store.list_open_lots(G, account, str(asset))]


async def a_hold(
    store: Store,
    hold_id: str,
    amount: int,
    *,
    account: str = ACCOUNT,
    asset: Asset = POINTS,
    expires_ms: int = NOW_MS + 1000,
    now_ms: int = NOW_MS,
) -> Hold:
    """A hold decided on what stands. Raises: BalanceTooLow."""
    lots: tuple[LotChange, ...] = ()
    if chart.kind_of(account).has_lots:
        lots = hold_lots(await open_lots(store, account, asset), amount, now_ms)
    return Hold(
        hold_id=hold_id,
        account=account,
        asset=asset,
        amount=amount,
        lots=lots,
        cause_id=f"cause-{hold_id}",
        made_ms=NOW_MS,
        expires_ms=expires_ms,
        actor="till",
    )


def a_gift(
    move_id: str, asset: Asset, amount: int = 1, *, account: str = "", expires_ms: int | None = None
) -> MoveRecord:
    """Units of an asset given to the member."""
    transaction = issue(
        head_of(move_id, move_id),
        account=account or chart.member_account(MEMBER, asset),
        asset=asset,
        amount=amount,
        expires_ms=expires_ms,
        funder="group",
    )
    return MoveRecord(
        group_id=G,
        move_id=move_id,
        kind="issue",
        input_hash=sha256(move_id.encode()).digest(),
        member_id=MEMBER,
        other_id=None,
        asset=str(asset),
        amount=amount,
        recorded_ms=NOW_MS,
        transaction=transaction,
    )


async def a_burn(
    store: Store, move_id: str, asset: Asset, amount: int = 1, now_ms: int = NOW_MS
) -> MoveRecord:
    """A burn decided on what stands. Raises: BalanceTooLow."""
    account = chart.member_account(MEMBER, asset)
    transaction = burn(
        head_of(move_id, move_id, now_ms),
        account=account,
        asset=asset,
        amount=amount,
        lots=await open_lots(store, account, asset),
        now_ms=now_ms,
    )
    return MoveRecord(
        group_id=G,
        move_id=move_id,
        kind="redemption",
        input_hash=sha256(f"{move_id}{amount}".encode()).digest(),
        member_id=MEMBER,
        other_id=None,
        asset=str(asset),
        amount=amount,
        recorded_ms=now_ms,
        transaction=transaction,
    )


async def expire(store: Store, run_id: str, now_ms: int) -> int:
    """One run of expiry, as the service does it; how much expired."""
    total = 0
    for row in await store.list_due_lots(G, now_ms, 1000):
        head = head_of(f"{run_id}-{row.lot_id}", run_id, now_ms)
        gone = expiry(head, lot=lot_of(row), asset=parse_asset(row.asset), now_ms=now_ms)
        if gone is not None and await store.post_once(G, gone):
            total += gone.postings[0].amount
    return total


async def all_findings(store: Store) -> list[Finding]:
    """What the whole audit finds, holds included."""
    holds = await store.list_pending_holds(G, "", 1000)
    accounts = await store.list_accounts(G, "", 1000)
    lots = await store.list_lots(G, "", 1000)
    return [*await findings(store), *check_holds(holds, accounts, lots)]
