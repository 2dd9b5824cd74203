"""A group's programme in one call, and moments as people write them."""

from datetime import datetime
from typing import Any

import msgspec

from central.services.core.group import GroupSettings
from tests.central_fixture import PROGRAMME, CentralUnderTest

BASE: Any = PROGRAMME["rules"]


def ms(moment: str) -> int:
    """UTC milliseconds of an ISO moment."""
    return int(datetime.fromisoformat(moment).timestamp() * 1000)


async def publish(central: CentralUnderTest, *rules: dict[str, Any], **changed: Any) -> None:
    """Make these rules, after one point per whole franc, the group's programme."""
    await publish_document(central, PROGRAMME | {"rules": [*BASE, *rules]} | changed)


async def publish_document(central: CentralUnderTest, programme: dict[str, Any]) -> None:
    """Make a whole document the group's programme."""
    await central.services.groups.put_group(
        central.operator,
        name="Pharmacies du Lac",
        country="CH",
        currency="CHF",
        programme=msgspec.json.encode(programme).decode(),
        settings=GroupSettings(),
    )
