"""The verbs of `central.storage.interface.standings` one line each, see `async_verbs.store`."""

from collections.abc import Mapping, Sequence

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.common import Change
from central.storage.interface.rows import ReadLogRow
from central.storage.interface.standings import (
    Candidate,
    ConsentRow,
    MemberNews,
    MembershipRow,
    StandingAsked,
    StandingsChange,
    StandingsRead,
    TierMemberRow,
)
from central.storage.verbs import segments, standings, tiers
from loyalty.rules.sql import SqlText


class StandingVerbs(VerbRunner):
    """See `central.storage.interface.standings.StandingStore`; a part of `VerbStore`."""

    async def read_member_news(self, group_id: str, consumer: str, limit: int) -> MemberNews:
        return await self._scan(standings.read_member_news, group_id, consumer, limit)

    async def move_consumer(self, group_id: str, consumer: str, before_seq: int, seq: int) -> bool:
        return await self._write(standings.move_consumer, group_id, consumer, before_seq, seq)

    async def list_stale_members(
        self, group_id: str, now_ms: int, ruleset_version: int, limit: int
    ) -> Sequence[str]:
        return await self._scan(standings.list_stale_members, group_id, now_ms, ruleset_version, limit)

    async def read_standings(self, asked: StandingAsked) -> StandingsRead:
        return await self._scan(standings.read_standings, asked)

    async def put_standings(self, change: StandingsChange) -> Sequence[str]:
        return await self._write(standings.put_standings, change)

    async def count_members(self, group_id: str, condition: SqlText) -> int:
        return await self._scan(segments.count_members, group_id, condition)

    async def list_members_who(
        self, group_id: str, condition: SqlText, after: str, limit: int
    ) -> Sequence[str]:
        return await self._scan(segments.list_members_who, group_id, condition, after, limit)

    async def list_candidates(
        self, group_id: str, condition: SqlText, after: str, limit: int
    ) -> Sequence[Candidate]:
        return await self._scan(segments.list_candidates, group_id, condition, after, limit)

    async def find_candidate(self, group_id: str, member_id: str) -> Candidate | None:
        return await self._read(segments.find_candidate, group_id, member_id)

    async def explain_condition(self, group_id: str, condition: SqlText) -> Sequence[str]:
        return await self._scan(segments.explain_condition, group_id, condition)

    async def count_tier_members(self, group_id: str, tier_names: Sequence[str]) -> Mapping[str, int]:
        return await self._scan(tiers.count_tier_members, group_id, tier_names)

    async def list_tier_members(
        self, group_id: str, tier: str, after: str, limit: int
    ) -> Sequence[TierMemberRow]:
        return await self._scan(tiers.list_tier_members, group_id, tier, after, limit)

    async def count_segment_members(self, group_id: str, segments: Sequence[str]) -> Mapping[str, int]:
        return await self._scan(standings.count_segment_members, group_id, segments)

    async def list_segment_members(
        self, group_id: str, segment: str, after: str, limit: int
    ) -> Sequence[MembershipRow]:
        return await self._scan(standings.list_segment_members, group_id, segment, after, limit)

    async def list_memberships(self, group_id: str, member_id: str, limit: int) -> Sequence[MembershipRow]:
        return await self._read(standings.list_memberships, group_id, member_id, limit)

    async def put_consent(self, group_id: str, member_id: str, row: ConsentRow) -> Change:
        return await self._write(segments.put_consent, group_id, member_id, row)

    async def list_consents(self, group_id: str, member_id: str, limit: int) -> Sequence[ConsentRow]:
        return await self._read(segments.list_consents, group_id, member_id, limit)

    async def put_call_back(
        self, group_id: str, member_id: str, call_back_id: str, *, at_ms: int, is_reached: bool, actor: str
    ) -> Change:
        return await self._write(
            segments.put_call_back,
            group_id,
            member_id,
            call_back_id,
            at_ms=at_ms,
            is_reached=is_reached,
            actor=actor,
        )

    async def log_reads(
        self, group_id: str, rows: Sequence[ReadLogRow], *, segment: str, actor: str, at_ms: int
    ) -> None:
        await self._write(segments.log_reads, group_id, rows, segment=segment, actor=actor, at_ms=at_ms)
