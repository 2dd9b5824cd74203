"""Look-ups of what workers keep in memory: reference data, and the events that tell when to read it again."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from central.storage.interface.lookups import Changes, PricedArticle, SaleAsked, SaleFacts
from central.storage.interface.rows import CardRow, MemberRow
from central.storage.interface.value import MemberPoints
from central.storage.unit import Row, Snapshot
from central.storage.verbs import articles, cards, guesses, lots, members, sales, vouchers
from loyalty.ledger import chart
from loyalty.ledger.assets import POINTS
from loyalty.limits.known import KNOWN_CHANGES_MAX, KNOWN_EVENTS_MAX

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


def _of(alias: str, columns: str) -> str:
    return ", ".join(f"{alias}.{name.strip()}" for name in columns.split(","))


def _account(alias: str, path: Callable[[str], str]) -> str:
    """Joins an account of the card's member; its path is put together by the database."""
    before, _, after = path("?").partition("?")
    return f"""
LEFT JOIN account AS {alias} ON {alias}.group_id = c.group_id
    AND {alias}.account = '{before}' || c.member_id || '{after}' AND {alias}.asset = '{POINTS}'"""


_CARD_WIDTH: Final = len(cards.CARD_COLUMNS.split(","))


def _holder_by(where: str) -> str:
    return f"""
SELECT {_of("c", cards.CARD_COLUMNS)}, {_of("m", members.MEMBER_COLUMNS)},
    p.balance, p.held, o.balance, w.balance
FROM card AS c
LEFT JOIN member AS m ON m.group_id = c.group_id AND m.member_id = c.member_id
{_account("p", chart.member_points)}
{_account("o", chart.member_points_owed)}
{_account("w", chart.member_points_pending)}
WHERE c.group_id = :group_id AND {where}
"""  # noqa: S608  -- joined from constants


_FIND_HOLDER: Final = _holder_by("c.card_number = :card_number")
_FIND_HOLDER_BY_UID: Final = _holder_by("c.uid = :uid AND c.uid <> ''")
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
    # Tickets that came together look on from the same place.
    changes = snapshot.once(
        (find_changes, group_id, after_seq), lambda: find_changes(snapshot, group_id, after_seq)
    )
    earlier = sales.find_recorded_sale(snapshot, group_id, asked.sale_id, asked.shop_id, asked.business_key)
    if earlier is not None:
        return SaleFacts(changes, earlier)
    found = vouchers.find_vouchers(snapshot, group_id, asked.code_hashes)
    by = asked.guesses
    next_guess_ms = None
    if by is not None:
        next_guess_ms = guesses.find_next_guess(snapshot, group_id, by.token_id, by.limit, by.now_ms)
    holder = _find_holder(snapshot, asked)
    if holder is None:
        return SaleFacts(changes, vouchers=found, next_guess_ms=next_guess_ms)
    card, rest = CardRow(*holder[:_CARD_WIDTH]), holder[_CARD_WIDTH:]
    if card.member_id is None or rest[0] is None:
        return SaleFacts(changes, card=card, vouchers=found, next_guess_ms=next_guess_ms)
    *member, balance, held, owed, pending = rest
    found_member = MemberRow(*member)
    points = MemberPoints(balance=balance or 0, held=held or 0, owed=-(owed or 0), pending=pending or 0)
    if found_member.merged_into is not None:  # a card that was given out as the merge was done
        survivor = members.find_member(snapshot, group_id, found_member.merged_into)
        assert survivor is not None, "a merged member leads to a member"
        found_member = survivor
        points = lots.find_points(snapshot, group_id, survivor.member_id)
    overview = None
    if asked.since_ms is not None:
        overview = members.overview_of(
            snapshot,
            group_id,
            found_member.member_id,
            points=points.balance,
            points_owed=points.owed,
            since_ms=asked.since_ms,
            tickets=asked.tickets,
        )
    return SaleFacts(
        changes,
        card=card,
        member=found_member,
        points=points,
        overview=overview,
        vouchers=found,
        next_guess_ms=next_guess_ms,
    )


def _find_holder(snapshot: Snapshot, asked: SaleAsked) -> Row | None:
    if asked.card_uid is not None:
        return snapshot.one(_FIND_HOLDER_BY_UID, {"group_id": asked.group_id, "uid": asked.card_uid})
    if asked.card_number is not None:
        bindings = {"group_id": asked.group_id, "card_number": asked.card_number}
        return snapshot.one(_FIND_HOLDER, bindings)
    return None
