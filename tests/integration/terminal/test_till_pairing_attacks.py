"""Somebody in the shop's network who sees and changes everything, guesses codes, sends what no till sends."""

import asyncio
import secrets
import ssl
from pathlib import Path

import aiohttp
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty.limits.till_pairing import (
    TILL_CODE_TRIES_MAX,
    TILL_CODE_TRIES_PER_ADDRESS,
    TILL_PAIRING_BODY_BYTES_MAX,
    TILL_PAIRING_REQUESTS_PER_ADDRESS,
)
from terminal.till.keys import key_file
from tests.helpers import eventually
from tests.integration.terminal.till_pairing import (
    a_knowing_one,
    a_relay,
    answer,
    desk_of,
    encoded,
    open_code,
    pair_one,
    person,
    shown,
    url_of,
)
from tests.terminal_fixture import Shop
from tools.till.pairing import TillNotPaired, certificate_of, pair
from wire.till_handshake import TillEnd
from wire.till_pairing import PATH, BeginBody, BeginView, FinishBody, ProveBody
from wire.tills import TillPairing

GUESSES = 10_000
ATTACKERS = [f"127.0.0.{last}" for last in range(2, 10)]


async def keys_of(shop: Shop) -> tuple[key_file.TillKey, ...]:
    return await asyncio.to_thread(key_file.load, shop.settings.till_keys_path)


def a_session(address: str = "127.0.0.1") -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(ssl=False, local_addr=(address, 0), limit=8)
    return aiohttp.ClientSession(connector=connector)


async def send(session: aiohttp.ClientSession, shop: Shop, verb: str, body: bytes) -> tuple[int, bytes]:
    async with session.post(f"{url_of(shop)}{PATH}/{verb}", data=body) as response:
        return response.status, await response.read()


async def guess(session: aiohttp.ClientSession, shop: Shop, code: str, seen: bytes) -> int:
    """One guess, made as well as anybody can; the status of the last answer."""
    end = await asyncio.to_thread(lambda: TillEnd(code=code, sale_id="EVIL", software=""))
    status, content = await send(session, shop, "begin", encoded(end.body))
    if status != 200:
        return status
    said = await asyncio.to_thread(end.prove, msgspec.json.decode(content, type=BeginView), seen.hex())
    status, _ = await send(session, shop, "prove", encoded(said))
    return status


@pytest.mark.timeout(300)
async def test_ten_thousand_wrong_codes_get_nowhere_and_lock_nobody_else_out(shop: Shop) -> None:
    old = await pair_one(shop, "TILL-1")
    code = await open_code(shop)
    seen = await certificate_of(url_of(shop))
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    body = TillEnd(code=wrong, sale_id="EVIL", software="").body

    async def attack(address: str, count: int) -> list[int]:
        """The first tries are whole guesses; the rest come as fast as they can be sent."""
        async with a_session(address) as session:
            found = [await guess(session, shop, wrong, seen) for _ in range(TILL_CODE_TRIES_PER_ADDRESS)]
            for _ in range(count - len(found)):
                again = msgspec.structs.replace(body, attempt=secrets.token_hex(16))
                found.append((await send(session, shop, "begin", encoded(again)))[0])
            return found

    statuses = await asyncio.gather(*(attack(each, GUESSES // len(ATTACKERS)) for each in ATTACKERS))
    flat = [status for each in statuses for status in each]
    assert len(flat) == GUESSES
    assert flat.count(403) == len(ATTACKERS) * TILL_CODE_TRIES_PER_ADDRESS, "guesses that were wrong"
    assert flat.count(429) == GUESSES - flat.count(403), "the rest was not looked at"
    assert [each.identifier for each in await keys_of(shop)] == ["TILL-1"]

    async with old.a_till() as till:
        assert (await till.login()).response.result == "Success", "who is paired notices nothing"
    new = await pair(url_of(shop), code, sale_id="TILL-2", currency="CHF", ask_person=person(shop))
    assert new.identifier == "TILL-2", "the code is still good for who reads it from the screen"


async def test_guesses_from_everywhere_end_the_code_and_are_told_to_head_office(shop: Shop) -> None:
    await open_code(shop)
    for number in range(TILL_CODE_TRIES_MAX):
        async with a_session(f"127.0.1.{number // TILL_CODE_TRIES_PER_ADDRESS + 1}") as session:
            body = TillEnd(code="000000", sale_id="EVIL", software="").body
            await send(session, shop, "begin", encoded(body))
    failed = await eventually(shown(shop, "failed"))
    assert failed is not None
    assert failed.failure == "guessed"

    async def is_told() -> bool:
        acts = await shop.central.services.tills.list_acts(shop.central.operator)
        return [act.kind for act in acts] == ["guessed"]

    await eventually(is_told)
    assert (await pair_one(shop)).identifier == "TILL-1", "a new code is as good as any"


async def test_a_relay_with_its_own_certificate_is_found_out_though_it_changes_nothing(
    shop: Shop, tmp_path: Path
) -> None:
    code = await open_code(shop)
    async with a_relay(shop.agent.nexo_port, tmp_path) as relay:
        with pytest.raises(TillNotPaired) as refused:
            await pair(relay.url, code, sale_id="TILL-1", currency="CHF", ask_person=person(shop))
        assert refused.value.terminal_code == "till_intercepted"
        assert b"/pairing/1/prove" in relay.seen, "it read all of it"
        assert code.encode() not in relay.seen
    failed = await eventually(shown(shop, "failed"))
    assert failed is not None
    assert failed.failure == "intercepted"
    assert await keys_of(shop) == ()


async def test_words_differ_when_somebody_in_between_knows_the_code(shop: Shop, tmp_path: Path) -> None:
    """It pairs with each end as if it were the other, test ticket and all; that somebody compares ends it."""
    before = await shop.sales_booked()
    code = await open_code(shop)
    words: list[str] = []

    async def compare(word: str) -> bool:
        check = await eventually(
            lambda: (found := shown(shop, "check")()) is not None and found.is_tested and found
        )
        assert isinstance(check, TillPairing)
        words.extend((word, check.word))
        answer(shop, word)  # the person says at the kiosk what stands at the till
        return word == check.word

    async with a_knowing_one(url_of(shop), code, tmp_path) as between:
        with pytest.raises(TillNotPaired):
            await pair(between.url, code, sale_id="TILL-1", currency="CHF", ask_person=compare)
        assert b"LoyaltyRequest" in between.seen, "it read the test ticket in plain"
    assert len(words) == 2
    assert words[0] != words[1]
    failed = await eventually(shown(shop, "failed"))
    assert failed is not None
    assert failed.failure == "differs"
    assert await keys_of(shop) == ()
    assert desk_of(shop)._ring.trial is None
    assert await shop.sales_booked() == before


async def test_a_pairing_that_was_recorded_means_nothing_when_it_is_sent_again(shop: Shop) -> None:
    code = await open_code(shop)
    end = await asyncio.to_thread(lambda: TillEnd(code=code, sale_id="TILL-1", software=""))
    seen = await certificate_of(url_of(shop))
    async with a_session() as session:
        begun = await send(session, shop, "begin", encoded(end.body))
        assert begun[0] == 200
        assert await send(session, shop, "begin", encoded(end.body)) == begun, "a lost answer is given again"
        other = msgspec.structs.replace(end.body, sale_id="TILL-9")
        assert (await send(session, shop, "begin", encoded(other)))[0] == 409
        said = await asyncio.to_thread(end.prove, msgspec.json.decode(begun[1], type=BeginView), seen.hex())
        proved = await send(session, shop, "prove", encoded(said))
        assert proved[0] == 200
        assert await send(session, shop, "prove", encoded(said)) == proved
        changed = msgspec.structs.replace(said, proof="00" * 32)
        assert (await send(session, shop, "prove", encoded(changed)))[0] == 409
        lie = FinishBody(attempt=end.body.attempt, is_same=False, proof="00" * 32)
        assert (await send(session, shop, "finish", encoded(lie)))[0] == 403, "nobody else ends it"
        assert shown(shop, "check")() is not None
        await desk_of(shop).cancel()
        for verb, body in (("begin", end.body), ("prove", said), ("finish", end.finish(is_same=True))):
            assert (await send(session, shop, verb, encoded(body)))[0] == 404
        second = await open_code(shop)
        assert second != code or desk_of(shop).view() is not None
        for verb, body in (("prove", said), ("finish", end.finish(is_same=True))):
            assert (await send(session, shop, verb, encoded(body)))[0] == 404
        assert (await send(session, shop, "begin", encoded(end.body)))[0] == 200, "counted as a try, no more"
        assert (await send(session, shop, "prove", encoded(said)))[0] == 403
    assert await keys_of(shop) == ()


BODIES = st.one_of(
    st.binary(max_size=3_000),
    st.binary(min_size=TILL_PAIRING_BODY_BYTES_MAX + 1, max_size=40_000),
    st.dictionaries(
        st.sampled_from(["attempt", "sale_id", "software", "element", "commitment", "nonce", "proof", "x"]),
        st.one_of(st.text(max_size=80), st.integers(), st.none(), st.lists(st.booleans(), max_size=3)),
    ).map(msgspec.json.encode),
    st.builds(
        BeginBody,
        attempt=st.binary(min_size=16, max_size=16).map(bytes.hex),
        sale_id=st.just("EVIL"),
        software=st.just(""),
        element=st.binary(min_size=33, max_size=33).map(bytes.hex),
        commitment=st.binary(min_size=32, max_size=32).map(bytes.hex),
    ).map(encoded),
    st.builds(
        ProveBody,
        attempt=st.just("00" * 16),
        nonce=st.binary(min_size=32, max_size=32).map(bytes.hex),
        certificate=st.just("00" * 32),
        proof=st.just("00" * 32),
    ).map(encoded),
)


@pytest.mark.timeout(300)
async def test_no_message_breaks_the_terminal(shop: Shop) -> None:
    """400 messages of chance, each answered, and a till is paired afterwards as if nothing had been."""
    loop = asyncio.get_running_loop()
    session = a_session(ATTACKERS[0])
    code = await open_code(shop)
    statuses: set[int] = set()

    @settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
    @given(verb=st.sampled_from(["begin", "prove", "finish"]), body=BODIES)
    def attack(verb: str, body: bytes) -> None:
        sent = asyncio.run_coroutine_threadsafe(send(session, shop, verb, body), loop)
        statuses.add(sent.result(timeout=30)[0])

    async with session:
        await asyncio.to_thread(attack)
    assert statuses <= {200, 400, 403, 404, 409, 429}
    assert {200, 400, 429} <= statuses
    new = await pair(url_of(shop), code, sale_id="TILL-1", currency="CHF", ask_person=person(shop))
    assert new.identifier == "TILL-1"


async def test_who_sends_slowly_holds_up_themselves(shop: Shop) -> None:
    code = await open_code(shop)
    head = b"POST /pairing/1/begin HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n{"
    slow = []
    for _ in range(TILL_PAIRING_REQUESTS_PER_ADDRESS):
        _, writer = await asyncio.open_connection(
            "127.0.0.1", shop.agent.nexo_port, ssl=_trusting(), local_addr=(ATTACKERS[1], 0)
        )
        writer.write(head)
        await writer.drain()
        slow.append(writer)
    try:
        async with a_session(ATTACKERS[1]) as session:
            await eventually(lambda: _is_busy(session, shop))
        new = await pair(url_of(shop), code, sale_id="TILL-1", currency="CHF", ask_person=person(shop))
        assert new.identifier == "TILL-1"
    finally:
        for writer in slow:
            writer.transport.abort()


async def _is_busy(session: aiohttp.ClientSession, shop: Shop) -> bool:
    status, content = await send(session, shop, "begin", b"{}")
    return status == 429 and b"till_pairing_busy" in content


def _trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
