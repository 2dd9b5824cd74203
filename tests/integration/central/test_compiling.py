"""A large programme is compiled beside the event loop: tickets of others go on."""

import asyncio
import json
import time
from collections.abc import Awaitable
from typing import Any

from central.services.bundle import Services
from central.services.group.groups import compile_new_programme, read_programme
from tests.central_fixture import GROUP, PROGRAMME, CentralUnderTest, a_sale, in_parallel

RULES = 3_000


def _document(rules: int) -> str:
    promotions = [
        {
            "id": f"promotion-{number}",
            "version": 1,
            "kind": "promotion",
            "when": {"fact": "member.is_known"},
            "lines": {"eq": [{"fact": "line.brand"}, f"brand-{number}"]},
            "effects": [{"effect": "percent_off", "rate_bp": 500, "rounding": "floor"}],
        }
        for number in range(rules)
    ]
    assert isinstance(PROGRAMME["rules"], list)
    return json.dumps(PROGRAMME | {"rules": [*PROGRAMME["rules"], *promotions]})


async def _publish(services: Services, central: CentralUnderTest, rules: int) -> None:
    await services.groups.put_group(
        central.operator, name="Lac", country="CH", currency="CHF", programme=_document(rules)
    )


async def _stillness_during(work: Awaitable[Any]) -> float:
    """The longest time in which the event loop did not come round, as a share of the whole work."""
    began_s = last_s = time.perf_counter()
    longest_s = 0.0

    async def beat() -> None:
        nonlocal last_s, longest_s
        while True:
            now_s = time.perf_counter()
            longest_s, last_s = max(longest_s, now_s - last_s), now_s
            await asyncio.sleep(0)

    beating = asyncio.ensure_future(beat())
    try:
        await work
    finally:
        beating.cancel()
    now_s = time.perf_counter()
    return max(longest_s, now_s - last_s) / (now_s - began_s)


async def test_the_loop_turns_while_a_programme_is_saved_and_compiled(central: CentralUnderTest) -> None:
    services = central.services
    await _publish(services, central, RULES)

    async def on_the_loop() -> None:
        read_programme(_document(RULES), 1)

    still = {
        "read": await _stillness_during(services.groups.get(GROUP)),
        "checked": await _stillness_during(compile_new_programme(_document(RULES), 1)),
        "on the loop": await _stillness_during(on_the_loop()),
    }

    assert still["on the loop"] > 0.9, "what stands still is seen to stand still"
    assert still["read"] < 0.8, still
    assert still["checked"] < 0.8, still


async def test_tickets_that_wait_for_a_new_programme_wait_for_one_compilation(
    central: CentralUnderTest,
) -> None:
    services = central.services
    await _publish(services, central, RULES)

    sold = await in_parallel([central.post("sales", a_sale(central)) for _ in range(8)])
    first, second = await asyncio.gather(services.groups.get(GROUP), services.groups.get(GROUP))

    assert [each.status for each in sold] == [200] * 8
    assert first.programme is second.programme
    assert len(first.programme.rules) == RULES + 1
