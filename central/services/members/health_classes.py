"""Automatic classes of health (J-06): which there are, what feeds them, and those of a member who agreed."""

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.sealed_people import MemberNotFound
from central.services.members.standings import StandingsService
from central.storage.interface.rows import ReadLogRow
from loyalty.limits.web import PAGE_ROWS_MAX
from loyalty.programme.health_classes import CLASSES
from wire import api_segments


class HealthClassesService:
    """Tells classes."""

    def __init__(self, context: Context, standings: StandingsService) -> None:
        self._store = context.store
        self._clock = context.clock
        self._standings = standings

    async def list_classes(self, actor: Actor) -> api_segments.HealthClassListView:
        """All classes with their groups and source, and how many codes of the group's articles feed each."""
        access.require(actor, access.ARTICLES_READ)
        codes: list[str] = []
        while page := await self._store.list_atc(actor.group_id, codes[-1] if codes else "", PAGE_ROWS_MAX):
            codes += page
        return api_segments.HealthClassListView(
            classes=[
                api_segments.HealthClassView(
                    name=name,
                    kind=each.kind.value,
                    groups=list(each.groups),
                    without=list(each.without),
                    source=each.source.value,
                    codes=sum(map(each.holds, codes)),
                )
                for name, each in CLASSES.items()
            ]
        )

    async def of_member(self, actor: Actor, member_id: str) -> api_segments.MemberClassesView:
        """A member's classes from when to when; null without consent. Logged. Raises: MemberNotFound."""
        access.require(actor, access.HEALTH_READ)
        candidate = await self._store.find_candidate(actor.group_id, member_id)
        if candidate is None or candidate.member.key_wrapped is None:
            raise MemberNotFound(member_id=member_id)
        now_ms = self._clock()
        read = ReadLogRow(at_ms=now_ms, member_id=member_id, actor=actor.token_id, purpose="classes")
        await self._store.log_reads(
            actor.group_id, [read], segment="classes", actor=actor.token_id, at_ms=now_ms
        )
        sealed = self._standings.open_sealed(candidate.member, candidate.sealed)
        classes = None
        if sealed.classes is not None:
            classes = [
                api_segments.MembershipView(segment=each.segment, from_ms=each.from_ms, to_ms=each.to_ms)
                for each in sealed.classes
            ]
        return api_segments.MemberClassesView(member_id=member_id, classes=classes)
