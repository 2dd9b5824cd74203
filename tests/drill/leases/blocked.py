"""A card that is blocked while its member's lease is used in a cut; its tickets are settled later.

What was burned before is the member's; what was burned after is the group's risk, and earns nothing: a
terminal in a cut cannot know (docs/offline.md, "What central makes of it"). Each of these rounds takes
another member.
"""

import asyncio
import random
from dataclasses import dataclass

import msgspec

from tests.central_fixture import SUN_CREAM
from tests.drill.leases import rounds
from tests.drill.leases.rounds import STEP, Scene
from tests.drill.place import HOLDERS, Holder
from tests.helpers import eventually
from tools.till import Item, read_additional, requests
from wire import api_members
from wire.api_leases import card_mark

MEMBERS = HOLDERS[1:]
"""The first is the one whose last points two tills fight for."""
KILLED = 0.5


@dataclass
class Paid:
    """What a till was told of the tickets of one time."""

    burned: int = 0
    earned: int = 0


async def a_blocked_round(scene: Scene, holder: Holder) -> None:
    """Points, a tap, a cut; tickets, the card is blocked, tickets; then the line is back and all is settled.

    Raises: AssertionError: the member or the group holds something else than the tills were told.
    """
    rng = random.Random(scene.rng.getrandbits(64))
    bought = rng.randrange(150, 300)
    assert await rounds.sell_online(scene, bought * 100, holder=holder)
    await scene.tap(holder)
    await eventually(lambda: _has_lease(scene, holder), 30)
    await scene.stack.cable.cut()
    before, after = Paid(), Paid()
    await _sell(scene, before, rng)
    if rng.random() < KILLED:
        await scene.stack.kill("terminal")
        scene.told.seen["kills"] += 1
        await scene.start_terminal(is_mended=False)
        await scene.tap(holder)
    await asyncio.sleep(0.01)  # two moments of one millisecond have no order
    await _block(scene, holder)
    await asyncio.sleep(0.01)
    await _sell(scene, after, rng)
    await rounds.calm(scene)
    scene.told.of_others += before.burned + after.burned
    scene.told.risk += after.burned
    scene.told.seen["blocked_cards"] += 1
    scene.told.seen["points_before_a_block"] += before.burned
    scene.told.seen["points_at_risk"] += after.burned
    stands = await scene.balance(holder)
    due = bought + before.earned - before.burned
    assert stands.points == due, f"central holds {stands}; tills were told {bought=} {before} {after}"
    assert stands.points_owed == 0, stands


async def _sell(scene: Scene, paid: Paid, rng: random.Random) -> None:
    """Tickets that points pay a part of, in the cut."""
    till = scene.till
    for _ in range(rng.randrange(1, 3)):
        ticket = till.new_ticket()
        item = Item(line_no=1, code=SUN_CREAM, quantity=1, amount_minor=rng.randrange(2_000, 6_000))
        points = STEP * rng.randrange(1, 5)
        redemption = requests.loyalty(till, "Redemption", [item], ticket=ticket, points=points)
        answer = await rounds.asked(scene, redemption)
        if answer.result != "Success":
            told = read_additional(answer.additional_response)
            scene.told.seen[f"refused_{told.get('code', answer.error_condition)}"] += 1
            continue
        award = await rounds.asked(scene, requests.loyalty(till, "Award", [item], ticket=ticket))
        assert award.result == "Success", f"a ticket whose points were taken is not refused: {award}"
        paid.burned += points
        paid.earned += item.amount_minor // 100


async def _block(scene: Scene, holder: Holder) -> None:
    body = api_members.BlockBody(card_number=holder.card, reason="lost")
    url = f"{scene.stack.central_url}/api/v1/cards/block"
    async with scene.office.post(url, data=msgspec.json.encode(body)) as response:
        assert response.status == 200, await response.read()


async def _has_lease(scene: Scene, holder: Holder) -> bool:
    """Whether the terminal has one of this card to burn."""
    found = await rounds.rows(scene.stack, "SELECT lease_id, document FROM lease WHERE state = 'live'")
    return any(card_mark(str(lease_id), holder.uid) in str(document) for lease_id, document in found)


def now_and_then(every: int) -> rounds.Besides:
    """One such round after every so many others, as long as there are members."""

    async def besides(scene: Scene, number: int) -> None:
        turn = number // every - 1
        if number % every == 0 and turn < len(MEMBERS):
            await a_blocked_round(scene, MEMBERS[turn])

    return besides
