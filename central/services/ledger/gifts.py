"""Points given away by a member: to an association, within a household. And households themselves."""

import msgspec

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.core.lots import lot_of
from central.services.core.requests import TryAgain
from central.services.core.sealed_people import require_there
from central.services.group.groups import GroupsService
from central.services.members.identify import IdentifyService
from central.storage.base import GuardFailed, IdempotencyConflict
from central.storage.interface.value import MoveRecord, MoveRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.ledger.assets import POINTS
from loyalty.ledger.chart import member_points
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.gifts import DONATION, TRANSFER, donation, transfer
from loyalty.ledger.lots import BalanceTooLow, Lot
from loyalty.ledger.postings import Transaction
from loyalty.limits.tickets import COMMIT_TRIES_MAX
from loyalty.programme.identification import Act
from loyalty.programme.party import PartyKind, PartyState
from wire import api_value


class AssociationNotFound(LoyaltyError):
    """The group has no such association."""

    code = "association_not_found"
    trouble = Trouble.NOT_FOUND
    text = "This group has no active association {association_id}. Choose one of GET /parties."


class NotOneHousehold(LoyaltyError):
    """Points move within a household alone."""

    code = "not_one_household"
    trouble = Trouble.REFUSED
    text = "Points can be given to members of the same household alone. Put both into one first."


class GiftsService:
    """Records donations and transfers; keeps households."""

    def __init__(self, context: Context, groups: GroupsService, identify: IdentifyService) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._groups = groups
        self._identify = identify

    async def donate(self, actor: Actor, body: api_value.DonationBody) -> tuple[api_value.MoveView, bool]:
        """A member gives points to an association; the same again is a replay (True).

        Raises: AssociationNotFound, BalanceTooLow, StrengthTooLow, the refusals of a card, TryAgain.
        """
        access.require(actor, access.VALUE_MOVE)
        group = await self._groups.get(actor.group_id)
        input_hash = self._input_hash(actor, body)
        earlier = await self._first(actor, body.donation_id, input_hash)
        if earlier is not None:
            return view_of(earlier), True
        association = await self._store.find_party(
            actor.group_id, PartyKind.ASSOCIATION.value, body.association_id
        )
        if association is None or association.state != PartyState.ACTIVE:
            raise AssociationNotFound(association_id=body.association_id)
        now_ms = self._clock()
        holder = await self._identify.get_holder_for(
            actor, group, body.holder, Act.DONATE, now_ms, amount=body.points
        )
        giver = holder.member.member_id
        for _ in range(COMMIT_TRIES_MAX):
            lots, owed = await self._stands(actor.group_id, giver)
            try:
                transaction = donation(
                    _head(actor, group, body.donation_id, DONATION, now_ms),
                    member_id=giver,
                    association_id=body.association_id,
                    points=body.points,
                    lots=lots,
                    points_owed=owed,
                    now_ms=now_ms,
                )
            except BalanceTooLow:  # perhaps because this very act was recorded since we looked
                if (earlier := await self._first(actor, body.donation_id, input_hash)) is None:
                    raise
                return view_of(earlier), True
            record = _record(
                actor, body.donation_id, DONATION, giver, body.association_id, transaction, input_hash
            )
            try:
                recorded = await self._store.record_move(record)
            except GuardFailed:
                continue
            return view_of(recorded.row), recorded.is_replay
        raise TryAgain

    async def transfer(self, actor: Actor, body: api_value.TransferBody) -> tuple[api_value.MoveView, bool]:
        """A member gives points to another of the household; the same again is a replay (True).

        Raises: NotOneHousehold, BalanceTooLow, StrengthTooLow, the refusals of a card, TryAgain.
        """
        access.require(actor, access.VALUE_MOVE)
        group = await self._groups.get(actor.group_id)
        input_hash = self._input_hash(actor, body)
        earlier = await self._first(actor, body.transfer_id, input_hash)
        if earlier is not None:
            return view_of(earlier), True
        now_ms = self._clock()
        holder = await self._identify.get_holder_for(
            actor, group, body.holder, Act.TRANSFER, now_ms, amount=body.points
        )
        giver, taker = holder.member.member_id, body.to_member_id
        for _ in range(COMMIT_TRIES_MAX):
            home = await self._store.find_household(actor.group_id, giver)
            if giver == taker or home is None:
                raise NotOneHousehold
            living = await self._store.list_household(actor.group_id, home)
            if giver not in living:  # moved since, perhaps together: look again
                continue
            if taker not in living:
                raise NotOneHousehold
            lots, owed = await self._stands(actor.group_id, giver)
            to_points_owed = (await self._store.find_points(actor.group_id, taker)).owed
            try:
                transaction = transfer(
                    _head(actor, group, body.transfer_id, TRANSFER, now_ms),
                    from_member_id=giver,
                    to_member_id=taker,
                    points=body.points,
                    lots=lots,
                    from_points_owed=owed,
                    to_points_owed=to_points_owed,
                    now_ms=now_ms,
                )
            except BalanceTooLow:  # see `donate`
                if (earlier := await self._first(actor, body.transfer_id, input_hash)) is None:
                    raise
                return view_of(earlier), True
            record = _record(actor, body.transfer_id, TRANSFER, giver, taker, transaction, input_hash)
            try:
                recorded = await self._store.record_move(record)
            except GuardFailed:
                continue
            return view_of(recorded.row), recorded.is_replay
        raise TryAgain

    async def put_household(
        self, actor: Actor, household_id: str, body: api_value.HouseholdBody
    ) -> api_value.HouseholdView:
        """Say who lives together. Raises: MemberNotFound, MemberMerged."""
        access.require(actor, access.MEMBERS_WRITE)
        for member_id in body.member_ids:
            require_there(await self._store.find_member(actor.group_id, member_id), member_id)
        await self._store.put_household(actor.group_id, household_id, body.member_ids, self._clock())
        members = await self._store.list_household(actor.group_id, household_id)
        return api_value.HouseholdView(household_id=household_id, member_ids=list(members))

    async def _first(self, actor: Actor, move_id: str, input_hash: bytes) -> MoveRow | None:
        row = await self._store.find_move(actor.group_id, move_id)
        if row is not None and row.input_hash != input_hash:
            raise IdempotencyConflict(what="The move", id=move_id)
        return row

    async def _stands(self, group_id: str, member_id: str) -> tuple[list[Lot], int]:
        rows = await self._store.list_open_lots(group_id, member_points(member_id), str(POINTS))
        known = await self._store.find_points(group_id, member_id)
        return [lot_of(row) for row in rows], known.owed

    def _input_hash(self, actor: Actor, body: msgspec.Struct) -> bytes:
        plain = body
        if isinstance(body, api_value.DonationBody | api_value.TransferBody):
            # Who retries after a lost answer proves the card anew: that makes no other gift.
            bare = msgspec.structs.replace(body.holder, proof_id=None, pin_proof="")
            plain = msgspec.structs.replace(body, holder=bare)
        content = msgspec.json.encode([type(body).__name__, plain], order="deterministic")
        return self._vault.content_hash(actor.group_id, content)


def _head(actor: Actor, group: Group, move_id: str, kind: str, now_ms: int) -> EntryHead:
    return EntryHead(
        transaction_id=f"{move_id}/{kind}",
        cause_id=move_id,
        occurred_ms=now_ms,
        recorded_ms=now_ms,
        actor=actor.token_id,
        terminal_id=actor.terminal_id,
        ruleset_version=group.row.ruleset_version,
    )


def _record(
    actor: Actor,
    move_id: str,
    kind: str,
    giver: str,
    other_id: str,
    transaction: Transaction,
    input_hash: bytes,
) -> MoveRecord:
    return MoveRecord(
        group_id=actor.group_id,
        move_id=move_id,
        kind=kind,
        input_hash=input_hash,
        member_id=giver,
        other_id=other_id,
        asset=str(POINTS),
        amount=sum(posting.amount for posting in transaction.postings),
        recorded_ms=transaction.recorded_ms,
        transaction=transaction,
        needs_household=kind == TRANSFER,
    )


def view_of(row: MoveRow) -> api_value.MoveView:
    """A move as answers show it."""
    return api_value.MoveView(
        move_id=row.move_id,
        kind=row.kind,
        member_id=row.member_id or "",
        to_id=row.other_id or "",
        points=row.amount,
        recorded_ms=row.recorded_ms,
        transaction_id=row.transaction_id,
        balance_points=row.balance_after or 0,
    )
