"""Rules with limits and budgets for the tests of claims, and what became of a budget."""

import json
from typing import Any

from tests.central_fixture import GROUP, CentralUnderTest

MEMBERS = {"fact": "member.is_known"}


def bonus(**options: Any) -> dict[str, Any]:
    """50 points a ticket for members."""
    effects = [{"effect": "points_fixed", "points": 50, "per": "ticket"}]
    return {"id": "bonus", "version": 1, "kind": "campaign", "when": MEMBERS, "effects": effects} | options


def discount(**options: Any) -> dict[str, Any]:
    """30 % off for everybody."""
    effects = [{"effect": "percent_off", "rate_bp": 3000, "rounding": "floor"}]
    when = {"ge": [{"fact": "basket.total_minor"}, 1]}
    return {"id": "third", "version": 1, "kind": "promotion", "when": when, "effects": effects} | options


async def publish(central: CentralUnderTest, *rules: dict[str, Any], **changed: Any) -> None:
    """Make these the rules of the group."""
    group = await central.services.groups.get(GROUP)
    await central.services.groups.put_group(
        central.operator,
        name=group.row.name,
        country="CH",
        currency="CHF",
        programme=json.dumps({"rules": list(rules)} | changed),
        settings=group.settings,
    )


async def spent_and_left(central: CentralUnderTest, rule_id: str, asset: str) -> tuple[int, int]:
    """What a rule gave from its budget, and what is left of it."""
    usage = await central.services.store.find_usage(GROUP, [], [(rule_id, asset)])
    stands = usage.budgets[rule_id]
    return stands.spent, stands.left
