"""What a worker keeps in memory of a group: itself, its shops, tokens, articles and prices (P-21, P-27).

Nothing is kept for a time; everything is kept until the group's own events say that it changed. A look reads
which events came since the last one, in the transaction that reads what a ticket needs, so that a change made
by any process on this database counts for every ticket that begins after it. What is read to be kept brings
the events up to its own state along: so all that is kept is of one state, and a ticket is priced wholly from
it or wholly from one reading, never half with old prices and half with new ones.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from central.services.core.access import Actor
from central.services.core.clock import Clock
from central.services.core.group import Group
from central.storage.base import Store
from central.storage.interface.lookups import Changes, PricedArticle, SaleAsked, SaleFacts
from central.storage.interface.rows import ArticleRow, ShopRow
from loyalty.limits.known import (
    GROUPS_KEPT_MAX,
    KNOWN_ARTICLES_MAX,
    KNOWN_SHOPS_MAX,
    KNOWN_TOKEN_MAX_MS,
    KNOWN_TOKENS_MAX,
)

K = TypeVar("K")
V = TypeVar("V")
_UNSEEN: Final = -1


class KnownGroup:
    """One group, as of its event `seq`. `changes` counts how often something kept had to go."""

    def __init__(self) -> None:
        self.seq = _UNSEEN
        self.looked_ms = 0
        self.changes = 0
        self.group: Group | None = None
        self._shops: dict[str, ShopRow] = {}
        self._tokens: dict[bytes, Actor] = {}
        self._articles: dict[str, PricedArticle | None] = {}
        self._codes: dict[str, set[str]] = {}

    def apply(self, changes: Changes) -> None:
        """Forget what changed. Looks may come back in any order: an older one tells nothing new."""
        if changes.seq <= self.seq:
            return
        self.seq = changes.seq
        if changes.is_all:
            self._forget_all()
        for kind, changed_id in changes.changed:
            self.changes += 1
            self._forget(kind.partition(".")[0], changed_id)

    def find_shop(self, shop_id: str) -> ShopRow | None:
        """A shop, if it is kept."""
        return self._shops.get(shop_id)

    def keep_shop(self, row: ShopRow) -> None:
        """Keep a shop that was read while `changes` stayed the same."""
        _keep(self._shops, row.shop_id, row, KNOWN_SHOPS_MAX)

    def find_token(self, token_hash: bytes) -> Actor | None:
        """Whose token this is, if it is kept."""
        return self._tokens.get(token_hash)

    def keep_token(self, token_hash: bytes, actor: Actor) -> None:
        """Keep a valid token that was read while `changes` stayed the same."""
        _keep(self._tokens, token_hash, actor, KNOWN_TOKENS_MAX)

    def find_articles(self, codes: Sequence[str], at_ms: int) -> dict[str, ArticleRow] | None:
        """The articles of all these codes, where every one is kept as of that moment."""
        found: dict[str, ArticleRow] = {}
        for code in codes:
            try:
                article = self._articles[code]
            except KeyError:
                return None
            if article is None:  # it is known that there is none
                continue
            if at_ms < article.from_ms or (article.until_ms is not None and at_ms >= article.until_ms):
                return None
            found[code] = article.row
        return found

    def keep_articles(
        self, codes: Sequence[str], articles: Mapping[str, PricedArticle], changes: Changes
    ) -> None:
        """Keep what one reading found, and that the other codes are nobody's, unless outdated already."""
        self.apply(changes)
        if changes.seq < self.seq:
            return
        if len(self._articles) + len(codes) > KNOWN_ARTICLES_MAX:
            self._articles.clear()
            self._codes.clear()
        for code in codes:
            article = articles.get(code)
            kept = self._articles.get(code)
            if article is not None and kept is not None and article.from_ms < kept.from_ms:
                continue  # what a late ticket stands on does not replace what holds now
            self._articles[code] = article
            self._codes.setdefault("" if article is None else article.row.article_id, set()).add(code)

    def _forget(self, what: str, changed_id: str) -> None:
        match what:
            case "group" | "programme":
                self.group = None
            case "shop":
                self._shops.pop(changed_id, None)
            case "token":
                for token_hash in [
                    key for key, actor in self._tokens.items() if actor.token_id == changed_id
                ]:
                    del self._tokens[token_hash]
            case "article" | "price":  # and codes that were nobody's: they may be this article's now
                for code in self._codes.pop(changed_id, set()) | self._codes.pop("", set()):
                    self._articles.pop(code, None)

    def _forget_all(self) -> None:
        self.changes += 1
        self.group = None
        for kept in (self._shops, self._tokens, self._articles, self._codes):
            kept.clear()


class Known:
    """The groups that this worker keeps; the one unused longest goes first."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._groups: OrderedDict[str, KnownGroup] = OrderedDict()
        self._groups_of_tokens: dict[bytes, str] = {}

    async def look(self, group_id: str) -> KnownGroup:
        """The group with what is kept of it brought up to this moment."""
        known = self.at(group_id)
        asked_ms = self._clock()
        known.apply(await self._store.find_changes(group_id, known.seq))
        known.looked_ms = max(known.looked_ms, asked_ms)
        return known

    async def look_up_sale(self, asked: SaleAsked) -> SaleFacts:
        """What deciding on a ticket begins with, and a look at the group in the same reading."""
        known = self.at(asked.group_id)
        asked_ms = self._clock()
        facts = await self._store.find_sale_facts(asked, known.seq)
        known.apply(facts.changes)
        known.looked_ms = max(known.looked_ms, asked_ms)
        return facts

    def at(self, group_id: str) -> KnownGroup:
        """The group with what is kept of it, as of the last look."""
        known = self._groups.get(group_id)
        if known is None:
            known = self._groups[group_id] = KnownGroup()
            if len(self._groups) > GROUPS_KEPT_MAX:
                self._groups.popitem(last=False)
        self._groups.move_to_end(group_id)
        return known

    @property
    def changes(self) -> int:
        """Counts how often anything kept had to go."""
        return sum(known.changes for known in self._groups.values())

    async def find_shop(self, group_id: str, shop_id: str) -> ShopRow | None:
        """A shop as of the last look, or newer."""
        known = self.at(group_id)
        found = known.find_shop(shop_id)
        if found is None:
            before = known.changes
            found = await self._store.find_shop(group_id, shop_id)
            if found is not None and known.changes == before:
                known.keep_shop(found)
        return found

    async def find_articles(
        self, group_id: str, codes: Sequence[str], at_ms: int
    ) -> Mapping[str, ArticleRow]:
        """Articles by code, all of one state that is no older than the last look."""
        known = self.at(group_id)
        found = known.find_articles(codes, at_ms)
        if found is not None:
            return found
        changes, articles = await self._store.find_priced(group_id, codes, at_ms, known.seq)
        known.keep_articles(codes, articles, changes)
        return {code: article.row for code, article in articles.items()}

    async def find_token(self, token_hash: bytes) -> Actor | None:
        """Whose token this is, if it is kept and the group's events were looked at a moment ago."""
        group_id = self._groups_of_tokens.get(token_hash)
        if group_id is None:
            return None
        known = self.at(group_id)
        if not 0 <= self._clock() - known.looked_ms < KNOWN_TOKEN_MAX_MS:
            await self.look(group_id)
        return known.find_token(token_hash)

    def keep_token(self, token_hash: bytes, actor: Actor) -> None:
        """Keep a token that was read while the group's `changes` stayed the same."""
        self.at(actor.group_id).keep_token(token_hash, actor)
        _keep(self._groups_of_tokens, token_hash, actor.group_id, KNOWN_TOKENS_MAX)


def _keep(kept: dict[K, V], key: K, value: V, most: int) -> None:
    if len(kept) >= most and key not in kept:
        kept.clear()
    kept[key] = value
