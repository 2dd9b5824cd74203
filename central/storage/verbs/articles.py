"""Articles with their versions and codes, and the price history."""

# ruff: noqa: S608  -- the statements are joined from constants; every value is bound

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from central.storage.base import Change, GuardFailed, IdempotencyConflict
from central.storage.interface.rows import ArticleRow, PriceRow
from central.storage.unit import Row, Snapshot, Unit, bindings_of
from loyalty.programme.numbers import same_numbers

_PRICE_AT = """
SELECT price_minor FROM price
WHERE group_id = article.group_id AND article_id = article.article_id AND valid_from_ms <= :at_ms
ORDER BY valid_from_ms DESC, entry_no DESC LIMIT 1
"""
_ARTICLE_COLUMNS = f"""
SELECT group_id, article_id, name, article_class, codes, brand, range, ({_PRICE_AT}), source, version,
    recorded_ms, tax_rate_bp, atc, country_classes
FROM article
"""
_FIND_ARTICLE = f"{_ARTICLE_COLUMNS} WHERE group_id = :group_id AND article_id = :article_id"
# The version of a moment is the latest that was recorded by then; an article that came later counts as it was
# first classified. Versions are numbered: a clock that was set back hides none.
_FIND_ARTICLE_AT = f"""
SELECT article.group_id, article.article_id, v.name, v.article_class, v.codes, v.brand, v.range,
    ({_PRICE_AT}), v.source, v.version, v.recorded_ms, v.tax_rate_bp, v.atc,
    v.country_classes
FROM article CROSS JOIN article_version AS v
    ON v.group_id = article.group_id AND v.article_id = article.article_id AND v.version = coalesce(
        (SELECT max(w.version) FROM article_version AS w
         WHERE w.group_id = :group_id AND w.article_id = :article_id AND w.recorded_ms <= :at_ms), 1)
WHERE article.group_id = :group_id AND article.article_id = :article_id
"""
_FIND_ARTICLES = f"""
{_ARTICLE_COLUMNS}
WHERE group_id = :group_id AND article_id IN (SELECT value FROM json_each(:ids))
"""
_LIST_ARTICLES = f"""
{_ARTICLE_COLUMNS} WHERE group_id = :group_id AND article_id > :after ORDER BY article_id LIMIT :limit
"""
# One look into the index per code; a join might read all codes of the group.
_FIND_CODES = """
SELECT k.value ->> 0, (SELECT c.article_id FROM article_code AS c
    WHERE c.group_id = :group_id AND c.code = k.value ->> 0)
FROM json_each(:codes) AS k
"""
_PUT_ARTICLE = """
INSERT INTO article
    (group_id, article_id, name, article_class, codes, brand, range, source, version, recorded_ms,
    tax_rate_bp, atc, country_classes)
VALUES (:group_id, :article_id, :name, :article_class, :codes, :brand, :range, :source, :version, :now_ms,
    :tax_rate_bp, :atc, :country_classes)
ON CONFLICT (group_id, article_id) DO UPDATE SET name = excluded.name,
    article_class = excluded.article_class, codes = excluded.codes, brand = excluded.brand,
    range = excluded.range, source = excluded.source, version = excluded.version,
    recorded_ms = excluded.recorded_ms, tax_rate_bp = excluded.tax_rate_bp, atc = excluded.atc,
    country_classes = excluded.country_classes
"""
_ADD_VERSION = """
INSERT INTO article_version
    (group_id, article_id, version, name, article_class, codes, brand, range, source, recorded_ms,
    tax_rate_bp, atc, country_classes)
VALUES (:group_id, :article_id, :version, :name, :article_class, :codes, :brand, :range, :source, :now_ms,
    :tax_rate_bp, :atc, :country_classes)
"""
_DROP_CODES = """
DELETE FROM article_code
WHERE group_id = :group_id AND article_id = :article_id AND code NOT IN (SELECT value FROM json_each(:codes))
"""
_TAKE_CODE = """
INSERT INTO article_code (group_id, code, article_id) VALUES (:group_id, :code, :article_id)
ON CONFLICT (group_id, code) DO UPDATE SET article_id = excluded.article_id
WHERE article_code.article_id = excluded.article_id
"""
_FIND_PRICE = """
SELECT price_minor FROM price
WHERE group_id = :group_id AND article_id = :article_id AND valid_from_ms <= :at_ms
ORDER BY valid_from_ms DESC, entry_no DESC LIMIT 1
"""
_ADD_PRICE = """
INSERT INTO price (group_id, article_id, valid_from_ms, entry_no, price_minor, recorded_ms)
SELECT :group_id, :article_id, :valid_from_ms, coalesce(max(entry_no), 0) + 1, :price_minor, :recorded_ms
FROM price WHERE group_id = :group_id AND article_id = :article_id AND valid_from_ms = :valid_from_ms
"""
_LIST_PRICES = """
SELECT price_minor, valid_from_ms, recorded_ms FROM price
WHERE group_id = :group_id AND article_id = :article_id
ORDER BY valid_from_ms DESC, entry_no DESC LIMIT :limit
"""


def put_articles(unit: Unit, rows: Sequence[ArticleRow], now_ms: int) -> Sequence[Change]:
    """Put all or none. Codes are let go first, so that a code may move between articles of one call."""
    for row in rows:
        stored = find_article(unit, row.group_id, row.article_id, now_ms)
        if stored is not None and stored.codes != row.codes:
            unit.run(_DROP_CODES, _article_bindings(row))
    return [_put_article(unit, row, now_ms) for row in rows]


def _put_article(unit: Unit, row: ArticleRow, now_ms: int) -> Change:
    stored = find_article(unit, row.group_id, row.article_id, now_ms)
    if row.country_classes is None:
        row = replace(row, country_classes={} if stored is None else stored.country_classes)
    if row.atc is None:
        row = replace(row, atc="" if stored is None else stored.atc)
    is_changed = stored is None or _content(stored) != _content(row)
    if is_changed:
        _write_version(unit, row, 1 if stored is None else stored.version + 1, now_ms)
    if row.price_minor is not None:
        price = PriceRow(row.price_minor, now_ms, now_ms)
        is_changed |= put_price(unit, row.group_id, row.article_id, price)
    if stored is None:
        return Change.CREATED
    return Change.CHANGED if is_changed else Change.UNCHANGED


def classify_articles(
    unit: Unit, group_id: str, country: str | None, classes: Mapping[str, str], now_ms: int
) -> Sequence[Change]:
    """Give articles (by id) their class in a country, None: the group's own. All else of them stays."""
    return [_classify(unit, group_id, country, each, now_ms) for each in classes.items()]


def _classify(
    unit: Unit, group_id: str, country: str | None, classed: tuple[str, str], now_ms: int
) -> Change:
    article_id, article_class = classed
    stored = find_article(unit, group_id, article_id, now_ms)
    if stored is None:
        raise GuardFailed(guard=f"the article {article_id}")
    if country is None:
        row = replace(stored, article_class=article_class)
    else:
        row = replace(stored, country_classes={**(stored.country_classes or {}), country: article_class})
    if _content(row) == _content(stored):
        return Change.UNCHANGED
    _write_version(unit, row, stored.version + 1, now_ms)
    return Change.CHANGED


def _write_version(unit: Unit, row: ArticleRow, version: int, now_ms: int) -> None:
    bindings = _article_bindings(row) | {"version": version, "now_ms": now_ms}
    unit.run(_PUT_ARTICLE, bindings)
    unit.run(_ADD_VERSION, bindings)
    unit.run(_DROP_CODES, bindings)
    owners = _find_owners(unit, row.group_id, [same for code in row.codes for same in same_numbers(code)])
    for code in row.codes:
        is_anothers = any(owners.get(same, row.article_id) != row.article_id for same in same_numbers(code))
        if is_anothers or not unit.run(_TAKE_CODE, bindings | {"code": code}):
            raise IdempotencyConflict(what="The article code", id=code)
    kind = "article.added" if version == 1 else "article.changed"
    unit.add_event(row.group_id, kind, now_ms, article_id=row.article_id, version=version)


def _content(row: ArticleRow) -> tuple[Any, ...]:
    known = (row.name, row.article_class, row.codes, row.brand, row.range, row.source, row.tax_rate_bp)
    return (*known, row.atc, row.country_classes)


def _article_bindings(row: ArticleRow) -> dict[str, Any]:
    classes = json.dumps(row.country_classes or {}, sort_keys=True)
    return bindings_of(row, codes=json.dumps(row.codes), country_classes=classes, atc=row.atc or "")


def find_articles_by_code(
    snapshot: Snapshot, group_id: str, codes: Sequence[str], at_ms: int
) -> dict[str, ArticleRow]:
    """Articles as they were at a moment: class, tax and price of then; whose a code is, is as it stands.

    A GTIN is found in whichever length the article has it (UPC-A: 12 digits or 13).
    """
    owners = _find_owners(snapshot, group_id, [same for code in codes for same in same_numbers(code)])
    found = [
        (code, article_id)
        for code in codes
        if (article_id := next((owners[same] for same in same_numbers(code) if same in owners), None))
    ]
    articles: dict[str, ArticleRow] = {}
    for article_id in {article_id for _, article_id in found}:
        bindings = {"group_id": group_id, "article_id": article_id, "at_ms": at_ms}
        row = snapshot.one(_FIND_ARTICLE_AT, bindings)
        assert row is not None, "a code refers to an article"
        articles[article_id] = _article(row)
    return {code: articles[article_id] for code, article_id in found}


def _find_owners(snapshot: Snapshot, group_id: str, codes: Sequence[str]) -> dict[str, str]:
    """The article of each code as it stands there; the same number in another length is another code here."""
    asked = json.dumps([[code] for code in dict.fromkeys(codes)])
    rows = snapshot.all(_FIND_CODES, {"group_id": group_id, "codes": asked})
    return {code: article_id for code, article_id in rows if article_id is not None}


def find_article(snapshot: Snapshot, group_id: str, article_id: str, at_ms: int) -> ArticleRow | None:
    row = snapshot.one(_FIND_ARTICLE, {"group_id": group_id, "article_id": article_id, "at_ms": at_ms})
    return None if row is None else _article(row)


def find_articles(
    snapshot: Snapshot, group_id: str, article_ids: Sequence[str], at_ms: int
) -> dict[str, ArticleRow]:
    bindings = {"group_id": group_id, "ids": json.dumps(list(article_ids)), "at_ms": at_ms}
    rows = [_article(row) for row in snapshot.all(_FIND_ARTICLES, bindings)]
    return {row.article_id: row for row in rows}


def list_articles(
    snapshot: Snapshot, group_id: str, after: str, limit: int, at_ms: int
) -> Sequence[ArticleRow]:
    bindings = {"group_id": group_id, "after": after, "limit": limit, "at_ms": at_ms}
    return [_article(row) for row in snapshot.all(_LIST_ARTICLES, bindings)]


def put_price(unit: Unit, group_id: str, article_id: str, price: PriceRow) -> bool:
    """Add a price unless it is the one already valid at its own start; whether it was added."""
    key = {"group_id": group_id, "article_id": article_id}
    stored = unit.one(_FIND_PRICE, key | {"at_ms": price.valid_from_ms})
    if stored is not None and stored[0] == price.price_minor:
        return False
    unit.run(_ADD_PRICE, bindings_of(price, **key))
    unit.add_event(
        group_id,
        "price.changed",
        price.recorded_ms,
        article_id=article_id,
        price_minor=price.price_minor,
        valid_from_ms=price.valid_from_ms,
    )
    return True


def list_prices(snapshot: Snapshot, group_id: str, article_id: str, limit: int) -> Sequence[PriceRow]:
    bindings = {"group_id": group_id, "article_id": article_id, "limit": limit}
    return [PriceRow(*row) for row in snapshot.all(_LIST_PRICES, bindings)]


def _article(row: Row) -> ArticleRow:
    group_id, article_id, name, article_class, codes, *rest, classes = row
    article = ArticleRow(group_id, article_id, name, article_class, tuple(json.loads(codes)), *rest)
    return replace(article, country_classes=json.loads(classes))


# What medicines are (J-06) ----------------------------------------------------------------------------------

_FIND_ATC = """
SELECT k.value ->> 0, (SELECT a.atc FROM article AS a
    WHERE a.group_id = :group_id AND a.article_id = k.value ->> 0)
FROM json_each(:ids) AS k
"""
_LIST_ATC = """
SELECT DISTINCT atc FROM article INDEXED BY article_by_atc
WHERE group_id = :group_id AND atc > :after AND atc <> '' ORDER BY atc LIMIT :limit
"""


def find_atc(snapshot: Snapshot, group_id: str, article_ids: Sequence[str]) -> dict[str, str]:
    """ATC codes by article, of those that have one."""
    ids = json.dumps([[article_id] for article_id in dict.fromkeys(article_ids)])
    rows = snapshot.all(_FIND_ATC, {"group_id": group_id, "ids": ids})
    return {article_id: atc for article_id, atc in rows if atc}


def list_atc(snapshot: Snapshot, group_id: str, after: str, limit: int) -> Sequence[str]:
    """The ATC codes that the group's articles have, each once, in order, after `after`."""
    bindings = {"group_id": group_id, "after": after, "limit": limit}
    return [row[0] for row in snapshot.all(_LIST_ATC, bindings)]
