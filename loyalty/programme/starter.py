"""What a group begins with, before anybody wrote it a programme."""

import json

from loyalty.money import scale_of


def starter_programme(currency: str) -> str:
    """One point per whole unit of the currency, valid in every shop; points do not expire."""
    effect = {
        "effect": "points_per_amount",
        "points": 1,
        "per_minor": 10 ** scale_of(currency),
        "rounding": "floor",
    }
    rule = {
        "id": "one-point-per-unit",
        "version": 1,
        "kind": "campaign",
        "when": {"fact": "member.is_known"},
        "effects": [effect],
    }
    return json.dumps({"rules": [rule], "benefits_valid_in": "every_shop"})
