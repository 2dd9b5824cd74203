"""What a shop must have so that a member can reach every screen of the kiosk: rules, games, people, cards."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import aiohttp
import msgspec

from central.services.bundle import Services
from central.services.core.access import KIOSKS_WATCH, Actor
from loyalty.limits.games import GAME_PLAYS_PER_DAY_MAX
from tests.central_fixture import GROUP, MEMBER, PROGRAMME, UID
from tests.drill.place import Place
from tests.integration.central.game_rules import BAG, QUESTION
from tools.cards.kinds import SunCard
from wire.api_counter import StaffBody
from wire.api_games import GameBody
from wire.api_members import CardBody, MemberBody
from wire.api_parties import PartyBody
from wire.api_tills import StaffCardBody
from wire.messages import Evidence

PIN: Final = "248613"
STAFF: Final = Evidence(medium="nfc_uid", value="04D1D2D3D4D580")
BLANK: Final = Evidence(medium="nfc_uid", value="04BC0000000080")
"""A card of the stock, nobody's yet."""
SPARES: Final = tuple(f"04BB0000{number:04}80" for number in range(16))
"""More cards of the same member, to be blocked one after the other."""
TERMINAL: Final = "t-1"
_CLERK: Final = "s-7"
PIN_MEMBERS: Final = 2 * 8
"""Members whose PIN a clerk looks after, each once (a day has limits). The second half has a PIN."""
CODE: Final = "4071"
GIVEN: Final = "given-"
"""How the ids of acts begin that nobody did at the kiosk."""
ABOVE_THE_TAP: Final = 600
_BY_THE_TAP: Final = {
    "redeem": {"aes_card": ABOVE_THE_TAP - 100, "chip_challenge": None},
    "donate": "aes_card",
}
"""The simulated reader carries no talk with a card: what its chip signed at the tap is enough for a while."""
MOVED_POINTS: Final = 100
"""The least that is converted, paid forward or given at once."""
_THANKS: Final = {
    "id": "thanks",
    "version": 1,
    "kind": "promotion",
    "when": {"ge": [{"fact": "basket.total_minor"}, 2_000]},
    "effects": [
        {"effect": "next_purchase_voucher", "voucher": "thanks", "worth_minor": 500, "valid_days": 30}
    ],
}
RULES: Final[dict[str, Any]] = PROGRAMME | {
    "rules": [*PROGRAMME["rules"], _THANKS],  # type: ignore[misc]
    "voucher_step": {"points": MOVED_POINTS, "worth_minor": 100},
    "identification": _BY_THE_TAP,
}


@dataclass(slots=True)
class Furniture:
    """Made before anything runs; `card`: the member's, whose chip signs each tap anew."""

    cards: list[SunCard] = field(default_factory=list)
    watcher: str = ""
    """The token of head office's support."""
    looks: int = 0
    """How often support asked to see the screen."""
    without_pin: list[Evidence] = field(default_factory=lambda: _pin_cards(range(PIN_MEMBERS // 2)))
    with_pin: list[Evidence] = field(default_factory=lambda: _pin_cards(range(PIN_MEMBERS // 2, PIN_MEMBERS)))

    async def furnish(self, services: Services, operator: Actor) -> None:
        """Keys, a clerk with a card, spare cards, games, an association."""
        await services.card_keys.make(operator)
        keys, uid = (await services.card_keys.in_use(GROUP))[0], bytes.fromhex(UID)
        self.cards.append(SunCard(uid, meta_key=keys.meta, mac_key=keys.file_key(uid)))
        await services.counter.staff.put(operator, _CLERK, StaffBody(role="assistant", code=CODE))
        card = StaffCardBody(staff_id=_CLERK, name="Mme Favre", uid=STAFF.value)
        await services.staff_cards.issue(operator, card)
        for number, spare in enumerate(SPARES):
            body = CardBody(card_number=f"29200000000{number:02}", uid=spare, member_id=MEMBER)
            await services.cards.put_card(operator, body)
        stock = CardBody(card_number="2930000000017", uid=BLANK.value, state="stock")
        await services.cards.put_card(operator, stock)
        for number, pin_card in enumerate(_pin_cards(range(PIN_MEMBERS))):
            member = MemberBody(member_id=f"m-pin-{number}", family_name="Rappaz", salutation="ms")
            await services.members.enrol(operator, member)
            body = CardBody(
                card_number=f"29400000000{number:02}", uid=pin_card.value, member_id=member.member_id
            )
            await services.cards.put_card(operator, body)
        await services.games.pools.put(operator, "quiz", msgspec.convert(_quiz(), GameBody))
        await services.parties.put(operator, "association", "club", PartyBody(name="FC Nyon"))
        support = await services.access.issue_token(
            operator, role="office", label="support", also=frozenset({KIOSKS_WATCH})
        )
        self.watcher = support.token

    async def ask_support(self, central_url: str) -> None:
        """Support asks to see the screen; what it asked before is over. Central must be running."""
        url, headers = f"{central_url}/api/v1/support", {"Authorization": f"Bearer {self.watcher}"}
        async with aiohttp.ClientSession(headers=headers) as http:
            async with http.post(f"{url}/look-{self.looks}/end") as response:
                assert response.status in {200, 404}, await response.read()
            self.looks += 1
            asked = {
                "support_id": f"look-{self.looks}",
                "terminal_id": TERMINAL,
                "reason": "Printer silent",
                "minutes": 5,
            }
            async with http.post(url, json=asked) as response:
                assert response.status == 200, await response.read()

    def next_of(self, *, has_pin: bool) -> Evidence:
        """The card of another member, who was called as the first customer is and whose turn comes once."""
        return (self.with_pin if has_pin else self.without_pin).pop()

    def tap(self) -> Evidence:
        """The member's card is held to the reader once more."""
        self.cards[0].counter += 1
        return Evidence(medium="ntag424", value=self.cards[0].sun_url())


def _pin_cards(numbers: range) -> list[Evidence]:
    return [Evidence(medium="nfc_uid", value=f"04BD0000{number:04}80") for number in numbers]


def _quiz() -> dict[str, Any]:
    today = datetime.now(UTC).date()
    return {
        "kind": "quiz",
        "names": {"fr": "Le quiz"},
        "countries": ["CH"],
        "first_day": (today - timedelta(days=1)).isoformat(),
        "last_day": (today + timedelta(days=20)).isoformat(),
        "plays_per_day": GAME_PLAYS_PER_DAY_MAX,
        "out_of": BAG["odds"],
        "prizes": [BAG],
        "budget_minor": 1_000_000,
        "questions": [QUESTION],
        "right_needed": 1,
    }


async def give_pins(place: Place) -> None:
    """The first customer chose a PIN at the counter, and others too. Central must be running."""
    url, headers = f"{place.stack.central_url}/api/v1", {"Authorization": f"Bearer {place.token}"}
    async with aiohttp.ClientSession(headers=headers) as http:

        async def post(path: str, body: dict[str, object]) -> dict[str, Any]:
            async with http.post(f"{url}/{path}", json=body) as response:
                content = await response.read()
                assert response.status == 200, content
                return dict(json.loads(content))

        clerk = (await post("counter/sign-in", {"staff_id": _CLERK, "code": CODE}))["clerk"]
        act = {"clerk": clerk, "kind": "set", "identity": "id_card", "pin": PIN}
        for uid in (UID, *(card.value for card in _pin_cards(range(PIN_MEMBERS // 2, PIN_MEMBERS)))):
            holder = {"medium": "nfc_uid", "value": uid}
            await post("counter/pins", act | {"act_id": f"{GIVEN}{uid}", "holder": holder})


def touches_of(digits: str) -> Sequence[str]:
    """The keys of a PIN pad."""
    return [f"digit_{digit}" for digit in digits]
