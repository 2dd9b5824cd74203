"""Merging two records of one person (C-05, P-38): small ones at once, large ones by two people, for good.

The duplicate's value goes to the survivor by postings, its history is the survivor's, its cards lead there,
and of the duplicate a tombstone is left that names the survivor. Nobody is merged who is paying right now:
what a reservation holds was promised under the duplicate's name.
"""

from dataclasses import replace

import msgspec

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.core.lots import lot_of
from central.services.core.requests import TryAgain
from central.services.core.sealed_people import require_there
from central.services.core.stored_value_settings import asset_of
from central.services.group.groups import GroupsService
from central.services.ledger.corrections import SecondPersonNeeded
from central.services.members.erasure import MemberIsPaying
from central.services.members.joined_person import JoinedPersons
from central.storage.base import GuardFailed
from central.storage.interface.erasure import MemberValue
from central.storage.interface.facts import FactsAsked
from central.storage.interface.merges import AloneMax, Joined, MergeRead, MergeRow
from loyalty.durations import DAY_MS
from loyalty.errors import LoyaltyError, Trouble
from loyalty.ledger.assets import POINTS, Family, family_of, money, parse_asset
from loyalty.ledger.chart import member_account, member_points_owed
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.merge import Held, MergePolicy, may_merge_alone, merge, moved_lots
from loyalty.ledger.postings import Transaction
from loyalty.limits.ledger import MERGED_INTO_ONE_MAX, MERGES_SHOWN_MAX
from loyalty.limits.tickets import COMMIT_TRIES_MAX
from loyalty.money import MoneyError
from loyalty.programme.traits import TraitKind, check_segments
from wire import api_merges, api_value


class MergeWithItself(LoyaltyError):
    """Survivor and duplicate are one record."""

    code = "merge_with_itself"
    text = "{member_id} is one record already. Name the other record of the same person in duplicate_id."


class MergeTooMany(LoyaltyError):
    """So many records of one person are no person's."""

    code = "merge_too_many"
    trouble = Trouble.REFUSED
    text = "More than {merged_max} records would be merged into {member_id}. Look at who asks."


class PursesTogetherTooFull(MoneyError):
    """A purse has a ceiling, which a merge does not lift."""

    code = "purses_together_too_full"
    trouble = Trouble.REFUSED
    text = (
        "The two purses would hold {together_minor} together, and a purse {max_minor} at most. Let some of"
        " it be used first."
    )


class MergeNotFound(LoyaltyError):
    """No such merge in this group."""

    code = "merge_not_found"
    trouble = Trouble.NOT_FOUND
    text = "There is no merge {merge_id} in this group. Check the id."


class MergeDecided(LoyaltyError):
    """It does not wait for a decision any more."""

    code = "merge_decided"
    trouble = Trouble.CONFLICT
    text = "The merge {merge_id} is {state} already. Nothing takes a merge back."


class MergingService:
    """Asks for, decides and lists merges."""

    def __init__(self, context: Context, groups: GroupsService) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._groups = groups
        self._persons = JoinedPersons(context)

    async def request(
        self, actor: Actor, survivor_id: str, body: api_merges.MergeBody
    ) -> tuple[api_merges.MergeView, bool]:
        """Merge at once what one person may; anything larger waits for another. A replay is True.

        Raises: MergeWithItself, MemberNotFound, MemberMerged, MemberIsPaying, PursesTogetherTooFull,
            TraitInvalid: too many segments; MergeTooMany, MergeWaits, IdempotencyConflict, TryAgain.
        """
        access.require(actor, access.MEMBERS_MERGE)
        if survivor_id == body.duplicate_id:
            raise MergeWithItself(member_id=survivor_id)
        group = await self._groups.get(actor.group_id)
        policy = group.settings.ledger.merge
        for _ in range(COMMIT_TRIES_MAX):
            now_ms = self._clock()
            alone = AloneMax(now_ms - DAY_MS, policy.alone_points, policy.alone_minor)
            row = self._row(actor, survivor_id, body, now_ms)
            first = await self._store.find_merge(actor.group_id, body.merge_id)
            joined = None
            if first is None:
                read = await self._read(group, row)
                row = replace(row, points=_points(read.value), value_minor=_minor(group, read))
                if await self._may_alone(group, policy, row, read, alone.since_ms):
                    joined = await self._joined(group, row, read, actor=actor.token_id, now_ms=now_ms)
                    row = replace(row, state="done", transaction_id=_id_of(joined.transaction))
            try:
                recorded = await self._store.put_merge(row, joined, alone)
            except GuardFailed:
                continue
            return view_of(recorded.row), recorded.is_replay
        raise TryAgain

    async def decide(
        self, actor: Actor, merge_id: str, body: api_value.DecisionBody
    ) -> tuple[api_merges.MergeView, bool]:
        """Do or refuse what another person asked for; the same decision again is a replay (True).

        Raises: MergeNotFound, MergeDecided, SecondPersonNeeded; as `request`, of the two as they are now.
        """
        access.require(actor, access.VALUE_APPROVE)
        group = await self._groups.get(actor.group_id)
        wanted = "done" if body.approve else "refused"
        for _ in range(COMMIT_TRIES_MAX):
            row = await self._store.find_merge(actor.group_id, merge_id)
            if row is None:
                raise MergeNotFound(merge_id=merge_id)
            if row.state != "pending":
                if (row.state, row.decided_by) == (wanted, actor.token_id):
                    return view_of(row), True
                raise MergeDecided(merge_id=merge_id, state=row.state)
            if row.requested_by == actor.token_id:
                raise SecondPersonNeeded(permission=access.VALUE_APPROVE)
            now_ms = self._clock()
            joined = None
            if body.approve:
                read = await self._read(group, row)
                joined = await self._joined(group, row, read, actor=actor.token_id, now_ms=now_ms)
            try:
                decided = await self._store.decide_merge(
                    actor.group_id, merge_id, actor.token_id, joined, now_ms
                )
            except GuardFailed:
                continue
            return view_of(decided), False
        raise TryAgain

    async def list_pending(self, actor: Actor) -> api_merges.MergeListView:
        """What waits for a second person, oldest first."""
        access.require(actor, access.VALUE_APPROVE)
        rows = await self._store.list_pending_merges(actor.group_id, MERGES_SHOWN_MAX)
        return api_merges.MergeListView(merges=[view_of(row) for row in rows])

    def _row(self, actor: Actor, survivor_id: str, body: api_merges.MergeBody, now_ms: int) -> MergeRow:
        content = msgspec.json.encode([survivor_id, body, actor.token_id], order="deterministic")
        return MergeRow(
            group_id=actor.group_id,
            merge_id=body.merge_id,
            survivor_id=survivor_id,
            duplicate_id=body.duplicate_id,
            reason=body.reason,
            state="pending",
            points=0,
            value_minor=0,
            input_hash=self._vault.content_hash(actor.group_id, content),
            requested_by=actor.token_id,
            requested_ms=now_ms,
        )

    async def _read(self, group: Group, row: MergeRow) -> MergeRead:
        """The two as they stand, who can be merged."""
        read = await self._store.read_merge(row.group_id, row.survivor_id, row.duplicate_id)
        require_there(read.survivor, row.survivor_id)
        require_there(read.duplicate, row.duplicate_id)
        leased = sum(read.leased.values())  # that goes along; what a ticket holds does not
        held = sum(each.held for each in read.value.accounts) - leased
        if held or sum(each.held for each in read.value.lots) != leased or read.has_claims:
            raise MemberIsPaying(member_id=row.duplicate_id)
        if read.merged + len(read.former) + 1 > MERGED_INTO_ONE_MAX:
            raise MergeTooMany(member_id=row.survivor_id, merged_max=MERGED_INTO_ONE_MAX)
        asset = money(group.row.currency)
        purses = [_on(value, member_id, str(asset)) for value, member_id in (
            (read.value, row.duplicate_id), (read.survivor_value, row.survivor_id)
        )]  # fmt: skip
        if purses[0] and sum(purses) > group.settings.stored_value.purse_max_minor:
            raise PursesTogetherTooFull(
                together_minor=sum(purses),
                max_minor=group.settings.stored_value.purse_max_minor,
                currency=group.row.currency,
            )
        check_segments(
            await self._segments(row.group_id, row.survivor_id),
            await self._segments(row.group_id, row.duplicate_id),
            frozenset(),
        )
        return read

    async def _segments(self, group_id: str, member_id: str) -> frozenset[str]:
        asked = FactsAsked(at_ms=self._clock(), traits=True)
        traits = (await self._store.read_facts(group_id, member_id, asked)).traits
        return frozenset(trait.value for trait in traits if trait.kind == TraitKind.SEGMENT)

    async def _may_alone(
        self, group: Group, policy: MergePolicy, row: MergeRow, read: MergeRead, since_ms: int
    ) -> bool:
        done_points, done_minor = await self._store.merged_alone(row.group_id, row.requested_by, since_ms)
        return not _has_unpriced(group, read.value) and may_merge_alone(
            policy,
            points=row.points,
            minor=row.value_minor,
            done_points=done_points,
            done_minor=done_minor,
        )

    async def _joined(
        self, group: Group, row: MergeRow, read: MergeRead, *, actor: str, now_ms: int
    ) -> Joined:
        assert read.survivor is not None, "it was looked at before"
        assert read.duplicate is not None, "it was looked at before"
        head = EntryHead(
            transaction_id=f"{row.merge_id}/merge",
            cause_id=row.merge_id,
            occurred_ms=row.requested_ms,
            recorded_ms=now_ms,
            actor=actor,
            terminal_id=None,
            ruleset_version=group.row.ruleset_version,
        )
        owed = member_points_owed(row.duplicate_id)
        transaction = merge(
            head,
            duplicate_id=row.duplicate_id,
            survivor_id=row.survivor_id,
            held=[
                Held(
                    replace(lot_of(each), held=each.held - read.leased.get(each.lot_id, 0)),
                    parse_asset(each.asset),
                    each.matures_ms,
                    each.awaits,
                )
                for each in read.value.lots
            ],
            points_owed=sum(-each.balance for each in read.value.accounts if each.account == owed),
        )
        person = await self._persons.join(group, read.survivor, read.duplicate)
        keys = self._persons.keys_of(read.survivor, read.duplicate, read.former)
        return Joined(
            survivor=person,
            survivor_before=read.survivor,
            duplicate_before=read.duplicate,
            merged_key=keys[row.duplicate_id],
            former_keys=tuple((each.member_id, keys[each.member_id]) for each in read.former),
            transaction=transaction,
            lots=tuple(moved_lots(transaction).items()),
            sealed=self._persons.standing(read, now_ms),
            survivor_sealed_before=read.survivor_sealed,
        )


def _on(value: MemberValue, member_id: str, asset: str) -> int:
    account = member_account(member_id, parse_asset(asset))
    return sum(each.balance for each in value.accounts if (each.account, each.asset) == (account, asset))


def _points(value: MemberValue) -> int:
    """Points, pending ones too; what is owed is no less to look at."""
    return sum(each.balance for each in value.accounts if each.asset == str(POINTS) and each.balance > 0)


def _minor(group: Group, read: MergeRead) -> int:
    """Money, meal vouchers, services at their price and vouchers at their worth, in minor units."""
    prices = {
        str(asset_of(service_id, each)): each
        for service_id, each in group.settings.stored_value.services.items()
    }
    total = read.vouchers_minor
    for each in read.value.accounts:
        family = family_of(parse_asset(each.asset))
        if family in (Family.MONEY, Family.MEAL_VOUCHER):
            total += each.balance
        elif family is Family.SERVICE and each.asset in prices:
            total += prices[each.asset].price_of(each.balance)
    return total


def _has_unpriced(group: Group, value: MemberValue) -> bool:
    """Whether there are services whose price nobody knows any more: a second person looks at them."""
    known = {
        str(asset_of(service_id, each)) for service_id, each in group.settings.stored_value.services.items()
    }
    return any(
        family_of(parse_asset(each.asset)) is Family.SERVICE and each.asset not in known
        for each in value.accounts
    )


def _id_of(transaction: Transaction | None) -> str | None:
    return None if transaction is None else transaction.transaction_id


def view_of(row: MergeRow) -> api_merges.MergeView:
    """A merge as answers show it."""
    return api_merges.MergeView(
        merge_id=row.merge_id,
        survivor_id=row.survivor_id,
        duplicate_id=row.duplicate_id,
        reason=row.reason,
        state=row.state,
        points=row.points,
        value_minor=row.value_minor,
        requested_by=row.requested_by,
        requested_ms=row.requested_ms,
        decided_by=row.decided_by,
        decided_ms=row.decided_ms,
        transaction_id=row.transaction_id,
    )
