"""Games that tests publish and play, as a kiosk does."""

import secrets
import uuid
from datetime import timedelta
from typing import Any

from loyalty.programme.games.draw import DrawTold, verify
from tests.central_fixture import CentralUnderTest, Reply, by_uid
from tests.helpers import shops_day

POINTS = {
    "prize_id": "points20",
    "kind": "points",
    "names": {"fr": "20 points", "de": "20 Punkte"},
    "odds": 10,
    "stock": 1000,
    "cost_minor": 20,
    "points": 20,
}
VOUCHER = {
    "prize_id": "voucher5",
    "kind": "voucher",
    "names": {"fr": "Bon de 5 francs"},
    "odds": 10,
    "stock": 1000,
    "cost_minor": 500,
    "voucher": "wheel5",
    "valid_days": 30,
}
BAG = {
    "prize_id": "bag",
    "kind": "gift",
    "names": {"fr": "Une trousse"},
    "odds": 10,
    "stock": 1000,
    "cost_minor": 300,
    "article_class": "cosmetic",
    "valid_days": 14,
}
QUESTION = {
    "text": {"fr": "Combien de fruits par jour ?"},
    "answers": [{"fr": "un"}, {"fr": "deux"}],
    "right": 1,
    "why": {"fr": "Deux valent mieux qu'un."},
    "source": "Office fédéral",
}


def today(central: CentralUnderTest, days: int = 0) -> str:
    """A local day of the fixture's shops."""
    return (shops_day(central.clock()) + timedelta(days=days)).isoformat()


def a_game(central: CentralUnderTest, *prizes: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """A wheel without blanks, open since yesterday."""
    body: dict[str, Any] = {
        "kind": "wheel",
        "names": {"fr": "La roue"},
        "countries": ["CH"],
        "first_day": today(central, -1),
        "last_day": today(central, 20),
        "plays_per_day": 20,
        "out_of": sum(each["odds"] for each in prizes),
        "prizes": list(prizes),
        "budget_minor": 1_000_000,
    }
    return body | changed


async def publish_game(
    central: CentralUnderTest, *prizes: dict[str, Any], game_id: str = "wheel", **changed: Any
) -> Reply:
    answer = await central.put(f"games/{game_id}", a_game(central, *prizes, **changed))
    assert answer.status == 200, answer.body
    return answer


async def offer_of(
    central: CentralUnderTest, game_id: str = "wheel", token: str = "terminal", **holder: Any
) -> dict[str, Any]:
    answer = await central.post("game-offers", {"holder": holder or by_uid()}, token=token)
    assert answer.status == 200, answer.body
    return next(dict(each) for each in answer.body["games"] if each["game_id"] == game_id)


def a_play(commitment: str, **changed: Any) -> dict[str, Any]:
    body = {
        "play_id": str(uuid.uuid4()),
        "holder": by_uid(),
        "commitment": commitment,
        "client_seed": secrets.token_hex(16),
    }
    return body | changed


async def play(
    central: CentralUnderTest, game_id: str = "wheel", token: str = "terminal", **changed: Any
) -> Reply:
    """List the games and play, as a kiosk does."""
    offer = await offer_of(central, game_id, token, **changed.get("holder", {}))
    body = a_play(offer.get("commitment", ""), **changed)
    return await central.post(f"games/{game_id}/plays", body, token=token)


def verify_told(view: dict[str, Any], commitment: str) -> None:
    """Redo the draw of a play with what the player was told. Raises: DrawDiffers."""
    draw = view["draw"]
    verify(
        DrawTold(
            commitment=commitment,
            server_seed=draw["server_seed"],
            client_seed=draw["client_seed"],
            game_id=draw["game_id"],
            play_id=draw["play_id"],
            out_of=draw["out_of"],
            number=draw["number"],
        )
    )
