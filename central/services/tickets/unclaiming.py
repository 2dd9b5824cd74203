"""What a return gives back of limits and budgets: shares of what the sale took, in its own transaction."""

from collections.abc import Sequence

from central.services.core.context import Context
from central.services.tickets.explanations import StoredWhy, parse_reasons
from central.services.tickets.vouchers import Vouchers
from central.storage.interface.claims import BudgetUse, Unclaimed, UseRow
from central.storage.interface.rows import ReturnedLine, ReturnRow, SaleRow, StoredLine
from loyalty.ledger.assets import POINTS, parse_asset
from loyalty.ledger.budget import Budget, give_back
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.reversal import returned_share


class Unclaiming:
    """Decides on what stands now; the store's guards catch what comes in between."""

    def __init__(self, context: Context, vouchers: Vouchers) -> None:
        self._store = context.store
        self._vouchers = vouchers

    async def decide(
        self,
        head: EntryHead,
        sale: SaleRow,
        *,
        shop_id: str,
        line_key: bytes,
        stored: Sequence[StoredLine],
        returned: Sequence[ReturnedLine],
    ) -> Unclaimed:
        """Each budget gets the share of the units that come back; a ticket returned whole frees its limits.

        Not what a voucher is worth that was used meanwhile, nor its limit, nor that of a gift that was handed
        over beside the ticket and that no return brings back: buying, using and returning in turn would else
        give more than the rule's bounds.

        Args:
            shop_id: where the goods come back.
            stored: the sale's lines as they stand, before this return.
        """
        uses = await self._store.list_uses(sale.group_id, sale.sale_id)
        kept = await self._store.find_sale_reasons(sale.group_id, line_key)
        why = {line.line_no: line for line in parse_reasons(kept)} if kept else {}
        vouchers = await self._vouchers.give_back(
            head, sale.group_id, sale.sale_id, shop_id=shop_id, why=why, stored=stored, returned=returned
        )
        is_whole = is_returned_whole(stored, returned)
        budgets = [
            each
            for use in uses
            if use.asset
            for each in _given_back(
                use, is_whole, why, stored, returned, spent=vouchers.spent.get(use.rule_id, 0)
            )
        ]
        handed_over = frozenset[str]()
        if is_whole and uses:
            benefits = await self._store.find_benefits(sale.group_id, sale.sale_id)
            handed_over = frozenset(gift.rule_id for gift in benefits.gifts)
        money = give_back(
            head.named(f"{head.cause_id}/budget"),
            [Budget(each.rule_id, each.asset, each.amount) for each in budgets],
        )
        return Unclaimed(
            budgets=tuple(budgets),
            frees_limits=is_whole and bool(uses),
            spent_rules=frozenset(vouchers.spent) | handed_over,
            transactions=tuple(each for each in (money, vouchers.transaction) if each is not None),
            vouchers=vouchers.back,
        )

    async def vouchers_of(self, row: ReturnRow) -> tuple[list[str], list[str]]:
        """The definitions of the vouchers that a return made good again, and of those that it ended."""
        benefits = await self._store.find_benefits(row.group_id, row.sale_id)
        again = [use.voucher_id for use in benefits.uses if use.restored_by == row.return_id]
        known = await self._store.list_vouchers(row.group_id, again) if again else {}
        ended = [each.definition for each in benefits.vouchers if each.taken_back == row.return_id]
        return [known[each].row.definition for each in again], ended


def is_returned_whole(stored: Sequence[StoredLine], returned: Sequence[ReturnedLine]) -> bool:
    """Whether nothing of the ticket is left with the customer after this return."""
    coming = {line.line_no: line.quantity for line in returned}
    return all(line.returned_quantity + coming.get(line.line_no, 0) == line.quantity for line in stored)


def _given_back(
    use: UseRow,
    is_whole: bool,
    why: dict[int, StoredWhy],
    stored: Sequence[StoredLine],
    returned: Sequence[ReturnedLine],
    *,
    spent: int,
) -> list[BudgetUse]:
    asset = parse_asset(use.asset)
    left = max(0, use.amount - use.freed - (0 if asset == POINTS else spent))
    if not is_whole:
        sold = {line.line_no: line for line in stored}
        shares = 0
        for back in returned:
            line, told = sold[back.line_no], why.get(back.line_no)
            given = (
                0
                if told is None
                else sum(
                    reason.points if asset == POINTS else -reason.amount_minor
                    for reason in told.reasons
                    if reason.rule_id == use.rule_id
                )
            )
            shares += returned_share(
                max(0, given),
                quantity=line.quantity,
                already_returned=line.returned_quantity,
                returning=back.quantity,
            )
        left = min(left, shares)
    return [BudgetUse(use.claim_key, use.rule_id, asset, left)] if left else []
