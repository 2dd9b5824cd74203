"""A clerk at a terminal, with real processes: a ticket by name alone, a ticket parked and taken up (C-02)."""

from pathlib import Path

import pytest

from central.services.core.access import operator_of
from tests.integration.officine.shop import CODE, a_shop
from tests.integration.officine.test_till_payments import services_of
from wire.api_counter import StaffBody
from wire.api_members import MemberBody

pytestmark = pytest.mark.timeout(300)
ACTOR = operator_of("leman")
WHO = ("--staff", "s-7", "--code", "4071")


async def test_a_name_earns_a_little_and_a_parked_ticket_is_sold_later(place: Path) -> None:
    async with a_shop(place) as shop, services_of(shop) as services:
        await services.counter.staff.put(ACTOR, "s-7", StaffBody(role="assistant", code="4071"))
        person = MemberBody(member_id="m-9", family_name="Rochat", given_name="Carla", home_shop_id="nyon")
        await services.members.enrol(ACTOR, person)

        refused, _ = await shop.run("terminal", "find", "--name", "Nobody Here", *WHO)
        found = await shop.json("terminal", "find", "--name", "carla rochat", *WHO)
        word = found["members"][0]["found"]
        sold = await shop.json("till", "award", f"{CODE}=129.90", "--card", word)

        assert (refused, found["strength"]) == (1, "name")
        assert sold["answer"]["Response"]["Result"] == "Success"
        assert (await services.members.get_balance(ACTOR, "m-9")).points == 50, "of 50.00, not of 129.90"
        again, told = await shop.run("till", "award", f"{CODE}=9.90", "--card", word, "--json")
        assert (again, "found_over" in told) == (1, True), "one search, one ticket"

        put = ("terminal", "park", f"{CODE}*2=19.80", "--label", "blue coat", "--id", "p-1", *WHO)
        assert await shop.json(*put) == await shop.json(*put), "the same again is parked once"
        (waiting,) = (await shop.json("terminal", "parked", *WHO))["parked"]
        assert (waiting["label"], waiting["staff_id"]) == ("blue coat", "s-7")
        mine = ("terminal", "take-up", "p-1", "--id", "t-1", *WHO)
        taken = await shop.json(*mine)
        assert await shop.json(*mine) == taken, "this till may ask again"
        assert (await shop.run("terminal", "take-up", "p-1", *WHO))[0] == 1, "no other till has it"
        assert [
            (line["code"], line["quantity"], line["amount_minor"]) for line in taken["basket"]["lines"]
        ] == [(CODE, 2, 1980)]
        assert (await shop.json("terminal", "parked", *WHO))["parked"] == []
        assert (await services.members.get_balance(ACTOR, "m-9")).points == 50, "nothing was booked by it"
