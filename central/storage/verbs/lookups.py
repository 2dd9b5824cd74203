"""Look-ups of what workers keep in memory: reference data, and the events that tell when to read it again."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from central.storage.interface.lookups import Changes, PricedArticle, SaleAsked, SaleFacts
from central.storage.interface.rows import CardRow
from central.storage.unit import Snapshot
from central.storage.verbs import articles, cards, lots, members, sales
from loyalty.limits import KNOWN_CHANGES_MAX, KNOWN_EVENTS_MAX

REFERENCE_EVENTS: Final = {
    "group.added": "group_id",
    "group.changed": "group_id",
    "programme.changed": "ruleset_version",
    "shop.added": "shop_id",
    "shop.changed": "shop_id",
    "article.added": "article_id",
    "article.changed": "article_id",
    "price.changed": "article_id",
    "token.issued": "token_id",
    "token.revoked": "token_id",
}
"""Events that tell of reference data, and the member of their body that names what changed."""

_FIND_SEQ = "SELECT event_seq FROM group_head WHERE group_id = :group_id"
_LIST_REFERENCE_EVENTS = f"""
SELECT kind, body FROM event
WHERE group_id = :group_id AND seq > :after_seq AND seq <= :seq
    AND kind IN ({", ".join(f"'{kind}'" for kind in REFERENCE_EVENTS)})
ORDER BY seq LIMIT {KNOWN_CHANGES_MAX + 1}
"""  # noqa: S608  -- joined from the constants above
_FIND_SPAN = """
SELECT
    (SELECT max(valid_from_ms) FROM price
     WHERE group_id = :group_id AND article_id = :article_id AND valid_from_ms <= :at_ms),
    (SELECT min(valid_from_ms) FROM price
     WHERE group_id = :group_id AND article_id = :article_id AND valid_from_ms > :at_ms),
    (SELECT min(recorded_ms) FROM article_version
     WHERE group_id = :group_id AND article_id = :article_id AND version > :version)
"""
_BEGINNING_MS: Final = -(2**62)


def find_changes(snapshot: Snapshot, group_id: str, after_seq: int) -> Changes:
    """Reads the events after `after_seq`; gives up, and says so, where they are many."""
    head = snapshot.one(_FIND_SEQ, {"group_id": group_id})
    seq = 0 if head is None else int(head[0])
    if seq == after_seq:
        return Changes(seq)
    if after_seq < 0 or seq < after_seq or seq - after_seq > KNOWN_EVENTS_MAX:
        return Changes(seq, is_all=True)
    bindings = {"group_id": group_id, "after_seq": after_seq, "seq": seq}
    rows = snapshot.all(_LIST_REFERENCE_EVENTS, bindings)
    if len(rows) > KNOWN_CHANGES_MAX:
        return Changes(seq, is_all=True)
    return Changes(seq, tuple((kind, str(json.loads(body)[REFERENCE_EVENTS[kind]])) for kind, body in rows))


def find_priced(
    snapshot: Snapshot, group_id: str, codes: Sequence[str], at_ms: int, after_seq: int
) -> tuple[Changes, Mapping[str, PricedArticle]]:
    changes = find_changes(snapshot, group_id, after_seq)
    found: dict[str, PricedArticle] = {}
    for code, row in articles.find_articles_by_code(snapshot, group_id, codes, at_ms).items():
        bindings = {"group_id": group_id, "article_id": row.article_id, "at_ms": at_ms}
        span = snapshot.one(_FIND_SPAN, bindings | {"version": row.version})
        assert span is not None, "an aggregate gives a row"
        price_from_ms, price_until_ms, changed_ms = span
        found[code] = PricedArticle(
            row,
            from_ms=max(
                _BEGINNING_MS if price_from_ms is None else price_from_ms,
                _BEGINNING_MS if row.version == 1 else row.recorded_ms,
            ),
            until_ms=min((end for end in (price_until_ms, changed_ms) if end is not None), default=None),
        )
    return changes, found


def find_sale_facts(snapshot: Snapshot, asked: SaleAsked, after_seq: int) -> SaleFacts:
    group_id = asked.group_id
    changes = find_changes(snapshot, group_id, after_seq)
    earlier = sales.find_recorded_sale(snapshot, group_id, asked.sale_id, asked.shop_id, asked.business_key)
    if earlier is not None:
        return SaleFacts(changes, earlier)
    card = _find_card(snapshot, asked)
    if card is None or card.member_id is None:
        return SaleFacts(changes, card=card)
    return SaleFacts(
        changes,
        card=card,
        member=members.find_member(snapshot, group_id, card.member_id),
        points=lots.find_points(snapshot, group_id, card.member_id),
    )


def _find_card(snapshot: Snapshot, asked: SaleAsked) -> CardRow | None:
    if asked.card_uid is not None:
        return cards.find_card_by_uid(snapshot, asked.group_id, asked.card_uid)
    if asked.card_number is not None:
        return cards.find_card(snapshot, asked.group_id, asked.card_number)
    return None
