"""What paid for returned goods goes back to where it came from: the same lots, a replacing card, a purse."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from central.services.core.context import Context
from central.services.core.group import Group
from central.storage.interface.rows import ReturnedLine, ReturnRow, SaleRow, StoredLine
from central.storage.interface.stored_value import PaidBack, ReturnTender, SaleTender
from loyalty.durations import DAY_MS
from loyalty.ledger.assets import parse_asset
from loyalty.ledger.chart import gift_card_value, member_account
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.merge import account_after
from loyalty.ledger.postings import Transaction
from loyalty.ledger.reversal import restored_worth
from loyalty.limits.ledger import RESTORED_POINTS_DAYS
from loyalty.limits.value import REPLACED_CARDS_MAX
from loyalty.value.moves import Allotted, Back, give_back
from loyalty.value.tenders import LineShare, TenderKind, back_to_tenders, beside_points
from wire.api_tenders import TenderBackView


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsBack:
    """Points of a ticket that paid `paid_minor` together, and those that a return gives back."""

    paid_minor: int
    redeemed: int
    restored_before: int
    restoring: int

    @property
    def worth_minor(self) -> int:
        """What is given back now."""
        return self._worth(self.restored_before, self.restoring)

    @property
    def worth_before_minor(self) -> int:
        """What was given back before."""
        return self._worth(0, self.restored_before)

    def _worth(self, before: int, restoring: int) -> int:
        return restored_worth(
            self.paid_minor, redeemed=self.redeemed, restored_before=before, restoring=restoring
        )


class Refunding:
    """Decides on what stands now; the store's guards catch what comes in between."""

    def __init__(self, context: Context) -> None:
        self._store = context.store

    async def decide(
        self,
        head: EntryHead,
        group: Group,
        sale: SaleRow,
        *,
        shop_id: str,
        line_key: bytes,
        stored: Sequence[StoredLine],
        returned: Sequence[ReturnedLine],
        points: PointsBack,
    ) -> tuple[PaidBack, Transaction | None]:
        """What each tender gets for the units that come back (docs/value.md).

        Args:
            shop_id: where the goods come back.
            stored: the sale's lines as they stand, before this return.
            points: what comes back in points, by `undoing`: whole ones, worth another amount than the points'
                part of the lines; the difference is money and goes to the tenders in their order.
        """
        # Points are given back in points by `undoing`, told in money here.
        rows = [ReturnTender(0, points.worth_minor, "")] if points.worth_minor else []
        # Before the shares: a return in between breaks the store's guard on what a tender got back.
        tenders = await self._tenders(sale.group_id, sale.sale_id)
        if not tenders:
            return PaidBack(tuple(rows)), None
        shares = await self._store.list_line_shares(sale.group_id, line_key)
        coming = _coming(shares, stored, returned)
        amounts = _amounts(tenders, coming, stored, returned, points)
        allotted = await self._store.list_allotted(sale.group_id, f"{sale.sale_id}/tenders")
        backs = []
        for tender_no, amount in sorted(amounts.items()):
            tender = tenders[tender_no]
            already = tender.returned_minor
            account = await self._account_now(sale.group_id, tender)
            rows.append(ReturnTender(tender_no, amount, account, already))
            backs.append(
                Back(
                    asset=parse_asset(tender.asset),
                    account=account,
                    amount=amount,
                    already=already,
                    allotted=_of_account(allotted, tender.account),
                )
            )
        is_fresh = group.settings.stored_value.returned_expired == "fresh"
        days = RESTORED_POINTS_DAYS if is_fresh else 0
        transaction = give_back(
            head.named(f"{head.cause_id}/tenders"),
            backs,
            shop_id=shop_id,
            now_ms=head.recorded_ms,
            fresh_expires_ms=head.recorded_ms + days * DAY_MS,
        )
        return PaidBack(tuple(rows), tuple(coming)), transaction

    async def _tenders(self, group_id: str, sale_id: str) -> dict[int, SaleTender]:
        return {each.tender_no: each for each in await self._store.find_sale_tenders(group_id, sale_id)}

    async def _account_now(self, group_id: str, tender: SaleTender) -> str:
        """Where a tender's value lies now: on the card that replaced it, in the purse of its holder, with the
        member that its member was merged into.
        """
        if tender.kind != TenderKind.GIFT_CARD:
            return await self._of_person(group_id, tender.account)
        card_id = tender.gift_card_id
        for _ in range(REPLACED_CARDS_MAX):
            assert card_id is not None
            stands = await self._store.get_gift_card(group_id, card_id, tender.asset)
            assert stands is not None, "a card that paid is never taken out of the books"
            if stands.row.member_id is not None:
                account = member_account(stands.row.member_id, parse_asset(tender.asset))
                return await self._of_person(group_id, account)
            if stands.row.replaced_by is None:
                break
            card_id = stands.row.replaced_by
        assert card_id is not None
        return gift_card_value(card_id)

    async def _of_person(self, group_id: str, account: str) -> str:
        """The same account of whom its member was merged into, if it was."""
        member_id = account.split("/")[1]
        row = await self._store.find_member(group_id, member_id)
        if row is None or row.merged_into is None:
            return account
        return account_after(account, member_id, row.merged_into)

    async def views(self, row: ReturnRow) -> list[TenderBackView]:
        """What a return gave back to stored value."""
        tenders = await self._tenders(row.group_id, row.sale_id)
        if not tenders:
            return []
        rows = await self._store.list_return_tenders(row.group_id, row.return_id)
        return [
            TenderBackView(
                kind=tenders[each.tender_no].kind,
                amount_minor=each.amount_minor,
                number_end=tenders[each.tender_no].number_end,
                onto=_onto(tenders[each.tender_no].account, each.account),
            )
            for each in rows
            if each.tender_no
        ]


def _amounts(
    tenders: dict[int, SaleTender],
    coming: Sequence[LineShare],
    stored: Sequence[StoredLine],
    returned: Sequence[ReturnedLine],
    points: PointsBack,
) -> dict[int, int]:
    """By tender what it gets: its part of the lines, and what whole points leave of theirs."""
    parts: dict[int, int] = defaultdict(int)
    for share in coming:
        parts[share.tender_no] += share.amount_minor
    price = sum(back.amount_minor for back in returned)
    left = [tender.amount_minor - tender.returned_minor for _, tender in sorted(tenders.items())]
    kept = sum(
        line.amount_minor - line.amount_minor * line.returned_quantity // line.quantity for line in stored
    )
    amounts = beside_points(
        price - points.worth_minor,
        [parts[tender_no] for tender_no in sorted(tenders)],
        left,
        other_part=price - sum(parts.values()),
        other_left=kept - (points.paid_minor - points.worth_before_minor) - sum(left),
    )
    return {no: amount for no, amount in zip(sorted(tenders), amounts, strict=True) if amount}


def _coming(
    shares: Sequence[LineShare], stored: Sequence[StoredLine], returned: Sequence[ReturnedLine]
) -> list[LineShare]:
    """By line and tender its part of what comes back now, that of points as if they could be divided."""
    sold = {line.line_no: line for line in stored}
    found = []
    for back in returned:
        line = sold[back.line_no]
        mine = sorted(
            (share for share in shares if share.line_no == back.line_no), key=lambda share: share.tender_no
        )
        left = [share.left_minor for share in mine]
        # Other money has no rows: what is left of the line beside the tenders.
        line_left = line.amount_minor - line.amount_minor * line.returned_quantity // line.quantity
        amounts = back_to_tenders(back.amount_minor, left, other_left=line_left - sum(left))
        found += [
            replace(share, amount_minor=amount, returned_minor=0)
            for share, amount in zip(mine, amounts, strict=True)
            if amount
        ]
    return found


def _of_account(allotted: Sequence[Allotted], account: str) -> list[Allotted]:
    return [each for each in allotted if each.account == account]


def _onto(before: str, now: str) -> Literal["same", "replacement", "purse"]:
    is_persons = before.startswith("member/") and before.split("/")[2:] == now.split("/")[2:]
    if before == now or is_persons:  # another record of the same person, before a merge
        return "same"
    return "purse" if now.startswith("member/") else "replacement"
