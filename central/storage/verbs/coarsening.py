"""What stays of an erased member's tickets: sums and shops for the books, in the month they were made in.

The exact moment, the till's own name of the ticket (it has the moment in it), terminal, clerk and free text
go: who knows when somebody stood where would else find their tickets. The journal keeps its moments, for its
hash chain proves them, and so do events.
"""

# ruff: noqa: S608  -- the statements are joined from constants; every value is bound

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Final

from central.storage.unit import Unit

_ERASED: Final = "erased"
_TICKETS: Final = (("sale", "sale_id", ", as_of_ms = NULL"), ("sale_return", "return_id", ""))
_NOTES: Final = (
    ("goodwill", "goodwill_id", "recorded_ms", f"reason = '{_ERASED}', operator = ''"),
    ("correction", "correction_id", "requested_ms", f"reason = '{_ERASED}', decided_ms = NULL"),
)
_FIND_PLAYS: Final = """
SELECT play_id, recorded_ms, handed_ms FROM game_play INDEXED BY game_play_by_member
WHERE group_id = :group_id AND member_id = :member_id
"""
_COARSEN_PLAY: Final = """
UPDATE game_play SET recorded_ms = :recorded_ms, handed_ms = :handed_ms, terminal_id = NULL,
    day = substr(day, 1, 7) || '-01', client_seed = '', handed_operator = '', handed_actor = NULL
WHERE group_id = :group_id AND play_id = :id
"""


def coarsen(unit: Unit, group_id: str, member_id: str, zones: Mapping[str, tzinfo]) -> int:
    """Coarsen what stays of a member; how many rows. `zones`: by shop."""
    place = {"group_id": group_id, "member_id": member_id}
    rows = 0
    for table, key, more in _TICKETS:
        find = f"""
        SELECT {key}, shop_id, occurred_ms, recorded_ms FROM {table}
        WHERE group_id = :group_id AND member_id = :member_id"""
        change = f"""
        UPDATE {table} SET occurred_ms = :occurred_ms, recorded_ms = :recorded_ms, operator = '',
            terminal_id = NULL, business_key = '{_ERASED}/' || {key}{more}
        WHERE group_id = :group_id AND {key} = :id"""
        changed = [
            {
                "group_id": group_id,
                "id": row_id,
                "occurred_ms": month_start_ms(occurred_ms, zones.get(shop_id, UTC)),
                "recorded_ms": month_start_ms(recorded_ms, zones.get(shop_id, UTC)),
            }
            for row_id, shop_id, occurred_ms, recorded_ms in unit.all(find, place)
        ]
        unit.run_each(change, changed)
        rows += len(changed)
    for table, key, moment, more in _NOTES:
        find = f"SELECT {key}, {moment} FROM {table} WHERE group_id = :group_id AND member_id = :member_id"
        change = f"""
        UPDATE {table} SET {moment} = :at_ms, {more}
        WHERE group_id = :group_id AND {key} = :id"""
        noted = [
            {"group_id": group_id, "id": row_id, "at_ms": month_start_ms(at_ms, UTC)}
            for row_id, at_ms in unit.all(find, place)
        ]
        unit.run_each(change, noted)
        rows += len(noted)
    return rows + _coarsen_plays(unit, place)


def _coarsen_plays(unit: Unit, place: Mapping[str, str]) -> int:
    """Plays, and when and by whom their prize was handed over; its shop is of the books."""
    plays = [
        {
            "group_id": place["group_id"],
            "id": play_id,
            "recorded_ms": month_start_ms(recorded_ms, UTC),
            "handed_ms": None if handed_ms is None else month_start_ms(handed_ms, UTC),
        }
        for play_id, recorded_ms, handed_ms in unit.all(_FIND_PLAYS, place)
    ]
    unit.run_each(_COARSEN_PLAY, plays)
    return len(plays)


def month_start_ms(at_ms: int, zone: tzinfo) -> int:
    """UTC milliseconds of the local midnight that begins the month of `at_ms`."""
    day = datetime.fromtimestamp(at_ms / 1000, zone)
    return int(datetime(day.year, day.month, 1, tzinfo=zone).timestamp()) * 1000
