"""Imports through the services: permission first, the whole file read before the first row is written."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from central.gateways import article_csv, bdpm, class_rules, shop_csv
from central.gateways.article_csv import CsvOptions
from central.gateways.rows import Parsed, Record
from central.gateways.shop_csv import ShopCsvOptions
from central.services.core import access
from central.services.core.access import Actor
from central.services.group.articles import ArticlesService
from central.services.group.groups import GroupsService
from central.services.group.imports.report import ImportReport, OnProgress, make_report
from central.services.group.shops import ShopsService
from central.storage.base import Change, IdempotencyConflict
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.imports import IMPORT_BATCH_ROWS
from wire.api_catalogue import ArticleBody, ShopBody


class CurrencyDiffers(LoyaltyError):
    """A file's prices are in another currency than the group's."""

    code = "currency_differs"
    trouble = Trouble.CONFLICT
    text = (
        "The prices of {source} are in {currency}, the group {group_id} counts in {group_currency}."
        " Import it into a group that counts in {currency}."
    )


class ImportService:
    """Imports articles and shops into the actor's group."""

    def __init__(self, groups: GroupsService, articles: ArticlesService, shops: ShopsService) -> None:
        self._groups = groups
        self._articles = articles
        self._shops = shops

    async def import_bdpm(
        self,
        actor: Actor,
        directory: Path,
        on_progress: OnProgress | None = None,
        *,
        country: str | None = None,
    ) -> ImportReport:
        """Import the French public medicines database: one article per pack.

        `country`: only give the articles that are there their legal class in that country.

        Raises: CurrencyDiffers; FileUnreadable, FileBroken: nothing was written.
        """
        access.require(actor, access.ARTICLES_WRITE)
        group = (await self._groups.get(actor.group_id)).row
        if country is not None:
            parsed = await asyncio.to_thread(bdpm.read, directory)
            return await self._classify(actor, parsed, bdpm.SOURCE, country, on_progress)
        if group.currency != bdpm.CURRENCY:
            raise CurrencyDiffers(
                source="the French medicines database",
                currency=bdpm.CURRENCY,
                group_id=group.group_id,
                group_currency=group.currency,
            )
        parsed = await asyncio.to_thread(bdpm.read, directory)
        return await self._put_articles(actor, parsed, bdpm.SOURCE, on_progress)

    async def import_csv(
        self,
        actor: Actor,
        path: Path,
        *,
        rules: Path | None = None,
        options: CsvOptions | None = None,
        on_progress: OnProgress | None = None,
        country: str | None = None,
    ) -> ImportReport:
        """Import articles of a delimited file; classes by `rules` (None: the shipped ones).

        `country`: only give the articles that are there their legal class in that country.

        Raises: FileUnreadable, FileBroken: the file or the rules cannot be used; nothing was written.
        """
        access.require(actor, access.ARTICLES_WRITE)
        group = (await self._groups.get(actor.group_id)).row
        loaded = await asyncio.to_thread(class_rules.load, rules)
        parsed = await asyncio.to_thread(
            article_csv.read, path, loaded, group.currency, options or CsvOptions()
        )
        if country is not None:
            return await self._classify(actor, parsed, article_csv.SOURCE, country, on_progress)
        return await self._put_articles(actor, parsed, article_csv.SOURCE, on_progress)

    async def import_shops(
        self,
        actor: Actor,
        path: Path,
        *,
        options: ShopCsvOptions | None = None,
        on_progress: OnProgress | None = None,
    ) -> ImportReport:
        """Import shops of a delimited file; without options they lie in the group's country.

        Raises: FileUnreadable, FileBroken: nothing was written.
        """
        access.require(actor, access.SHOPS_WRITE)
        group = (await self._groups.get(actor.group_id)).row
        parsed = await asyncio.to_thread(
            shop_csv.read, path, options or ShopCsvOptions(country=group.country)
        )
        changes: list[Change] = []
        for done, record in enumerate(parsed.records, start=1):
            try:
                changes.append(await self._put_shop(actor, record))
            except LoyaltyError as error:
                _refuse_or_stop(parsed, record.line, error)
            _tell(on_progress, "shops", done, len(parsed.records))
        return make_report(
            what="shops",
            format_name="csv",
            rows=parsed.rows,
            changes=changes,
            notes=parsed.notes,
            facts=parsed.facts,
        )

    async def _put_shop(self, actor: Actor, record: Record[ShopBody]) -> Change:
        _, change = await self._shops.put_shop(actor, record.record_id, record.body)
        return change

    async def _put_articles(
        self, actor: Actor, parsed: Parsed[ArticleBody], source: str, on_progress: OnProgress | None
    ) -> ImportReport:
        changes: list[Change] = []
        priced = 0
        total = len(parsed.records)
        for start in range(0, total, IMPORT_BATCH_ROWS):
            batch = parsed.records[start : start + IMPORT_BATCH_ROWS]
            taken = await self._put_batch(actor, parsed, batch)
            changes += [change for _, change in taken]
            priced += sum(record.body.price_minor is not None for record, _ in taken)
            _tell(on_progress, "articles", start + len(batch), total)
        return make_report(
            what="articles",
            format_name=source,
            rows=parsed.rows,
            changes=changes,
            notes=parsed.notes,
            facts=parsed.facts,
            priced=priced,
        )

    async def _classify(
        self,
        actor: Actor,
        parsed: Parsed[ArticleBody],
        source: str,
        country: str,
        on_progress: OnProgress | None,
    ) -> ImportReport:
        """Give articles that are there, found by their codes, the class that the file has for a country."""
        changes: list[Change] = []
        total = len(parsed.records)
        for start in range(0, total, IMPORT_BATCH_ROWS):
            batch = parsed.records[start : start + IMPORT_BATCH_ROWS]
            ids = await self._articles.find_ids(actor, [code for each in batch for code in each.body.codes])
            classes: dict[str, str] = {}
            for record in batch:
                article_id = next((ids[code] for code in record.body.codes if code in ids), None)
                article_class = record.body.article_class
                if article_id is None:
                    detail = "The group has no article with this code. Import the articles first."
                    parsed.refuse(record.line, "article_not_known", detail)
                elif classes.setdefault(article_id, article_class) != article_class:
                    detail = f"Another row gives {article_id} the class {classes[article_id]}. Keep one."
                    parsed.refuse(record.line, "article_twice", detail)
                else:
                    changes.append(Change.UNCHANGED)
            done = await self._articles.classify(actor, country, classes)
            changed = sum(change is Change.CHANGED for change in done)
            changes[len(changes) - changed :] = [Change.CHANGED] * changed
            _tell(on_progress, "articles", start + len(batch), total)
        return make_report(
            what="articles",
            format_name=source,
            rows=parsed.rows,
            changes=changes,
            notes=parsed.notes,
            facts={**parsed.facts, "country": country},
        )

    async def _put_batch(
        self, actor: Actor, parsed: Parsed[ArticleBody], batch: Sequence[Record[ArticleBody]]
    ) -> list[tuple[Record[ArticleBody], Change]]:
        """Put a batch in one transaction; where one row spoils it, halve until only that row is refused."""
        try:
            changes = await self._articles.put_articles(
                actor, [(record.record_id, record.body) for record in batch]
            )
        except LoyaltyError as error:
            if len(batch) == 1:
                _refuse_or_stop(parsed, batch[0].line, error)
                return []
            if not _concerns_a_row(error):
                raise
            middle = len(batch) // 2
            first = await self._put_batch(actor, parsed, batch[:middle])
            return first + await self._put_batch(actor, parsed, batch[middle:])
        return list(zip(batch, changes, strict=True))


def _concerns_a_row(error: LoyaltyError) -> bool:
    """Whether one row is at fault, not the permission or the store."""
    return isinstance(error, IdempotencyConflict) or error.trouble is Trouble.INVALID


def _refuse_or_stop(parsed: Parsed[ArticleBody] | Parsed[ShopBody], line: int, error: LoyaltyError) -> None:
    if not _concerns_a_row(error):
        raise error
    parsed.refuse(line, error.code, str(error))


def _tell(on_progress: OnProgress | None, what: str, done: int, total: int) -> None:
    if on_progress is not None:
        on_progress(what, done, total)
