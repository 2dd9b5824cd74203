"""Corrections of points by staff: small ones at once, large ones by two people, all with a reason (P-14)."""

from dataclasses import replace
from datetime import UTC

import msgspec

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.core.lots import lot_of
from central.services.core.requests import TryAgain
from central.services.core.sealed_people import require_there
from central.services.group.groups import GroupsService
from central.storage.base import GuardFailed
from central.storage.interface.value import CorrectionRow
from loyalty.durations import DAY_MS
from loyalty.errors import LoyaltyError, Trouble
from loyalty.ledger.assets import POINTS
from loyalty.ledger.chart import member_points
from loyalty.ledger.correction import correction, may_correct_alone
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.lots import expires_ms
from loyalty.ledger.postings import Transaction
from loyalty.limits.ledger import CORRECTIONS_SHOWN_MAX
from loyalty.limits.tickets import COMMIT_TRIES_MAX
from wire import api_value


class CorrectionOfNothing(LoyaltyError):
    """A correction by 0 points."""

    code = "correction_of_nothing"
    text = "A correction adds or takes away at least 1 point. Send the difference."


class CorrectionNotFound(LoyaltyError):
    """No such correction in this group."""

    code = "correction_not_found"
    trouble = Trouble.NOT_FOUND
    text = "There is no correction {correction_id} in this group. Check the id."


class CorrectionDecided(LoyaltyError):
    """It does not wait for a decision any more."""

    code = "correction_decided"
    trouble = Trouble.CONFLICT
    text = "The correction {correction_id} is {state} already. Make a new one if it was wrong."


class SecondPersonNeeded(LoyaltyError):
    """Who asks cannot decide."""

    code = "second_person_needed"
    trouble = Trouble.REFUSED
    text = "You asked for this yourself. Another person with the permission {permission} has to decide."


class CorrectionsService:
    """Asks for, decides and lists corrections."""

    def __init__(self, context: Context, groups: GroupsService) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._groups = groups

    async def request(
        self, actor: Actor, body: api_value.CorrectionBody
    ) -> tuple[api_value.CorrectionView, bool]:
        """Correct at once what one person may; anything larger waits for another. A replay is True.

        Raises: CorrectionOfNothing, MemberNotFound, MemberMerged, BalanceTooLow, IdempotencyConflict,
            TryAgain.
        """
        access.require(actor, access.VALUE_CORRECT)
        if not body.points:
            raise CorrectionOfNothing
        if await self._store.find_correction(actor.group_id, body.correction_id) is None:
            require_there(await self._store.find_member(actor.group_id, body.member_id), body.member_id)
        group = await self._groups.get(actor.group_id)
        policy = group.settings.ledger.correction
        for _ in range(COMMIT_TRIES_MAX):
            now_ms = self._clock()
            since_ms = now_ms - DAY_MS
            row = self._row(actor, body, now_ms)
            transaction = None
            earlier = await self._store.find_correction(actor.group_id, body.correction_id)
            done = await self._store.corrected_alone(actor.group_id, actor.token_id, since_ms)
            if earlier is None and may_correct_alone(policy, body.points, done):
                transaction = await self._transaction(group, row, actor.token_id, now_ms)
                row = replace(row, state="posted", transaction_id=transaction.transaction_id)
            try:
                recorded = await self._store.put_correction(
                    row, transaction, alone_max=policy.alone_points_per_day, since_ms=since_ms
                )
            except GuardFailed:
                continue
            return view_of(recorded.row), recorded.is_replay
        raise TryAgain

    async def decide(
        self, actor: Actor, correction_id: str, body: api_value.DecisionBody
    ) -> tuple[api_value.CorrectionView, bool]:
        """Post or refuse what another person asked for; the same decision again is a replay (True).

        Raises: CorrectionNotFound, CorrectionDecided, SecondPersonNeeded, BalanceTooLow, TryAgain.
        """
        access.require(actor, access.VALUE_APPROVE)
        group = await self._groups.get(actor.group_id)
        wanted = "posted" if body.approve else "refused"
        for _ in range(COMMIT_TRIES_MAX):
            row = await self._store.find_correction(actor.group_id, correction_id)
            if row is None:
                raise CorrectionNotFound(correction_id=correction_id)
            if row.state != "pending":
                if (row.state, row.decided_by) == (wanted, actor.token_id):
                    return view_of(row), True
                raise CorrectionDecided(correction_id=correction_id, state=row.state)
            if row.requested_by == actor.token_id:
                raise SecondPersonNeeded(permission=access.VALUE_APPROVE)
            now_ms = self._clock()
            transaction = None
            if body.approve:
                transaction = await self._transaction(group, row, actor.token_id, now_ms)
            try:
                decided = await self._store.decide_correction(
                    actor.group_id, correction_id, actor.token_id, transaction, now_ms
                )
            except GuardFailed:
                continue
            return view_of(decided), False
        raise TryAgain

    async def list_pending(self, actor: Actor) -> api_value.CorrectionListView:
        """What waits for a second person, oldest first."""
        access.require(actor, access.VALUE_APPROVE)
        rows = await self._store.list_pending_corrections(actor.group_id, CORRECTIONS_SHOWN_MAX)
        return api_value.CorrectionListView(corrections=[view_of(row) for row in rows])

    def _row(self, actor: Actor, body: api_value.CorrectionBody, now_ms: int) -> CorrectionRow:
        content = msgspec.json.encode([body, actor.token_id], order="deterministic")
        return CorrectionRow(
            group_id=actor.group_id,
            correction_id=body.correction_id,
            member_id=body.member_id,
            points=body.points,
            reason=body.reason,
            state="pending",
            input_hash=self._vault.content_hash(actor.group_id, content),
            requested_by=actor.token_id,
            requested_ms=now_ms,
        )

    async def _transaction(self, group: Group, row: CorrectionRow, actor: str, now_ms: int) -> Transaction:
        known = await self._store.find_points(row.group_id, row.member_id)
        rows = await self._store.list_open_lots(row.group_id, member_points(row.member_id), str(POINTS))
        head = EntryHead(
            transaction_id=f"{row.correction_id}/correction",
            cause_id=row.correction_id,
            occurred_ms=row.requested_ms,
            recorded_ms=now_ms,
            actor=actor,
            terminal_id=None,
            ruleset_version=group.row.ruleset_version,
        )
        return correction(
            head,
            member_id=row.member_id,
            points=row.points,
            points_owed=known.owed,
            lots=[lot_of(each) for each in rows],
            expires_ms=expires_ms(group.programme.expiry, local_day(now_ms, UTC), UTC),
            now_ms=now_ms,
        )


def view_of(row: CorrectionRow) -> api_value.CorrectionView:
    """A correction as answers show it."""
    return api_value.CorrectionView(
        correction_id=row.correction_id,
        member_id=row.member_id,
        points=row.points,
        reason=row.reason,
        state=row.state,
        requested_by=row.requested_by,
        requested_ms=row.requested_ms,
        decided_by=row.decided_by,
        decided_ms=row.decided_ms,
        transaction_id=row.transaction_id,
    )
