"""Articles of the group's own file, with their codes and prices in time (P-21, P-27, P-28)."""

import re
from collections.abc import Mapping, Sequence

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.storage.base import Change
from central.storage.interface.rows import ArticleRow, PriceRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.web import PAGE_ROWS_MAX
from loyalty.programme.articles import ArticleClass
from wire import api_catalogue

_CLASSES = frozenset(ArticleClass)
_COUNTRY = re.compile(r"[A-Z]{2}")


class ArticleNotFound(LoyaltyError):
    """No such article in this group."""

    code = "article_not_found"
    trouble = Trouble.NOT_FOUND
    text = "There is no article {article} in this group. Check the code, or put the article first."


class UnknownArticleClass(LoyaltyError):
    """A class that no country pack knows."""

    code = "unknown_article_class"
    text = "The article class {article_class} is not known. Use one of: {known}."


class CountryUnknown(LoyaltyError):
    """Not the code of a country."""

    code = "country_unknown"
    text = "{country} is no country. Use its two capital letters, such as FR."


class OwnCountryClass(LoyaltyError):
    """The class in the group's own country was given twice."""

    code = "own_country_class"
    text = "{country} is the group's own country: put its class as `article_class`."


def view_of(row: ArticleRow) -> api_catalogue.ArticleView:
    """An article as answers show it."""
    return api_catalogue.ArticleView(
        article_id=row.article_id,
        version=row.version,
        name=row.name,
        article_class=row.article_class,
        codes=list(row.codes),
        brand=row.brand,
        range=row.range,
        price_minor=row.price_minor,
        source=row.source,
        recorded_ms=row.recorded_ms,
        tax_rate_bp=row.tax_rate_bp,
        atc=row.atc or "",
        country_classes=dict(row.country_classes or {}),
    )


class ArticlesService:
    """Reads and puts articles and prices."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._clock = context.clock

    async def put_articles(
        self, actor: Actor, articles: Sequence[tuple[str, api_catalogue.ArticleBody]]
    ) -> Sequence[Change]:
        """Put many articles in one transaction, (id, article) each; the same content again changes nothing.

        Raises: UnknownArticleClass, OwnCountryClass; IdempotencyConflict: a code belongs to another article.
            Nothing written.
        """
        access.require(actor, access.ARTICLES_WRITE)
        rows = [_row_of(actor.group_id, article_id, body) for article_id, body in articles]
        if any(row.country_classes for row in rows):
            home = await self._home(actor.group_id)
            if any(home in (row.country_classes or {}) for row in rows):
                raise OwnCountryClass(country=home)
        return await self._store.put_articles(rows, self._clock())

    async def put_article(
        self, actor: Actor, article_id: str, body: api_catalogue.ArticleBody
    ) -> tuple[api_catalogue.ArticleView, Change]:
        """Put one article."""
        (change,) = await self.put_articles(actor, [(article_id, body)])
        return view_of(await self._get_row(actor.group_id, article_id)), change

    async def classify(self, actor: Actor, country: str, classes: Mapping[str, str]) -> Sequence[Change]:
        """Give articles (by id) their legal class in a country, from now on; earlier versions are kept.

        Raises: UnknownArticleClass, CountryUnknown, ArticleNotFound. Nothing written.
        """
        access.require(actor, access.ARTICLES_WRITE)
        for article_class in classes.values():
            _require_class(article_class)
        if not _COUNTRY.fullmatch(country):
            raise CountryUnknown(country=country[:64])
        for article_id in classes:
            await self._get_row(actor.group_id, article_id)
        asked = None if country == await self._home(actor.group_id) else country
        return await self._store.classify_articles(actor.group_id, asked, classes, self._clock())

    async def classify_one(
        self, actor: Actor, article_id: str, country: str, article_class: str
    ) -> api_catalogue.ArticleView:
        """Give one article its legal class in a country."""
        await self.classify(actor, country, {article_id: article_class})
        return view_of(await self._get_row(actor.group_id, article_id))

    async def find_ids(self, actor: Actor, codes: Sequence[str]) -> dict[str, str]:
        """The article of each code that the group knows."""
        access.require(actor, access.ARTICLES_READ)
        found = await self._store.find_articles_by_code(actor.group_id, codes, self._clock())
        return {code: row.article_id for code, row in found.items()}

    async def get_article(self, actor: Actor, article_id: str) -> api_catalogue.ArticleView:
        """An article as it stands now. Raises: ArticleNotFound."""
        access.require(actor, access.ARTICLES_READ)
        return view_of(await self._get_row(actor.group_id, article_id))

    async def get_article_by_code(self, actor: Actor, code: str) -> api_catalogue.ArticleView:
        """The article that carries a code. Raises: ArticleNotFound."""
        access.require(actor, access.ARTICLES_READ)
        found = await self._store.find_articles_by_code(actor.group_id, [code], self._clock())
        if code not in found:
            raise ArticleNotFound(article=code)
        return view_of(found[code])

    async def list_articles(
        self, actor: Actor, *, after: str = "", limit: int = 0
    ) -> api_catalogue.ArticleListView:
        """A page of articles by id, `limit` rows at most (0: a full page)."""
        access.require(actor, access.ARTICLES_READ)
        size = min(limit or PAGE_ROWS_MAX, PAGE_ROWS_MAX)
        rows = await self._store.list_articles(actor.group_id, after, size + 1, self._clock())
        page = rows[:size]
        following = page[-1].article_id if len(rows) > size else None
        return api_catalogue.ArticleListView(articles=[view_of(row) for row in page], next=following)

    async def put_price(
        self, actor: Actor, article_id: str, body: api_catalogue.PriceBody
    ) -> api_catalogue.PriceHistoryView:
        """Add a price from a moment on; earlier prices stay."""
        access.require(actor, access.ARTICLES_WRITE)
        await self._get_row(actor.group_id, article_id)
        price = PriceRow(
            price_minor=body.price_minor, valid_from_ms=body.valid_from_ms, recorded_ms=self._clock()
        )
        await self._store.put_price(actor.group_id, article_id, price)
        return await self._history(actor.group_id, article_id)

    async def list_prices(self, actor: Actor, article_id: str) -> api_catalogue.PriceHistoryView:
        """An article's prices, newest first."""
        access.require(actor, access.ARTICLES_READ)
        await self._get_row(actor.group_id, article_id)
        return await self._history(actor.group_id, article_id)

    async def _home(self, group_id: str) -> str:
        """The group's own country."""
        group = await self._store.find_group(group_id)
        assert group is not None, "whoever may write articles belongs to a group"
        return group.country

    async def _history(self, group_id: str, article_id: str) -> api_catalogue.PriceHistoryView:
        rows = await self._store.list_prices(group_id, article_id, PAGE_ROWS_MAX)
        prices = [
            api_catalogue.PriceView(
                price_minor=row.price_minor, valid_from_ms=row.valid_from_ms, recorded_ms=row.recorded_ms
            )
            for row in rows
        ]
        return api_catalogue.PriceHistoryView(article_id=article_id, prices=prices)

    async def _get_row(self, group_id: str, article_id: str) -> ArticleRow:
        row = await self._store.find_article(group_id, article_id, self._clock())
        if row is None:
            raise ArticleNotFound(article=article_id)
        return row


def _row_of(group_id: str, article_id: str, body: api_catalogue.ArticleBody) -> ArticleRow:
    for article_class in (body.article_class, *(body.country_classes or {}).values()):
        _require_class(article_class)
    return ArticleRow(
        group_id=group_id,
        article_id=article_id,
        name=body.name,
        article_class=body.article_class,
        codes=tuple(dict.fromkeys(body.codes)),
        brand=body.brand,
        range=body.range,
        price_minor=body.price_minor,
        source=body.source,
        tax_rate_bp=body.tax_rate_bp,
        atc=body.atc,
        country_classes=body.country_classes,
    )


def _require_class(article_class: str) -> None:
    if article_class not in _CLASSES:
        raise UnknownArticleClass(article_class=article_class[:64], known=", ".join(sorted(_CLASSES)))
