"""Groups: one pharmacy group each, with its face and its programme. A group's data never meet another's."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC

import msgspec

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.core.group import Group, GroupNotFound, GroupSettings, read_settings
from central.services.core.notices import require_days
from central.services.core.stored_value_settings import require_lawful
from central.services.group import shops
from central.services.group.budgets import budgets_of
from central.services.group.themes import derive_tint, require_legible
from central.storage.base import Change
from central.storage.interface.parties import PartyRow
from central.storage.interface.rows import GroupRow, ShopRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.known import GROUPS_KEPT_MAX, PROGRAMMES_KEPT_MAX
from loyalty.limits.rules import RULE_TEXT_CHARS_MAX
from loyalty.limits.web import CLOCK_SKEW_MAX_S
from loyalty.money import scale_of
from loyalty.programme.best_of import require_comparable
from loyalty.programme.identification import NO_LIMIT, UNITS, Act, Strength
from loyalty.programme.never_gives import require_groups_met, require_rules_give
from loyalty.programme.party import GROUP, SELLING_SHOP, PartyState, shop
from loyalty.programme.programme import Programme, parse_programme
from loyalty.programme.publication import require_publishable
from loyalty.programme.starter import starter_programme
from loyalty.programme.voucher_circles import require_vouchers_end
from loyalty.rules.effects import Accrual, ContestEntry, PointsSponsor
from loyalty.rules.reading import invalid, propose
from wire import api_card_proofs, api_catalogue
from wire.json_names import name_twice


class GroupIsFixed(LoyaltyError):
    """Country and currency are part of every posting and verdict."""

    code = "group_is_fixed"
    trouble = Trouble.CONFLICT
    text = "The country and currency of group {group_id} cannot change. Make a new group."


class PromiseNotKept(LoyaltyError):
    """A rule promises what no sale books: members would be told of something they never get."""

    code = "promise_not_kept"
    trouble = Trouble.REFUSED
    text = "Rule {rule_id} promises {effect}, which no sale books yet. Leave it out, or simulate it."


class RuleNamesNoShop(LoyaltyError):
    """A rule holds in a shop that the group does not have: it would never give anything there."""

    code = "rule_names_no_shop"
    trouble = Trouble.REFUSED
    text = "Rule {rule_id} names the shop {shop_id}, which this group does not have. {proposal}"


class FunderNotThere(LoyaltyError):
    """A programme names somebody who pays and whom the group does not know: nobody could be asked."""

    code = "funder_not_there"
    trouble = Trouble.REFUSED
    text = "{where} names {funder} as who pays, which this group does not have or has ended. {proposal}"


class ProgrammeNeedsReview(LoyaltyError):
    """A group that works changes its programme by a draft that a second person looked at."""

    code = "programme_needs_review"
    trouble = Trouble.REFUSED
    text = (
        "The group {group_id} works with version {ruleset_version} of its programme; a change needs a second"
        " person. Save it as a draft (officine rules draft NAME FILE), have it reviewed"
        " (officine rules review), then schedule it (officine rules schedule)."
    )


class ProgrammeNotJson(LoyaltyError):
    """The programme document is not JSON."""

    code = "programme_not_json"
    text = "The programme is not valid JSON: {reason}."


class GroupsService:
    """Makes and reads groups; keeps read ones while their row stays, and programmes, which never change."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._clock = context.clock
        self._known = context.known
        self._programmes: OrderedDict[tuple[str, int], Programme] = OrderedDict()
        self._compiling: dict[str, asyncio.Lock] = {}

    async def put_group(
        self,
        actor: Actor,
        *,
        name: str,
        country: str,
        currency: str,
        programme: str,
        settings: GroupSettings | None = None,
    ) -> Change:
        """Make or change the actor's group. A changed programme gets the next ruleset version.

        Args:
            programme: the programme document as JSON text (docs/rules.md).
        Raises: ProgrammeInvalid and its kin; ShopOnlyProgrammeRefused, ShopOnlyRuleRefused: the
            country's law, and ExpiryTooEarly, AboveLegalMaximum; GroupIsFixed; PromiseNotKept;
            RuleNamesNoShop; FunderNotThere; DaysInvalid; ColourInvalid, ThemeIllegible.
        """
        access.require(actor, access.PROGRAMME_WRITE)
        scale_of(currency)
        before = await self._store.find_group(actor.group_id)
        if before is not None and (before.country, before.currency) != (country, currency):
            raise GroupIsFixed(group_id=actor.group_id)
        version = 1
        if before is not None:
            version = before.ruleset_version + (before.programme != programme)
        settings = settings or GroupSettings()
        require_lawful(settings.stored_value, country=country, currency=currency)
        require_days(settings.notices)
        colours = (settings.brand, settings.brand_tint)
        kept = read_settings(before.settings) if before else None
        if kept is None or (kept.brand, kept.brand_tint) != colours:
            require_legible(*colours)
        parsed = await compile_new_programme(programme, version)
        now_ms = self._clock()
        shops_there = await self._store.list_shops(actor.group_id)
        countries = {country} | {each.country for each in shops_there}
        require_publishable(parsed, countries=frozenset(countries), day=local_day(now_ms, UTC))
        require_kept(parsed)
        if before is None or before.programme != programme:
            require_shops_there(parsed, [each.shop_id for each in shops_there])
            require_funders_there(parsed, shops_there, await self._store.list_parties(actor.group_id))
        row = GroupRow(
            group_id=actor.group_id,
            name=name,
            country=country,
            currency=currency,
            settings=msgspec.json.encode(settings).decode(),
            programme=programme,
            ruleset_version=version,
            created_ms=before.created_ms if before else now_ms,
        )
        return await self._store.put_group(row, actor.token_id, budgets_of(parsed, currency))

    async def put_theme(
        self, actor: Actor, body: api_catalogue.ThemeBody
    ) -> tuple[api_catalogue.ThemeView, Change]:
        """Change the group's names and colours; all else of it stays. Terminals take them over by themselves.

        Raises: GroupNotFound; ThemeIllegible; GuardFailed: name or settings were changed meanwhile.
        """
        access.require(actor, access.PROGRAMME_WRITE)
        group = await self.get(actor.group_id)
        brand = body.brand.upper()
        tint = body.brand_tint.upper() or derive_tint(brand)
        require_legible(brand, tint)
        settings = msgspec.structs.replace(
            group.settings, names=dict(body.names), brand=brand, brand_tint=tint, font=body.font
        )
        row = replace(group.row, name=body.name, settings=msgspec.json.encode(settings).decode())
        change = await self._store.change_face(group.row, row, None, self._clock())
        view = api_catalogue.ThemeView(
            name=row.name, names=settings.names, brand=brand, brand_tint=tint, font=settings.font
        )
        return view, change

    async def require_first(self, actor: Actor, programme: str) -> None:
        """Whether a programme may be set without a second person: the group has none of its own, nor tickets.

        The programme it has may always be sent again. Raises: ProgrammeNeedsReview, GroupNotFound.
        """
        row = (await self.get(actor.group_id)).row
        if row.programme == programme:
            return
        is_new = row.ruleset_version == 1 and row.programme == starter_programme(row.currency)
        if not is_new or await self._store.count_sales(
            actor.group_id, 0, self._clock() + CLOCK_SKEW_MAX_S * 1000
        ):
            raise ProgrammeNeedsReview(group_id=actor.group_id, ruleset_version=row.ruleset_version)

    async def get_group(self, actor: Actor) -> api_catalogue.GroupView:
        """The actor's group, and whose token asks."""
        access.require(actor, access.GROUP_READ)
        group = await self.get(actor.group_id)
        own_shop = await self._store.find_shop(actor.group_id, actor.shop_id) if actor.shop_id else None
        return api_catalogue.GroupView(
            group_id=group.row.group_id,
            name=group.row.name,
            names=group.settings.names,
            country=group.row.country,
            currency=group.row.currency,
            currency_scale=scale_of(group.row.currency),
            languages=list(group.settings.languages),
            brand=group.settings.brand,
            brand_tint=group.settings.brand_tint,
            font=group.settings.font,
            logo=group.settings.logo,
            notices=list(group.settings.notices),
            rule_names=group.settings.rule_names,
            ruleset_version=group.row.ruleset_version,
            shop=shops.view_of(own_shop) if own_shop else None,
            terminal_id=actor.terminal_id,
            now_ms=self._clock(),
        )

    async def get_strength_table(self, actor: Actor) -> api_card_proofs.StrengthTableView:
        """The group's table: what each strength of identification may do, and up to how much."""
        access.require(actor, access.GROUP_READ)
        table = (await self.get(actor.group_id)).programme.strength_table
        return api_card_proofs.StrengthTableView(
            strengths=[strength.name.lower() for strength in sorted(Strength)],
            acts=[
                api_card_proofs.ActAllowancesView(
                    act=act.value,
                    unit=UNITS.get(act, ""),
                    allowances=[
                        api_card_proofs.AllowanceView(
                            strength=row.strength.name.lower(),
                            most=None if row.most == NO_LIMIT else row.most,
                        )
                        for row in table.get(act, ())
                    ],
                )
                for act in Act
            ],
        )

    async def get(self, group_id: str) -> Group:
        """A group for other services, as it stands now. Raises: GroupNotFound."""
        await self._known.look(group_id)
        return await self.get_looked_at(group_id)

    async def get_looked_at(self, group_id: str) -> Group:
        """A group whose events were looked at just now. Raises: GroupNotFound."""
        known = self._known.at(group_id)
        if known.group is not None:
            return known.group
        before = known.changes
        row = await self._store.find_group(group_id)
        if row is None:
            raise GroupNotFound(group_id=group_id)
        settings = read_settings(row.settings)
        programme = await self._keep(group_id, row.ruleset_version, row.programme)
        group = Group(row=row, settings=settings, programme=programme)
        if known.changes == before:
            known.group = group
        return group

    async def get_programme(self, group: Group, ruleset_version: int) -> Programme:
        """An earlier version of a group's programme; every version ever saved is kept."""
        if ruleset_version == group.row.ruleset_version:
            return group.programme
        kept = self._programmes.get((group.row.group_id, ruleset_version))
        if kept is not None:
            return kept
        text = await self._store.find_programme(group.row.group_id, ruleset_version)
        assert text is not None, "a ruleset version that was used is kept for ever"
        return await self._keep(group.row.group_id, ruleset_version, text)

    async def _keep(self, group_id: str, ruleset_version: int, text: str) -> Programme:
        """The compiled programme. Tickets that wait for one to be compiled wait for the same one."""
        key = (group_id, ruleset_version)
        async with self._compiling.setdefault(group_id, asyncio.Lock()):
            programme = self._programmes.get(key)
            if programme is None:
                programme = self._programmes[key] = await compile_programme(text, ruleset_version)
                if len(self._programmes) > PROGRAMMES_KEPT_MAX:
                    self._programmes.popitem(last=False)
                if len(self._compiling) > GROUPS_KEPT_MAX:
                    self._compiling.clear()
            self._programmes.move_to_end(key)
        return programme


async def compile_programme(text: str, ruleset_version: int) -> Programme:
    """As `read_programme`, on a thread: ten thousand rules take seconds, in which tickets of others go on."""
    return await asyncio.to_thread(read_programme, text, ruleset_version)


async def compile_new_programme(text: str, ruleset_version: int) -> Programme:
    """As `read_new_programme`, on a thread."""
    return await asyncio.to_thread(read_new_programme, text, ruleset_version)


def read_programme(text: str, ruleset_version: int) -> Programme:
    """A programme that was saved, compiled. Raises: ProgrammeNotJson, ProgrammeInvalid and its kin."""
    try:
        document = msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise ProgrammeNotJson(reason=str(error)) from error
    return parse_programme(document, ruleset_version=ruleset_version)


def read_new_programme(text: str, ruleset_version: int) -> Programme:
    """A programme somebody wants to save: held to what saved ones of earlier releases need not meet as well.

    Raises: as `read_programme`.
    """
    programme = read_programme(text, ruleset_version)
    if (twice := name_twice(text)) is not None:
        raise ProgrammeNotJson(reason=f"the name {twice[:RULE_TEXT_CHARS_MAX]} stands twice in one object")
    require_vouchers_end(programme.rules)
    require_groups_met(programme.stacking, programme.rules)
    require_rules_give(programme.rules)
    require_comparable(
        programme.stacking, programme.rules, points_have_worth=programme.voucher_step is not None
    )
    return programme


def require_shops_there(programme: Programme, shop_ids: list[str]) -> None:
    """Every rule's `shops` are the group's; not asked of a group that has none yet.

    Raises: RuleNamesNoShop.
    """
    if not shop_ids:
        return
    for rule in programme.rules:
        for shop_id in rule.shops:
            if shop_id not in shop_ids:
                raise RuleNamesNoShop(
                    rule_id=rule.rule_id, shop_id=shop_id, proposal=propose(shop_id, shop_ids)
                )


def require_funders_there(
    programme: Programme, shop_rows: Sequence[ShopRow], parties: Sequence[PartyRow]
) -> None:
    """Who pays is known by name and can be asked. A points rule that somebody pays needs the points' worth.

    Raises: FunderNotThere, ProgrammeInvalid.
    """
    there = [GROUP, SELLING_SHOP, *(shop(row.shop_id) for row in shop_rows)]
    there += [row.party for row in parties if row.state == PartyState.ACTIVE]
    named = [("The programme", programme.funder)]
    named += [(f"Rule {rule_id}", funder) for rule_id, funder in programme.funders.items()]
    for where, funder in named:
        if funder not in there:
            raise FunderNotThere(where=where, funder=funder, proposal=propose(funder, there))
    for rule in programme.rules:
        if rule.funder is not None and any(isinstance(effect, PointsSponsor) for effect in rule.effects):
            proposal = "Leave it out: a sponsor's points are paid as the programme says."
            raise invalid(f"rule {rule.rule_id}", "without funder", rule.funder, proposal)
        gives_points = any(isinstance(effect, Accrual) for effect in rule.effects)
        if rule.funder is not None and gives_points and programme.voucher_step is None:
            expected = "given where somebody pays for the points of a rule"
            proposal = f"Say what points are worth, or take funder out of {rule.rule_id}."
            raise invalid("programme.voucher_step", expected, "missing", proposal)


def require_kept(programme: Programme) -> None:
    """Nothing is published that no sale would book. Raises: PromiseNotKept."""
    for rule in programme.rules:
        for effect in rule.effects:
            if isinstance(effect, ContestEntry):
                raise PromiseNotKept(rule_id=rule.rule_id, effect=effect.name.value)
