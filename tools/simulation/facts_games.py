"""The recount of plays: drawn as committed to, as often as a day allows, and nothing kept back."""

from datetime import date
from typing import Any

from tools.simulation import catalogue as it
from tools.simulation import prizes
from tools.simulation.asked import Asked
from tools.simulation.fold import State, need
from tools.simulation.rows import Rows


class Played:
    """Reads one play or handover at a time, in the order of their events."""

    def __init__(self, state: State, asked: Asked, rows: Rows, *, commit: int, now_ms: int) -> None:
        self._state = state
        self._asked = asked
        self._rows = rows
        self._commit = commit
        self._now_ms = now_ms

    def play(self, play_id: str) -> dict[str, Any]:
        """A play was recorded; its row. Raises: Violation."""
        state, row = self._state, self._row(play_id)
        wanted = self._asked.plays.get(play_id)
        need(wanted is not None, "8 authority", "nobody played", play_id)
        assert wanted is not None
        need(play_id not in state.plays, "3 duplicate", "a play has two events", play_id)
        found = (row["shop_id"], row["client_seed"], row["out_of"])
        right = (wanted.shop_id, wanted.client_seed, prizes.OUT_OF)
        is_theirs = state.of_one(row["member_id"], wanted.member_id)
        need(is_theirs and found == right, "8 authority", "a play is not as asked:", play_id, found, right)
        is_in_time = self._asked.at_ms[play_id] <= row["recorded_ms"] <= self._now_ms
        need(is_in_time, "7 clock", "a play's moment", play_id, row["recorded_ms"])
        day = it.local_day(row["recorded_ms"])
        need(row["day"] == day.isoformat(), "7 clock", "a play's day", play_id, row["day"])
        self._drawn(row, wanted.commitment)
        self._count(row, day)
        state.plays[play_id] = row
        if row["prize_id"]:
            state.wanted.add(("prize", f"{play_id}/prize"))
        return row

    def _drawn(self, row: dict[str, Any], commitment: str) -> None:
        state, play_id = self._state, row["play_id"]
        need(row["server_seed"] not in state.seeds, "8 authority", "a seed draws twice:", play_id)
        state.seeds.add(row["server_seed"])
        found = prizes.drawn(row["server_seed"], row["client_seed"], play_id)
        right = (commitment, row["number"])
        need(found == right, "8 authority", "drawn otherwise than committed to:", play_id, found, right)
        face = prizes.face_of(row["number"])
        drawn_id = "" if face is None else face.prize_id
        need(row["drawn_id"] == drawn_id, "8 authority", "told as another face:", play_id, row["drawn_id"])
        possible = {"": {""}}.get(drawn_id, {drawn_id, prizes.FALLBACK.prize_id, ""})
        need(row["prize_id"] in possible, "8 authority", "another prize:", play_id, row["prize_id"])

    def _count(self, row: dict[str, Any], day: date) -> None:
        member_id, gauges = self._state.who(row["member_id"]), self._state.gauges
        before = gauges[prizes.plays_of(member_id)].used
        need(row["play_no"] == before, "8 authority", "not the next play:", row["play_id"], before)
        for place in (prizes.plays_of_day(member_id, day), prizes.plays_of(member_id), prizes.PLAYS):
            gauges[place].move(self._commit, used=1)

    def no_less_than_drawn(self, row: dict[str, Any]) -> None:
        """Once the batch is read: less than what was drawn is given for what is used up, never else."""
        state, drawn_id, prize_id = self._state, row["drawn_id"], row["prize_id"]
        if drawn_id == prize_id:
            return
        need(not state.has_prize(drawn_id), "8 authority", "a prize was kept back:", row["play_id"], drawn_id)
        if not prize_id:
            is_left = state.has_prize(prizes.FALLBACK.prize_id)
            need(not is_left, "8 authority", "no fallback given:", row["play_id"])

    def handover(self, play_id: str) -> None:
        """A thing was handed over. Raises: Violation."""
        state, row = self._state, self._row(play_id)
        shop_id = self._asked.handovers.get(row["handover_id"])
        need(shop_id is not None, "8 authority", "nobody handed over", play_id)
        need(row["handed_shop_id"] == shop_id, "8 authority", "handed over elsewhere:", play_id)
        need(play_id not in state.handed_over, "3 duplicate", "handed over twice:", play_id)
        state.handed_over[play_id] = row
        state.plays[play_id] = row
        state.wanted.add(("prize_handover", f"{play_id}/handover"))

    def _row(self, play_id: str) -> dict[str, Any]:
        row = self._rows.row_of("game_play", "play_id", play_id)
        need(row is not None, "5 journal", "an event without its play", play_id)
        assert row is not None
        return row
