"""Pairing at central, over real HTTP: who gets a token, who does not, and what guessing brings."""

import asyncio
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from central.services.core.access import operator_of
from loyalty.limits.pairing import PAIRING_REQUESTS_PER_ADDRESS, PAIRING_TRIES, PAIRING_VALID_S
from tests.central_fixture import GROUP, CentralUnderTest, a_central, in_parallel
from wire.pairing import CODE_LETTERS, open_token, shown_code

SHOP = "lac-1"


@dataclass
class Asker:
    """A terminal without a token, as far as central sees it."""

    central: CentralUnderTest
    key: X25519PrivateKey
    body: dict[str, Any]

    @classmethod
    def of(cls, central: CentralUnderTest, **said: str) -> "Asker":
        key = X25519PrivateKey.generate()
        body = {
            "pairing_id": f"pair-{secrets.token_hex(16)}",
            "public_key": key.public_key().public_bytes_raw().hex(),
            "serial": "10000000ABCDEF01",
            "poi_id": "OFFICINE-00000007",
            "version": "0.1.0",
            "address": "192.0.2.17",
        }
        return cls(central, key, body | said)

    async def ask(self, **headers: str) -> Any:
        return await self.central.post("pairing", self.body, token=None, headers=headers)

    async def code(self) -> str:
        answer = await self.ask()
        assert (answer.status, answer.body["state"]) == (200, "waiting"), answer.body
        return str(answer.body["code"])

    async def token(self) -> str:
        answer = await self.ask()
        assert answer.body["state"] == "approved"
        sealed = bytes.fromhex(answer.body["sealed_token"])
        return open_token(sealed, self.key.private_bytes_raw(), self.body["pairing_id"])


class Time:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now_ms = 1_795_000_000_000

    def __call__(self) -> int:
        return self.now_ms


async def pair(central: CentralUnderTest, code: str, *, token: str = "office", **more: str) -> Any:
    return await central.post("terminals", {"code": code, "shop_id": SHOP} | more, token=token)


def read_all(directory: Path) -> bytes:
    """Every byte of the database and what lies beside it."""
    return b"".join(path.read_bytes() for path in directory.glob("central.db*"))


async def test_who_types_the_code_gives_the_terminal_a_token_of_its_shop(central: CentralUnderTest) -> None:
    terminal = Asker.of(central)
    code = await terminal.code()
    assert set(code) <= set(CODE_LETTERS)
    found = await central.post("terminals/find", {"code": shown_code(code).lower()}, token="office")
    assert (found.status, found.body["serial"]) == (200, "10000000ABCDEF01")
    paired = await pair(central, code)
    assert paired.body["terminal_id"] == "OFFICINE-00000007"
    group = await central.get("group", token=await terminal.token())
    assert (group.body["shop"]["shop_id"], group.body["terminal_id"]) == (SHOP, "OFFICINE-00000007")
    assert (await central.get("members/m-anne", token=await terminal.token())).code == "permission_missing"
    events = await central.services.store.list_events(GROUP, 0, 200)
    assert "terminal.paired" in [event.kind for event in events]


async def test_central_keeps_nothing_that_could_be_used_as_the_token(
    central: CentralUnderTest, tmp_path: Path
) -> None:
    terminal = Asker.of(central)
    await pair(central, await terminal.code())
    token = await terminal.token()
    held = await asyncio.to_thread(read_all, tmp_path)
    assert b"OFFICINE-00000007" in held, "the search looks where the rows are"
    assert token.encode() not in held


async def test_asking_again_gives_the_same_code_and_only_the_same_key_may_ask(
    central: CentralUnderTest,
) -> None:
    terminal = Asker.of(central)
    code = await terminal.code()
    assert await terminal.code() == code
    other = Asker.of(central)
    stolen = Asker(central, other.key, terminal.body | {"public_key": other.body["public_key"]})
    assert (await stolen.ask()).code == "idempotency_conflict"
    await pair(central, code)
    assert (await stolen.ask()).code == "idempotency_conflict"


async def test_a_code_is_used_once(central: CentralUnderTest) -> None:
    terminal = Asker.of(central)
    code = await terminal.code()
    first = await pair(central, code)
    again = await pair(central, code)
    assert (again.body, again.headers["Idempotent-Replayed"]) == (first.body, "true")
    elsewhere = await pair(central, code, shop_id="lac-2")
    assert (elsewhere.status, elsewhere.code) == (409, "pairing_taken")
    assert (await pair(central, code, token="foreign", shop_id="mont-1")).status == 404
    tokens = await central.services.store.list_tokens(GROUP)
    assert [row.terminal_id for row in tokens].count("OFFICINE-00000007") == 1


async def test_many_who_type_one_code_at_once_make_one_token(central: CentralUnderTest) -> None:
    code = await Asker.of(central).code()
    answers = await in_parallel([pair(central, code) for _ in range(4)])
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body["token_id"] for answer in answers}) == 1
    tokens = await central.services.store.list_tokens(GROUP)
    assert [row.terminal_id for row in tokens].count("OFFICINE-00000007") == 1


async def test_a_code_is_over_after_its_time_and_the_terminal_is_told(tmp_path: Path) -> None:
    clock = Time()
    async with a_central(tmp_path, clock) as central:
        terminal = Asker.of(central)
        code = await terminal.code()
        clock.now_ms += PAIRING_VALID_S * 1000
        assert (await pair(central, code)).code == "pairing_code_unknown"
        assert (await terminal.ask()).code == "pairing_over"
        fresh = Asker.of(central)
        assert (await pair(central, await fresh.code())).status == 200


async def test_a_token_that_is_not_fetched_in_time_is_gone(tmp_path: Path) -> None:
    clock = Time()
    async with a_central(tmp_path, clock) as central:
        terminal = Asker.of(central)
        await pair(central, await terminal.code())
        clock.now_ms += PAIRING_VALID_S * 1000
        assert (await terminal.ask()).code == "pairing_over"


async def test_a_revoked_token_is_not_handed_out(central: CentralUnderTest) -> None:
    terminal = Asker.of(central)
    paired = await pair(central, await terminal.code())
    await central.services.access.revoke_token(operator_of(GROUP), paired.body["token_id"])
    assert (await terminal.ask()).code == "pairing_over"


async def test_a_terminal_whose_token_is_revoked_is_refused(central: CentralUnderTest) -> None:
    terminal = Asker.of(central)
    paired = await pair(central, await terminal.code())
    token = await terminal.token()
    assert (await central.get("group", token=token)).status == 200
    await central.services.access.revoke_token(operator_of(GROUP), paired.body["token_id"])
    assert (await central.get("group", token=token)).code == "unauthenticated"


@pytest.mark.parametrize("token", ["terminal", "importer"])
async def test_pairing_needs_its_permission(central: CentralUnderTest, token: str) -> None:
    code = await Asker.of(central).code()
    for answer in (
        await pair(central, code, token=token),
        await central.post("terminals/find", {"code": code}),
    ):
        assert (answer.status, answer.code) == (403, "permission_missing")


async def test_ten_thousand_guesses_get_nowhere_and_lock_out_nobody_else(central: CentralUnderTest) -> None:
    waiting = [await Asker.of(central, serial=f"serial-{number}").code() for number in range(20)]
    guesser = await central.services.access.issue_token(operator_of("mont"), role="office", label="guesser")
    foreign = operator_of("mont")
    refused: dict[str, int] = {}
    mont = {"name": "Mont", "country": "CH", "time_zone": "Europe/Zurich"}
    assert (await central.put("shops/mont-1", mont, token="foreign")).status == 200

    async def guess() -> None:
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(8))
        assert code not in waiting
        answer = await pair(central, code, token=guesser.token, shop_id="mont-1")
        refused[answer.code] = refused.get(answer.code, 0) + 1

    for _ in range(100):
        await asyncio.gather(*(guess() for _ in range(100)))
    assert refused == {
        "pairing_code_unknown": PAIRING_TRIES,
        "too_many_pairing_tries": 10_000 - PAIRING_TRIES,
    }
    right = await pair(central, waiting[0], token=guesser.token, shop_id="mont-1")
    assert (right.status, right.code) == (429, "too_many_pairing_tries"), "a right guess comes too late"
    assert int(right.headers["Retry-After"]) > 0
    # Everybody else goes on: another token of the same group, another group, and terminals that ask.
    assert (await pair(central, waiting[0], token="foreign", shop_id="mont-1")).status == 200
    assert (await pair(central, waiting[1])).status == 200
    assert (await Asker.of(central).ask()).status == 200
    assert len(await central.services.store.list_tokens(foreign.group_id)) == 3


async def test_wrong_codes_are_counted_and_right_ones_are_not(central: CentralUnderTest) -> None:
    for number in range(PAIRING_TRIES + 2):
        paired = await pair(central, await Asker.of(central).code(), terminal_id=f"t-{number}")
        assert paired.status == 200
    for _ in range(PAIRING_TRIES):
        assert (await pair(central, "AAAA-AAAA")).code == "pairing_code_unknown"
    assert (await pair(central, "AAAA-AAAA")).status == 429


async def test_a_flood_from_one_address_stops_there(central: CentralUnderTest) -> None:
    flood = {"X-Forwarded-For": "203.0.113.9, 2001:db8:1:2::7"}
    answers = [await Asker.of(central).ask(**flood) for _ in range(PAIRING_REQUESTS_PER_ADDRESS)]
    assert {answer.status for answer in answers} == {200}
    same_network = {"X-Forwarded-For": "2001:db8:1:2:ffff::1"}
    assert (await Asker.of(central).ask(**same_network)).code == "too_many_pairing_requests"
    assert (await Asker.of(central).ask(**{"X-Forwarded-For": "2001:db8:1:3::1"})).status == 200
    assert (await Asker.of(central).ask()).status == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"public_key": "00"},
        {"public_key": "Z" * 64},
        {"serial": "a\nb"},
        {"serial": "x" * 65},
        {"pairing_id": "two words"},
        {"token": "give"},
    ],
    ids=str,
)
async def test_what_is_no_request_is_refused(central: CentralUnderTest, wrong: dict[str, str]) -> None:
    answer = await Asker.of(central, **wrong).ask()
    assert (answer.status, answer.code) == (400, "schema_mismatch")


async def test_a_key_that_nothing_can_be_sealed_to_is_refused_at_once(central: CentralUnderTest) -> None:
    answer = await Asker.of(central, public_key="00" * 32).ask()
    assert (answer.status, answer.code) == (422, "pairing_key_unusable")


async def test_the_open_address_opens_nothing_else(central: CentralUnderTest) -> None:
    for method, path in (
        ("GET", "group"),
        ("POST", "terminals"),
        ("POST", "terminals/find"),
        ("POST", "sales"),
    ):
        assert (await central.call(method, path, {}, token=None)).status == 401
    assert (await central.get("pairing", token=None)).status in (401, 405)
