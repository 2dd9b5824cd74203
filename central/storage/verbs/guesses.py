"""Guesses of numbers that are worth money: counted by one statement each, whichever worker hears them."""

from central.storage.interface.guesses import Guesser, GuessLimit
from central.storage.unit import Snapshot, Unit, bindings_of

# Those of a clock that was ahead do not bar anybody until that moment comes.
_FORGET = """
DELETE FROM guess
WHERE group_id = :group_id AND token_id = :token_id AND (tried_ms <= :from_ms OR tried_ms > :until_ms)
"""
_COUNT = """
INSERT INTO guess (group_id, token_id, guess_no, tried_ms)
SELECT :group_id, :token_id, coalesce(max(guess_no), 0) + 1, :now_ms
FROM guess WHERE group_id = :group_id AND token_id = :token_id
HAVING count(*) < :tries
"""
_TAKE_BACK = """
DELETE FROM guess WHERE group_id = :group_id AND token_id = :token_id AND guess_no = (
    SELECT max(guess_no) FROM guess WHERE group_id = :group_id AND token_id = :token_id)
"""
_FIND = """
SELECT tried_ms FROM guess
WHERE group_id = :group_id AND token_id = :token_id AND tried_ms > :from_ms AND tried_ms <= :until_ms
ORDER BY tried_ms DESC LIMIT :tries
"""
_REPORT = """
INSERT INTO guess_report (group_id, token_id, told_ms) VALUES (:group_id, :token_id, :now_ms)
ON CONFLICT (group_id, token_id) DO UPDATE SET told_ms = excluded.told_ms
WHERE guess_report.told_ms <= :told_before_ms OR guess_report.told_ms > :told_after_ms
"""


def count_guess(unit: Unit, group_id: str, token_id: str, limit: GuessLimit, now_ms: int) -> int | None:
    """See `GuessStore.count_guess`."""
    bindings = _bindings(group_id, token_id, limit, now_ms)
    unit.run(_FORGET, bindings)
    place = {"group_id": group_id, "token_id": token_id, "now_ms": now_ms, "tries": limit.tries}
    return None if unit.run(_COUNT, place) else find_next_guess(unit, group_id, token_id, limit, now_ms)


def take_back_guess(unit: Unit, group_id: str, token_id: str) -> None:
    """See `GuessStore.take_back_guess`."""
    unit.run(_TAKE_BACK, {"group_id": group_id, "token_id": token_id})


def find_next_guess(
    snapshot: Snapshot, group_id: str, token_id: str, limit: GuessLimit, now_ms: int
) -> int | None:
    """See `GuessStore.find_next_guess`."""
    bindings = _bindings(group_id, token_id, limit, now_ms) | {"tries": limit.tries}
    rows = snapshot.all(_FIND, bindings)
    return None if len(rows) < limit.tries else int(rows[-1][0]) + limit.window_ms


def report_guessing(
    unit: Unit, group_id: str, guesser: Guesser, *, tries: int, every_ms: int, now_ms: int
) -> bool:
    """An event for head office; what was tried is not told."""
    place = {"group_id": group_id, "token_id": guesser.token_id, "now_ms": now_ms}
    span = {"told_before_ms": now_ms - every_ms, "told_after_ms": now_ms + every_ms}
    if not unit.run(_REPORT, place | span):
        return False
    unit.add_event(group_id, "guessing.noticed", now_ms, **bindings_of(guesser), tries=tries)
    return True


def _bindings(group_id: str, token_id: str, limit: GuessLimit, now_ms: int) -> dict[str, str | int]:
    return {
        "group_id": group_id,
        "token_id": token_id,
        "from_ms": now_ms - limit.window_ms,
        "until_ms": now_ms + limit.window_ms,
    }
