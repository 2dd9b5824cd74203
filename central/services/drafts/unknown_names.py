"""What rules name and the group does not have: told, never refused: articles may come later."""

from collections.abc import Collection, Iterator
from typing import Final

from central.storage.base import Store
from loyalty.limits.rules import BRANDS_LOOKED_AT_MAX, UNKNOWN_ARTICLES_TOLD_MAX
from loyalty.limits.web import PAGE_ROWS_MAX
from loyalty.programme.names import ARTICLE, BRAND, CURRENCY, RANGE, names_in
from loyalty.programme.programme import Programme
from loyalty.rules.reading import propose
from wire import api_value

_WORDS: Final = {ARTICLE: "article", BRAND: "brand", RANGE: "range", CURRENCY: "currency"}


async def unknown_names(
    store: Store, group_id: str, programme: Programme, currency: str
) -> list[api_value.FindingView]:
    """One finding for each name that nothing of the group has. Without articles none is asked for."""
    named = names_in(programme)
    found = list(_unknown(CURRENCY, named[CURRENCY], [currency]))
    if not (named[ARTICLE] or named[BRAND] or named[RANGE]):
        return found
    if not await store.list_articles(group_id, "", 1, 0):
        return found
    there = await store.find_articles_there(group_id, list(named[ARTICLE]))
    unknown = [each for each in named[ARTICLE].items() if each[0] not in there]
    for article_id, rule_id in unknown[:UNKNOWN_ARTICLES_TOLD_MAX]:
        near = await store.list_article_ids_like(group_id, article_id, PAGE_ROWS_MAX)
        found.append(_finding(ARTICLE, article_id, rule_id, near))
    for fact, listed in ((BRAND, store.list_brands), (RANGE, store.list_ranges)):
        if named[fact]:
            known = await listed(group_id, BRANDS_LOOKED_AT_MAX)
            if len(known) < BRANDS_LOOKED_AT_MAX:  # with more of them nobody can say what is not there
                found += _unknown(fact, named[fact], known)
    return found


def _unknown(fact: str, named: dict[str, str], known: Collection[str]) -> Iterator[api_value.FindingView]:
    for name, rule_id in named.items():
        if name not in known:
            yield _finding(fact, name, rule_id, known)


def _finding(fact: str, name: str, rule_id: str, known: Collection[str]) -> api_value.FindingView:
    detail = (
        f"Rule {rule_id} names the {_WORDS[fact]} {name}, which this group does not have:"
        f" nothing is found by it. {propose(name, known)}"
    )
    return api_value.FindingView(
        code="rule_names_nothing", path=f"programme.rules.{rule_id}", detail=detail, is_blocking=False
    )
