"""Cards blocked without the card: for a time, by one verb with the notice; ended once."""

# ruff: noqa: S608  -- the statements are joined from constants; every value is bound

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Final

from central.storage.interface.lost_cards import LostReportRow
from central.storage.interface.messages import MessageRow
from central.storage.unit import Row, Snapshot, Unit, bindings_of, row_of
from central.storage.verbs import cards, messages
from loyalty.programme.card import BlockReason, CardState

_NAMES: Final = tuple(field.name for field in fields(LostReportRow))
_COLUMNS: Final = f"SELECT {', '.join(_NAMES)} FROM lost_report"
_FIND = f"{_COLUMNS} WHERE group_id = :group_id AND report_id = :report_id"
_FIND_OPEN = f"""
{_COLUMNS} INDEXED BY lost_report_open
WHERE group_id = :group_id AND member_id = :member_id AND state = 'open'
"""
_FIND_LATEST = f"""
{_COLUMNS} INDEXED BY lost_report_by_member
WHERE group_id = :group_id AND member_id = :member_id AND code_hash IS NOT NULL
ORDER BY made_ms DESC, report_id DESC LIMIT 1
"""
_LIST_DUE = f"""
{_COLUMNS} INDEXED BY lost_report_due
WHERE group_id = :group_id AND state = 'open' AND ends_ms <= :now_ms ORDER BY ends_ms, report_id LIMIT :limit
"""
_LIST = f"""
{_COLUMNS} INDEXED BY lost_report_by_time
WHERE group_id = :group_id AND made_ms < :before_ms ORDER BY made_ms DESC, report_id DESC LIMIT :limit
"""
_ADD = f"INSERT INTO lost_report ({', '.join(_NAMES)}) VALUES ({', '.join(f':{name}' for name in _NAMES)})"
_TRY = f"""
UPDATE lost_report SET tries = tries + 1
WHERE group_id = :group_id AND report_id = :report_id AND tries < :tries_max
RETURNING {", ".join(_NAMES)}
"""
_END = f"""
UPDATE lost_report SET state = :state, ended_ms = :now_ms
WHERE group_id = :group_id AND report_id = :report_id AND state = 'open'
RETURNING {", ".join(_NAMES)}
"""
_FORGET = """
DELETE FROM lost_report INDEXED BY lost_report_by_time
WHERE group_id = :group_id AND made_ms < :before_ms AND state <> 'open'
"""
_LIVE: Final = (CardState.ACTIVE.value, CardState.TO_VALIDATE.value)


def put_lost_report(unit: Unit, row: LostReportRow, notice: MessageRow | None) -> LostReportRow:
    """See `LostCardStore.put_lost_report`. Whoever writes of a group is alone: what is read stays true."""
    first = unit.one(_FIND, bindings_of(row))
    if first is not None:
        return _row(first)
    if row.member_id is not None:
        blocked = [] if unit.one(_FIND_OPEN, bindings_of(row)) else _block(unit, row, row.member_id)
        if blocked:
            row = replace(row, state="open", cards=json.dumps(blocked))
            if notice is not None:
                messages.add_notice(unit, notice)
        else:
            row = replace(row, state="repeated", code_hash=None, ends_ms=None)
    unit.run(_ADD, bindings_of(row))
    return row


def _block(unit: Unit, row: LostReportRow, member_id: str) -> list[tuple[str, str]]:
    """The cards that are blocked now, each with the state it had."""
    live = [
        (card.card_number, card.state)
        for card in cards.list_cards(unit, row.group_id, member_id)
        if card.state in _LIVE and card.carer_id is None  # a carer's card is not the one that was lost
    ]
    for number, state in live:
        cards.move_card(
            unit,
            row.group_id,
            number,
            (state,),
            CardState.BLOCKED,
            BlockReason.PROVISIONAL,
            row.token_id,
            row.made_ms,
            None,
        )
    return live


def take_lost_code_try(unit: Unit, group_id: str, member_id: str, tries_max: int) -> LostReportRow | None:
    """See `LostCardStore.take_lost_code_try`."""
    latest = unit.one(_FIND_LATEST, {"group_id": group_id, "member_id": member_id})
    if latest is None:
        return None
    key = {"group_id": group_id, "report_id": _row(latest).report_id, "tries_max": tries_max}
    tried = unit.one(_TRY, key)
    return None if tried is None else _row(tried)


def end_lost_report(unit: Unit, group_id: str, report_id: str, state: str, actor: str, now_ms: int) -> bool:
    """See `LostCardStore.end_lost_report`."""
    ended = unit.one(_END, {"group_id": group_id, "report_id": report_id, "state": state, "now_ms": now_ms})
    if ended is None:
        return False
    for number, before in json.loads(_row(ended).cards):
        card = cards.find_card(unit, group_id, number)
        if card is None or (card.state, card.reason) != (CardState.BLOCKED, BlockReason.PROVISIONAL):
            continue  # replaced, unblocked or blocked for good since: that stands
        target, reason = (CardState.BLOCKED.value, BlockReason.LOST) if state == "kept" else (before, "")
        cards.move_card(unit, group_id, number, (CardState.BLOCKED,), target, reason, actor, now_ms, None)
    return True


def list_due_lost_reports(
    snapshot: Snapshot, group_id: str, now_ms: int, limit: int
) -> Sequence[LostReportRow]:
    """See `LostCardStore.list_due_lost_reports`."""
    asked = {"group_id": group_id, "now_ms": now_ms, "limit": limit}
    return [_row(row) for row in snapshot.all(_LIST_DUE, asked)]


def list_lost_reports(
    snapshot: Snapshot, group_id: str, before_ms: int, limit: int
) -> Sequence[LostReportRow]:
    """See `LostCardStore.list_lost_reports`."""
    asked = {"group_id": group_id, "before_ms": before_ms, "limit": limit}
    return [_row(row) for row in snapshot.all(_LIST, asked)]


def forget_lost_reports(unit: Unit, group_id: str, before_ms: int) -> int:
    """See `LostCardStore.forget_lost_reports`."""
    return unit.run(_FORGET, {"group_id": group_id, "before_ms": before_ms})


def _row(row: Row) -> LostReportRow:
    return row_of(LostReportRow, row)
