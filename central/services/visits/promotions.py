"""The offers that a member may have today in a shop, each with why they see it (C-30, P-18).

Told are rules with a name. What has ended, has not begun, is used up for this member, or may not be
advertised by the law of the shop's country is not there.
"""

from collections.abc import Mapping
from datetime import date

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.group.article_classes import class_in
from central.services.group.groups import GroupsService
from central.services.group.shops import ShopsService
from central.services.members.facts import MemberFactsService
from central.services.members.identify import IdentifyService
from central.services.tickets.claims import Claims
from central.storage.interface.rows import ShopRow
from loyalty.limits.my_value import PROMOTIONS_TOLD_MAX
from loyalty.pricing.basket import Basket
from loyalty.pricing.claims import claims_of, spent
from loyalty.programme.articles import ArticleClass
from loyalty.programme.compliance import LegalAct, VerdictCode, verdict
from loyalty.programme.identification import Act
from loyalty.rules import for_member
from loyalty.rules.evaluate import Scope
from loyalty.rules.kinds import RuleKind
from loyalty.rules.needs import member_facts_of
from loyalty.rules.products_named import ProductsNamed, classes_given, products_named
from loyalty.rules.rule import Rule
from wire import api_promotions as api
from wire.api_my_value import HolderBody

_OFFERS = frozenset({RuleKind.PROMOTION, RuleKind.CAMPAIGN})


class PromotionsService:
    """Reads alone."""

    def __init__(
        self, context: Context, *, groups: GroupsService, shops: ShopsService, identify: IdentifyService
    ) -> None:
        self._store = context.store
        self._clock = context.clock
        self._zones = context.zones
        self._groups = groups
        self._shops = shops
        self._identify = identify
        self._facts = MemberFactsService(context)
        self._claims = Claims(context)

    async def show(self, actor: Actor, body: HolderBody) -> api.PromotionListView:
        """Today's offers for the holder of a card, to who may see a balance.

        Never to a carer: why somebody sees an offer tells of them.

        Raises: the refusals of a card, StrengthTooLow, CarerMayNot, ShopMissing, ShopNotFound.
        """
        access.require(actor, access.SALES_TELL)
        shop = await self._shops.get_row(actor.group_id, access.shop_of(actor, None))
        group = await self._groups.get(actor.group_id)
        now_ms = self._clock()
        holder = await self._identify.get_holder_for(actor, group, body.holder, Act.SEE_BALANCE, now_ms)
        holder.require_own()
        names = group.settings.rule_names
        offers = [rule for rule in group.programme.rules if rule.kind in _OFFERS and names.get(rule.rule_id)]
        zone = await self._zones.get(shop.time_zone)
        day = local_day(now_ms, zone)
        known = await self._facts.read(holder.member, member_facts_of(offers), at_ms=now_ms, zone=zone)
        head: Scope = {
            **known.values,
            "member.is_known": True,
            "basket.local_day": day.isoformat(),
            "basket.currency": group.row.currency,
            "shop.id": shop.shop_id,
            "shop.country": shop.country,
        }
        possible = [rule for rule in offers if for_member.may_act(rule, head)]
        lawful = await self._lawful(possible, group, shop, day=day, now_ms=now_ms)
        left = await self._left(
            actor.group_id, holder.member.member_id, lawful, shop=shop, currency=group.row.currency, day=day
        )
        views = [_view(rule, names[rule.rule_id], head) for rule in left]
        views.sort(key=lambda each: (not each.is_mine, not each.last_day, each.last_day, each.rule_id))
        return api.PromotionListView(promotions=views[:PROMOTIONS_TOLD_MAX])

    async def _lawful(
        self, rules: list[Rule], group: Group, shop: ShopRow, *, day: date, now_ms: int
    ) -> list[Rule]:
        """Those of which everything that they name may be advertised where the shop lies.

        A brand or a range without a class beside it may be of any class: such an offer is not told.
        """
        named = {rule.rule_id: products_named(rule) for rule in rules}
        ids = sorted({each for products in named.values() for each in products.article_ids})
        rows = await self._store.find_articles(shop.group_id, ids, now_ms) if ids else {}
        classes = {each: class_in(row, shop.country, group.row.country) for each, row in rows.items()}
        return [
            rule
            for rule in rules
            if _may_be_advertised(rule, named[rule.rule_id], classes, country=shop.country, day=day)
        ]

    async def _left(
        self, group_id: str, member_id: str, rules: list[Rule], *, shop: ShopRow, currency: str, day: date
    ) -> list[Rule]:
        """Those of which something is left: for this member, this shop, and in the budget."""
        basket = Basket((), currency, shop.shop_id, shop.country, day)
        claims = [claim for rule in rules for claim in claims_of(rule, basket, 0)]
        usage = await self._claims.read(group_id, member_id, basket, claims)
        return [rule for rule in rules if spent(rule, basket, usage) is None]


def _may_be_advertised(
    rule: Rule, named: ProductsNamed, classes: Mapping[str, ArticleClass], *, country: str, day: date
) -> bool:
    """Whether each class that it names may be, by itself or by an article; an article of none may not."""
    if named.is_by_brand_alone:
        return False
    by_article = {classes.get(each, ArticleClass.UNKNOWN) for each in named.article_ids}
    return all(
        verdict(country, kind, LegalAct.BE_ADVERTISED, day).code
        not in (VerdictCode.DENIED_BY_LAW, VerdictCode.UNKNOWN_ARTICLE)
        for kind in named.classes | by_article | classes_given(rule)
    )


def _view(rule: Rule, names: dict[str, str], head: Scope) -> api.PromotionView:
    last = for_member.last_day(rule)
    is_mine = not for_member.is_for_all(rule)
    return api.PromotionView(
        rule_id=rule.rule_id,
        names=dict(names),
        is_mine=is_mine,
        because=[each.value for each in for_member.reasons(rule, head)] if is_mine else [],
        last_day="" if last is None else last.isoformat(),
    )
