"""A programme on its way: drafted, reviewed by a second person, scheduled, active; versions and rollback."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC

import msgspec
import structlog

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import local_day, local_moment
from central.services.core.context import Context
from central.services.drafts.unknown_names import unknown_names
from central.services.group.groups import (
    GroupsService,
    PromiseNotKept,
    RuleNamesNoShop,
    compile_new_programme,
    compile_programme,
    require_funders_there,
    require_kept,
    require_shops_there,
)
from central.services.ledger.corrections import SecondPersonNeeded
from central.storage.base import GuardFailed, IdempotencyConflict
from central.storage.interface.value import DraftRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.drafts import DRAFTS_OPEN_MAX
from loyalty.limits.web import PAGE_ROWS_MAX
from loyalty.programme.programme import Programme
from loyalty.programme.publication import (
    ShopOnlyRuleRefused,
    publication_findings,
    require_publishable,
)
from loyalty.programme.slips import slips_of
from wire import api_value

log = structlog.get_logger(__name__)


class DraftNotFound(LoyaltyError):
    """No such draft in this group."""

    code = "draft_not_found"
    trouble = Trouble.NOT_FOUND
    text = "There is no draft {draft_id} in this group. Check the id, or save it first."


class DraftChanged(LoyaltyError):
    """Somebody else changed the draft, or it is past that step."""

    code = "draft_changed"
    trouble = Trouble.CONFLICT
    text = "The draft {draft_id} is {state} at revision {revision} now. Read it again, then decide."


class DraftNotReviewed(LoyaltyError):
    """Nobody else has looked at the revision that is to be scheduled."""

    code = "draft_not_reviewed"
    trouble = Trouble.CONFLICT
    text = (
        "Nobody has reviewed revision {revision} of the draft {draft_id} yet: let a second person look and"
        " approve it (officine rules review {draft_id} --revision {revision} --approve), then schedule it."
    )


class TooManyDrafts(LoyaltyError):
    """More open drafts than anybody can review."""

    code = "too_many_drafts"
    trouble = Trouble.REFUSED
    text = "There are {drafts_max} open drafts already. Withdraw one first."


class VersionNotFound(LoyaltyError):
    """No such version of the programme."""

    code = "version_not_found"
    trouble = Trouble.NOT_FOUND
    text = "There is no version {ruleset_version} of this programme. Choose one of the list."


class VersionChanged(LoyaltyError):
    """Another version is active than the one that was seen."""

    code = "version_changed"
    trouble = Trouble.CONFLICT
    text = "Version {ruleset_version} is active now. Look at it before you roll back."


class MomentPast(LoyaltyError):
    """A programme cannot have begun before it was decided."""

    code = "moment_past"
    trouble = Trouble.REFUSED
    text = "{wanted} is past: it is {now}. Choose a later moment, or none (0) to begin at once."


class DraftsService:
    """Keeps drafts; makes a scheduled one the group's programme at its moment."""

    def __init__(self, context: Context, groups: GroupsService) -> None:
        self._store = context.store
        self._clock = context.clock
        self._groups = groups

    async def put(self, actor: Actor, draft_id: str, body: api_value.DraftBody) -> api_value.DraftView:
        """Save a draft or its next revision; a new revision needs a new review.

        Raises: the errors of the programme's check; DraftChanged, TooManyDrafts.
        """
        access.require(actor, access.PROGRAMME_WRITE)
        text = msgspec.json.encode(body.programme).decode()
        await compile_new_programme(text, 1)
        row = DraftRow(
            group_id=actor.group_id,
            draft_id=draft_id,
            programme=text,
            note=body.note,
            state="drafted",
            revision=body.revision + 1,
            author=actor.token_id,
            changed_ms=self._clock(),
        )
        stored = await self._store.find_draft(actor.group_id, draft_id)
        if stored is not None and _same(stored, row):
            return await self._view(stored)
        if stored is None:
            drafts = await self._store.list_drafts(actor.group_id)
            if sum(each.state not in ("active", "withdrawn") for each in drafts) >= DRAFTS_OPEN_MAX:
                raise TooManyDrafts(drafts_max=DRAFTS_OPEN_MAX)
            if body.revision:
                raise DraftNotFound(draft_id=draft_id)
        try:
            return await self._view(await self._store.put_draft(row))
        except GuardFailed:
            raise await self._changed(actor.group_id, draft_id) from None

    async def get(self, actor: Actor, draft_id: str) -> api_value.DraftView:
        """A draft, with what the law says of it today. Raises: DraftNotFound."""
        access.require(actor, access.GROUP_READ)
        return await self._view(await self.get_row(actor, draft_id))

    async def list_drafts(self, actor: Actor) -> api_value.DraftListView:
        """All drafts, the last changed first."""
        access.require(actor, access.GROUP_READ)
        rows = await self._store.list_drafts(actor.group_id)
        return api_value.DraftListView(drafts=[await self._view(row, rows) for row in rows])

    async def review(self, actor: Actor, draft_id: str, body: api_value.ReviewBody) -> api_value.DraftView:
        """A second person's word on one revision. Raises: DraftNotFound, SecondPersonNeeded, DraftChanged."""
        access.require(actor, access.PROGRAMME_REVIEW)
        row = await self.get_row(actor, draft_id)
        if row.author == actor.token_id:
            raise SecondPersonNeeded(permission=access.PROGRAMME_REVIEW)
        moved = replace(
            row,
            state="reviewed" if body.approve else "refused",
            revision=body.revision,
            reviewer=actor.token_id,
            reviewed_ms=self._clock(),
            review_note=body.note,
            activate_ms=None,
        )
        return await self._move(moved, ["drafted", "reviewed", "refused"])

    async def schedule(
        self, actor: Actor, draft_id: str, body: api_value.ScheduleBody
    ) -> api_value.DraftView:
        """Set the moment from which a reviewed draft is the programme; 0: now.

        Raises: DraftNotFound, DraftNotReviewed, DraftChanged, MomentPast; ShopOnlyProgrammeRefused,
            ShopOnlyRuleRefused: the law.
        """
        access.require(actor, access.PROGRAMME_WRITE)
        row = await self.get_row(actor, draft_id)
        now_ms = self._clock()
        if 0 < body.activate_ms < now_ms:
            raise MomentPast(wanted=_utc(body.activate_ms), now=_utc(now_ms))
        if (row.state, row.revision) == ("drafted", body.revision):
            raise DraftNotReviewed(draft_id=draft_id, revision=row.revision)
        await self._require_lawful(row)
        moved = replace(row, state="scheduled", revision=body.revision, activate_ms=body.activate_ms)
        view = await self._move(moved, ["reviewed", "scheduled"])
        if body.activate_ms > self._clock():
            return view
        await self.activate_due(actor.group_id)
        return await self.get(actor, draft_id)

    async def withdraw(
        self, actor: Actor, draft_id: str, body: api_value.WithdrawBody
    ) -> api_value.DraftView:
        """Take a draft back before it is active. Raises: DraftNotFound, DraftChanged."""
        access.require(actor, access.PROGRAMME_WRITE)
        row = await self.get_row(actor, draft_id)
        moved = replace(row, state="withdrawn", revision=body.revision, activate_ms=None)
        return await self._move(moved, ["drafted", "reviewed", "refused", "scheduled"])

    async def activate_due(self, group_id: str) -> list[int]:
        """Make every draft whose moment has come the programme; the new versions.

        Interrupted between its two writes it goes on next time: the same programme again is no new version.
        """
        versions = []
        for row in await self._store.list_due_drafts(group_id, self._clock()):
            try:
                await self._require_lawful(row)
                version = await self._publish(group_id, row.programme, f"draft:{row.draft_id}")
            except IdempotencyConflict:  # the programme changed at this very moment: next time
                continue
            except LoyaltyError as error:
                log.error("draft_not_activated", group_id=group_id, draft_id=row.draft_id, code=error.code)
                refused = replace(row, state="refused", review_note=str(error), activate_ms=None)
                await self._store.move_draft(refused, ["scheduled"])
                continue
            await self._store.move_draft(replace(row, state="active", ruleset_version=version), ["scheduled"])
            versions.append(version)
        return versions

    async def list_versions(self, actor: Actor) -> api_value.VersionListView:
        """Saved versions of the programme, newest first."""
        access.require(actor, access.GROUP_READ)
        group = await self._groups.get(actor.group_id)
        rows = await self._store.list_programmes(actor.group_id, PAGE_ROWS_MAX)
        return api_value.VersionListView(
            versions=[
                api_value.VersionView(
                    ruleset_version=row.ruleset_version,
                    actor=row.actor,
                    recorded_ms=row.recorded_ms,
                    is_active=row.ruleset_version == group.row.ruleset_version,
                )
                for row in rows
            ]
        )

    async def roll_back(self, actor: Actor, body: api_value.RollbackBody) -> api_value.DraftView:
        """Draft an earlier version's text again: as any change it waits for a second person.

        Raises: VersionNotFound, VersionChanged; as `put`: what the text must meet today.
        """
        access.require(actor, access.PROGRAMME_WRITE)
        group = await self._groups.get(actor.group_id)
        if group.row.ruleset_version != body.expected_version:
            raise VersionChanged(ruleset_version=group.row.ruleset_version)
        text = await self._store.find_programme(actor.group_id, body.ruleset_version)
        if text is None:
            raise VersionNotFound(ruleset_version=body.ruleset_version)
        note = f"Version {body.ruleset_version} again, instead of version {body.expected_version}"
        drafted = api_value.DraftBody(programme=msgspec.json.decode(text), note=note)
        return await self.put(actor, body.draft_id, drafted)

    async def get_row(self, actor: Actor, draft_id: str) -> DraftRow:
        """A draft for other services. Raises: DraftNotFound."""
        row = await self._store.find_draft(actor.group_id, draft_id)
        if row is None:
            raise DraftNotFound(draft_id=draft_id)
        return row

    async def findings(
        self, group_id: str, programme: Programme, *, with_names: bool = True
    ) -> list[api_value.FindingView]:
        """What the law of every country the group has shops in says of a programme.

        `with_names`: the group's articles are looked through too for those that rules name.

        Blocking is what cannot be published at all; the rest a reviewer judges: quotes deny it by line.
        """
        countries = await self._countries(group_id)
        day = local_day(self._clock(), UTC)
        found: list[api_value.FindingView] = []
        try:
            require_publishable(programme, countries=countries, day=day)
        except ShopOnlyRuleRefused:
            pass  # every rule of that sort is among the findings below
        except LoyaltyError as error:
            found.append(
                api_value.FindingView(
                    code=error.code, path="programme.benefits_valid_in", detail=str(error), is_blocking=True
                )
            )
        try:
            require_kept(programme)
        except PromiseNotKept as error:
            where = f"programme.rules.{error.params['rule_id']}"
            found.append(
                api_value.FindingView(code=error.code, path=where, detail=str(error), is_blocking=True)
            )
        try:
            require_shops_there(programme, await self._shop_ids(group_id))
        except RuleNamesNoShop as error:
            where = f"programme.rules.{error.params['rule_id']}"
            found.append(
                api_value.FindingView(code=error.code, path=where, detail=str(error), is_blocking=True)
            )
        try:
            await self._require_funders(group_id, programme)
        except LoyaltyError as error:
            found.append(
                api_value.FindingView(code=error.code, path="programme", detail=str(error), is_blocking=True)
            )
        for finding in publication_findings(programme, countries, day):
            where = f"programme.rules.{finding.rule_id}" if finding.rule_id else "programme"
            detail = f"{finding.country}: {finding.detail} {finding.citation}".strip()
            found.append(
                api_value.FindingView(
                    code=finding.code.value, path=where, detail=detail, is_blocking=finding.is_blocking
                )
            )
        for slip in slips_of(programme, day):
            where = f"programme.rules.{slip.rule_id}"
            found.append(
                api_value.FindingView(code=slip.code, path=where, detail=slip.detail, is_blocking=False)
            )
        if with_names:
            currency = (await self._groups.get(group_id)).row.currency
            found += await unknown_names(self._store, group_id, programme, currency)
        return found

    async def _countries(self, group_id: str) -> frozenset[str]:
        group = await self._groups.get(group_id)
        shops = await self._store.list_shops(group_id)
        return frozenset({group.row.country, *(shop.country for shop in shops)})

    async def _shop_ids(self, group_id: str) -> list[str]:
        return [shop.shop_id for shop in await self._store.list_shops(group_id)]

    async def _require_lawful(self, row: DraftRow) -> None:
        countries = await self._countries(row.group_id)
        day = local_day(self._clock(), UTC)
        programme = await compile_new_programme(row.programme, 1)
        require_publishable(programme, countries=countries, day=day)
        require_kept(programme)
        require_shops_there(programme, await self._shop_ids(row.group_id))
        await self._require_funders(row.group_id, programme)

    async def _require_funders(self, group_id: str, programme: Programme) -> None:
        shops = await self._store.list_shops(group_id)
        require_funders_there(programme, shops, await self._store.list_parties(group_id))

    async def _publish(self, group_id: str, text: str, actor_id: str) -> int:
        group = await self._groups.get(group_id)
        actor = Actor(group_id=group_id, token_id=actor_id, permissions=frozenset({access.PROGRAMME_WRITE}))
        await self._groups.put_group(
            actor,
            name=group.row.name,
            country=group.row.country,
            currency=group.row.currency,
            programme=text,
            settings=group.settings,
        )
        return (await self._groups.get(group_id)).row.ruleset_version

    async def _move(self, row: DraftRow, from_states: list[str]) -> api_value.DraftView:
        try:
            return await self._view(await self._store.move_draft(row, from_states))
        except GuardFailed:
            raise await self._changed(row.group_id, row.draft_id) from None

    async def _changed(self, group_id: str, draft_id: str) -> LoyaltyError:
        row = await self._store.find_draft(group_id, draft_id)
        if row is None:
            return DraftNotFound(draft_id=draft_id)
        return DraftChanged(draft_id=draft_id, state=row.state, revision=row.revision)

    async def _view(self, row: DraftRow, others: Sequence[DraftRow] | None = None) -> api_value.DraftView:
        """A draft as answers show it. `others`: the group's drafts, where they are at hand."""
        group = await self._groups.get(row.group_id)
        is_over = row.state == "active" and row.ruleset_version != group.row.ruleset_version
        programme = await compile_programme(row.programme, 1)
        found = await self.findings(row.group_id, programme, with_names=others is None)
        if not is_over and row.state != "withdrawn":
            rows = await self._store.list_drafts(row.group_id) if others is None else others
            found += [_scheduled_too(each) for each in rows if _is_scheduled_too(each, row)]
        return api_value.DraftView(
            draft_id=row.draft_id,
            state="superseded" if is_over else row.state,
            revision=row.revision,
            programme=msgspec.json.decode(row.programme),
            note=row.note,
            author=row.author,
            changed_ms=row.changed_ms,
            reviewer=row.reviewer,
            reviewed_ms=row.reviewed_ms,
            review_note=row.review_note,
            activate_ms=row.activate_ms,
            ruleset_version=row.ruleset_version,
            findings=found,
        )


def _same(stored: DraftRow, row: DraftRow) -> bool:
    """Whether a revision sent again is the one that stands."""
    is_text = (stored.programme, stored.note, stored.author) == (row.programme, row.note, row.author)
    return is_text and stored.revision == row.revision


def _is_scheduled_too(other: DraftRow, row: DraftRow) -> bool:
    return other.state == "scheduled" and other.draft_id != row.draft_id


def _scheduled_too(other: DraftRow) -> api_value.FindingView:
    when = f"at {_utc(other.activate_ms)}" if other.activate_ms else "at once"
    detail = (
        f"The draft {other.draft_id} is scheduled too: {when} it takes the place of whatever is the programme"
        f" then. To stop it: officine rules withdraw {other.draft_id} --revision {other.revision}"
    )
    return api_value.FindingView(
        code="other_draft_scheduled", path="programme", detail=detail, is_blocking=False
    )


def _utc(at_ms: int) -> str:
    return f"{local_moment(at_ms, UTC):%Y-%m-%d %H:%M:%S} UTC"
