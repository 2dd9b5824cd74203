"""A member is told when somebody begins or ends to act for them, once; an export says who it was by name."""

import json
import sqlite3
from pathlib import Path

from central.gateways.messaging.simulated import SimulatedOutlet
from central.services.members.export import ExportService
from central.services.members.messages import Channel
from central.services.visits.carer_words import ENDED, GIVEN, notice_of
from loyalty.limits.messages import SMS_PARTS_MAX
from loyalty.programme.sms import sms_size
from tests.central_fixture import MEMBER, CentralUnderTest, a_central
from tests.helpers import eventually

CLARA = "10041"
BLANKS = ("2900000000222", "2900000000239")


async def furnish(central: CentralUnderTest) -> None:
    """A member with an address, and blank cards."""
    member = {"member_id": CLARA, "family_name": "Keller", "email": "clara@example.org", "language": "de"}
    assert (await central.post("members", member, token="office")).status == 200
    for number in BLANKS:
        blank = {"card_number": number, "state": "stock"}
        assert (await central.post("cards", blank, token="office")).status == 200


async def give(central: CentralUnderTest, member_id: str, number: str) -> None:
    body = {"carer_id": f"c-{number}", "name": "Marie", "card_number": number}
    given = await central.post(f"members/{member_id}/carers", body, token="office")
    assert given.status == 200, given.body


async def kept(central: CentralUnderTest, member_id: str) -> list[str]:
    """Messages of a member, by id, the latest first."""
    told = await central.get(f"members/{member_id}/messages", token="office")
    return [each["message_id"] for each in told.body["messages"]]


async def test_whoever_can_be_reached_is_told_once_that_it_began_and_that_it_ended(
    tmp_path: Path, engine: str
) -> None:
    assert engine
    folder = tmp_path / "mail"
    async with a_central(tmp_path, outlets={Channel.EMAIL: SimulatedOutlet(folder, "email")}) as central:
        await furnish(central)
        for _ in range(2):
            await give(central, CLARA, BLANKS[0])
        carer_id = f"c-{BLANKS[0]}"
        assert await kept(central, CLARA) == [f"carer.{carer_id}.given"]
        for _ in range(2):
            ended = await central.post(f"members/{CLARA}/carers/{carer_id}/end", None, token="office")
            assert ended.status == 200
        assert sorted(await kept(central, CLARA)) == [f"carer.{carer_id}.ended", f"carer.{carer_id}.given"]
        await eventually(lambda: len(list(folder.glob("*.json"))) == 2)
        texts = [json.loads(path.read_bytes())["text"] for path in folder.glob("*.json")]
        assert sum("Jemand hat eine Karte erhalten" in text for text in texts) == 1
        assert not any("Marie" in text for text in texts)
        await give(central, MEMBER, BLANKS[1])
        assert await kept(central, MEMBER) == [], "no way reaches her, and it is done all the same"


def test_every_notice_is_an_sms() -> None:
    assert set(GIVEN) == set(ENDED) == {"fr", "de", "it", "en", "zh"}
    for words in (GIVEN, ENDED):
        for language in words:
            said = notice_of(words, language, group="Pharmacies du Lac")
            assert sms_size(said.text).parts <= SMS_PARTS_MAX
            assert "Pharmacies du Lac" in said.text


async def test_an_export_with_personal_data_names_who_acts_for_whom_and_another_does_not(
    tmp_path: Path, engine: str
) -> None:
    assert engine
    async with a_central(tmp_path) as central:
        await furnish(central)
        await give(central, CLARA, BLANKS[0])
        services = central.services
        exports = ExportService(services.store, services.clock, services.members, services.carer_names)
        told = await exports.export(central.operator, tmp_path / "all", with_personal=True)
        bare = await exports.export(central.operator, tmp_path / "bare")
    assert (told.tables["carer_name"], told.tables["carer"]) == (1, 1)
    connection = sqlite3.connect(tmp_path / "all" / "officine.sqlite")
    rows = connection.execute(
        "SELECT member_id, name, given_by FROM carer JOIN carer_name USING (carer_id, member_id)"
    ).fetchall()
    connection.close()
    assert rows == [(CLARA, "Marie", "staff")]
    assert "carer_name" not in bare.tables
    assert not any(b"Marie" in path.read_bytes() for path in (tmp_path / "bare").iterdir())
