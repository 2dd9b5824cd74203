"""Numbers and codes are guessed no faster where many workers answer: one count for all, on both engines."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from central.services.core.access import operator_of
from central.services.core.shared_tries import SharedTries
from central.services.group.pairing import PairingCodeUnknown, TooManyPairingTries
from central.services.members.identify import TooManyTries
from loyalty.limits.cards import IDENTIFY_TRIES_PER_TERMINAL
from loyalty.limits.pairing import PAIRING_TRIES
from loyalty.programme.card import UnknownCard
from tests.central_fixture import CARD, GROUP, CentralUnderTest, a_central, by_number
from tests.integration.central.test_known import _another_worker
from tests.movable_clock import MovableClock
from wire import api
from wire.pairing import FindPairingBody


async def test_a_guesser_of_card_numbers_has_as_many_tries_with_two_workers_as_with_one(
    central: CentralUnderTest, tmp_path: Path
) -> None:
    actor = await central.services.access.authenticate(central.tokens["terminal"])
    async with _another_worker(tmp_path) as other:
        told: list[type[Exception]] = []

        async def guess(number: int) -> None:
            worker = (central.services, other)[number % 2]
            try:
                await worker.identify.identify(actor, api.EvidenceBody(**by_number(f"28{number:011}")))
            except (UnknownCard, TooManyTries) as refused:
                told.append(type(refused))

        tries = IDENTIFY_TRIES_PER_TERMINAL + 20
        await asyncio.gather(*(guess(number) for number in range(tries)))
        assert told.count(UnknownCard) == IDENTIFY_TRIES_PER_TERMINAL
        assert told.count(TooManyTries) == 20
        for worker in (central.services, other):
            with pytest.raises(TooManyTries):
                await worker.identify.identify(actor, api.EvidenceBody(**by_number(CARD)))
        elsewhere = await central.services.access.authenticate(central.tokens["terminal_2"])
        found = await other.identify.identify(elsewhere, api.EvidenceBody(**by_number(CARD)))
        assert found.card_number == CARD, "nobody else is locked out"


async def test_ten_thousand_wrong_card_numbers_get_nowhere_and_lock_out_nobody_else(tmp_path: Path) -> None:
    async with a_central(tmp_path, MovableClock(1_795_600_000_000)) as central:
        guesser = await central.services.access.authenticate(central.tokens["terminal"])
        elsewhere = await central.services.access.authenticate(central.tokens["terminal_2"])
        told: Counter[type[Exception]] = Counter()

        async def guess(number: int) -> None:
            try:
                evidence = api.EvidenceBody(**by_number(f"28{number:011}"))
                await central.services.identify.identify(guesser, evidence)
            except (UnknownCard, TooManyTries) as refused:
                told[type(refused)] += 1

        for first in range(0, 10_000, 100):
            await asyncio.gather(*(guess(number) for number in range(first, first + 100)))

        assert told == {
            UnknownCard: IDENTIFY_TRIES_PER_TERMINAL,
            TooManyTries: 10_000 - IDENTIFY_TRIES_PER_TERMINAL,
        }
        with pytest.raises(TooManyTries):
            await central.services.identify.identify(guesser, api.EvidenceBody(**by_number(CARD)))
        found = await central.services.identify.identify(elsewhere, api.EvidenceBody(**by_number(CARD)))
        assert found.card_number == CARD, "nobody else is locked out"


async def test_a_guesser_of_pairing_codes_has_as_many_tries_with_two_workers_as_with_one(
    central: CentralUnderTest, tmp_path: Path
) -> None:
    actor = operator_of(GROUP)
    async with _another_worker(tmp_path) as other:
        told: list[type[Exception]] = []
        for number in range(PAIRING_TRIES + 4):
            worker = (central.services, other)[number % 2]
            try:
                await worker.pairing.find(actor, FindPairingBody(code="K7QM-3XWD"))
            except (PairingCodeUnknown, TooManyPairingTries) as refused:
                told.append(type(refused))
        assert told == [PairingCodeUnknown] * PAIRING_TRIES + [TooManyPairingTries] * 4


async def test_a_right_try_is_given_back(central: CentralUnderTest) -> None:
    actor = operator_of(GROUP)
    tries = SharedTries(central.services.store, central.services.clock, "a test", tries=2, window_s=60)
    for _ in range(5):
        assert await tries.count(actor) is None
        await tries.give_back(actor)
    assert [await tries.count(actor) is None for _ in range(3)] == [True, True, False]
