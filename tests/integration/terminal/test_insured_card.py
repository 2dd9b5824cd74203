"""A Swiss insured-person card on the reader: a member's card where they agreed, else a health card (P-12)."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from reader_daemon.cards.insured_card import load_key
from tests.central_fixture import OTHER_UID, by_uid
from tests.helpers import eventually
from tests.integration.central.clerks import sign_in
from tests.terminal_fixture import CREAM, Shop, a_terminal
from tools.till import read_additional
from wire.settings import SettingRefused

NUMBER = "80756000011234567890"


def a_key_file(folder: Path) -> Path:
    path = folder / "insured.key"
    path.write_text(bytes(range(32)).hex() + "\n")
    path.chmod(0o600)
    return path


@pytest.fixture
async def shop(tmp_path: Path, socket_dir: Path) -> AsyncIterator[Shop]:
    reader = {"insured_card_key_file": await asyncio.to_thread(a_key_file, tmp_path)}
    async with a_terminal(tmp_path, socket_dir, reader=reader) as running:
        yield running


async def agreed(shop: Shop) -> None:
    """The member's insured-person card was read, and the member agreed."""
    await shop.tap(f"iccsn:{NUMBER}", "chip")
    await eventually(lambda: shop.kiosk.session.refusal == "health_card")
    card = shop.agent.desk.current
    assert card is not None
    body = {
        "act_id": "i-1",
        "clerk": await sign_in(shop.central),
        "holder": by_uid(OTHER_UID),
        "insured": card.evidence.value,
        "agreed": True,
    }
    assert (await shop.central.post("counter/insured-cards", body)).status == 200
    await shop.remove()


async def test_the_member_who_agreed_is_known_and_earns(shop: Shop) -> None:
    await agreed(shop)
    await shop.tap(f"iccsn:{NUMBER}", "chip")
    await eventually(lambda: shop.kiosk.session.state == "open")
    assert shop.kiosk.session.member is not None
    assert shop.kiosk.session.member.display_name == "Mme B."
    assert shop.kiosk.session.member.points is None, "a range, as for a printed number"
    award = await shop.till.award([CREAM])
    assert read_additional(award.response.additional_response)["earned"] == "39"


async def test_who_did_not_agree_is_told_so_and_earns_nothing(shop: Shop) -> None:
    await shop.tap(f"iccsn:{NUMBER}", "chip")
    await eventually(lambda: shop.kiosk.session.refusal == "health_card")
    award = await shop.till.award([CREAM])
    assert award.response.error_condition == "InvalidCard"
    assert (await shop.agent.outbox.counts()).last_seq == 0


async def test_in_a_cut_nothing_of_it_is_noted(shop: Shop) -> None:
    await agreed(shop)
    await shop.cut()
    await shop.tap(f"iccsn:{NUMBER}", "chip")
    await eventually(lambda: shop.kiosk.state.session is not None)
    award = await shop.till.award([CREAM])
    assert award.response.error_condition == "InvalidCard"
    assert (await shop.agent.outbox.counts()).last_seq == 0


async def test_the_number_is_in_no_file_and_what_is_typed_stays_refused(shop: Shop, tmp_path: Path) -> None:
    await agreed(shop)
    await shop.tap(f"iccsn:{NUMBER}", "chip")
    await eventually(lambda: shop.kiosk.session.state == "open")
    await shop.till.award([CREAM])
    assert (await shop.till.award([CREAM], card=NUMBER)).response.error_condition == "InvalidCard"

    def look() -> list[str]:
        return [
            path.name
            for path in tmp_path.rglob("*")
            if path.is_file() and NUMBER.encode() in path.read_bytes()
        ]

    assert await asyncio.to_thread(look) == []


def test_a_key_that_others_may_read_or_that_is_none_is_refused(tmp_path: Path) -> None:
    path = a_key_file(tmp_path)
    assert load_key(path) == bytes(range(32))
    path.chmod(0o640)
    with pytest.raises(SettingRefused, match="chmod 600"):
        load_key(path)
    path.chmod(0o600)
    path.write_text("too short")
    with pytest.raises(SettingRefused):
        load_key(path)
