"""Plays on the kiosk: two for the last prize, two with one commitment, a thing fetched twice."""

from collections.abc import Callable
from functools import partial

import msgspec

from tools.simulation import catalogue as it
from tools.simulation import prizes
from tools.simulation.acts import Acts, by_number, by_uid
from tools.simulation.asked import Play
from tools.simulation.client import Client
from tools.simulation.fold import need
from tools.simulation.promises import Op
from wire.api_games import OffersView
from wire.games import GameOffer


class Games(Acts):
    """At the kiosks, which ask by their terminal's token."""

    async def play(self) -> None:
        """Members play, some at once; the same member perhaps at both kiosks with what one offer said."""
        rng, people = self._rng, [self._person()]
        if self._does("at once", 0.4):
            people.append(people[0] if rng.random() < 0.4 else self._person())
        acting = []
        for person in people:
            client = self._client()
            offered = await self._offer(client, person)
            if offered is not None:
                acting.append((client, self._play(client.name, person, *offered)))
        if not acting:
            return
        await self._at_once(*acting)
        for _, op in acting:
            await self._again(op)
            if op.state == "done" and rng.random() < 0.7:
                await self._fetch(op)

    async def _offer(self, client: Client, person: it.Person) -> tuple[str, int] | None:
        """The commitment of the next play, and how many commits there were; None: not known, or none left."""
        since, asked_ms = self._world.books.commits, self._now_ms()
        body = {"holder": by_uid(person)}
        answer = await client.ask("POST", "/game-offers", body, self._token(client.name))
        if answer is None or answer.status != 200:
            return None
        (offer,) = msgspec.json.decode(answer.body, type=OffersView).games
        self._judge_offer(offer, person, since, asked_ms)
        return (offer.commitment, since) if offer.is_open else None

    def _judge_offer(self, offer: GameOffer, person: it.Person, since: int, asked_ms: int) -> None:
        state = self._world.books.state
        used = self._played_today(person, since, asked_ms)
        lefts = {max(0, it.PLAYS_PER_DAY - each) for each in used}
        need(offer.plays_left in lefts, "8 authority", "plays left", offer.plays_left, lefts)
        for face in offer.prizes:
            if not face.is_left:  # what is used up never comes back
                is_left = state.has_prize(face.face_id)
                need(not is_left, "8 authority", "told as used up:", face.face_id)
        if not offer.is_open:
            right = {"played_out": 0 in lefts, "no_prizes": state.is_pool_empty()}
            need(right.get(offer.why_not, False), "8 authority", "closed:", offer.why_not)

    def _played_today(self, person: it.Person, since: int, asked_ms: int) -> set[int]:
        """How often they may have played on the day that it was when it was decided."""
        gauges, days = self._world.books.state.gauges, {it.local_day(asked_ms), it.local_day(self._now_ms())}
        people = self._world.books.state.who_since(person.member_id, since)
        places = [prizes.plays_of_day(each, day) for each in people for day in days]
        return set().union(*(gauges[place].values(since) for place in places))

    def _play(self, name: str, person: it.Person, commitment: str, since: int) -> Op:
        play_id = self._new_id("play")
        seed = f"{self._rng.getrandbits(128):032x}"
        play = Play(
            member_id=person.member_id, shop_id=self._shop(name), client_seed=seed, commitment=commitment
        )
        self._world.asked.plays[play_id] = play
        self._world.asked.note(play_id, self._now_ms())
        body = {"play_id": play_id, "holder": by_uid(person), "commitment": commitment, "client_seed": seed}
        op = self._op("play", play_id, name, f"/games/{it.GAME}/plays", body)
        op.judge = self._judge_play(person, since, self._now_ms())
        if self._rng.random() < 0.08:
            op.body["holder"] = by_number(person)
            op.may_refuse, op.must_refuse = frozenset({"strength_too_low"}), True
        return op

    def _judge_play(self, person: it.Person, since: int, asked_ms: int) -> Callable[[str], bool]:
        def judge(code: str) -> bool:
            state = self._world.books.state
            people = state.who_since(person.member_id, since)
            if code == "game_played_out":
                moments = (asked_ms, self._now_ms())
                place_of = [partial(prizes.plays_of_day, each) for each in people]
                most = max(state.gauges.most(each, moments, since) for each in place_of)
                return most >= it.PLAYS_PER_DAY
            if code == "game_changed":
                played = state.gauges[prizes.plays_of(people[-1])].values(since)
                return len(people) > 1 or len(played) > 1
            return code == "game_no_prizes" and state.is_pool_empty()

        return judge

    async def _fetch(self, play: Op) -> None:
        """What was won is fetched, perhaps in both shops at once, perhaps after its last day."""
        assert play.told is not None
        won = play.told["prize"] or {}
        if not won.get("code"):
            return
        acting = []
        for _ in range(2 if self._does("at once", 0.4) else 1):
            client, handover_id = self._client(), self._new_id("handover")
            self._world.asked.handovers[handover_id] = self._shop(client.name)
            body = {"handover_id": handover_id, "code": won["code"]}
            op = self._op("handover", handover_id, client.name, "/prize-handovers", body)
            op.judge = self._judge_handover(play.op_id)
            acting.append((client, op))
        await self._at_once(*acting)
        await self._again(acting[0][1])
        done = [op for _, op in acting if op.state == "done"]
        need(len(done) <= 1, "3 duplicate", "a thing was fetched twice:", play.op_id)

    def _judge_handover(self, play_id: str) -> Callable[[str], bool]:
        def judge(code: str) -> bool:
            state = self._world.books.state
            if code == "prize_handed_over":
                return play_id in state.handed_over
            is_over = state.plays[play_id]["last_day"] < it.local_day(self._now_ms()).isoformat()
            return code == "prize_over" and is_over

        return judge
